"""Attacks on lines, keys and pushes: whoever speaks is one person, hears only their own, and is answered only there."""

from __future__ import annotations

import asyncio
import struct
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select, text

from access.audit.findings import Verification
from access.audit.verify import verify
from access.audit.witness import Witness
from access.people import sign_in as signing
from access.people import totp
from access.people.deed import Hand
from access.people.passwords import Hasher
from access.people.sessions import close_session
from access.roles import Role
from access.store.base import Store, UnitOfWork
from access.store.schema import staff_session
from console import bootstrap
from console.demo.cast import CAST
from console.desk.api.base import DeskError, Push
from console.desk.api.cases import AssignCases, FieldRef, ListQueue, OpenCase
from console.desk.api.log import TakeCheckpoint, VerifyLog
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField, WithdrawReveal
from console.desk.api.session import (
    Greet,
    IssueTicket,
    Lock,
    Resume,
    SignIn,
    SignInAs,
    SignOut,
    Unlock,
    WhoAmI,
)
from console.desk.host import EmbeddedDesk
from console.desk.line import place
from console.founding import Secret, found
from console.wire import Answer, Refuse, decode_message, encode_call, read_frame
from masking.gm import Sm2PublicKey
from masking.keys import Profile
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around

ADDRESS = FieldRef(name="home_address")
PASSWORD = "correct horse battery staple 47"
SEED = totp.new_seed()


@pytest_asyncio.fixture
async def dev(tmp_path: Path, clock: FakeClock) -> AsyncIterator[WholeDesk]:
    """A desk whose people need factors."""
    ambient = around(clock)
    home = bootstrap.create(tmp_path / "h", Profile.DEV, around=ambient)
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    try:
        secret = Secret(encoded=ambient.hasher.hash(PASSWORD), seed=SEED)
        founded = await asyncio.to_thread(found, running.parts, CAST, {"zhangwei": secret, "lina": secret})
        yield WholeDesk(running, clock, founded)
    finally:
        await running.stop()


def code(clock: FakeClock) -> str:
    return totp.code_at(SEED, totp.step_of(clock.now_us()))


async def refused(call: Awaitable[object]) -> str:
    with pytest.raises(DeskError) as error:
        await call
    return error.value.code


async def granted(desk: WholeDesk, folder: Path) -> ViewField:
    """A field that may be shown right now."""
    case_id = (await desk.with_cases(folder))[1].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    return ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)


class Held:
    """Keeps the store's writer waiting, so that calls queue up behind each other."""

    def __init__(self, desk: WholeDesk) -> None:
        self._go = threading.Event()
        self._there = threading.Event()
        desk.running.parts.store.submit(self._wait)

    def _wait(self, _uow: UnitOfWork) -> None:
        self._there.set()
        self._go.wait(10)

    def release(self) -> None:
        self._go.set()


async def queued(*calls: Awaitable[object]) -> list[asyncio.Future[object]]:
    """Calls that have reached the store's queue, in this order."""
    tasks: list[asyncio.Future[object]] = []
    for call in calls:
        tasks.append(asyncio.ensure_future(call))
        await asyncio.sleep(0)
    return tasks


# -- whose reply it is ------------------------------------------------------------------------------------------------
@pytest.mark.clause("C-5.4d-2", "Y-4.7.2")
@pytest.mark.parametrize("leaving", [SignOut(), Lock()])
async def test_a_value_on_its_way_does_not_reach_a_line_that_was_left_or_locked(
    desk: WholeDesk, tmp_path: Path, leaving: SignOut | Lock
) -> None:
    view = await granted(desk, tmp_path)
    line = await desk.line("zhangwei")
    held = Held(desk)
    shown, left = await queued(line.call(view), line.call(leaving))
    held.release()
    await left
    assert await refused(shown) == ("session.locked" if isinstance(leaving, Lock) else "session.ended")


