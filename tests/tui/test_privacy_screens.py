"""The privacy number of a case: bound, shown with its end, ended; and every word of the list of calls whole."""

from __future__ import annotations

import pytest

from access.policy.actions import Action
from console.desk.api.calling import CallList, ListCalls, ListLiveCalls
from console.desk.api.privacy import BindNumber, ListBindings, UnbindNumber
from console.desk.calls.states import CallState
from console.dial.results import By, Result
from console.tui.widgets.rows import RowList
from tests.support.fake_calls import HOUR
from tests.support.fake_desk import ACTS, NOW, FakeDesk
from tests.support.fake_recordings import call
from tests.support.terminal import Seat, met, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

PLACES = {"calls": ("通话", "Calls"), "live": ("正在通话", "Live calls")}
VIEWS = (
    View("CaseCallsScreen", "agent", ("enter", "L")),
    View("BindForm", "agent", ("enter", "L", "b")),
    View("CaseCallsScreen bound", "supervisor", ("enter", "L", "b", "enter")),
    View("ReleaseForm", "agent", ("enter", "L", "b", "enter", "x")),
)
PHASES = ("agent_calling", "agent_ringing", "agent_answered", "customer_calling", "customer_ringing", "talking")


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; a place's name goes through the palette."""
    await typed_with_places(seat, keys, PLACES)


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "privacy")


@pytest.mark.clause("issue-5", "C-5.4e-1")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_a_number_is_bound_shown_until_its_end_and_ended(language: str) -> None:
    async with seated("agent", language=language) as seat:
        texts = seat.app.texts
        await go(seat, ("enter", "L"))
        assert texts.t("privacy.none.bind")[:8] in seat.text
        assert texts.t("key.privacy.release") not in seat.text
        await go(seat, ("b",))
        assert not seat.desk.asked(BindNumber)
        await go(seat, ("enter",))
        (asked,) = seat.desk.asked(BindNumber)
        assert (asked.case_id, asked.contact.field, asked.contact.ordinal, asked.hours) == ("case-1", "mobile", 1, 24)
        assert "○ 95013000001" in seat.text
        assert texts.when(NOW + 24 * HOUR, "Asia/Shanghai", "short") in seat.text
        # The line says that it holds; the screen hears of it.
        seat.desk.bindings = (seat.desk.binding(1),)
        seat.desk.push("binding", "b1")
        await seat.until("● 95013000001")
        # Whose phone it is stands there as the case shows it, never as digits.
        assert "138****5678" in seat.text
        assert type(seat.screen).__name__ == "CaseCallsScreen"
        await go(seat, ("x",))
        assert not seat.desk.asked(UnbindNumber)
        await go(seat, ("enter",))
        (ended,) = seat.desk.asked(UnbindNumber)
        assert ended.binding_id == "b1"
        assert "95013000001" not in seat.text


async def test_which_phone_and_for_how_long() -> None:
    desk = FakeDesk()
    async with seated("agent", language="en", desk=desk) as seat:
        await go(seat, ("enter", "L", "b", "right"))
        assert "139****0011" in seat.text
        await go(seat, ("down", "right", "enter"))
        (asked,) = desk.asked(BindNumber)
        assert (asked.contact.ordinal, asked.hours) == (2, 48)
        # Of several the one that is meant is ended.
        desk.bindings = (desk.binding(1, holder="李娜", may=()), desk.binding(2), desk.binding(3))
        await go(seat, ("f5", "x"))
        assert "95013000001" not in "".join(str(each) for each in desk.asked(UnbindNumber))
        await go(seat, ("right", "enter"))
        (ended,) = desk.asked(UnbindNumber)
        assert ended.binding_id == "b3"


