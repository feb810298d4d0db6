"""Tasks to listen on a whole desk: who gives whom one, what it lets them hear, and every way that it ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, update

from access.audit.details import DetailKey
from access.audit.events import Event
from access.roles import Role
from access.store.schema import listening_task
from console.desk.api.assign import DeclareInterest
from console.desk.api.base import DeskError
from console.desk.api.calling import CallView
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.listening import EndListeningTask, GiveListeningTask, ListeningTask, ListListeningTasks
from console.desk.api.recordings import FindRecordings, StartListening, SteerListening, StopListening, TraceListener
from console.desk.contact import recorder
from console.dial.results import By, Result
from tests.desk.test_listening import SECONDS, listens, recorded, refused, row_of
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "S-3-17", "C-5.4g")
HOUR = 3_600_000_000
STAFF = {"lina": "S0021", "zhangwei": "A0173", "fengxue": "E0003", "hejie": "E0004", "wugang": "E0002"}


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


def asked(desk: WholeDesk, to: str, reason: str = "data_request", **more: object) -> GiveListeningTask:
    """A task for three hours; for an audit a sample of ten."""
    call: dict[str, object] = {
        "staff_no": STAFF.get(to, to),
        "reason": reason,
        "reference": "CX-2026-7",
        "ends_at": desk.clock.now_us() + 3 * HOUR,
    }
    if reason == "audit" and "case_id" not in more:
        call |= {"count": 10, "days": 31}
    return GiveListeningTask(**call | more)  # type: ignore[arg-type]


async def given(desk: WholeDesk, by: str, to: str, reason: str = "data_request", **more: object) -> ListeningTask:
    return await desk.call(by, asked(desk, to, reason, **more))


def find(task: ListeningTask) -> FindRecordings:
    return FindRecordings(reason=task.reason, reference=task.number)


def under(task: ListeningTask) -> dict[str, object]:
    return {"reason": task.reason, "reference": task.number}


def write(desk: WholeDesk, task: ListeningTask, column: str, value: object) -> object:
    """Write past the desk; returns what stood there."""
    which = listening_task.c.id == task.task_id
    with desk.running.parts.store.engine.begin() as connection:
        kept = connection.execute(select(listening_task.c[column]).where(which)).scalar_one()
        connection.execute(update(listening_task).where(which).values({column: value}))
    return kept


def done(desk: WholeDesk, action: str) -> list[Event]:
    return [one for one in desk.events() if one.action == action and one.result == "ok"]


async def again(line: Line, case_id: str) -> CallView:
    """Another call of zhangwei's that was recorded."""
    call = await line.start("zhangwei", case_id)
    line.dialer.move(call.call_id, "agent_calling", "agent_answered", "customer_calling", "customer_answered")
    await until(lambda: call.call_id in line.dialer.bridged, "bridged")
    line.dialer.end(call.call_id, Result.ANSWERED, By.CUSTOMER, talked=SECONDS * 1000, seconds=SECONDS)
    await line.over(call.call_id)
    return await line.last("zhangwei")


