"""Textual's leaks, each tried: nothing is copied, saved, suspended, printed, or read as markup."""

from __future__ import annotations

import importlib
import logging
import os
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from rich.segment import Segment
from textual import constants, events
from textual._compositor import InlineUpdate
from textual.app import App
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input

import console.tui
from console.desk.api import cases, session
from console.desk.api.cases import FieldView
from console.tui.hardening import SideDoor, close_side_doors, where_it_broke
from console.tui.marker import FrameMarker, UnknownFrame, harmless
from console.tui.widgets.inputs import Field
from masking.text import scrub
from tests.support.fake_desk import FakeDesk, row
from tests.support.terminal import seated

HOSTILE = "王\x1b]52;c;aGk=\x07\x1b[31m\u202e\u200b\u2066x\x9b2J\ufe0f"
READ_MARKUP = ("Static", "Label", "DataTable", "OptionList", "TextArea", "Markdown")
MARKUP = "[@click=app.leave][b]张三[/b][/]"


def every_class(kind: type[Any]) -> set[type[Any]]:
    """Every class of the screens' package that is of a kind."""
    for module in pkgutil.walk_packages(console.tui.__path__, "console.tui."):
        importlib.import_module(module.name)
    found: set[type[Any]] = set()
    left: list[type[Any]] = [kind]
    while left:
        for child in left.pop().__subclasses__():
            left.append(child)
            if child.__module__.startswith("console.tui"):
                found.add(child)
    return found


@pytest.mark.clause("C-5.4d-3", "T11")
def test_nothing_can_be_selected() -> None:
    assert every_class(Screen)
    kinds = every_class(Screen) | every_class(App)
    selectable = {kind.__name__ for kind in kinds if getattr(kind, "ALLOW_SELECT", True)}
    assert not selectable


@pytest.mark.clause("C-5.4d-3", "T11")
def test_every_line_to_type_in_is_the_hardened_one() -> None:
    assert {kind.__name__ for kind in every_class(Input)} == {"Field"}
    sources = [module.name for module in pkgutil.walk_packages(console.tui.__path__, "console.tui.")]
    for name in sources:
        module = importlib.import_module(name)
        assert "TextArea" not in vars(module)
        assert vars(module).get("Static") is None, "Static reads markup"


