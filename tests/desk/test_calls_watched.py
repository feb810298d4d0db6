"""Calls that nobody ends: a dialer that lost one, an attempt in doubt, whoever may not go on speaking or listening."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.audit.events import Event
from access.roles import Role
from access.store.schema import call_record, contact_slot
from console.desk.act import Act
from console.desk.api.assign import DeclareInterest
from console.desk.api.calling import CallView, HangUp, ListLiveCalls, ReadOwnCall
from console.desk.api.cases import AssignCases, CaseRow
from console.desk.api.contact import CheckContacts, StopContact
from console.desk.api.privacy import BindNumber
from console.desk.api.recordings import StartListening
from console.desk.api.training import RecordTraining
from console.desk.api.work import PlaceHold
from console.desk.calls import following, still, writing
from console.desk.contact import recorder
from console.dial.axb.said import Bind, Bound, Rang
from console.dial.messages import Ended, Silent
from console.dial.results import By, Result
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.privacy_calls import pooled
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5")


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


def row_of(desk: WholeDesk, call_id: str) -> dict[str, object]:
    with desk.running.parts.store.engine.connect() as connection:
        return dict(connection.execute(select(call_record).where(call_record.c.id == call_id)).mappings().one())


def end_of(desk: WholeDesk, call_id: str) -> tuple[object, ...]:
    row = row_of(desk, call_id)
    return row["state"], row["result"], row["ended_side"]


def outcome(desk: WholeDesk, call_id: str) -> str:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(contact_slot.c.outcome).join(call_record, call_record.c.slot_id == contact_slot.c.id)
        return str(connection.execute(query.where(call_record.c.id == call_id)).scalar_one())


def said(desk: WholeDesk, action: str, about: str) -> list[Event]:
    return [one for one in desk.events() if one.action == action and about in {one.object_id, one.approval_id}]


async def talking(line: Line, case: CaseRow, name: str = "zhangwei") -> CallView:
    """A call in which both speak."""
    call = await line.start(name, case.case_id)
    line.dialer.move(call.call_id, "agent_answered", "customer_calling", "customer_answered")
    board = line.desk.running.parts.switchboard
    await until(lambda: getattr(board.find(call.call_id), "phase", "") == "talking", "talking")
    return call


async def test_the_live_call_says_what_the_rules_leave_today(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    asked = CheckContacts(case_id=case.case_id)
    for left in (2, 1, 0):
        call = await talking(line, case)
        own = (await desk.call("zhangwei", ReadOwnCall())).call
        (seen,) = (await desk.call("lina", ListLiveCalls())).calls
        assert own is not None
        assert (call.left, own.left, seen.left) == (left, left, left)
        # What is said of the next one is the same figure.
        assert (await desk.call("zhangwei", asked)).contacts[0].left == left
        line.dialer.end(call.call_id, Result.ANSWERED)
        await line.over(call.call_id)
        assert (await line.last("zhangwei")).left is None


async def test_a_call_that_the_dialer_lost_ends_with_the_order_to_end_it(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_OBEYED", 0.05)
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    line.dialer.deaf = True
    call = await talking(line, cases[0])
    await desk.call("zhangwei", HangUp())
    board = desk.running.parts.switchboard
    await until(lambda: board.call_of(desk.founded.persons["zhangwei"]) is None, "given up")
    await until(lambda: end_of(desk, call.call_id) == ("ended", "system_error", "line"), "on the books")
    # Whoever was in it may call again; the relay is told to close what it recorded.
    again = await line.start("zhangwei", cases[1].case_id)
    assert line.dialer.discarded == [call.call_id]
    assert outcome(desk, call.call_id) == "connected"
    line.dialer.recorded(call.call_id, 7)
    # What the dialer finds out later is late.
    line.dialer.told(Ended(call_id=call.call_id, result=Result.ANSWERED, by=By.CUSTOMER))
    await line.over(call.call_id)
    assert end_of(desk, call.call_id) == ("ended", "system_error", "line")
    assert len(said(desk, "call:line:over", call.call_id)) == 1
    # Nobody can say whether the customer's phone rang, so it counts.
    await desk.call("zhangwei", HangUp())
    await until(lambda: end_of(desk, again.call_id) == ("ended", "system_error", "line"), "given up as well")
    assert outcome(desk, again.call_id) == "unanswered"
    line.dialer.recorded(again.call_id, 0)
    await line.over(again.call_id)


async def test_a_call_whose_end_was_lost_ends_when_the_relay_is_over(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "_OBEYED", 0.05)
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talking(line, case)
    line.dialer.recorded(call.call_id, 3)
    await line.over(call.call_id)
    assert end_of(desk, call.call_id) == ("ended", "system_error", "line")
    last = await line.last("zhangwei")
    assert (last.recording, outcome(desk, call.call_id)) == ("whole", "connected")
    # Silence that nobody acts on ends it too.
    call = await talking(line, case)
    line.dialer.told(Silent(call_id=call.call_id))
    await until(lambda: call.call_id in line.dialer.discarded, "given up")
    line.dialer.recorded(call.call_id, 3)
    await line.over(call.call_id)
    assert end_of(desk, call.call_id) == ("ended", "system_error", "line")


async def test_ringing_that_nobody_tells_the_end_of_is_hung_up(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = line.desk.running.parts.settings.calls
    monkeypatch.setattr(following, "_SLACK", -settings.ring_seconds - settings.agent_ring_seconds)
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    await line.over(call.call_id)
    assert line.dialer.hung_up == [call.call_id]
    assert end_of(desk, call.call_id) == ("ended", "cancelled", "desk")
    assert outcome(desk, call.call_id) == "cancelled"


@pytest.mark.clause("S-5-3")
async def test_nobody_is_called_whose_being_called_cannot_be_written(
    line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(act: Act, call_id: str) -> bool:
        raise OSError(call_id, act.now)

    monkeypatch.setattr(following, "_BETWEEN", 0.0)
    monkeypatch.setattr(writing, "dialling", fails)
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await line.over(call.call_id)
    assert line.dialer.hung_up == [call.call_id]
    assert line.dialer.bridged == []
    # The INVITE was on its way by then, and was answered.
    assert outcome(desk, call.call_id) == "connected"
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling")
    await line.over(call.call_id)
    assert "call:line:dial" not in {one.action for one in said(desk, "call:line:dial", call.call_id)}
    assert (row_of(desk, call.call_id)["result"], outcome(desk, call.call_id)) == ("cancelled", "unanswered")


@pytest.mark.clause("S-5-3")
async def test_an_attempt_of_a_killed_desk_counts_and_a_customers_own_call_does_not(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "lina")
    number_id = await pooled(desk)
    view = await desk.call("zhangwei", BindNumber(case_id=cases[1].case_id))
    await until(lambda: any(isinstance(one, Bind) for one in line.dialer.said), "told")
    line.dialer.told(Bound(binding_id=view.binding_id, code="ok"))
    await until(lambda: said(desk, "call:number:answer", view.binding_id), "answered")
    line.dialer.told(Rang(ring_id="ring-1", number_id=number_id, binding_id=view.binding_id))
    await until(lambda: line.dialer.dialled, "the customer's own")
    (inbound,) = line.dialer.dialled
    call = await line.start("lina", cases[0].case_id)
    # Whether the dialer had called the customer when the desk was killed nobody knows.
    assert row_of(desk, call.call_id)["state"] == row_of(desk, inbound)["state"] == "started"
    await asyncio.to_thread(writing.recover, desk.running.parts)
    assert (outcome(desk, call.call_id), outcome(desk, inbound)) == ("unanswered", "cancelled")
    for one in (call.call_id, inbound):
        line.dialer.end(one, Result.CANCELLED)
        await line.over(one)


@pytest.mark.clause("C-5.4c")
async def test_whoever_loses_the_role_or_the_training_loses_the_call(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "wangfang")
    call = await talking(line, cases[0])
    desk.lose("zhangwei", Role.AGENT)
    await line.over(call.call_id)
    assert line.dialer.hung_up == [call.call_id]
    assert end_of(desk, call.call_id) == ("ended", "answered", "desk")
    (event,) = said(desk, "call:line:end", call.call_id)
    assert (event.person_id, event.rule) == (None, "role.denied")

    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(cases[1].case_id,)))
    call = await talking(line, cases[1], "wangfang")
    failed = RecordTraining(
        person_id=desk.founded.persons["wangfang"],
        kind="quarterly",
        held_on="2026-11-19",
        minutes=90,
        passed=False,
        content="客户信息保护",
    )
    await desk.call("zhenghao", failed)
    await line.over(call.call_id)
    assert line.dialer.hung_up[-1] == call.call_id
    (event,) = said(desk, "call:line:end", call.call_id)
    assert event.rule == "actor.untrained"


def barred(desk: WholeDesk) -> frozenset[str]:
    """What the watch would end now."""
    parts = desk.running.parts
    board = parts.switchboard
    known = frozenset(one.call_id for one in board.live())
    return parts.store.run(lambda uow: still.barred(parts, board.live(), board.earphones.all(), known, uow))


@pytest.mark.clause("C-5.4c", "S-4.6")
async def test_what_becomes_of_the_case_cuts_nobody_off_but_an_interest_does(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talking(line, case)
    assert barred(desk) == frozenset()
    # A complaint is written down while it is made; the case goes to somebody else.
    await desk.call("zhangwei", PlaceHold(case_id=case.case_id, reason="complaint"))
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case.case_id,)))
    assert barred(desk) == frozenset()
    assert line.dialer.hung_up == []
    await desk.call(
        "lina", DeclareInterest(case_id=case.case_id, person_id=desk.founded.persons["zhangwei"], kind="colleague")
    )
    await line.over(call.call_id)
    assert line.dialer.hung_up == [call.call_id]
    (event,) = said(desk, "call:line:end", call.call_id)
    assert event.rule == "case.not_found"


@pytest.mark.clause("C-5.4a", "S-4.6")
@pytest.mark.parametrize("becomes", ["somebody else's", "held", "left alone"])
async def test_what_becomes_of_the_case_while_ones_own_phone_rings_calls_nobody(
    line: Line, tmp_path: Path, becomes: str
) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "agent_calling", "agent_ringing")
    assert barred(desk) == frozenset()
    if becomes == "held":
        await desk.call("lina", PlaceHold(case_id=case.case_id, reason="death"))
    elif becomes == "left alone":
        await desk.call("lina", StopContact(case_id=case.case_id, contact=call.contact, reason="asked"))
    else:
        await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case.case_id,)))
    await line.over(call.call_id)
    assert line.dialer.hung_up == [call.call_id]
    assert end_of(desk, call.call_id) == ("ended", "cancelled", "desk")
    assert outcome(desk, call.call_id) == "cancelled"
    (event,) = said(desk, "call:line:end", call.call_id)
    rules = {"held": "held.death", "left alone": "contact.stop_asked", "somebody else's": "case.not_found"}
    assert (event.person_id, event.rule) == (None, rules[becomes])


@pytest.mark.clause("C-5.4c", "C-5.4g")
async def test_whoever_loses_the_role_or_the_training_hears_no_recording_on(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei", "lina")
    call = await talking(line, case)
    line.dialer.end(call.call_id, Result.ANSWERED, talked=9_000, seconds=9)
    await line.over(call.call_id)
    heard = StartListening(call_id=call.call_id, reason="quality")
    one = await desk.call("lina", heard)
    own = await desk.call("zhangwei", StartListening(call_id=call.call_id, reason="wrap_up"))
    await until(lambda: {one.listening_id, own.listening_id} <= line.dialer.listening.keys(), "both ring")
    assert barred(desk) == frozenset()
    desk.lose("lina", Role.SUPERVISOR)
    await until(lambda: one.listening_id in line.dialer.hung_up, "ended")
    (event,) = said(desk, "call:recording:leave", one.listening_id)[:1]
    assert (event.person_id, event.rule) == (None, "role.denied")
    assert own.listening_id not in line.dialer.hung_up
    failed = RecordTraining(
        person_id=desk.founded.persons["zhangwei"],
        kind="quarterly",
        held_on="2026-11-19",
        minutes=90,
        passed=False,
        content="客户信息保护",
    )
    await desk.call("zhenghao", failed)
    await until(lambda: own.listening_id in line.dialer.hung_up, "ended as well")
