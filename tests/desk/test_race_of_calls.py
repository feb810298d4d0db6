"""Fifty agents call one debtor at once, each from a case of their own: as many phones ring as the rules allow."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from access.roles import Role
from access.store.schema import call_record, case_file
from console.demo.cast import CAST, ONE
from console.desk.api.base import DeskError
from console.desk.api.calling import CallView, StartCall
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.contact import CheckContacts
from console.desk.contact import recorder
from console.dial.results import By, Result
from console.founding import Post
from tests.support.calls import Line
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened
from tests.support.lender_files import big

pytestmark = [pytest.mark.clause("S-5-2", "issue-5"), pytest.mark.slow]
CROWD = tuple(Post(f"crowd{nth:02}", "周一", f"B{nth:04}", ONE, (Role.AGENT,)) for nth in range(50))
ALLOWED = 3  # conversations a debtor a day


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def desk(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[WholeDesk]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(tmp_path / "h", clock, url=url, plan=replace(CAST, posts=(*CAST.posts, *CROWD))) as whole:
        yield whole


class Crowd:
    """Everybody with a phone and a case, all cases one debtor's. Attributes: line; cases: by login."""

    def __init__(self, desk: WholeDesk) -> None:
        self.desk, self.line = desk, Line(desk)
        self.cases: dict[str, str] = {}
        self.rung: list[str] = []

    async def open(self, folder: Path) -> None:
        report = await self.desk.load(big(folder / "many.csv", len(CROWD)))
        assert report.state == "published", report
        for post in CROWD:
            person_id = self.desk.founded.persons[post.login]
            await self.desk.call("lina", AssignCases(assignee_id=person_id, count=1))
            (case,) = (await self.desk.call(post.login, ListQueue())).rows
            self.cases[post.login] = case.case_id
        self.desk.running.parts.store.run(
            lambda uow: uow.connection.execute(
                text("UPDATE case_file SET debtor = (SELECT debtor FROM case_file WHERE id = :i)"),
                {"i": self.cases[CROWD[0].login]},
            )
        )
        with self.desk.running.parts.store.engine.connect() as connection:
            debtors = connection.execute(select(func.count(case_file.c.debtor.distinct()))).scalar_one()
        assert (debtors, len(set(self.cases.values()))) == (1, len(CROWD))
        await self.line.open(*self.cases)

    async def race(self) -> list[CallView]:
        """Everybody calls who is in no call. Returns: the calls made; all others were refused for the count."""
        busy = {one.person_id for one in self.desk.running.parts.switchboard.live()}
        free = {login: one for login, one in self.cases.items() if self.desk.founded.persons[login] not in busy}
        got = await asyncio.gather(*(self._try(login, case_id) for login, case_id in free.items()))
        made = [one for one in got if isinstance(one, CallView)]
        refused = [one for one in got if isinstance(one, DeskError)]
        assert {one.code for one in refused} == {"contact.refused"}
        assert {one.refusal.params["contact_why"] for one in refused} == {"count_connected"}
        assert len(made) + len(refused) == len(free) >= len(CROWD) - ALLOWED
        await self._rings(made)
        return made

    async def _try(self, login: str, case_id: str) -> CallView | DeskError:
        try:
            return await self.desk.call(login, StartCall(case_id=case_id))
        except DeskError as refused:
            return refused

    async def _rings(self, made: list[CallView]) -> None:
        """Each of these is dialled, and nothing else ever was."""
        self.rung += [one.call_id for one in made]
        async with asyncio.timeout(60):
            while not set(self.rung) <= self.line.dialer.dialled.keys():
                await asyncio.sleep(0.01)
        assert sorted(self.line.dialer.dialled) == sorted(self.rung)

    async def ends(self, call: CallView, result: Result) -> None:
        phases = ("customer_answered",) if result is Result.ANSWERED else ("customer_ringing",)
        self.line.dialer.move(call.call_id, "customer_calling", *phases)
        self.line.dialer.end(call.call_id, result, By.CUSTOMER)
        await self.line.over(call.call_id)

    async def left(self) -> int | None:
        login, case_id = next(iter(self.cases.items()))
        return (await self.desk.call(login, CheckContacts(case_id=case_id))).contacts[0].left


async def test_fifty_agents_call_one_debtor_and_as_many_phones_ring_as_are_allowed(
    desk: WholeDesk, tmp_path: Path
) -> None:
    crowd = Crowd(desk)
    await crowd.open(tmp_path)
    assert await crowd.left() == ALLOWED
    first = await crowd.race()
    assert len(first) == ALLOWED
    assert len({one.case_id for one in first}) == ALLOWED, "of different agents, from different cases"
    # While they ring nobody else's does; two are answered, one is not: that one is there again, for one.
    assert await crowd.race() == []
    for call in first[1:]:
        await crowd.ends(call, Result.ANSWERED)
    assert await crowd.race() == []
    await crowd.ends(first[0], Result.NO_ANSWER)
    assert await crowd.left() == 1
    for result in (Result.NO_ANSWER, Result.BUSY, Result.ANSWERED):
        (only,) = await crowd.race()
        await crowd.ends(only, result)
    assert await crowd.left() == 0
    assert await crowd.race() == []
    with desk.running.parts.store.engine.connect() as connection:
        kept = connection.execute(select(call_record.c.id, call_record.c.result)).all()
    assert sorted(one.id for one in kept) == sorted(crowd.rung)
    assert sorted(one.result for one in kept) == ["answered"] * ALLOWED + ["busy", "no_answer", "no_answer"]