class Recorder:
    """Stands in the driver's place for what would be written to the terminal."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def __call__(self, data: str) -> None:
        self.written.append(data)


@pytest.mark.clause("C-5.4d-3", "T11")
async def test_copying_writes_nothing_and_keeps_nothing() -> None:
    async with seated("") as seat:
        await seat.press("ctrl+f")
        field = seat.screen.query_one("#login", Field)
        field.focus()
        recorder = Recorder()
        driver = seat.app._driver
        assert driver is not None
        driver.write = recorder  # type: ignore[method-assign]
        await seat.press(*"secret", "home", "shift+end")
        for key in ("ctrl+c", "super+c", "ctrl+x", "ctrl+insert"):
            await seat.press(key)
        seat.app.copy_to_clipboard("secret")
        seat.screen.action_copy_text()
        assert field.value == "secret"
        assert seat.app.clipboard == ""
        assert not [data for data in recorder.written if "\x1b]52" in data or "secret" in data]


@pytest.mark.clause("C-5.4d-3", "T11")
async def test_no_picture_of_a_screen_is_taken() -> None:
    async with seated() as seat:
        app = seat.app
        takes: tuple[Callable[[], object], ...] = (
            app.action_screenshot,
            app.export_screenshot,
            app.save_screenshot,
            app.deliver_screenshot,
            lambda: app.deliver_text("x"),
            lambda: app.deliver_binary("x"),
        )
        for take in takes:
            with pytest.raises(SideDoor):
                take()
        assert list(app.get_system_commands(seat.screen)) == []
        assert app.ENABLE_COMMAND_PALETTE is False
        await seat.press("ctrl+p")
        assert "creenshot" not in seat.text


@pytest.mark.clause("T11")
async def test_the_process_is_not_suspended(monkeypatch: pytest.MonkeyPatch) -> None:
    killed: list[Any] = []
    monkeypatch.setattr(os, "kill", lambda *args: killed.append(args))
    async with seated() as seat:
        await seat.press("ctrl+z")
        seat.app.action_suspend_process()
        with pytest.raises(SideDoor):
            seat.app.suspend()
    assert killed == []


@pytest.mark.clause("T11")
def test_the_environment_opens_no_side_door(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEXTUAL", "debug,devtools")
    monkeypatch.setenv("TEXTUAL_LOG", "/tmp/leak")  # noqa: S108 - a name that must not be used
    monkeypatch.setattr(constants, "LOG_FILE", "/tmp/leak")  # noqa: S108 - same
    monkeypatch.setattr(constants, "SCREENSHOT_DELAY", 1)
    close_side_doors()
    assert "TEXTUAL" not in os.environ
    assert "TEXTUAL_LOG" not in os.environ
    assert constants.LOG_FILE is None
    assert constants.SCREENSHOT_DELAY == -1


@pytest.mark.clause("T11")
async def test_a_crash_says_a_number_and_logs_places_without_values(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: object) -> None:
        plain = "13800138000"
        raise ValueError(plain)

    with caplog.at_level(logging.ERROR, logger="veildesk.tui"):
        async with seated() as seat:
            seat.desk.answers[cases.ListQueue] = broken
            await seat.press("f5")
            await seat.until("编号")
            assert "13800138000" not in seat.text
            assert "Traceback" not in seat.text
    assert "13800138000" not in caplog.text
    assert "ValueError at" in caplog.text


@pytest.mark.clause("T11")
async def test_an_error_inside_the_application_ends_it_with_a_number_only() -> None:
    class Painted(Exception):
        """Textual would print this one itself."""

        def __rich__(self) -> str:
            return "13800138000"

    for error in (ValueError("13800138000"), Painted("13800138000")):
        async with seated() as seat:
            seat.app._handle_exception(error)
            printed = "".join(str(part) for part in seat.app._exit_renderables)
            assert "13800138000" not in printed
            assert "编号" in printed
            assert seat.app.return_code == 1
            seat.app._exit_renderables.clear()
            seat.app._exception = None


def test_where_it_broke_names_places_only() -> None:
    try:
        int("6222020200112233445x")
    except ValueError as error:
        said = where_it_broke(error)
    assert "6222" not in said
    assert "test_traps.py" in said


@pytest.mark.clause("T11")
async def test_data_is_never_read_as_markup_and_control_characters_never_leave() -> None:
    desk = FakeDesk()
    desk.extra_fields = (
        FieldView(name="occupation", ordinal=1, masked=MARKUP, code="SHOW", tier="U0"),
        FieldView(name="nationality", ordinal=1, masked=HOSTILE, code="SHOW", tier="U0"),
    )
    page = cases.QueuePage(rows=(row(1, name=HOSTILE), row(2, name=MARKUP, assignee=MARKUP)), cursor=None)
    desk.answers[cases.ListQueue] = lambda _: page
    async with seated(desk=desk, size=(140, 40)) as seat:
        assert "王" in seat.text
        await seat.press("down", "enter")
        await seat.until("[@click=app.leave]")
        await seat.pilot.click(offset=(30, 6))
        for y in range(4, 20):
            await seat.pilot.click(offset=(24, y))
        assert seat.app.is_running
        assert seat.app.return_code is None
        hostile = {char for char in seat.text if char != "\n" and not scrub(char) and char != " "}
        assert not hostile


def test_the_frame_hook_scrubs_on_its_own() -> None:
    strip = Strip([Segment(HOSTILE), Segment("\x1b[2J", None, [(1, 2)])])  # type: ignore[list-item]
    seen = "".join(segment.text for segment in FrameMarker()._strip(strip, 0, 0))
    assert "\x1b" not in seen
    assert "\u202e" not in seen
    assert "\x9b" not in seen
    assert "\u200b" not in seen
    assert seen.startswith("王")


def test_harmless_keeps_cells() -> None:
    assert harmless("a\tb\x07") == "a" + "?" * 0 + harmless("\t") + "b" + harmless("\x07")
    assert harmless("姓名 ok") == "姓名 ok"


@pytest.mark.clause("C-5.4d-1")
def test_an_unknown_kind_of_frame_is_not_shown() -> None:
    with pytest.raises(UnknownFrame):
        FrameMarker().frame(InlineUpdate([Strip([Segment("x")])]))


@pytest.mark.clause("T11")
async def test_pasted_text_loses_what_does_not_print() -> None:
    async with seated() as seat:
        await seat.press("slash")
        field = seat.screen.query_one("#value", Field)
        field.post_message(events.Paste("C-\u200b20\u202e26-\ufe0f0001\u200d\x1b\n second line"))
        await seat.settle()
        assert field.value == "C-2026-0001"


@pytest.mark.clause("T11")
async def test_what_was_searched_for_is_gone_after_enter() -> None:
    async with seated() as seat:
        await seat.press("slash", *"13900000002", "enter")
        await seat.until("没有符合")
        assert "13900000002" not in seat.text
        assert seat.screen.query_one("#value", Field).value == ""
        await seat.press("up", "down")
        assert "13900000002" not in seat.text
        assert seat.desk.asked(cases.ExactSearch)[0].value == "13900000002"


@pytest.mark.clause("Y-4.2.2")
async def test_password_and_code_are_never_seen_and_not_kept() -> None:
    desk = FakeDesk()
    desk.demo = False
    async with seated("", desk=desk) as seat:
        await seat.until("登录名")
        await seat.press(*"lina", "enter", *"wrong-one", "enter", *"654321")
        assert "wrong-one" not in seat.text
        assert "654321" not in seat.text
        await seat.press("enter")
        await seat.until("登录未成功")
        assert seat.screen.query_one("#password", Field).value == ""
        assert seat.screen.query_one("#code", Field).value == ""
        assert desk.asked(session.SignIn)[0].password == "wrong-one"
        await seat.press(*"right", "enter", *"123456", "enter")
        await seat.until("李娜")


async def test_widgets_draw_lines_and_never_markup() -> None:
    async with seated() as seat:
        await seat.press("enter", "u")
        for screen in seat.app.screen_stack:
            for widget in screen.query(Widget):
                assert type(widget).__name__ not in READ_MARKUP
