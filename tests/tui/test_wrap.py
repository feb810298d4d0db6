"""A call's end on the screen: the form comes by itself, Enter saves and goes on; the name goes; what is typed stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from console.desk.api import calling, cases, identity, work, wrapping
from console.desk.api.base import DeskError, Refusal
from console.desk.api.contact import ContactRef
from console.desk.api.wrapping import LostContactView, WrapView
from console.tui.modals.wrap import WrapForm
from console.tui.widgets.codes import Codes
from console.tui.widgets.inputs import Field
from console.tui.widgets.masked import MaskedValue
from tests.support.fake_desk import NOW, FakeDesk
from tests.support.terminal import Seat, met, seated
from tests.tui.test_calls import called

pytestmark = pytest.mark.clause("issue-5")
NAME = "PLAIN-full_name-7"
HERE = Path(__file__).parent


def left(**changes: Any) -> WrapView:
    made: dict[str, Any] = {
        "call_id": "call-left",
        "case_id": "case-3",
        "number": "C-2026-0000003",
        "contact": ContactRef(field="mobile"),
        "third": False,
        "result": "system_error",
        "answered": True,
        "talked": 12,
        "code": "answered_self",
        "started_at": NOW,
        "ended_at": NOW,
        "due": True,
    }
    return WrapView(**(made | changes))


async def ends(seat: Seat, result: str, talked: int = 0) -> None:
    seat.desk.call_ends(result, "customer", talked)
    seat.desk.push("call", "call-1")
    await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
    await seat.settle()


async def speaks(seat: Seat) -> None:
    seat.desk.call_moves("talking", state="connected", connected=seat.desk.now)
    seat.desk.push("call", "call-1")
    await met(seat.app, seat.pilot, lambda: seat.app.answered("call-1"))


def names(seat: Seat) -> list[MaskedValue]:
    return [one for screen in seat.app.screen_stack for one in screen.query(MaskedValue) if one.shown]


@pytest.mark.clause("S-6-18")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_after_a_call_enter_saves_and_the_next_case_is_there(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(language=language) as seat:
        seat.desk.evidence = LostContactView(holds=False, failed=2, limit=3)
        await called(seat)
        await ends(seat, "no_answer")
        assert seat.screen.query_one("#code", Codes).chosen == "no_answer"
        assert all(len(line) <= 80 for line in seat.app.grid.lines)
        await seat.until(seat.app.texts.t("wrap.may"))
        await seat.press("enter")
        (saved,) = seat.desk.asked(wrapping.SaveWrap)
        assert (saved.call_id, saved.code, saved.stop, saved.note) == ("call-1", "no_answer", "", "")
        await seat.until("C-2026-0000002")
        assert type(seat.screen).__name__ == "CaseScreen"
        assert not seat.app.wraps_left


async def test_one_form_by_keyboard_alone() -> None:
    async with seated(language="en") as seat:
        await called(seat)
        await speaks(seat)
        # Opened while they speak, to type; it is saved once they are done.
        await seat.press("r")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
        await seat.settle()
        assert seat.screen.query_one("#code", Codes).chosen == ""
        await seat.press("9")
        await seat.press(*"+3", "enter")
        await seat.until("The call goes on")
        assert not seat.desk.asked(wrapping.SaveWrap)
        seat.desk.call_ends("answered", "customer", 61)
        seat.desk.push("call", "call-1")
        await seat.until("1:01")
        seat.screen.query_one("#note", Field).focus()
        await seat.press(*"will pay")
        seat.screen.query_one("#stop").focus()
        await seat.press("right", "enter")
        await met(seat.app, seat.pilot, lambda: seat.desk.asked(wrapping.SaveWrap))
        (saved,) = seat.desk.asked(wrapping.SaveWrap)
        assert (saved.code, saved.note, saved.stop) == ("promised", "will pay", "asked")
        assert saved.promise is not None


async def test_what_is_typed_outlives_a_lost_answer_and_a_refusal() -> None:
    async with seated(language="en") as seat:
        await called(seat)
        await ends(seat, "busy")
        seat.screen.query_one("#note", Field).focus()
        await seat.press(*"line")
        seat.desk.refuse(wrapping.SaveWrap, "case.changed", params={"by": "李娜"})
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: len(seat.desk.asked(wrapping.SaveWrap)) == 1)
        await seat.until("has just changed")
        assert isinstance(seat.screen, WrapForm)
        assert seat.screen.query_one("#note", Field).value == "line"
        # Left with Esc it is kept as a draft of its own, and r opens it again.
        await seat.press("escape")
        await met(seat.app, seat.pilot, lambda: ("case-1", "wrap") in seat.desk.drafts)
        assert "line" in seat.desk.drafts["case-1", "wrap"]
        assert seat.app.wraps_left

        # It was kept, and the answer was lost: said so, and nothing is asked again.
        def kept(_: wrapping.SaveWrap) -> work.Recorded:
            raise DeskError(Refusal(code="wrap.saved"))

        seat.desk.answers[wrapping.SaveWrap] = kept
        await seat.press("r")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
        await seat.settle()
        await seat.press("enter")
        await seat.until("wrapped up already")
        assert not seat.app.wraps_left


async def test_a_call_that_rang_nobody_asks_for_nothing() -> None:
    async with seated(language="en") as seat:
        await called(seat)
        seat.desk.call_ends("agent_busy", "line")
        seat.desk.push("call", "call-1")
        await seat.until(seat.app.texts.t("call.result.agent_busy"))
        await met(seat.app, seat.pilot, lambda: seat.desk.asked(wrapping.ReadWrap))
        await seat.settle()
        assert type(seat.screen).__name__ == "CaseScreen"


async def test_the_form_waits_until_the_case_is_on_top_again() -> None:
    async with seated(language="en") as seat:
        await called(seat)
        await seat.press("n")
        await met(seat.app, seat.pilot, lambda: type(seat.screen).__name__ == "NoteForm")
        seat.desk.call_ends("busy", "customer")
        seat.desk.push("call", "call-1")
        await met(seat.app, seat.pilot, lambda: seat.app.wraps_left)
        assert type(seat.screen).__name__ == "NoteForm"
        await seat.press("escape")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
        # Once by itself; after that by its key.
        await seat.settle()
        await seat.press("escape")
        await seat.settle()
        assert type(seat.screen).__name__ == "CaseScreen"


async def test_what_an_earlier_sitting_left_is_said_and_opened_from_the_queue() -> None:
    desk = FakeDesk()
    desk.left = (left(),)
    async with seated(desk=desk, language="en") as seat:
        await seat.until("Calls not wrapped up yet: 1")
        await seat.press("w")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
        await seat.settle()
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: desk.asked(wrapping.SaveWrap))
        assert desk.asked(wrapping.SaveWrap)[0].call_id == "call-left"


@pytest.mark.clause("C-5.4d-2")
@pytest.mark.parametrize("how", ["hang-up", "dialer", "revoked", "lock", "unheard"])
async def test_the_name_is_there_while_they_speak_and_gone_with_the_call(how: str) -> None:
    async with seated(language="en") as seat:
        await called(seat)
        await seat.press("i")
        await seat.settle()
        assert NAME not in seat.text, "nobody is on the line yet"
        await speaks(seat)
        if how == "unheard":
            # The call ends while the answer is under way, and nobody says so.
            def late(request: identity.ShowIdentity) -> identity.Identity:
                shown = seat.desk._ShowIdentity(request)
                seat.desk.call_ends("system_error", "line")
                return shown

            seat.desk.answers[identity.ShowIdentity] = late
            await seat.press("i")
            await met(seat.app, seat.pilot, lambda: not seat.app.in_call)
            assert names(seat) == []
            assert NAME not in seat.text
            return
        await seat.press("i")
        await seat.until(NAME)
        # What else changes on the case leaves it there.
        seat.desk.push("case", "case-1")
        await seat.settle()
        assert len(names(seat)) == 1
        if how == "hang-up":
            seat.desk.call_ends("answered", "customer", 9)
            seat.desk.push("call", "call-1")
        elif how == "dialer":
            # Off the line and not on the books yet: what the desk says while it cannot write.
            seat.desk.call_moves("", state="connected", connected=seat.desk.now)
            seat.desk.push("call", "call-1")
        elif how == "revoked":
            seat.desk.push("standing", "s1")
        else:
            await seat.press("ctrl+l")
        await met(seat.app, seat.pilot, lambda: names(seat) == [])
        await seat.settle()
        assert NAME not in seat.text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_supervisor_gives_and_ends_it(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated("supervisor", language=language) as seat:
        await seat.app.action_go_to("standing")
        await seat.until(seat.app.texts.t("standing.empty")[:8])
        await seat.press("n")
        await seat.press(*"+8h", "enter")
        await met(seat.app, seat.pilot, lambda: seat.desk.asked(identity.GiveStanding))
        (given,) = seat.desk.asked(identity.GiveStanding)
        assert given.ends_at - seat.desk.now <= 8 * 3_600_000_000
        await seat.until(seat.app.texts.t("standing.active"))
        assert all(len(line) <= 80 for line in seat.app.grid.lines)
        await seat.press("x")
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: seat.desk.asked(identity.RevokeStanding))
        await seat.until(seat.app.texts.t("standing.revoked"))
        assert calling.StartCall not in {type(one) for one in seat.desk.calls}


async def test_a_call_whose_case_went_elsewhere_is_wrapped_up_without_opening_it() -> None:
    desk = FakeDesk()
    desk.left = (left(worked=False, version=7, code=""),)
    async with seated(language="en", desk=desk) as seat:
        await met(seat.app, seat.pilot, lambda: seat.app.wraps_left)
        await seat.press("w")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
        await seat.until("went to somebody else")
        form = seat.screen
        # Neither a promise nor the next contact, and nothing of the customer.
        assert not form.query_one("#promise").display
        assert not getattr(form.query_one("#next").parent, "display", True)
        await seat.press("9")
        assert form.query_one("#code", Codes).chosen == ""
        await seat.press("c")
        assert form.query_one("#code", Codes).chosen == "complaint"
        form.query_one("#note", Field).focus()
        await seat.press(*"threats", "enter")
        await met(seat.app, seat.pilot, lambda: not isinstance(seat.screen, WrapForm))
        (saved,) = seat.desk.asked(wrapping.SaveWrap)
        assert (saved.call_id, saved.version, saved.code, saved.note) == ("call-left", 7, "complaint", "threats")
        assert not seat.desk.asked(cases.OpenCase)
        assert not seat.desk.asked(work.KeepDraft)
        assert not seat.app.wraps_left
