"""Calls on a whole desk: what is written before what, who may, what each end means, and what a crash leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from access.audit.details import DetailKey
from access.store.schema import call_record, call_recording, call_secret, contact_slot
from console.desk.api.base import DeskError, Push
from console.desk.api.calling import (
    DropPhone,
    HangUp,
    ListCalls,
    ListLiveCalls,
    ListPhones,
    ReadOwnCall,
    SetCloudSecret,
    SetPhone,
    SetTrunkPassword,
    StartCall,
)
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.contact import CheckContacts, ContactRef
from console.desk.api.session import Lock
from console.desk.api.work import PlaceHold
from console.desk.calls import secrets, writing
from console.desk.contact import recorder
from console.dial.messages import Ended, PhoneSeen
from console.dial.recording import CHUNK
from console.dial.registrar import secret_of
from console.dial.results import By, Result
from console.dial.ticket import TicketRefused
from console.settings import CallSettings
from masking.recording import unwrap_recording
from tests.support.calls import Line
from tests.support.clock import FakeClock
from tests.support.desk import HEADERS, ROWS, WholeDesk, lender_file, opened
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


def outcome(desk: WholeDesk, call_id: str) -> str:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(contact_slot.c.outcome).join(call_record, call_record.c.slot_id == contact_slot.c.id)
        return str(connection.execute(query.where(call_record.c.id == call_id)).scalar_one())


def actions(desk: WholeDesk, call_id: str) -> list[str]:
    return [one.action for one in desk.events() if one.object_id == call_id and one.result == "ok"]


@pytest.mark.clause("S-5-11", "C-5.4f")
async def test_a_call_from_order_to_hang_up(line: Line, tmp_path: Path) -> None:  # noqa: PLR0915 - one story
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    head = await desk.line("lina")
    heard: list[Push] = []

    async def listen() -> None:
        async for push in head.subscribe():
            heard.append(push)  # noqa: PERF401 - looked at meanwhile

    listening = asyncio.create_task(listen())
    try:
        call = await line.start("zhangwei", case.case_id)
        order = line.dialer.dialled[call.call_id]
        # The event was committed before anything was dialled, and the dialer gets the number it stands for, once.
        assert "call:line:start" in actions(desk, call.call_id)
        assert (order.phone, order.alias) == (line.names["zhangwei"], case.number)
        ticket = order.ticket
        assert ticket is not None
        assert line.dialer.tickets.open(ticket, call.call_id) in {one[2] for one in ROWS}
        with pytest.raises(TicketRefused):
            line.dialer.tickets.open(ticket, call.call_id)
        assert ticket.event_id in {one.id for one in desk.events()}
        assert outcome(desk, call.call_id) == "pending"
        line.dialer.move(call.call_id, "agent_calling", "agent_ringing", "agent_answered", "customer_calling")
        await until(lambda: row_of(desk, call.call_id)["state"] == "dialling", "dialling")
        line.dialer.move(call.call_id, "customer_ringing", "customer_answered")
        await until(lambda: line.dialer.bridged == [call.call_id], "bridged")
        # Whoever hears anybody is on the books as connected by then.
        assert (row_of(desk, call.call_id)["state"], outcome(desk, call.call_id)) == ("connected", "connected")
        (live,) = (await desk.call("lina", ListLiveCalls())).calls
        assert (live.call_id, live.phase, live.caller_id) == (
            call.call_id,
            "talking",
            desk.founded.persons["zhangwei"],
        )
        own = (await desk.call("zhangwei", ReadOwnCall())).call
        assert own is not None
        assert own.connected_at is not None
        line.dialer.end(call.call_id, Result.ANSWERED, By.CUSTOMER, talked=61_500, seconds=62)
        await line.over(call.call_id)
        last = await line.last("zhangwei")
        assert (last.state, last.result, last.by, last.talked, last.recording) == (
            "ended",
            "answered",
            "customer",
            61,
            "whole",
        )
        assert (await desk.call("zhangwei", ReadOwnCall())).call is None
        assert (await desk.call("lina", ListLiveCalls())).calls == ()
        await until(lambda: {"call", "team"} <= {one.kind for one in heard}, "the head was told")
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
    assert [one for one in actions(desk, call.call_id) if one != "call:line:list"] == [
        "call:line:start",
        "call:line:dial",
        "call:line:connect",
        "call:line:over",
    ]
    over = next(one for one in desk.events() if one.action == "call:line:over")
    assert dict(over.detail) == {DetailKey.TO: "answered", DetailKey.NAME: "customer", DetailKey.SECONDS: "61"}
    checked = (await desk.call("zhangwei", CheckContacts(case_id=case.case_id))).contacts[0]
    assert checked.left == 2
    # The recording's key opens for its recording only, and its file is named by nothing of anybody.
    with desk.running.parts.store.engine.connect() as connection:
        kept = connection.execute(select(call_recording)).mappings().one()
    key = unwrap_recording(desk.running.parts.keys.kek(), bytes(kept["wrapped_key"]), kept["tenant_id"], kept["id"])
    assert key.recording_id == kept["id"]
    assert [one.name for one in line.files()] == [f"{kept['id']}.vdr"]
    assert kept["keep_until"] - kept["made_at"] >= 5 * 365 * 86_400_000_000


ENDS = {
    "busy": (("customer_calling",), Result.BUSY, "unanswered"),
    "no answer": (("customer_calling", "customer_ringing"), Result.NO_ANSWER, "unanswered"),
    "rejected": (("customer_calling",), Result.REJECTED, "unanswered"),
    "away": (("customer_calling",), Result.UNREACHABLE, "unanswered"),
    "no such number": (("customer_calling",), Result.INVALID_NUMBER, "invalid"),
    "not found": (("customer_calling",), Result.NOT_FOUND, "not_found"),
    "not found though it rang": (("customer_calling", "customer_ringing"), Result.NOT_FOUND, "unanswered"),
    "not diallable": ((), Result.NOT_DIALLABLE, "cancelled"),
    "line broken": (("customer_calling",), Result.NETWORK_ERROR, "cancelled"),
    "line broken while it rang": (("customer_calling", "customer_ringing"), Result.NETWORK_ERROR, "unanswered"),
    "not let in": (("customer_calling",), Result.TRUNK_AUTH_FAILED, "cancelled"),
    "own phone busy": (("agent_calling",), Result.AGENT_BUSY, "cancelled"),
    "own phone away": (("agent_calling",), Result.AGENT_NO_ANSWER, "cancelled"),
    "own phone hung up": (("agent_answered",), Result.AGENT_CANCELLED, "cancelled"),
    "own phone hung up while it rang": (("customer_calling", "customer_ringing"), Result.AGENT_CANCELLED, "unanswered"),
    "ticket": ((), Result.TICKET_REFUSED, "cancelled"),
    "answered and gone": (("customer_calling", "customer_answered"), Result.ANSWERED, "connected"),
    "broke after the answer": (("customer_calling", "customer_answered"), Result.SYSTEM_ERROR, "connected"),
}


async def test_every_end_is_written_and_settled(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    found = {}
    for at, (name, (phases, result, _)) in enumerate(ENDS.items()):
        desk.clock.advance(3600 if at % 2 else 23 * 3600)
        call = await line.start("zhangwei", cases[at % 3].case_id)
        line.dialer.move(call.call_id, *phases)
        line.dialer.end(call.call_id, result)
        await line.over(call.call_id)
        last = await line.last("zhangwei")
        assert (last.call_id, last.result, last.recording) == (call.call_id, result.value, "none")
        found[name] = outcome(desk, call.call_id)
    assert found == {name: settled for name, (_, _, settled) in ENDS.items()}
    assert line.files() == []


@pytest.mark.clause("S-5-6")
async def test_a_third_person_is_not_called_because_a_provider_lacks_a_route(desk: WholeDesk, tmp_path: Path) -> None:
    heads = (*HEADERS, "联系人姓名", "联系人电话", "联系人关系")
    rows = [(*row, f"周{nth}", f"1361234567{nth}", "朋友") for nth, row in enumerate(ROWS)]
    assert (await desk.load(lender_file(tmp_path / "contacts.csv", rows, heads))).state == "published"
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], count=3))
    cases = (await desk.call("zhangwei", ListQueue())).rows
    line = Line(desk)
    await line.open("zhangwei")

    async def asked(case_id: str, result: Result) -> bool:
        """Call the debtor, who is not there; whether a friend may be asked then."""
        call = await line.start("zhangwei", case_id)
        line.dialer.move(call.call_id, "customer_calling")
        line.dialer.end(call.call_id, result)
        await line.over(call.call_id)
        return (await desk.call("zhangwei", CheckContacts(case_id=case_id))).contacts[1].allowed

    vague = []
    for _ in range(3):
        vague.append([await asked(cases[0].case_id, Result.NOT_FOUND) for _ in range(2)])
        desk.clock.advance(24 * 3600)
    assert vague == [[False, False], [False, False], [True, True]]
    assert await asked(cases[1].case_id, Result.INVALID_NUMBER)
    assert not await asked(cases[2].case_id, Result.NOT_DIALLABLE)


async def test_who_may_not_call_and_why(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    start = StartCall(case_id=cases[0].case_id)
    recorder.register(lambda parts: parts.switchboard.key is not None)
    # No line at all: the rules say it, and it is in the log.
    assert await desk.refused("zhangwei", start) == "contact.refused"
    await line.open("zhangwei", "wangfang", "lina")
    assert await desk.refused("wangfang", start) == "case.not_found"
    assert await desk.refused("fengxue", start) == "role.denied"
    # A phone that is not there, and one that there is none of.
    line.dialer.told(PhoneSeen(name=line.names["zhangwei"], present=False))
    await until(lambda: not desk.running.parts.switchboard.present(line.names["zhangwei"]))
    assert await desk.refused("zhangwei", start) == "call.phone_away"
    line.dialer.register(line.names["zhangwei"])
    await until(lambda: desk.running.parts.switchboard.present(line.names["zhangwei"]))
    await desk.call("zhenghao", DropPhone(person_id=desk.founded.persons["lina"]))
    assert await desk.refused("lina", start) == "call.no_phone"
    # One at a time.
    call = await line.start("zhangwei", cases[0].case_id)
    assert await desk.refused("zhangwei", StartCall(case_id=cases[1].case_id)) == "call.already"
    line.dialer.end(call.call_id, Result.NO_ANSWER)
    await line.over(call.call_id)
    # A number that is none; a case that is held.
    none = StartCall(case_id=cases[0].case_id, contact=ContactRef(field="mobile", ordinal=9))
    assert await desk.refused("zhangwei", none) == "contact.no_such_number"
    await desk.call("lina", PlaceHold(case_id=cases[1].case_id, reason="death"))
    assert (await desk.refused("zhangwei", StartCall(case_id=cases[1].case_id))).startswith("held.")
    refused = [one for one in desk.events() if one.action in {"call:line:start", "contact:slot:reserve"}]
    assert sum(one.result == "refused" for one in refused) >= 6
    assert list(line.dialer.dialled) == [call.call_id]


async def test_two_at_once_by_one_person_make_one_call(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")

    async def one(case_id: str) -> str:
        try:
            return (await desk.call("zhangwei", StartCall(case_id=case_id))).call_id
        except DeskError as refused:
            return refused.code

    got = await asyncio.gather(*(one(case.case_id) for case in cases))
    assert sorted(got)[-2:] == ["call.already", "call.already"]
    call_id = min(got, key=lambda each: "." in each)
    await until(lambda: call_id in line.dialer.dialled)
    line.dialer.end(call_id, Result.NO_ANSWER)
    await line.over(call_id)


@pytest.mark.clause("S-5-1")
async def test_no_customers_phone_rings_after_hours_because_the_callers_rang_first(
    desk: WholeDesk, tmp_path: Path
) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    desk.clock.advance(13 * 3600 - 31)  # from nine in the morning to 31 seconds before ten at night
    call = await line.start("zhangwei", cases[0].case_id)
    line.dialer.end(call.call_id, Result.NO_ANSWER)
    await line.over(call.call_id)
    desk.clock.advance(2)
    check = await desk.call("zhangwei", CheckContacts(case_id=cases[1].case_id))
    assert check.contacts[0].allowed
    with pytest.raises(DeskError) as refused:
        await desk.call("zhangwei", StartCall(case_id=cases[1].case_id))
    why = refused.value.refusal
    assert (why.code, why.params["contact_why"]) == ("contact.refused", "quiet_hours")
    # Not "from now on": at eight the next morning, ten hours and thirty seconds less one later.
    assert int(why.params["contact_at"]) - desk.clock.now_us() == (10 * 3600 + 29) * 1_000_000


async def test_hanging_up(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    for name in ("wangfang", "sunli", "fengxue", "zhenghao"):
        assert await desk.refused(name, HangUp(call_id=call.call_id)) not in {"", "call.over"}
    # While locked one may end one's call and look how it is, and nothing else.
    seat = await desk.line("zhangwei")
    await seat.call(Lock())
    with pytest.raises(DeskError, match=r"session\.locked"):
        await seat.call(ListCalls())
    assert (await seat.call(ReadOwnCall())).call is not None
    await seat.call(HangUp())
    await line.over(call.call_id)
    assert line.dialer.hung_up == [call.call_id]
    gone = (await seat.call(ReadOwnCall(call_id=call.call_id))).call
    assert gone is not None
    assert (gone.result, gone.by) == ("answered", "desk")
    with pytest.raises(DeskError, match=r"call\.over"):
        await seat.call(HangUp())
    assert outcome(desk, call.call_id) == "connected"


async def test_who_runs_the_team_ends_a_call_and_who_is_suspended_loses_it(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await line.start("zhangwei", cases[0].case_id)
    await desk.call("lina", HangUp(call_id=call.call_id))
    await line.over(call.call_id)
    assert (await line.last("lina")).result == "cancelled"
    call = await line.start("zhangwei", cases[1].case_id)
    desk.suspend("zhangwei")
    await line.over(call.call_id)
    assert line.dialer.hung_up[-1] == call.call_id


async def test_a_dialer_that_dies_takes_its_calls_and_another_one_comes(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "lina")
    one = await line.start("zhangwei", cases[0].case_id)
    other = await line.start("lina", cases[1].case_id)
    line.dialer.move(one.call_id, "customer_calling", "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    line.dialer.die()
    for call in (one, other):
        await line.over(call.call_id)
        row = row_of(desk, call.call_id)
        assert (row["state"], row["result"], row["ended_side"]) == ("ended", "system_error", "line")
    assert (outcome(desk, one.call_id), outcome(desk, other.call_id)) == ("connected", "cancelled")
    await until(lambda: len(line.pool.made) == 2, "another dialer")
    await line.registered()
    again = await line.start("lina", cases[1].case_id)
    line.dialer.end(again.call_id, Result.BUSY)
    await line.over(again.call_id)


async def test_a_recorder_that_is_not_ready_means_no_call(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    line.dialer.ready = False
    call = await desk.call("zhangwei", StartCall(case_id=cases[0].case_id))
    await line.over(call.call_id)
    assert line.dialer.dialled == {}
    # One that gets ready after all must not stay so.
    assert line.dialer.discarded == [call.call_id]
    assert (await line.last("zhangwei")).result == "system_error"
    assert outcome(desk, call.call_id) == "cancelled"


async def test_nobody_is_bridged_whose_answer_cannot_be_written(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await line.start("zhangwei", cases[0].case_id)
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE call_record SET talked_ms = 5 WHERE id = :i"), {"i": call.call_id})
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await line.over(call.call_id)
    assert line.dialer.bridged == []
    assert line.dialer.hung_up == [call.call_id]


async def test_what_a_killed_desk_left_is_ended_at_its_next_start(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "lina")
    one = await line.start("zhangwei", cases[0].case_id)
    other = await line.start("lina", cases[1].case_id)
    line.dialer.move(one.call_id, "customer_calling")
    line.dialer.move(other.call_id, "customer_calling", "customer_answered")
    await until(lambda: row_of(desk, one.call_id)["state"] == "dialling" and line.dialer.bridged)
    recording = line.files()[0]
    second = (CHUNK + 16).to_bytes(4, "big") + bytes(CHUNK + 16)
    recording.write_bytes(bytes(13) + second * 3 + second[:7])
    await asyncio.to_thread(writing.recover, desk.running.parts)
    assert {row_of(desk, call.call_id)["state"] for call in (one, other)} == {"ended"}
    assert (outcome(desk, one.call_id), outcome(desk, other.call_id)) == ("unanswered", "connected")
    with desk.running.parts.store.engine.connect() as connection:
        kept = dict(connection.execute(select(call_recording.c.id, call_recording.c.seconds)).all())
        states = set(connection.execute(select(call_recording.c.state)).scalars())
    assert kept[recording.stem] == 3
    assert states == {"torn", "none"}
    assert line.files() == [recording], "what nobody spoke in leaves no file"
    # The dialer's own last words change nothing any more.
    for call in (one, other):
        line.dialer.end(call.call_id, Result.ANSWERED)
        await line.over(call.call_id)
        assert row_of(desk, call.call_id)["result"] == "system_error"


async def test_a_desk_that_stops_ends_its_calls(clock: FakeClock, tmp_path: Path) -> None:
    async with opened(tmp_path / "h", clock) as desk:
        line = Line(desk)
        cases = await desk.with_cases(tmp_path)
        await line.open("zhangwei")
        call = await line.start("zhangwei", cases[0].case_id)
        await desk.running.exchange.close()
        row = row_of(desk, call.call_id)
        assert (row["state"], row["result"], row["ended_side"]) == ("ended", "cancelled", "desk")


@pytest.mark.clause("Y-4.1.1")
async def test_secrets_are_shown_once_and_kept_sealed(line: Line) -> None:
    desk = line.desk
    await line.open("zhangwei")
    person = desk.founded.persons["zhangwei"]
    access = await desk.call("zhenghao", SetPhone(person_id=person))
    await until(lambda: line.dialer.phones.get(access.name) == secret_of(access.name, access.password))
    # The one before is forgotten.
    assert line.dialer.phones[line.names["zhangwei"]] == ""
    await desk.call("zhenghao", SetTrunkPassword(password="hunter2-of-the-line"))
    (phone,) = (await desk.call("zhenghao", ListPhones())).phones
    assert (phone.name, phone.person_id) == (access.name, person)
    with desk.running.parts.store.engine.connect() as connection:
        rows = connection.execute(select(call_secret)).mappings().all()
    kept = b"".join(bytes(row["sealed"]) for row in rows) + repr(rows).encode()
    for needle in (access.password, secret_of(access.name, access.password), "hunter2-of-the-line"):
        assert needle.encode() not in kept
        assert not any(needle in repr(one) for one in desk.events())
    found = desk.running.parts.store.run(lambda uow: secrets.read(desk.running.parts, uow))
    assert (found.trunk, found.phones) == (
        "hunter2-of-the-line",
        {access.name: secret_of(access.name, access.password)},
    )
    assert access.password not in repr(found)
    for name in ("zhangwei", "lina", "wugang", "fengxue", "hejie"):
        assert await desk.refused(name, SetPhone(person_id=person))
    # A row that somebody changed is no secret.
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE call_secret SET name = 'other' WHERE kind = 'phone' AND state = 'active'"))
    found = desk.running.parts.store.run(lambda uow: secrets.read(desk.running.parts, uow))
    assert found.phones == {}


async def test_a_phone_is_told_to_register_at_the_edge_where_there_is_one(tmp_path: Path, clock: FakeClock) -> None:
    calls = CallSettings(edge_host="desk.example", edge_port=5063)
    async with opened(tmp_path / "h", clock, calls=calls) as desk:
        access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["zhangwei"]))
    assert access.server == "desk.example:5063;transport=tls"


async def test_late_words_of_a_call_change_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await line.start("zhangwei", cases[0].case_id)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    parts = desk.running.parts
    late = Ended(call_id=call.call_id, result=Result.ANSWERED, by=By.CUSTOMER, talked=9)
    parts.store.run(lambda uow: writing.ended(writing.of_desk(parts, uow), late))
    assert parts.store.run(lambda uow: writing.connected(writing.of_desk(parts, uow), call.call_id)) is False
    assert row_of(desk, call.call_id)["result"] == "busy"


@pytest.mark.clause("C-5.4f")
async def test_hostile_arguments_are_refused_and_logged(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await line.start("zhangwei", cases[0].case_id)
    codes: set[str] = set()
    for junk in ("", "\0", "1\x1b[2J\n", "0" * 32, "'; DROP TABLE person; --", "x" * 9_000, "\u202e", "C-2026-0000001"):
        for name in ("wangfang", "lina", "zhenghao", "fengxue"):
            before = len(desk.events())
            for request in (
                StartCall(case_id=junk),
                StartCall(case_id=cases[1].case_id, contact=ContactRef(field=junk, ordinal=-1)),
                HangUp(call_id=junk or "x"),
                ReadOwnCall(call_id=junk),
                ReadOwnCall(call_id=call.call_id),
                ListCalls(case_id=junk or "x"),
                SetPhone(person_id=junk),
                DropPhone(person_id=junk),
            ):
                try:
                    got = repr(await desk.call(name, request))
                except DeskError as refused:
                    codes.add(refused.code)
                    continue
                # Another's call is nothing that can be asked about.
                assert call.call_id not in got or name == "lina", (name, request)
            assert len(desk.events()) > before
    assert line.dialer.hung_up == []
    assert line.dialer.phones[line.names["zhangwei"]]
    assert not codes & {"desk.failed", "desk.unlogged", "access.event_refused"}
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)


async def test_an_end_that_could_not_be_written_bars_nobody(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    board = desk.running.parts.switchboard
    board.staff(None)
    lost = await desk.call("zhangwei", StartCall(case_id=cases[0].case_id))
    assert board.live() == ()
    board.staff(desk.running.exchange)
    # Just committed: it may be about to be made.
    assert await desk.refused("zhangwei", StartCall(case_id=cases[1].case_id)) == "call.already"
    desk.clock.advance(11)
    call = await line.start("zhangwei", cases[1].case_id)
    # What became of it nobody can say, so it counts.
    assert (row_of(desk, lost.call_id)["result"], outcome(desk, lost.call_id)) == ("system_error", "unanswered")
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)


@pytest.mark.clause("C-5.4d-1", "Y-4.2.1")
async def test_who_may_what(desk: WholeDesk, tmp_path: Path) -> None:
    """Row 13 of the matrix: proxy calls; row 3: the team's; row 37: phones; row 52: the line."""
    await desk.with_cases(tmp_path)
    may = {
        ListCalls(): {"zhangwei", "lina", "machao"},
        ListLiveCalls(): {"lina"},
        ListPhones(): {"zhenghao", "wugang", "fengxue"},
        SetTrunkPassword(password="x"): {"zhenghao"},
        SetCloudSecret(secret="x"): {"zhenghao"},
        SetPhone(person_id=desk.founded.persons["wangfang"]): {"zhenghao"},
    }
    people = ("zhangwei", "lina", "machao", "zhenghao", "wugang", "fengxue", "hejie")
    for request, allowed in may.items():
        found = set()
        for name in people:
            try:
                await desk.call(name, request)
            except DeskError:
                continue
            found.add(name)
        assert found == allowed, type(request).__name__