async def test_slow_work_begun_by_one_person_is_not_finished_for_the_next(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    go, begun = threading.Event(), threading.Event()

    def slowly(store: Store, witness: Witness, key: Sm2PublicKey) -> Verification:
        begun.set()
        go.wait(10)
        return verify(store, witness, key)

    monkeypatch.setattr("console.desk.logbook.verify", slowly)
    line = await desk.line("fengxue")
    verifying = asyncio.ensure_future(line.call(VerifyLog()))
    await asyncio.to_thread(begun.wait, 10)
    await line.call(SignInAs(name="zhangwei"))
    go.set()
    assert await refused(verifying) == "session.ended"


@pytest.mark.clause("C-5.4c")
async def test_a_role_lost_while_slow_work_runs_ends_it(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = desk.running.parts
    assert parts.checkpointer is not None
    real = parts.checkpointer.take

    def and_meanwhile() -> bytes | None:
        note = real()
        desk.lose("fengxue", Role.AUDITOR)
        desk.clock.advance(1)
        return note

    monkeypatch.setattr(parts.checkpointer, "take", and_meanwhile)
    desk.lose("zhoukai", Role.SUPERVISOR)
    desk.give("zhoukai", Role.AUDITOR)
    assert await desk.refused("fengxue", TakeCheckpoint()) == "role.denied"


@pytest.mark.clause("Y-4.3.1")
async def test_people_who_change_places_quickly_are_never_mixed_up(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.with_cases(tmp_path)
    line = any_desk.running.line("pts/3")
    await line.call(SignInAs(name="zhangwei"))
    calls: list[Awaitable[object]] = []
    for name in ("lina", "zhangwei", "sunli", "fengxue", "zhangwei", "lina"):
        calls += [line.call(ListQueue()) for _ in range(4)]
        calls += [line.call(SignInAs(name=name)), line.call(WhoAmI())]
    await asyncio.gather(*calls, return_exceptions=True)
    with any_desk.running.parts.store.engine.connect() as connection:
        owner = dict(connection.execute(select(staff_session.c.id, staff_session.c.person_id)).all())
    acts = [event for event in any_desk.events() if event.session_id and event.person_id]
    assert len(acts) > len(calls) // 2
    assert [one for one in acts if owner[one.session_id] != one.person_id] == []


# -- signing in -------------------------------------------------------------------------------------------------------
async def test_a_failed_sign_in_changes_nothing_on_an_occupied_line(dev: WholeDesk) -> None:
    line = dev.running.line()
    await line.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    assert await refused(line.call(SignIn(login="lina", password="wrong", code="000000"))) == "signin.refused"
    assert (await line.call(WhoAmI())).staff_no == "A0173"
    with dev.running.parts.store.engine.connect() as connection:
        open_now = connection.execute(select(staff_session.c.closed_at)).scalars().all()
    assert open_now == [None]


@pytest.mark.clause("Y-4.7.2")
async def test_no_way_around_a_lock(dev: WholeDesk) -> None:
    line = dev.running.line()
    await line.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    ticket = (await line.call(IssueTicket())).ticket
    await line.call(Lock())
    dev.clock.advance(60)
    for call in (
        SignIn(login="lina", password=PASSWORD, code=code(dev.clock)),
        SignInAs(name="zhangwei"),
        Resume(ticket=ticket),
        IssueTicket(),
        WhoAmI(),
        OpenCase(case_id="0" * 32),
    ):
        assert await refused(line.call(call)) == "session.locked", call
    other = Unlock(password="wrong", code=code(dev.clock))
    assert await refused(line.call(other)) == "signin.refused"
    await line.call(Greet())
    assert await refused(line.call(ListQueue())) == "session.locked"


@pytest.mark.clause("Y-4.2.2")
async def test_tickets_do_not_renew_themselves(dev: WholeDesk) -> None:
    first = dev.running.line()
    await first.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    ticket = await first.call(IssueTicket())
    dev.clock.advance(500)
    line = dev.running.line()
    await line.call(Resume(ticket=ticket.ticket))
    again = await line.call(IssueTicket())
    assert again.valid_until == ticket.valid_until
    dev.clock.advance(101)
    assert await refused(dev.running.line().call(Resume(ticket=again.ticket))) == "session.ticket_unfit"


@pytest.mark.clause("C-5.4c", "J-22")
async def test_a_ticket_does_not_outlive_suspension(dev: WholeDesk) -> None:
    line = dev.running.line()
    await line.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    ticket = (await line.call(IssueTicket())).ticket
    dev.suspend("zhangwei", "suspended")
    assert await refused(dev.running.line().call(Resume(ticket=ticket))) == "actor.not_active"
    dev.clock.advance(1)
    assert await refused(line.call(ListQueue())) == "session.ended"
    dev.suspend("zhangwei", "active")
    assert await refused(dev.running.line().call(Resume(ticket=ticket))) == "session.ticket_unfit"
    with dev.running.parts.store.engine.connect() as connection:
        assert connection.execute(select(staff_session.c.close_reason)).scalars().all() == ["revoked"]


async def test_one_line_cannot_keep_others_from_signing_in(dev: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    go = threading.Event()
    real = signing.prove

    def prove(candidate: signing.Candidate, password: str, hasher: Hasher) -> signing.Proven:
        if password == "flood":
            go.wait(20)
        return real(candidate, password, hasher)

    monkeypatch.setattr(signing, "prove", prove)
    flood = dev.running.line()
    attempts = await queued(*(flood.call(SignIn(login="x", password="flood", code="0")) for _ in range(20)))
    async with asyncio.timeout(10):
        me = await dev.running.line().call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    assert me.staff_no == "A0173"
    go.set()
    assert {await refused(attempt) for attempt in attempts} == {"signin.refused"}


@pytest.mark.clause("Y-4.3.1")
@pytest.mark.parametrize("terminal", [b"pts/13800138000", b"a b\x1b[2J", b"\xff\xfe", b"", b"x" * 64])
async def test_no_terminal_name_keeps_an_act_out_of_the_log(desk: WholeDesk, terminal: bytes) -> None:
    reader, writer = await asyncio.open_unix_connection(str(desk.running.home.socket))
    writer.write(struct.pack(">I", len(terminal)) + terminal)
    answers = []
    for number, call in enumerate((SignInAs(name="zhangwei"), ListQueue(), OpenCase(case_id="0" * 32))):
        writer.write(encode_call(number, "k", call))
        body = await read_frame(reader, 1 << 20)
        assert body is not None
        answers.append(decode_message(body))
    assert [type(one) for one in answers] == [Answer, Answer, Refuse]
    assert answers[2].refusal.code == "case.not_found"  # type: ignore[union-attr]
    writer.close()
    assert [one.result for one in desk.events()[-3:]][:2] == ["ok", "refused"] or desk.events()[-1].result == "refused"


def test_a_place_is_fit_for_the_log() -> None:
    assert place("pts/4") == "pts/4"
    assert place("pts/13800138000") == "-"
    assert place("") == "-"
    assert place("a\x1b b") == "a__b"


# -- what ends a session ----------------------------------------------------------------------------------------------
@pytest.mark.clause("C-5.4c")
async def test_a_session_ended_by_the_desk_stays_ended_whatever_its_row_says(any_desk: WholeDesk) -> None:
    line = await any_desk.line("zhangwei")
    parts = any_desk.running.parts
    assert line.line.sitting is not None
    session_id = line.line.sitting.session_id
    parts.store.run(lambda uow: close_session(Hand(uow, parts.proofs), session_id, "ended"))
    with parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE staff_session SET closed_at = NULL, close_reason = NULL"))
    any_desk.clock.advance(1)
    assert await refused(line.call(ListQueue())) == "session.ended"


@pytest.mark.clause("C-5.4c")
async def test_a_changed_standing_is_told_to_whom_it_concerns(any_desk: WholeDesk) -> None:
    line, other = await any_desk.line("zhangwei"), await any_desk.line("wangfang")
    got, heard = listen(line), listen(other)
    await asyncio.to_thread(any_desk.running.parts.store.settle)
    await any_desk.beat()
    any_desk.suspend("zhangwei", "suspended")
    await asyncio.to_thread(any_desk.running.parts.store.settle)
    await any_desk.beat()
    changed = any_desk.founded.persons["zhangwei"]
    await until(got, lambda found: any((push.kind, push.id) == ("session", changed) for push in found))
    assert await refused(line.call(WhoAmI())) == "session.ended"
    # What made the other's own standing may still be told to the other; zhangwei's is not.
    assert [push for push in heard.found if push.id == changed] == []
    await close(got, heard)


# -- pushes -----------------------------------------------------------------------------------------------------------
class Listening:
    """Pushes of one line, as they come."""

    def __init__(self, line: EmbeddedDesk) -> None:
        self.found: list[Push] = []
        self.more = asyncio.Condition()
        self._line = line
        self.task = asyncio.ensure_future(self._run())

    async def _run(self) -> None:
        async for push in self._line.subscribe():
            self.found.append(push)
            async with self.more:
                self.more.notify_all()


def listen(line: EmbeddedDesk) -> Listening:
    return Listening(line)


async def until(listening: Listening, holds: Callable[[list[Push]], bool]) -> None:
    async with asyncio.timeout(10), listening.more:
        await listening.more.wait_for(lambda: holds(listening.found))


async def close(*listening: Listening) -> None:
    for one in listening:
        one.task.cancel()
    await asyncio.wait([one.task for one in listening])


@pytest.mark.clause("Y-4.2.1")
async def test_ids_are_pushed_only_to_those_who_could_read_them(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    outside = ("wangfang", "liuyang", "sunli", "machao", "qianfang", "zhenghao", "fengxue")
    heard = {name: listen(await desk.line(name)) for name in (*outside, "zhangwei", "lina", "wugang")}
    case_id = rows[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    await desk.call("zhangwei", WithdrawReveal(request_id=asked.request_id))
    asked = await desk.call("zhangwei", ask)
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    await desk.call("zhangwei", ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS))
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["chenjing"], case_ids=(case_id,)))
    desk.clock.advance(601)
    await desk.beat()
    await until(heard["zhangwei"], lambda found: any(push.id == case_id for push in found))
    await until(heard["lina"], lambda found: any(push.id == asked.request_id for push in found))
    ids = {case_id, asked.request_id, decided.grant.grant_id}
    told = {name: [push for push in heard[name].found if push.id in ids] for name in (*outside, "wugang")}
    assert told == {name: [] for name in told}
    await close(*heard.values())


async def test_a_line_that_was_left_hears_nothing_more(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    line = await desk.line("zhangwei")
    got = listen(line)
    await line.call(SignOut())
    await desk.call("lina", AssignCases(assignee_id=None, case_ids=(rows[0].case_id,)))
    await desk.call("lina", ReadInbox())
    assert got.found == []
    await close(got)
