"""Nobody at the keys: what is plain goes after a minute, the screen locks after more; and a code is asked for again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import pytest
from textual.screen import Screen
from textual.widget import Widget

from console.desk.api import Call, Desk, DeskError, Refusal, reveal, session
from console.desk.api.base import Done
from console.tui import shroud
from console.tui.modals.customer import CustomerModal
from console.tui.modals.line import LineModal
from console.tui.modals.number import NumberForm
from console.tui.modals.search import SearchModal
from console.tui.widgets.inputs import Field
from tests.support.fake_desk import FakeDesk, secret
from tests.support.terminal import Seat, SeenApp, seated
from tests.tui.test_flows import inbox_of
from tests.tui.test_reveal import ADDRESS, revealed, shown

R = TypeVar("R")


def idle_for(seat: Seat, seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(seat.app, "_touched", seat.app._touched - seconds)


@pytest.mark.clause("Y-4.7.2", "C-5.4d-2")
async def test_a_minute_without_a_key_hides_and_a_key_shows_again(monkeypatch: pytest.MonkeyPatch) -> None:
    assert shroud.IDLE_SECONDS == 60
    async with seated() as seat:
        await revealed(seat)
        idle_for(seat, 61, monkeypatch)
        await seat.until("一分钟没有按键")
        assert not shown(seat)
        assert secret(ADDRESS) not in seat.text
        assert not seat.desk.locked, "hidden, not locked"
        await seat.press("u")
        await seat.until(secret(ADDRESS))
        assert shown(seat)


async def test_a_minute_without_a_key_is_nothing_where_nothing_is_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated() as seat:
        await seat.press("enter")
        await seat.until("家庭地址")
        idle_for(seat, 61, monkeypatch)
        await seat.app._tick()
        await seat.settle()
        assert "一分钟没有按键" not in seat.text
        assert not seat.desk.locked


@pytest.mark.clause("Y-4.7.2")
async def test_the_locked_screen_shows_the_mark_and_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated() as seat:
        await revealed(seat)
        assert seat.app.me is not None
        idle_for(seat, seat.app.me.lock_after + 1, monkeypatch)
        await seat.until("已锁定")
        await seat.settle()
        assert seat.desk.locked
        assert "C-2026" not in seat.text
        assert secret(ADDRESS) not in seat.text
        assert "K7QF2M" in seat.text, "whose screen it is stays readable"
        assert not shown(seat)


TYPED = "13800138000"
FORMS: dict[str, tuple[Callable[[], Screen[Any]], str]] = {
    "search": (SearchModal, "#value"),
    "number": (NumberForm, "#number"),
    "customer": (CustomerModal, "#value"),
    "letter": (lambda: LineModal("2026-"), "Field"),
}


def held(seat: Seat) -> list[str]:
    """Every widget of every screen that holds what was typed, in what it is made of or in what it has drawn."""
    found = [row for row in seat.text.splitlines() if TYPED in row]
    for screen in seat.app.screen_stack:
        for widget in screen.walk_children(Widget, with_self=True):
            drawn = "".join(strip.text for strip in widget._styles_cache._cache.values())
            if any(TYPED in text for text in (*map(repr, vars(widget).values()), drawn)):
                found.append(str(widget))
    return found


async def nowhere() -> Desk:
    """No new line."""
    raise DeskError(Refusal(code="desk.unreachable"))


@pytest.mark.clause("Y-4.7.2", "issue-4")
@pytest.mark.parametrize("how", ["asked", "idle", "elsewhere", "lost"])
@pytest.mark.parametrize("form", FORMS)
async def test_what_was_half_typed_into_a_form_is_nowhere_behind_the_lock(
    form: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = FakeDesk()
    app = SeenApp(desk, (80, 24), sign_in_as="agent", again=nowhere if how == "lost" else None)
    async with app.run_test(size=(80, 24)) as pilot:
        seat = Seat(app, pilot, desk)
        await seat.until("C-2026-0000001")
        make, where = FORMS[form]
        await app.push_screen(make())
        await seat.settle()
        field = app.screen.query_one(where, Field)
        field.focus()
        begun = field.value
        await seat.press("end", *TYPED)
        await seat.until(TYPED)
        assert held(seat), "it is looked for where it is"
        if how == "asked":
            await app.run_action("lock")
        elif how == "idle":
            assert app.me is not None
            idle_for(seat, app.me.lock_after + 1, monkeypatch)
        elif how == "elsewhere":
            desk.locked = True
            desk.push("session")
        else:
            desk.drop()
        await seat.until("连接中断" if how == "lost" else "已锁定")
        await seat.settle()
        assert held(seat) == []
        if how != "lost":
            await seat.press("enter")
            await seat.until("已锁定", gone=True)
            await seat.settle()
            assert app.screen.query_one(where, Field) is field
            assert field.value == begun
            assert held(seat) == []


class Asking(FakeDesk):
    """Approvals take another code; 123456 is the one."""

    def __init__(self) -> None:
        super().__init__()
        self.proven: set[str] = set()
        self.keys: list[str] = []

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        if isinstance(request, session.StepUp):
            if request.code != "123456":
                raise DeskError(Refusal(code="stepup.refused", clause="Y-4.2.2"))
            self.proven.add(request.key)
            return Done()  # type: ignore[return-value]
        if isinstance(request, reveal.DecideReveal):
            self.keys.append(key or "")
            if key not in self.proven:
                asks = {"act": "reveal:request:approve", "how": "recent", "factor": "totp"}
                raise DeskError(Refusal(code="stepup.required", params=asks, clause="Y-4.2.2"))
        return await super().call(request, key=key)


@pytest.mark.clause("Y-4.2.2")
async def test_the_screen_asks_for_a_code_and_repeats_the_same_call() -> None:
    desk = Asking()
    async with seated("supervisor", desk=desk) as seat:
        await inbox_of(seat, desk.request())
        await seat.press("a", "enter")
        await seat.until("再次输入动态码")
        assert "批准申请" in seat.text
        await seat.press(*"000000", "enter")
        await seat.until("动态码不对")
        await seat.press(*"123456", "enter")
        await seat.until("再次输入动态码", gone=True)
        await seat.settle()
        assert len(desk.keys) == 2
        assert len(set(desk.keys)) == 1, "under one key"
        assert len(desk.asked(reveal.DecideReveal)) == 1


async def test_whoever_lets_the_question_be_does_nothing() -> None:
    desk = Asking()
    async with seated("supervisor", desk=desk) as seat:
        await inbox_of(seat, desk.request())
        await seat.press("a", "enter")
        await seat.until("再次输入动态码")
        await seat.press("escape")
        await seat.until("此操作需要再次输入动态码")
        assert desk.asked(reveal.DecideReveal) == []


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_question_is_whole_and_marked_on_a_small_terminal(language: str) -> None:
    desk = Asking()
    async with seated("supervisor", desk=desk, size=(80, 24), language=language) as seat:
        desk.requests = [desk.request()]
        await seat.press("f3")
        await seat.until("C-2026")
        await seat.press("a", "enter")
        await seat.until(seat.app.texts.t("step_up.title"))
        await seat.settle()
        text = seat.text
        assert "K7QF2M" in text
        assert seat.app.texts.t("sign_in.code") in text
        assert "Esc" in text
        words = seat.app.texts.t("step_up.recent", act=seat.app.texts.t("action.reveal:request:approve"))
        assert words.split()[-1].rstrip("。.") in text.replace("\n", " "), "to its last word"
