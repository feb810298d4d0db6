"""A whole desk for tests: real home, real store, real kernel; the clock is the test's, the password hash a cheap one.

`desk` is a demo desk on SQLite with the demo's people; `any_desk` the same on both engines in turn. Cases are
imported through the desk's own call, so nothing is written around it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.audit.events import Event, decode
from access.context import SECOND, MonotoneGuard
from access.ids import UuidIds
from access.people import staff
from access.people.deed import Hand
from access.people.passwords import Argon2Parameters, PasswordHasher
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.schema import audit_event, audit_outbox, role_grant
from console import bootstrap
from console.demo.cast import CAST
from console.desk.api.base import Call, DeskError
from console.desk.api.cases import AssignCases, CaseRow, ListQueue
from console.desk.api.imports import ImportReport, ReadImport, StartImport
from console.desk.api.log import LogEntry, ReadLog
from console.desk.api.session import SignInAs
from console.desk.host import EmbeddedDesk
from console.founding import Founded, Plan, found
from console.proving import nothing, proven
from console.settings import CallSettings, MessageSettings, Settings
from masking.keys import Profile
from tests.support.clock import FakeClock

R = TypeVar("R")

HEADERS = (
    "客户姓名",
    "身份证号码",
    "手机号码",
    "借据号",
    "剩余本金",
    "应催金额",
    "逾期天数",
    "账单期",
    "家庭住址",
    "单位名称",
    "银行卡号",
)
ROWS: Sequence[tuple[str, ...]] = (
    ("欧阳建国", "11010519491231002X", "13800138000", "T202600000001", "1000.00", "1200.50", "47", "202610",
     "上海市浦东新区世纪大道1号", "浦东机械有限公司", "6222021234567890128"),
    ("王芳", "440524188001010014", "13900139000", "T202600000002", "500.00", "860.00", "12", "202610",
     "浙江省杭州市西湖区文三路2号", "西湖茶业", "6228480402564890018"),
    ("李四", "110101199003078515", "13700137000", "T202600000003", "88000.00", "88120.37", "203", "202605",
     "江苏省南京市鼓楼区中山路3号", "金陵物流", "6217000010001234569"),
)  # fmt: skip


def lender_file(path: Path, rows: Sequence[Sequence[str]] = ROWS, headers: Sequence[str] = HEADERS) -> Path:
    """A lender's CSV file."""
    path.write_text("\n".join(",".join(row) for row in (headers, *rows)) + "\n", encoding="utf-8")
    return path