async def test_a_refusal_says_the_rule_and_whom_to_ask_and_the_form_stays() -> None:
    async with seated("agent", language="en") as seat:
        seat.desk.refuse(BindNumber, "call.no_free_number", clause="C-5.4e-1", ask=("system_admin",))
        await go(seat, ("enter", "L", "b", "enter"))
        assert "No privacy number is free" in seat.text
        flat = " ".join(seat.text.split())
        assert "C-5.4e-1" in flat
        assert "Ask: system admin" in flat
        assert type(seat.screen).__name__ == "BindForm"
        # What could not be bound stands there with why, until it would have ended.
        seat.desk.refused_bindings = (seat.desk.binding(7, state="refused", why="taken", may=()),)
        await go(seat, ("escape", "f5"))
        assert "✗ 95013000007" in seat.text
        assert "stands for another already" in " ".join(seat.text.split())


async def test_the_help_and_the_palette_know_both_keys() -> None:
    async with seated("agent", language="en") as seat:
        await go(seat, ("enter", "L", "question_mark"))
        assert "privacy number" in seat.text
        assert "b       bind a number" in seat.text
        await go(seat, ("escape", "ctrl+p", *"bind a", "enter"))
        assert type(seat.screen).__name__ == "BindForm"


async def test_whoever_may_not_bind_is_offered_nothing_and_sees_what_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    may = ACTS["supervisor"] - {Action.CALL_NUMBER_BIND, Action.CALL_NUMBER_RELEASE}
    monkeypatch.setitem(ACTS, "supervisor", may)
    async with seated("supervisor", language="en") as seat:
        await go(seat, ("enter", "L"))
        assert "Whoever works the case binds one" in seat.text
        seat.desk.bindings = (seat.desk.binding(1),)
        await go(seat, ("f5", "b", "x"))
        assert "● 95013000001" in seat.text
        assert type(seat.screen).__name__ == "CaseCallsScreen"
        assert not seat.desk.asked(BindNumber)
        assert not seat.desk.asked(UnbindNumber)


async def test_another_persons_binding_is_not_offered_to_be_ended() -> None:
    async with seated("agent", language="en") as seat:
        seat.desk.bindings = (seat.desk.binding(1, holder="李娜", may=()),)
        await go(seat, ("enter", "L", "x"))
        assert "end the binding" not in seat.text
        assert type(seat.screen).__name__ == "CaseCallsScreen"
        # The place that lists every call knows of no case, and of no number.
        await go(seat, ("calls", "b", "x"))
        assert len(seat.desk.asked(ListBindings)) == 1


@pytest.mark.clause("S-6-19")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
@pytest.mark.parametrize("keys", [("calls",), ("enter", "L"), ("live",)], ids=["calls", "case", "live"])
async def test_no_word_of_the_list_of_calls_is_cut_off(keys: tuple[str, ...], language: str) -> None:
    every = [call(at, result=one.value, caller="张伟") for at, one in enumerate(Result)]
    every += [call(at, by=one.value, talked=5_999, caller="张伟") for at, one in enumerate(By, len(every))]
    every += [
        call(at, result="", state=state, phase=phase, by="", connected_at=None, caller="张伟")
        for at, (state, phase) in enumerate(
            [*((CallState.STARTED.value, one) for one in PHASES), *((one.value, "") for one in CallState)], len(every)
        )
    ]
    kept = ("open", "whole", "torn", "none", "destroyed")
    every += [call(at, recording=one, caller="张伟") for at, one in enumerate(kept, len(every))]
    desk, shown = FakeDesk(), [CallList(calls=(), at=NOW)]
    desk.answers[ListCalls] = desk.answers[ListLiveCalls] = lambda _: shown[-1]
    async with seated("supervisor", language=language, desk=desk) as seat:
        await go(seat, keys)
        listed = seat.screen.query_one(RowList)
        for start in range(0, len(every), 8):
            shown.append(CallList(calls=tuple(every[start : start + 8]), at=NOW))
            await go(seat, ("f5",))
            await met(
                seat.app,
                seat.pilot,
                lambda: [row.key for row in listed.rows] == [one.call_id for one in shown[-1].calls],
            )
            await seat.settle()
            assert seat.app.texts.t(f"calls.kept.{shown[-1].calls[0].recording}") in seat.text
            assert "…" not in seat.text, seat.text