@pytest.mark.clause("F-11", "C-5.4f", "Y-4.2.1")
async def test_a_customers_request_is_handed_to_compliance_who_hears_its_calls(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "hejie", "fengxue", "wangfang")
    task = await given(desk, "lina", "hejie", case_id=call.number)
    assert (task.number, task.state, task.case_number, task.drawn) == ("LT-00000001", "active", call.number, 0)
    (event,) = done(desk, "call:task:handle")
    assert (event.person_id, event.role, event.reason, event.minutes, event.case_id) == (
        desk.founded.persons["lina"],
        "supervisor",
        "data_request",
        180,
        call.case_id,
    )
    assert event.subject == f"listening_task:{task.task_id}"
    assert dict(event.detail)[DetailKey.REFERENCE] == "CX/2026/7"
    # It stands in the list of who has it, and of who gave it; its number finds the calls.
    (mine,) = (await desk.call("hejie", ListListeningTasks())).tasks
    assert (mine.number, mine.mine, mine.may_end, mine.given_by) == (task.number, True, True, "李娜")
    assert [one.call_id for one in (await desk.call("hejie", find(task))).calls] == [call.call_id]
    (found,) = done(desk, "call:recording:find")
    assert (found.case_id, found.rows, dict(found.detail)[DetailKey.REFERENCE]) == (call.case_id, 1, "LT/1")
    listening_id = await listens(line, "hejie", call.call_id, **under(task))
    assert (row_of(desk, listening_id)["reason"], row_of(desk, listening_id)["reference"]) == ("data_request", "LT/1")
    await desk.call("hejie", SteerListening(second=9))
    order, _ = line.dialer.opened[listening_id]
    traced = await desk.call("fengxue", TraceListener(mark=order.mark))
    assert (traced.person, traced.reference) == ("何洁", "LT/1")
    # Not for another reason, and nobody else by its number.
    assert await refused(desk, "hejie", call.call_id, reason="complaint", reference=task.number) == "scope.denied"
    assert await desk.refused("hejie", FindRecordings(reason="audit", reference=task.number)) == "recording.task_none"
    assert await desk.refused("fengxue", find(task)) == "recording.task_none"
    assert await refused(desk, "fengxue", call.call_id, **under(task)) == "scope.denied"
    assert await refused(desk, "wangfang", call.call_id, **under(task)) == "scope.denied"
    assert await desk.refused("wangfang", find(task)) == "role.denied"
    # Not even by somebody else of that very role.
    desk.lose("wangfang", Role.AGENT)
    desk.give("wangfang", Role.COMPLIANCE)
    desk.clock.advance(60)
    assert await desk.refused("wangfang", find(task)) == "recording.task_none"
    assert await refused(desk, "wangfang", call.call_id, **under(task)) == "scope.denied"
    with pytest.raises(DeskError) as error:
        await desk.call("fengxue", find(task))
    assert (error.value.refusal.clause, error.value.refusal.ask) == ("S-3-17", ("compliance",))


@pytest.mark.clause("S-3.2", "S-3.3", "Y-4.2.1")
async def test_who_gives_whom_a_task(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "hejie")
    about = {"case_id": call.number}
    # Whoever may log it, within reach: their own case, the team's, anybody's for compliance.
    for name in ("wangfang", "sunli", "machao"):
        assert await desk.refused(name, asked(desk, "hejie", **about)) == "case.not_found", name
        assert await desk.refused(name, asked(desk, "hejie", case_id="C-2026-0009999")) == "case.not_found", name
    for name in ("zhenghao", "wugang", "fengxue"):
        assert await desk.refused(name, asked(desk, "hejie", **about)) == "role.denied", name
    assert (await given(desk, "zhangwei", "hejie", **about)).number == "LT-00000001"
    # An audit's is given by compliance alone; to be heard by an auditor alone, as the others are by compliance.
    for name in ("lina", "zhangwei", "fengxue", "wugang", "zhenghao"):
        assert await desk.refused(name, asked(desk, "fengxue", "audit")) == "role.denied", name
    for name in ("lina", "wugang"):
        assert await desk.refused("hejie", asked(desk, name, "audit")) == "recording.task_unfit", name
    for name in ("fengxue", "zhangwei", "wugang"):
        assert await desk.refused("lina", asked(desk, name, **about)) == "recording.task_unfit", name
    # Nobody gives themselves one.
    for reason in ("audit", "complaint", "data_request"):
        code = await desk.refused("hejie", asked(desk, "hejie", reason, **about))
        assert code == "separation.own_request", reason
    # Nor is anything else but a task made of it.
    assert await desk.refused("lina", asked(desk, "hejie", "quality", **about)) == "recording.reason_unknown"
    assert await desk.refused("lina", asked(desk, "Z9", **about)) == "person.not_found"
    assert await desk.refused("lina", asked(desk, "hejie", reference="LT-1", **about)) == "record.reference_unfit"
    assert await desk.refused("lina", asked(desk, "hejie", case_id="")) == "case.not_found"
    now = desk.clock.now_us()
    for ends_at in (now, now + 31 * 24 * HOUR):
        assert await desk.refused("lina", asked(desk, "hejie", ends_at=ends_at, **about)) == "recording.task_until"
    assert len(done(desk, "call:task:handle")) == 1
    # What each may give for.
    may = {name: (await desk.call(name, ListListeningTasks())).may_give for name in ("zhangwei", "fengxue", "hejie")}
    logged = ("complaint", "data_request")
    assert may == {"zhangwei": logged, "fengxue": (), "hejie": ("audit", *logged)}
    # Those that one gave, has, or whose team one runs; security ends any, so it sees any.
    await given(desk, "hejie", "fengxue", "audit")
    seen = {
        name: [one.reason for one in (await desk.call(name, ListListeningTasks())).tasks]
        for name in ("zhangwei", "wangfang", "lina", "sunli", "fengxue", "hejie", "wugang")
    }
    both = ["audit", "data_request"]
    assert seen == {
        "zhangwei": ["data_request"],
        "wangfang": [],
        "lina": ["data_request"],
        "sunli": [],
        "fengxue": ["audit"],
        "hejie": both,
        "wugang": both,
    }
    assert await desk.refused("zhenghao", ListListeningTasks()) == "role.denied"


