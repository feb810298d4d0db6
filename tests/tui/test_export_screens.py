"""Exports on the screen: whole at every size, in both languages, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import exports
from console.tui.modals.export import pem
from masking.gm import Sm2PrivateKey, Sm2PublicKey
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked

GO = ("导出", "Exports")
VIEWS = (
    View("ExportsScreen", "security_admin", ()),
    View("ExportScreen", "security_admin", ("enter",)),
    View("ExportScreen overdue", "supervisor", ("down", "enter")),
    View("ConfirmModal approve", "security_admin", ("enter", "a")),
    View("WordsModal refuse", "security_admin", ("enter", "r")),
    View("ExportWhatModal", "supervisor", ("n",)),
    View("ExportWhomModal", "supervisor", ("n", "enter")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """To the exports, by the palette, then type."""
    await seat.press("ctrl+p", *GO[LANGUAGES.index(seat.app.texts.language)], "enter")
    for key in keys:
        await seat.press(key)
    await seat.settle()


@pytest.mark.clause("S-6-16", "S-6-17", "S-6-19", "issue-6")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("view", VIEWS, ids=[f"{view.name}-{view.role}" for view in VIEWS])
async def test_whole_and_marked(
    view: View, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(view.role, size=size, language=language) as seat:
        await go(seat, view.keys)
        whole_and_marked(seat, view, "exports")


@pytest.mark.clause("issue-6", "S-4.3")
async def test_a_request_is_written_down_then_sent_off() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("n", "enter"))
        await seat.press("enter")
        assert not seat.desk.asked(exports.DraftExport)
        await seat.press(*"monthly check", "tab", *"Fund", "enter")
        (call,) = seat.desk.asked(exports.DraftExport)
        assert (call.words, call.recipient, call.row_cap) == ("monthly check", "Fund", 1000)
        assert call.fields == ("full_name", "due_amount", "days_past_due")
        assert not seat.desk.asked(exports.SubmitExport)


@pytest.mark.clause("S-3.3", "issue-6")
async def test_agreeing_names_the_version_seen_and_asks_first() -> None:
    async with seated("security_admin") as seat:
        await go(seat, ("enter", "a"))
        assert not seat.desk.asked(exports.DecideExport)
        await seat.press("enter")
        (call,) = seat.desk.asked(exports.DecideExport)
        assert (call.export_id, call.version, call.approve) == ("x42", 2, True)
        await go(seat, ("enter", "r", *"too wide", "enter"))
        assert seat.desk.asked(exports.DecideExport)[-1].words == "too wide"


async def test_only_keys_that_work_are_shown() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("down", "enter"))
        assert "确认销毁" in seat.text
        for key in ("a", "s", "g", "f", "w", "x"):
            await seat.press(key)
        assert not seat.desk.asked(exports.DecideExport)
        assert not seat.desk.asked(exports.ReleaseExport)
        await seat.press("d", "enter")
        (call,) = seat.desk.asked(exports.ConfirmExport)
        assert call.how == "destroyed"


def test_a_key_pasted_into_one_line_is_a_key_again() -> None:
    key = Sm2PrivateKey.generate().public_key
    whole = key.to_pem()
    for typed in (whole, whole.replace("\n", ""), "".join(whole.split("\n")[1:-2])):
        assert Sm2PublicKey.from_pem(pem(typed)) == key
    assert not pem("  ")
