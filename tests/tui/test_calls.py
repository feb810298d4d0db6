"""A call from the case in two keys; its bar on every screen and behind the lock; speaking is being there."""

from __future__ import annotations

import re

import pytest
from rich.cells import cell_len

from console.desk.api import calling
from console.tui import calling as calling_app
from console.tui.widgets.call_bar import CallBar
from tests.support.terminal import Seat, met, seated
from tests.tui.test_idle import idle_for

pytestmark = pytest.mark.clause("issue-5")


def locks(seat: Seat) -> bool:
    """Whether the screen is to be locked by now."""
    return seat.app.idle_too_long


async def called(seat: Seat) -> None:
    """From the case: c, Enter."""
    await seat.press("enter")
    await seat.press("c")
    await seat.press("enter")
    await met(seat.app, seat.pilot, lambda: seat.desk.asked(calling.StartCall))
    await seat.settle()


@pytest.mark.clause("S-6-16")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_two_keys_call_from_a_case(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(language=language) as seat:
        await called(seat)
        (start,) = seat.desk.asked(calling.StartCall)
        assert (start.case_id, start.contact.field, start.contact.ordinal) == ("case-1", "mobile", 1)
        await seat.until("☎ C-2026-0000001")
        assert "^G" in seat.text
        assert all(len(line) <= 80 for line in seat.app.grid.lines)
        seat.desk.call_moves("customer_ringing")
        seat.desk.push("call", "call-1")
        await seat.until(seat.app.texts.t("call.phase.customer_ringing"))
        # Elsewhere it is the same.
        await seat.press("escape")
        await seat.until("☎ C-2026-0000001")
        await seat.press("ctrl+g")
        assert len(seat.desk.asked(calling.HangUp)) == 1
        seat.desk.push("call", "call-1")
        await seat.until(seat.app.texts.t("call.result.cancelled"))
        # It stays a while for the form that follows, then it goes.
        assert seat.app.call_shown is not None
        seat.app._call_heard -= calling_app.STAYS + 1
        seat.app.tick_call()
        await seat.until("C-2026-0000001 ", gone=False)
        await met(seat.app, seat.pilot, lambda: not any(bar.said[0] for bar in seat.screen.query(CallBar)))


@pytest.mark.parametrize(
    ("language", "ends"), [("zh_CN", ("^G 挂断",)), ("en", ("^G hangs up", "^G ends"))], ids=("zh_CN", "en")
)
async def test_the_bar_says_who_how_long_and_what_is_left_today(language: str, ends: tuple[str, ...]) -> None:
    async with seated(language=language) as seat:
        texts = seat.app.texts
        seat.desk.calls_left = 2
        left = texts.t("contact.left", count=2)
        await called(seat)
        for phase in ("agent_ringing", "customer_ringing", "talking"):
            seat.desk.call_moves(phase, connected=seat.desk.now if phase == "talking" else None)
            seat.desk.push("call", "call-1")
            await seat.until(texts.t(f"call.phase.{phase}"))
            (bar,) = [line for line in seat.app.grid.lines if "☎" in line]
            # Whole, however little room there is: nothing that matters is cut off.
            assert re.search(r"☎ C-2026-0000001 .*\d:\d\d · ", bar)
            assert left in bar
            assert bar.rstrip().endswith(ends)
            assert cell_len(bar) <= 80
        # Elsewhere it is the same; behind the lock it names nobody and counts nothing.
        await seat.press("escape")
        await seat.until(left)
        await seat.press("ctrl+l")
        await seat.until(ends[0])
        assert left not in seat.text


@pytest.mark.parametrize(
    ("language", "ends"), [("zh_CN", ("^G 挂断",)), ("en", ("^G hangs up", "^G ends"))], ids=("zh_CN", "en")
)
async def test_the_bar_of_a_customers_call_says_what_is_left_today(language: str, ends: tuple[str, ...]) -> None:
    async with seated(language=language) as seat:
        texts = seat.app.texts
        seat.desk.calls_left = 2
        left = texts.t("contact.left", count=2)
        seat.desk.customer_calls("case-2")
        for phase in ("agent_ringing", "customer_answered", "talking"):
            seat.desk.call_moves(phase, connected=seat.desk.now if phase == "talking" else None)
            seat.desk.push("call", "call-in")
            await seat.until(texts.t(f"call.phase.{phase}"))
            await seat.until(left)
            (bar,) = [line for line in seat.app.grid.lines if "☎" in line]
            named = [texts.t(key, where="C-2026-0000002") for key in ("call.bar.in", "call.bar.in_brief")]
            assert bar.strip().removeprefix("☎ ").startswith(tuple(named))
            assert left in bar
            assert bar.rstrip().endswith(ends)
            assert cell_len(bar) <= 80
        # Where that is too much, it is still the customer who calls.
        last = seat.app.call_lines()[-1]
        assert left not in last
        assert last.startswith(named[0])
        # No rule counts: nothing is said of it, and nothing that matters is cut off.
        seat.desk.calls_left = None
        seat.desk.customer_calls("case-2")
        seat.desk.call_moves("agent_ringing")
        seat.desk.push("call", "call-in")
        await seat.until(left, gone=True)
        (bar,) = [line for line in seat.app.grid.lines if "☎" in line]
        assert bar.rstrip().endswith(ends)
        await seat.press("ctrl+l")
        await seat.until(ends[0])
        assert "C-2026" not in seat.text


def test_the_bar_takes_the_first_that_there_is_room_for() -> None:
    bar = CallBar()
    bar.say("four words of it", "two words", "word")
    for width, shown in ((20, "four words of it"), (19, "four words of it"), (18, "two words"), (6, "wo…")):
        ((piece,),) = bar.lines(width)
        assert piece[0].strip().removeprefix("☎ ") == shown, width
    bar.say()
    assert bar.lines(80) == []


@pytest.mark.clause("Y-4.7.2")
async def test_behind_the_lock_there_is_the_call_and_the_way_to_end_it() -> None:
    async with seated(language="en") as seat:
        await called(seat)
        seat.desk.call_moves("talking", state="connected", connected=seat.desk.now)
        seat.desk.push("call", "call-1")
        await seat.until(seat.app.texts.t("call.phase.talking"))
        await seat.press("ctrl+l")
        assert seat.desk.locked
        await seat.until("^G hangs up")
        assert "C-2026" not in seat.text
        await seat.press("ctrl+g")
        assert len(seat.desk.asked(calling.HangUp)) == 1
        seat.desk.push("call", "call-1")
        await seat.until(seat.app.texts.t("call.result.answered"))
        assert "C-2026" not in seat.text
        assert seat.desk.locked


@pytest.mark.clause("Y-4.7.2")
async def test_speaking_is_being_there_for_ten_minutes_at_most(monkeypatch: pytest.MonkeyPatch) -> None:
    assert calling.SPEAKING_COUNTS == 600
    async with seated(language="en") as seat:
        await called(seat)
        assert seat.app.me is not None
        idle = seat.app.me.lock_after + 1
        # A phone that only rings is nobody.
        seat.app.tick_call()
        idle_for(seat, idle, monkeypatch)
        seat.app.tick_call()
        assert locks(seat)
        idle_for(seat, -idle, monkeypatch)
        seat.desk.call_moves("talking", state="connected", connected=seat.desk.now)
        seat.desk.push("call", "call-1")
        await met(seat.app, seat.pilot, lambda: seat.app._connected_heard is not None)
        idle_for(seat, idle, monkeypatch)
        seat.app.tick_call()
        assert not locks(seat)
        # Ten minutes on, and no key since.
        assert seat.app._connected_heard is not None
        seat.app._connected_heard -= 600 + idle
        idle_for(seat, 600 + idle, monkeypatch)
        seat.app.tick_call()
        assert locks(seat)
        idle_for(seat, -600 - idle, monkeypatch)


async def test_a_refusal_is_said_and_there_is_no_bar() -> None:
    async with seated(language="en") as seat:
        seat.desk.refuse(calling.StartCall, "call.phone_away")
        await called(seat)
        await seat.until("Your phone is not registered")
        assert not seat.app.in_call
        assert "☎" not in seat.text


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_that_a_number_is_not_called_is_said_though_no_phone_rang(language: str) -> None:
    async with seated(language=language) as seat:
        texts = seat.app.texts
        await called(seat)
        seat.desk.call_ends("not_diallable", "line")
        seat.desk.push("call", "call-1")
        await seat.until(texts.t("call.result.not_diallable"))
        await seat.until(texts.t("call.not_called")[:8])
        shown = "".join(line.strip(" │▌▐✗") for line in seat.app.grid.lines).replace(" ", "")
        assert texts.t("call.not_called").replace(" ", "") in shown
        (bar,) = [line for line in seat.app.grid.lines if "◻" in line]
        assert "…" not in bar
        # Said once; there is nothing to wrap up.
        assert texts.t("wrap.title") not in seat.text
        await seat.press("escape")
        seat.desk.push("call", "call-1")
        await seat.until(texts.t("call.result.not_diallable"))
        await seat.settle()
        assert texts.t("call.not_called")[:10] not in seat.text


async def test_another_persons_call_is_not_asked_about_while_one_is_in_ones_own() -> None:
    async with seated("supervisor", language="en") as seat:
        seat.desk.push("call", "somebody-elses")
        await met(seat.app, seat.pilot, lambda: seat.desk.asked(calling.ReadOwnCall))
        assert seat.app.call_shown is None