@pytest.mark.clause("S-4.12", "C-5.4f", "R-43c")
async def test_an_auditor_hears_what_the_desk_drew_and_nothing_else(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    first = await recorded(line, tmp_path, "fengxue")
    other = next(one for one in (await desk.call("zhangwei", ListQueue())).rows if one.case_id != first.case_id)
    second = await again(line, other.case_id)
    calls = {first.call_id, second.call_id}
    for wrong in ({"count": 0}, {"count": 51}, {"days": 0}, {"days": 400}):
        code = await desk.refused("hejie", asked(desk, "fengxue", "audit", **{"count": 1, "days": 1} | wrong))
        assert code == "recording.task_sample", wrong
    assert await desk.refused("hejie", asked(desk, "fengxue", "audit", unit="三组")) == "recording.task_unit"
    assert await desk.refused("hejie", asked(desk, "fengxue", "audit", unit="二组")) == "recording.task_nothing"
    whole = await given(desk, "hejie", "fengxue", "audit", unit="一组")
    assert (whole.drawn, whole.case_number) == (2, "")
    assert {one.call_id for one in (await desk.call("fengxue", find(whole))).calls} == calls
    assert {one.case_id for one in done(desk, "call:recording:find")} == {first.case_id, second.case_id}
    await desk.call("hejie", EndListeningTask(task_id=whole.number))
    one = await given(desk, "hejie", "fengxue", "audit", count=1)
    (drawn,) = (await desk.call("fengxue", find(one))).calls
    (left,) = calls - {drawn.call_id}
    assert await refused(desk, "fengxue", left, **under(one)) == "scope.denied"
    assert await refused(desk, "fengxue", left, **under(whole)) == "scope.denied"
    heard = await listens(line, "fengxue", drawn.call_id, **under(one))
    assert row_of(desk, heard)["reference"] == "LT/2"
    await desk.call("fengxue", StopListening())
    await until(lambda: row_of(desk, heard)["state"] == "over", "over")
    # Or the calls of one case.
    case = await given(desk, "hejie", "fengxue", "audit", case_id=other.number)
    assert [each.call_id for each in (await desk.call("fengxue", find(case))).calls] == [second.call_id]
    # Only what was begun in those days is drawn.
    desk.clock.advance(2 * 86_400)
    assert await desk.refused("hejie", asked(desk, "fengxue", "audit", days=1)) == "recording.task_nothing"


@pytest.mark.clause("Y-4.2.3", "C-5.4d-2")
async def test_a_task_ends_by_its_date_and_is_taken_or_given_back(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "hejie")
    task = await given(desk, "lina", "hejie", case_id=call.number)
    listening_id = await listens(line, "hejie", call.call_id, **under(task))
    for name in ("zhangwei", "fengxue"):
        assert await desk.refused(name, EndListeningTask(task_id=task.task_id)) in {"scope.denied", "role.denied"}, name
        assert await desk.refused(name, EndListeningTask(task_id="0" * 32)) in {"scope.denied", "role.denied"}, name
    # What is played for it stops with it.
    await desk.call("lina", EndListeningTask(task_id=task.task_id))
    await until(lambda: listening_id in line.dialer.hung_up, "ended")
    line.dialer.plays(listening_id, "stopped", 1)
    await until(lambda: row_of(desk, listening_id)["state"] == "over", "over")
    assert await desk.refused("hejie", find(task)) == "recording.task_none"
    assert await refused(desk, "hejie", call.call_id, **under(task)) == "scope.denied"
    assert await desk.refused("lina", EndListeningTask(task_id=task.task_id)) == "recording.task_over"
    (seen,) = (await desk.call("hejie", ListListeningTasks())).tasks
    assert (seen.state, seen.ended_by, seen.may_end) == ("ended", "李娜", False)
    # Whoever has one gives it back; security ends any.
    for name in ("hejie", "wugang"):
        other = await given(desk, "lina", "hejie", case_id=call.number)
        await desk.call(name, EndListeningTask(task_id=other.number))
        assert await desk.refused("hejie", find(other)) == "recording.task_none"
    assert [one.person_id for one in done(desk, "call:task:end")] == [
        desk.founded.persons[name] for name in ("lina", "hejie", "wugang")
    ]
    # One that nobody ends is over by its date.
    last = await given(desk, "lina", "hejie", case_id=call.number)
    await desk.call("hejie", find(last))
    playing = await listens(line, "hejie", call.call_id, **under(last))
    desk.clock.advance(3 * 3600)
    await until(lambda: playing in line.dialer.hung_up, "ended")
    assert await desk.refused("hejie", find(last)) == "recording.task_none"
    assert next(one.state for one in (await desk.call("hejie", ListListeningTasks())).tasks) == "over"


@pytest.mark.clause("S-3.3", "S-4.6")
async def test_it_is_worth_what_both_its_people_still_are(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "hejie", "fengxue")
    task = await given(desk, "zhangwei", "hejie", case_id=call.number)
    # A case that is handed on takes no task back.
    case = next(one for one in (await desk.call("zhangwei", ListQueue())).rows if one.case_id == call.case_id)
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case.case_id,)))
    assert (await desk.call("hejie", find(task))).calls
    # Whoever gave it must still be who may give it.
    desk.suspend("zhangwei")
    assert await desk.refused("hejie", find(task)) == "recording.task_none"
    assert await refused(desk, "hejie", call.call_id, **under(task)) == "scope.denied"
    desk.suspend("zhangwei", "active")
    assert (await desk.call("hejie", find(task))).calls
    # An interest keeps from the customer, task or not; and nobody with one is given a task.
    await desk.call("hejie", DeclareInterest(case_id=call.case_id))
    assert (await desk.call("hejie", find(task))).calls == ()
    assert await refused(desk, "hejie", call.call_id, **under(task)) == "scope.denied"
    assert await desk.refused("lina", asked(desk, "hejie", case_id=call.number)) == "recording.task_unfit"
    # Nobody audits what they said themselves, nor has it drawn.
    desk.lose("zhangwei", Role.AGENT)
    desk.give("zhangwei", Role.AUDITOR)
    assert await desk.refused("hejie", asked(desk, "zhangwei", "audit")) == "recording.task_nothing"


