"""Exports on the screen: whole at every size, in both languages, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import Refusal, exports
from console.desk.api.base import DeskError
from console.tui.modals.export import ExportWhomModal, What, pem
from console.tui.widgets.inputs import Choice
from masking.gm import Sm2PrivateKey, Sm2PublicKey
from tests.support.fake_exports import export
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, Look, every_look, typed_with_places

GO = {"exports": ("导出", "Exports")}
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
    await typed_with_places(seat, ("exports", *keys), GO)


@pytest.mark.clause("S-6-16", "S-6-17", "S-6-19", "issue-6")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "exports")


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


@pytest.mark.clause("R-28b", "issue-6")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_return_is_confirmed_on_the_screen_too(language: str) -> None:
    async with seated("supervisor", language=language) as seat:
        await go(seat, ("down", "enter", "b"))
        assert not seat.desk.asked(exports.ConfirmExport)
        await seat.press("enter")
        (call,) = seat.desk.asked(exports.ConfirmExport)
        assert (call.export_id, call.how) == ("x41", "returned")


@pytest.mark.clause("issue-6", "J-15", "J-19")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_who_agrees_sees_which_cases_and_what_the_fields_say_together(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = exports.Rule(days_from=30, days_to=90, due_from=100_000)
    async with seated("security_admin", size=SIZES[-1], language=language) as seat:
        monkeypatch.setattr(seat.desk, "_ReadExport", lambda _: export(rule=chosen, may=("decide",)))
        await go(seat, ("enter",))
        assert "30 – 90" in seat.text
        assert "≥ 1,000.00" in seat.text
        assert {"zh_CN": "姓名与证件号码", "en": "name and ID number"}[language] in seat.text
        assert {"zh_CN": "不出境", "en": "stays in the country"}[language] in seat.text


@pytest.mark.clause("Y-4.8.2", "issue-6")
@pytest.mark.parametrize(("profile", "offered"), [("display", False), ("analytics", True)])
async def test_modelling_is_offered_with_the_analytics_profile_alone(profile: str, offered: bool) -> None:  # noqa: FBT001
    what = What(unit_id="u1", fields=("due_amount",), profile=profile, format="csv", row_cap=9, rule=exports.Rule())
    async with seated("supervisor") as seat:
        options = seat.desk._GetExportOptions(exports.GetExportOptions())
        await seat.app.push_screen(ExportWhomModal(options, what))
        await seat.settle()
        purpose = seat.app.screen.query_one("#purpose", Choice)
        keys = set()
        for _ in exports.PURPOSES:
            keys.add(purpose.key)
            purpose.action_step(1)
        assert keys == set(exports.PURPOSES) - (set() if offered else {"modelling"})


def test_a_key_pasted_into_one_line_is_a_key_again() -> None:
    key = Sm2PrivateKey.generate().public_key
    whole = key.to_pem()
    for typed in (whole, whole.replace("\n", ""), "".join(whole.split("\n")[1:-2])):
        assert Sm2PublicKey.from_pem(pem(typed)) == key
    assert not pem("  ")


@pytest.mark.clause("Y-4.8.3", "issue-6")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_password_is_shown_once_after_asking(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated("supervisor", size=SIZES[0], language=language) as seat:
        waits = export(state="released", locked=True, may=("password",))
        monkeypatch.setattr(seat.desk, "_ReadExport", lambda _: waits)
        await go(seat, ("enter",))
        await seat.press("p")
        assert not seat.desk.asked(exports.TakePassword)
        await seat.press("escape")
        assert not seat.desk.asked(exports.TakePassword)
        await seat.press("p", "enter")
        await seat.settle()
        (call,) = seat.desk.asked(exports.TakePassword)
        assert call.export_id == "x42"
        assert "23456-789AB-CDEFG-HJKMN-PQRST" in seat.text
        assert "VX-000042" in seat.text
        await seat.press("enter")
        await seat.settle()
        assert "23456-789AB" not in seat.text
        assert len(seat.desk.asked(exports.TakePassword)) == 1


@pytest.mark.clause("Y-4.8.3", "issue-6")
async def test_no_password_is_offered_where_there_is_none() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("enter", "p"))
        assert not seat.desk.asked(exports.TakePassword)
        assert "23456" not in seat.text


@pytest.mark.clause("issue-6")
async def test_a_password_that_is_refused_shows_why(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated("supervisor", language="en") as seat:
        monkeypatch.setattr(
            seat.desk, "_ReadExport", lambda _: export(state="released", locked=True, may=("password",))
        )

        def refuse(_: exports.TakePassword) -> object:
            raise DeskError(Refusal(code="export.no_password"))

        monkeypatch.setattr(seat.desk, "_TakePassword", refuse)
        await go(seat, ("enter", "p", "enter"))
        assert seat.app.texts.t("refusal.export.no_password")[:20] in seat.text