class WholeDesk:
    """A running desk and who is seated at it. Attributes: running, clock, founded."""

    def __init__(self, running: bootstrap.RunningDesk, clock: FakeClock, founded: Founded) -> None:
        self.running = running
        self.clock = clock
        self.founded = founded
        self._lines: dict[str, EmbeddedDesk] = {}

    async def line(self, name: str) -> EmbeddedDesk:
        """The line on which this person sits; opened and signed in once."""
        if name not in self._lines:
            line = self.running.line("pts/9")
            await line.call(SignInAs(name=name))
            self._lines[name] = line
        return self._lines[name]

    async def call(self, name: str, request: Call[R], key: str | None = None) -> R:
        """One call as this person, who answers when she is asked to prove herself again."""
        return await proven(await self.line(name), request, key, nothing)

    async def refused(self, name: str, request: Call[R]) -> str:
        """The code with which a call is refused."""
        try:
            await self.call(name, request)
        except DeskError as refused:
            return refused.code
        raise AssertionError(f"{type(request).__name__} was not refused")

    async def load(self, path: Path, *, head: str = "lina", source: str = "甲消金", **more: object) -> ImportReport:
        """Import a file and wait for its end."""
        report = await self.call(head, StartImport(path=str(path), source=source, **more))  # type: ignore[arg-type]
        while report.state == "running":
            await asyncio.sleep(0.01)
            report = await self.call(head, ReadImport(job_id=report.job_id))
        return report

    async def with_cases(
        self, folder: Path, agent: str = "zhangwei", rows: Sequence[Sequence[str]] = ROWS
    ) -> tuple[CaseRow, ...]:
        """Three cases of the first team, all assigned to one agent; her queue."""
        report = await self.load(lender_file(folder / "cases.csv", rows))
        assert report.state == "published", report
        await self.call("lina", AssignCases(assignee_id=self.founded.persons[agent], count=3))
        return (await self.call(agent, ListQueue())).rows

    async def log(self, action: str = "", **more: str) -> tuple[LogEntry, ...]:
        """What the auditor reads, newest first, once everything committed has its place in the log."""
        await asyncio.to_thread(self.running.parts.store.settle)
        return (await self.call("fengxue", ReadLog(action=action, limit=100, **more))).entries  # type: ignore[arg-type]

    def events(self) -> list[Event]:
        """Everything committed, oldest first, also what waits for its place in the log."""
        with self.running.parts.store.engine.connect() as connection:
            bodies = [
                bytes(body)
                for table in (audit_event, audit_outbox)
                for body in connection.execute(select(table.c.body)).scalars()
            ]
        return sorted(map(decode, bodies), key=lambda event: event.id)

    def suspend(self, name: str, state: str = "suspended") -> None:
        """Change whether somebody may work."""
        parts = self.running.parts
        parts.store.run(
            lambda uow: staff.change_person(Hand(uow, parts.proofs), self.founded.persons[name], state=state)
        )

    def lose(self, name: str, role: Role) -> None:
        """Take a role away; what rests on it is not ended here."""
        parts = self.running.parts

        def take(uow: UnitOfWork) -> None:
            query = select(role_grant.c.id).where(
                role_grant.c.person_id == self.founded.persons[name],
                role_grant.c.role == role.value,
                role_grant.c.state == "active",
            )
            for grant_id in uow.connection.execute(query).scalars().all():
                staff.revoke_role(Hand(uow, parts.proofs), grant_id)

        parts.store.run(take)

    def give(self, name: str, role: Role, unit: str | None = None) -> None:
        """Seat somebody in a further role for a day."""
        parts, people = self.running.parts, self.founded.persons
        parts.store.run(
            lambda uow: staff.grant_role(
                Hand(uow, parts.proofs),
                person_id=people[name],
                role=role,
                requested_by=people["zhenghao"],
                approved_by=people["wugang"],
                valid_until=uow.now + 86_400 * SECOND,
                unit_id=self.founded.units[unit] if unit is not None else None,
            )
        )

    async def beat(self) -> None:
        """Let the desk's clockwork do what is due."""
        await asyncio.to_thread(self.running.ticker.beat)


def around(clock: FakeClock) -> bootstrap.Ambient:
    """The test's clock, a cheap hash."""
    guard = MonotoneGuard(clock)
    cheap = PasswordHasher(Argon2Parameters(memory=64, passes=1))
    return bootstrap.Ambient(clock=guard, ids=UuidIds(clock), hasher=cheap)


@asynccontextmanager
async def opened(
    root: Path,
    clock: FakeClock,
    *,
    url: str = "",
    profile: Profile = Profile.DEMO,
    calls: CallSettings | None = None,
    message: MessageSettings | None = None,
    plan: Plan = CAST,
) -> AsyncIterator[WholeDesk]:
    """A fresh desk with the demo's people, or with these."""
    ambient = around(clock)
    chosen = Settings(database=url, calls=calls or CallSettings(), message=message or MessageSettings())
    home = bootstrap.create(root, profile, chosen=chosen, around=ambient)
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    try:
        founded = await asyncio.to_thread(found, running.parts, plan)
        yield WholeDesk(running, clock, founded)
    finally:
        await running.stop()


@pytest_asyncio.fixture
async def desk(tmp_path: Path, clock: FakeClock) -> AsyncIterator[WholeDesk]:
    """A demo desk on SQLite."""
    async with opened(tmp_path / "h", clock) as whole:
        yield whole


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def any_desk(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[WholeDesk]:
    """A demo desk on each engine in turn."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(tmp_path / "h", clock, url=url) as whole:
        yield whole