@pytest.mark.clause("S-3.3")
async def test_nobody_hears_for_a_task_what_they_said_themselves(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path)
    desk.lose("zhangwei", Role.AGENT)
    desk.give("zhangwei", Role.COMPLIANCE)
    assert await desk.refused("lina", asked(desk, "zhangwei", case_id=call.number)) == "recording.task_party"


@pytest.mark.clause("R-28a", "F-3")
async def test_a_task_that_a_database_administrator_wrote_is_none(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "hejie", "fengxue")
    task = await given(desk, "lina", "hejie", case_id=call.number)
    ended = await given(desk, "lina", "hejie", "complaint", case_id=call.number)
    await desk.call("lina", EndListeningTask(task_id=ended.task_id))
    persons = desk.founded.persons
    forged: tuple[tuple[str, object], ...] = (
        ("ends_at", task.ends_at + 1),
        ("person_id", persons["fengxue"]),
        ("reason", "audit"),
        ("case_id", None),
        ("calls", call.call_id),
        ("given_by", persons["hejie"]),
        ("unit_id", None),
    )
    for column, value in forged:
        kept = write(desk, task, column, value)
        for name in ("hejie", "fengxue"):
            for reason in ("data_request", "audit"):
                asks = FindRecordings(reason=reason, reference=task.number)
                assert await desk.refused(name, asks) == "recording.task_none", (column, name, reason)
        write(desk, task, column, kept)
        assert (await desk.call("hejie", find(task))).calls, column
    # One that was ended does not come back by its older row.
    for column, value in (("state", "active"), ("ended_by", None), ("ended_at", None), ("version", 1)):
        write(desk, ended, column, value)
    assert await desk.refused("hejie", find(ended)) == "recording.task_none"
    assert await refused(desk, "hejie", call.call_id, **under(ended)) == "scope.denied"
    assert desk.running.parts.broken.count() >= 1
    with pytest.raises(DeskError):
        await desk.call("hejie", StartListening(call_id=call.call_id, reason="audit", reference=task.number))
