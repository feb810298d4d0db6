"""Listening on a whole desk: an event before any phone rings, who may and why, seeking, and every way that it ends."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.audit.details import DetailKey
from access.store.schema import call_listening, case_hold
from console.desk.api.base import DeskError
from console.desk.api.calling import CallView, SetPhone, StartCall
from console.desk.api.cases import ListQueue, OpenCase
from console.desk.api.contact import RecordConsent
from console.desk.api.recordings import (
    FindRecordings,
    ReadListening,
    StartListening,
    SteerListening,
    StopListening,
    TraceListener,
)
from console.desk.api.work import DecideHold, PlaceHold
from console.desk.calls.playback import recover
from console.desk.contact import recorder
from console.dial.results import By, Result
from tests.desk.test_import_changes import rows_of
from tests.desk.test_special import filed
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "C-5.4g")
SECONDS = 62


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


async def recorded(line: Line, folder: Path, *others: str) -> CallView:
    """A call of zhangwei's that was recorded, with a file; the others have phones as well."""
    case = (await line.desk.with_cases(folder))[0]
    await line.open("zhangwei", *others)
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "agent_calling", "agent_answered", "customer_calling", "customer_answered")
    await until(lambda: line.dialer.bridged == [call.call_id], "bridged")
    line.dialer.end(call.call_id, Result.ANSWERED, By.CUSTOMER, talked=SECONDS * 1000, seconds=SECONDS)
    await line.over(call.call_id)
    last = await line.last("zhangwei")
    assert last.recording == "whole"
    return last


async def listens(line: Line, name: str, call_id: str, **more: object) -> str:
    """Somebody's phone rings. Returns: the listening."""
    asked = StartListening(**{"call_id": call_id, "reason": "quality"} | more)  # type: ignore[arg-type]
    view = await line.desk.call(name, asked)
    await until(lambda: view.listening_id in line.dialer.listening, "rings")
    return view.listening_id


async def refused(desk: WholeDesk, name: str, call_id: str, **more: object) -> str:
    asked = StartListening(**{"call_id": call_id, "reason": "quality"} | more)  # type: ignore[arg-type]
    with pytest.raises(DeskError) as error:
        await desk.call(name, asked)
    return error.value.refusal.code


def row_of(desk: WholeDesk, listening_id: str) -> dict[str, object]:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(call_listening).where(call_listening.c.id == listening_id)
        return dict(connection.execute(query).mappings().one())


async def test_of_two_at_once_one_is_heard(line: Line, tmp_path: Path) -> None:
    call = await recorded(line, tmp_path)

    async def one(asked: StartListening | StartCall) -> str:
        try:
            await line.desk.call("zhangwei", asked)
        except DeskError as wrong:
            return wrong.refusal.code
        return "begun"

    listen = StartListening(call_id=call.call_id, reason="quality")
    got = await asyncio.gather(one(listen), one(listen), one(StartCall(case_id=call.case_id)))
    assert got.count("begun") == 1, got
    assert set(got) <= {"begun", "recording.already", "call.already"}
    await until(lambda: len(line.dialer.listening) + len(line.dialer.dialled) - 1 == 1, "one phone rings")


@pytest.mark.clause("C-5.4f", "C-5.4d-1")
async def test_listening_is_an_event_before_the_phone_rings(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "lina")
    listening_id = await listens(line, "lina", call.call_id, reason="coaching", second=10)
    order, _ = line.dialer.opened[listening_id]
    ring = line.dialer.listening[listening_id]
    assert (ring.phone, ring.alias, order.second) == (line.names["lina"], f"rec-{call.number}", 10)
    (event,) = [one for one in desk.events() if one.action == "call:recording:listen" and one.result == "ok"]
    assert (event.person_id, event.reason, event.object_id) == (
        desk.founded.persons["lina"],
        "coaching",
        order.recording_id,
    )
    assert event.approval_id == listening_id
    assert dict(event.detail)[DetailKey.NAME] == f"mark-{order.mark}"
    assert re.fullmatch(r"([A-D][0-9]){5}", order.mark)
    # How far it is: counted on by the screen, said by the desk whenever the state changes.
    line.dialer.answers(listening_id, 10)
    earphones = desk.running.parts.switchboard.earphones
    await until(lambda: (now := earphones.of(event.person_id or "")) is not None and now.state == "playing", "plays")
    view = (await desk.call("lina", ReadListening())).listening
    assert view is not None
    assert (view.state, view.second, view.seconds, view.mark) == ("playing", 10, SECONDS, order.mark)
    # Each move is an event of its own, decided anew.
    moved = await desk.call("lina", SteerListening(second=40))
    assert (moved.state, moved.second) == ("playing", 40)
    await desk.call("lina", SteerListening(second=10_000, paused=True))
    await until(lambda: len(line.dialer.sought) == 2, "moved")
    assert [(one.second, one.paused) for one in line.dialer.sought] == [(40, False), (SECONDS - 1, True)]
    assert len([one for one in desk.events() if one.action == "call:recording:listen"]) == 3
    # One person listens to one recording, and is not called meanwhile.
    assert await refused(desk, "lina", call.call_id) == "recording.already"
    line.dialer.plays(listening_id, "ended", SECONDS - 1)
    await until(lambda: row_of(desk, listening_id)["state"] == "over", "over")
    assert row_of(desk, listening_id)["result"] == "answered"
    assert (await desk.call("lina", ReadListening())).listening is None
    # Whose mark it was is found again; nobody but an auditor may ask.
    found = await desk.call("fengxue", TraceListener(mark=order.mark.lower()))
    assert (found.person, found.number, found.reason) == ("李娜", call.number, "coaching")
    with pytest.raises(DeskError):
        await desk.call("lina", TraceListener(mark=order.mark))
    with pytest.raises(DeskError, match=r"recording\.mark_unknown"):
        await desk.call("fengxue", TraceListener(mark="D9D9D9D9D9"))


