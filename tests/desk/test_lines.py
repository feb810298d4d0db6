"""Lines: signing in with two factors, locking, pushes, the socket, and what ends with a person's standing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from pathlib import Path

import pytest
import pytest_asyncio

from access.people import staff, totp
from access.people.deed import Hand
from console import bootstrap
from console.client import attach
from console.demo.cast import CAST
from console.desk.api.base import DeskError, Push
from console.desk.api.cases import AssignCases, FieldRef, ListQueue, OpenCase
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField
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
from console.founding import Secret, found
from masking.keys import Profile
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around

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
        founded = await asyncio.to_thread(found, running.parts, CAST, {"zhangwei": secret})
        yield WholeDesk(running, clock, founded)
    finally:
        await running.stop()


def code(clock: FakeClock) -> str:
    return totp.code_at(SEED, totp.step_of(clock.now_us()))


async def refused(call: Awaitable[object]) -> str:
    with pytest.raises(DeskError) as error:
        await call
    return error.value.code


@pytest.mark.clause("Y-4.2.2")
async def test_password_and_code_sign_in_once(dev: WholeDesk) -> None:
    line = dev.running.line()
    assert (await line.call(Greet())).people == ()
    assert await refused(line.call(ListQueue())) == "session.nobody"
    assert await refused(line.call(SignInAs(name="zhangwei"))) == "session.demo_only"
    me = await line.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    assert me.staff_no == "A0173"
    replay = SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock))
    assert await refused(dev.running.line().call(replay)) == "signin.refused"


@pytest.mark.clause("Y-4.2.2")
async def test_any_factor_missing_is_one_and_the_same_refusal(dev: WholeDesk) -> None:
    answers = [
        await refused(dev.running.line().call(attempt))
        for attempt in (
            SignIn(login="zhangwei", password="wrong", code=code(dev.clock)),
            SignIn(login="nobody", password=PASSWORD, code=code(dev.clock)),
            SignIn(login="zhangwei", password=PASSWORD, code="000000"),
            SignIn(login="lina", password=PASSWORD, code=code(dev.clock)),
        )
    ]
    assert set(answers) == {"signin.refused"}


@pytest.mark.clause("Y-4.7.2")
async def test_a_locked_line_answers_only_unlocking(dev: WholeDesk) -> None:
    line = dev.running.line()
    await line.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    await line.call(Lock())
    assert await refused(line.call(ListQueue())) == "session.locked"
    assert await refused(line.call(Unlock(password=PASSWORD, code=code(dev.clock)))) == "signin.refused"
    dev.clock.advance(30)
    await line.call(Unlock(password=PASSWORD, code=code(dev.clock)))
    assert (await line.call(ListQueue())).rows == ()


async def test_a_ticket_lasts_ten_minutes(dev: WholeDesk) -> None:
    line = dev.running.line()
    await line.call(SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock)))
    ticket = (await line.call(IssueTicket())).ticket
    other = dev.running.line()
    assert (await other.call(Resume(ticket=ticket))).staff_no == "A0173"
    forged = ticket[:-2] + ("00" if ticket[-2:] != "00" else "01")
    assert await refused(dev.running.line().call(Resume(ticket=forged))) == "session.ticket_unfit"
    dev.clock.advance(601)
    assert await refused(dev.running.line().call(Resume(ticket=ticket))) == "session.ticket_unfit"


@pytest.mark.clause("Y-4.2.2")
async def test_a_prod_desk_seats_nobody_on_two_factors(dev: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dev.running.parts.keys, "profile", Profile.PROD)
    line = dev.running.line()
    attempt = SignIn(login="zhangwei", password=PASSWORD, code=code(dev.clock))
    assert await refused(line.call(attempt)) == "session.third_factor_missing"


@pytest.mark.clause("C-5.4c", "J-22")
async def test_suspension_bites_within_a_second(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    parts = desk.running.parts
    parts.store.run(
        lambda uow: staff.change_person(Hand(uow, parts.proofs), desk.founded.persons["zhangwei"], state="suspended")
    )
    desk.clock.advance(1)
    assert await desk.refused("zhangwei", OpenCase(case_id=rows[0].case_id)) == "session.ended"
    assert await desk.refused("zhangwei", WhoAmI()) == "session.nobody"


@pytest.mark.clause("C-5.4c")
async def test_reassignment_ends_what_was_granted(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    field = FieldRef(name="home_address")
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(field,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=field)
    await desk.call("zhangwei", view)
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case_id,)))
    assert await desk.refused("zhangwei", view) == "case.not_found"
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], case_ids=(case_id,)))
    assert await desk.refused("zhangwei", view) == "grant.not_live"


async def test_pushes_tell_the_approver_without_polling(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    head = await desk.line("lina")
    stranger = await desk.line("liuyang")
    heard: list[Push] = []
    other: list[Push] = []

    came = asyncio.Event()

    async def listen(line: EmbeddedDesk, into: list[Push]) -> None:
        async for push in line.subscribe():
            into.append(push)
            came.set()

    tasks = [asyncio.create_task(listen(head, heard)), asyncio.create_task(listen(stranger, other))]
    asked = await desk.call(
        "zhangwei",
        AskReveal(case_id=case_id, fields=(FieldRef(name="home_address"),), reason="letter_or_visit", minutes=5),
    )
    async with asyncio.timeout(5):
        while not any(push.kind == "request" and push.id == asked.request_id for push in heard):
            await came.wait()
            came.clear()
    assert other == []
    for task in tasks:
        task.cancel()


async def test_a_second_terminal_attaches_through_the_socket(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    line = await attach(desk.running.home.socket)
    await line.call(SignInAs(name="lina"))
    assert (await line.call(ReadInbox())).items == ()
    assert await refused(line.call(OpenCase(case_id="0" * 32))) == "case.not_found"
    await line.call(SignOut())
    assert await refused(line.call(ReadInbox())) == "session.nobody"
    await line.close()
    assert await refused(line.call(Greet())) == "desk.unreachable"


async def test_garbage_on_the_socket_ends_that_line_only(desk: WholeDesk) -> None:
    path = desk.running.home.socket
    reader, writer = await asyncio.open_unix_connection(str(path))
    writer.write(b"\x00\x00\x00\x01-" + b"\xff\xff\xff\xff")
    async with asyncio.timeout(5):
        assert await reader.read() == b""
    writer.close()
    line = await attach(path)
    assert (await line.call(Greet())).profile == "demo"
    await line.close()


async def test_one_desk_a_home_and_the_next_one_attaches(desk: WholeDesk, clock: FakeClock) -> None:
    with pytest.raises(bootstrap.HomeRefused) as taken:
        await bootstrap.RunningDesk.start(desk.running.home, around=around(clock))
    assert taken.value.code == "home.in_use"
    async with bootstrap.line(desk.running.home) as line:
        assert (await line.call(Greet())).profile == "demo"