@pytest.mark.clause("S-3-17", "Y-4.2.1")
async def test_who_may_listen(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "lina", "wangfang", "sunli", "hejie", "fengxue", "wugang")
    for name in ("wangfang", "sunli", "zhenghao", "wugang", "hejie", "fengxue"):
        assert await refused(desk, name, call.call_id) in {"scope.denied", "role.denied"}, name
        # What is not there is refused alike.
        assert await refused(desk, name, call.call_id) == await refused(desk, name, "0" * 32)
    assert await refused(desk, "lina", call.call_id, reason="curious") == "recording.reason_unknown"
    # Compliance and audit listen for a task, and say which; an agent of another team has none.
    task = {"reason": "complaint", "reference": "TS-2026-1"}
    assert await refused(desk, "hejie", call.call_id, reason="complaint") == "record.reference_unfit"
    assert await refused(desk, "wangfang", call.call_id, **task) == "scope.denied"
    assert await refused(desk, "zhenghao", call.call_id, **task) == "role.denied"
    # Which nobody gives themselves: somebody else noted the complaint on that case.
    for name in ("hejie", "fengxue"):
        assert await refused(desk, name, call.call_id, **task) == "scope.denied"
        assert await desk.refused(name, FindRecordings(case_id=call.number, **task)) == "case.not_found"
    await desk.call("zhangwei", PlaceHold(case_id=call.case_id, reason="complaint"))
    for reason in ("data_request", "incident", "audit"):
        assert await refused(desk, "fengxue", call.call_id, **task | {"reason": reason}) == "scope.denied"
    for name in ("hejie", "fengxue"):
        found = await desk.call(name, FindRecordings(case_id=call.number, **task))
        assert [one.call_id for one in found.calls] == [call.call_id]
        listening_id = await listens(line, name, call.call_id, **task)
        assert (row_of(desk, listening_id)["reason"], row_of(desk, listening_id)["reference"]) == (
            "complaint",
            "TS/2026/1",
        )
        await desk.call(name, StopListening())
        await until(lambda one=listening_id: row_of(desk, one)["state"] == "over", "over")  # type: ignore[misc]
    with pytest.raises(DeskError):
        await desk.call("lina", FindRecordings(case_id=call.number, **task))
    listening_id = await listens(line, "zhangwei", call.call_id, reason="wrap_up")
    with pytest.raises(DeskError, match=r"recording\.already"):
        await desk.call("zhangwei", StartCall(case_id=call.case_id))
    await desk.call("zhangwei", StopListening())
    await until(lambda: row_of(desk, listening_id)["state"] == "over", "over")
    await desk.call("zhangwei", StopListening())


@pytest.mark.clause("S-5-1")
async def test_a_consent_is_in_a_recording_of_that_customer(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path)
    other = next(one for one in (await desk.call("zhangwei", ListQueue())).rows if one.case_id != call.case_id)

    def said(case_id: str, reference: str) -> RecordConsent:
        return RecordConsent(
            case_id=case_id,
            means="call",
            from_minute=0,
            until_minute=1440,
            expires_at=desk.clock.now_us() + 3_600_000_000,
            evidence="recording",
            reference=reference,
        )

    # The latest of the customer, or the one that is named: never another customer's.
    for reference in ("", call.call_id):
        kept = await desk.call("zhangwei", said(call.case_id, reference))
        assert (kept.state, kept.reference) == ("active", call.call_id)
        assert await desk.refused("zhangwei", said(other.case_id, reference)) == "contact.no_such_recording"
    # Nor a call that nobody answered.
    rang = await line.start("zhangwei", other.case_id)
    line.dialer.end(rang.call_id, Result.BUSY)
    await line.over(rang.call_id)
    for reference in ("", rang.call_id):
        assert await desk.refused("zhangwei", said(other.case_id, reference)) == "contact.no_such_recording"


async def test_nobody_hears_a_recording_for_a_complaint_that_they_noted(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "hejie", "fengxue")
    task = {"reason": "complaint", "reference": "TS-2026-1"}
    await desk.call("hejie", PlaceHold(case_id=call.case_id, reason="complaint"))
    assert await refused(desk, "hejie", call.call_id, **task) == "scope.denied"
    await listens(line, "fengxue", call.call_id, **task)
    # One that is over is no task any more; whoever listens is not cut off, and goes to no other part.
    row = next(iter(rows_of(desk, select(case_hold))))
    lift = DecideHold(hold_id=row["id"], verdict="lift", version=row["version"])
    await desk.call("hejie", lift)
    assert await desk.refused("fengxue", SteerListening(second=1)) == "scope.denied"
    assert (await desk.call("fengxue", ReadListening())).listening is not None


async def test_an_audit_names_what_was_filed_on_that_case(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "fengxue")
    case = (await desk.call("zhangwei", OpenCase(case_id=call.case_id))).row
    filing = await filed(desk, case)
    assert await refused(desk, "fengxue", call.call_id, reason="audit", reference="S-00000002") == "scope.denied"
    assert await refused(desk, "fengxue", call.call_id, reason="incident", reference=filing.number) == "scope.denied"
    heard = await listens(line, "fengxue", call.call_id, reason="audit", reference=filing.number)
    assert row_of(desk, heard)["reference"] == "S/1"


async def test_without_a_phone_a_line_or_a_recording_there_is_nothing_to_hear(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path)
    assert await refused(desk, "lina", call.call_id) == "call.no_phone"
    access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["lina"]))
    assert await refused(desk, "lina", call.call_id) == "call.phone_away"
    await until(lambda: access.name in line.dialer.phones, "told")
    line.dialer.register(access.name)
    await until(lambda: desk.running.parts.switchboard.present(access.name), "there")
    line.files()[0].unlink()
    view = await desk.call("lina", StartListening(call_id=call.call_id, reason="quality"))
    await until(lambda: row_of(desk, view.listening_id)["result"] == "system_error", "no file")
    # A call in which nobody spoke has nothing to play.
    again = await line.start("zhangwei", call.case_id)
    line.dialer.end(again.call_id, Result.BUSY)
    await line.over(again.call_id)
    assert await refused(desk, "lina", again.call_id) == "recording.none"


async def test_a_dialer_that_dies_and_a_desk_that_was_killed_end_it_on_the_books(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    call = await recorded(line, tmp_path, "lina")
    listening_id = await listens(line, "lina", call.call_id)
    line.dialer.die()
    await until(lambda: row_of(desk, listening_id)["state"] == "over", "over")
    assert row_of(desk, listening_id)["result"] == "system_error"
    await line.registered()
    left = await listens(line, "lina", call.call_id)
    recover(desk.running.parts)
    assert row_of(desk, left)["state"] == "over"


@pytest.mark.clause("Y-4.2.3")
async def test_whoever_may_not_work_any_more_hears_nothing_any_more(line: Line, tmp_path: Path) -> None:
    from console.desk.api.staff import SuspendPerson  # noqa: PLC0415 - this test alone

    desk = line.desk
    call = await recorded(line, tmp_path, "lina")
    listening_id = await listens(line, "lina", call.call_id)
    await desk.call("wugang", SuspendPerson(person_id=desk.founded.persons["lina"], reason="investigation"))
    await until(lambda: listening_id in line.dialer.hung_up, "ended")


async def test_an_agency_listens_for_seven_days(line: Line, tmp_path: Path) -> None:
    """The qualifier of requirements §3.2-17; whose call it is does not help after that."""
    from access.policy import Action, Conditions, Resource, Seat, decide  # noqa: PLC0415
    from access.policy.model import Actor, Purpose  # noqa: PLC0415
    from access.roles import Role  # noqa: PLC0415

    del line, tmp_path
    seat = Seat(Role.AGENCY_AGENT, "t", "a", 0, 100)
    actor = Actor("p", seats=(seat,), agency_id="a", state="active", trained=True, confidentiality=True)
    own = Resource(kind="recording", tenant_id="t", requester_id="p", agency_id="a")
    fit = {"purpose": Purpose.COLLECTION, "clock_ok": True, "keys_ok": True, "log_ok": True}
    for recent in (True, False):
        said = decide(actor, Action.CALL_RECORDING_LISTEN, own, Conditions(recent=recent, **fit), 50)  # type: ignore[arg-type]
        assert said.allowed is recent
    head = Actor(
        "m", seats=(Seat(Role.AGENCY_MANAGER, "t", "a", 0, 100),), agency_id="a", state="active", trained=True,
        confidentiality=True,
    )  # fmt: skip
    for coaching in (True, False):
        said = decide(head, Action.CALL_RECORDING_LISTEN, own, Conditions(coaching=coaching, **fit), 50)  # type: ignore[arg-type]
        assert said.allowed is coaching


async def test_calls_are_announced_as_the_settings_say(line: Line, tmp_path: Path) -> None:
    await recorded(line, tmp_path)
    assert line.dialer.announced == ["zh_CN"]
