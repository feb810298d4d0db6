"""From three admins to a working desk by the desk's own calls alone, with factors, and never past its seven days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.audit.events import Event, decode
from access.people import totp
from access.roles import Role
from access.roles.line import bootstrap
from access.store.schema import audit_event
from console import bootstrap as wiring
from console.desk.api.base import Call, DeskError, Refusal
from console.desk.api.cases import AssignCases, ListQueue, OpenCase
from console.desk.api.imports import ApproveImport, ListImports, ProposeSource, ReadImport, RegisterSource, StartImport
from console.desk.api.roles import (
    ApplicationView,
    Apply,
    DecideApplication,
    ListApplications,
    ListChoices,
    ListHeldRoles,
    MakeUnit,
    RevokeRole,
)
from console.desk.api.session import SignIn
from console.desk.api.staff import ConfirmSignUp, InvitePerson, MakePerson, SignUp
from console.desk.api.training import RecordAgreement, RecordTraining
from console.desk.host import EmbeddedDesk
from console.founding import Founded, Plan, Post, Secret, Unit, found
from console.proving import proven
from masking.keys import Profile
from tests.support.clock import FakeClock
from tests.support.desk import around, lender_file

R = TypeVar("R")
PASSWORD = "plum-7-bridges-at-noon"
THREE = Plan(
    units=(Unit("house", "总部", "department"),),
    posts=(
        Post("hao", "郑浩", "E0001", "house", (Role.SYSTEM_ADMIN,)),
        Post("gang", "吴刚", "E0002", "house", (Role.SECURITY_ADMIN,)),
        Post("xue", "冯雪", "E0003", "house", (Role.AUDITOR,)),
    ),
)


@dataclass
class NewDesk:
    """A dev desk with three admins; everybody else comes by calls and signs in with two factors."""

    running: wiring.RunningDesk
    clock: FakeClock
    founded: Founded
    seeds: dict[str, str]
    people: dict[str, str] = field(default_factory=dict)
    lines: dict[str, EmbeddedDesk] = field(default_factory=dict)

    async def call(self, name: str, request: Call[R]) -> R:
        """One call as this person, signed in with both factors when first asked."""
        if name not in self.lines:
            line = self.running.line("pts/9")
            self.clock.advance(31)
            code = totp.code_at(self.seeds[name], totp.step_of(self.clock.now_us()))
            await line.call(SignIn(login=name, password=PASSWORD, code=code))
            self.lines[name] = line

        async def another(asked: Refusal, wrong: Refusal | None) -> str:
            assert asked.code == "stepup.required"
            assert wrong is None
            self.clock.advance(31)
            return totp.code_at(self.seeds[name], totp.step_of(self.clock.now_us()))

        return await proven(self.lines[name], request, None, another)

    async def refused(self, name: str, request: Call[R]) -> str:
        """The code of the refusal."""
        try:
            await self.call(name, request)
        except DeskError as refused:
            return refused.code
        raise AssertionError(type(request).__name__)

    async def hire(self, login: str, name: str, number: str, unit_id: str) -> str:
        """An account, an invitation, both factors, training and agreement: nothing but the desk's calls."""
        made = await self.call("hao", MakePerson(login=login, name=name, staff_no=number, unit_id=unit_id))
        person_id = made.card.person_id
        invitation = (await self.call("hao", InvitePerson(person_id=person_id))).code
        line = self.running.line("pts/8")
        up = await line.call(SignUp(login=login, invitation=invitation, password=PASSWORD))
        code = totp.code_at(up.seed, totp.step_of(self.clock.now_us()))
        await line.call(ConfirmSignUp(login=login, invitation=invitation, code=code))
        await line.close()
        self.seeds[login] = up.seed
        self.people[login] = person_id
        await self.call("hao", RecordAgreement(person_id=person_id, signed_on="2026-11-01"))
        course = RecordTraining(
            person_id=person_id, kind="induction", held_on="2026-11-01", minutes=240, passed=True, content="入职"
        )
        await self.call("hao", course)
        return person_id

    async def pass_on(self, view: ApplicationView, *names: str) -> ApplicationView:
        """Each takes the step whose turn it is."""
        for name in names:
            view = await self.call(
                name,
                DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version),
            )
        return view

    def events(self) -> list[Event]:
        """Everything in the log."""
        parts = self.running.parts
        parts.store.settle()
        with parts.store.engine.connect() as connection:
            return [decode(bytes(body)) for body in connection.execute(select(audit_event.c.body)).scalars()]

    async def house(self) -> str:
        """The topmost unit."""
        return (await self.call("hao", ListChoices())).units[0].unit_id


@pytest_asyncio.fixture
async def new_desk(tmp_path: Path, clock: FakeClock) -> AsyncIterator[NewDesk]:
    """The desk as `veildesk init` leaves it."""
    ambient = around(clock)
    home = wiring.create(tmp_path / "h", Profile.DEV, around=ambient)
    running = await wiring.RunningDesk.start(home, around=ambient)
    seeds = {post.login: totp.new_seed() for post in THREE.posts}
    secrets = {login: Secret(running.parts.hasher.hash(PASSWORD), seed) for login, seed in seeds.items()}
    try:
        founded = await asyncio.to_thread(found, running.parts, THREE, secrets)
        yield NewDesk(running, clock, founded, seeds)
    finally:
        await running.stop()


@pytest.mark.clause("S-3.3-7", "issue-3", "design-5")
async def test_three_admins_become_a_working_desk_by_calls_alone(new_desk: NewDesk, tmp_path: Path) -> None:
    desk = new_desk
    house = await desk.house()
    seen = await desk.call("hao", ListApplications())
    assert seen.lacking == ("supervisor", "head", "compliance")
    assert seen.bootstrap_until is not None
    head = await desk.hire("li", "李娜", "S0001", house)
    officer = await desk.hire("he", "何洁", "C0001", house)

    # The bootstrap way: entered by the system admin, approved by the security admin, countersigned by the auditor.
    view = await desk.call(
        "hao", Apply(role="supervisor", person_id=head, unit_id=house, head=True, words="首任负责人")
    )
    assert (view.bootstrap, view.state, view.next, view.next_by) == (True, "entered", "approve", ("吴刚",))
    ask = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
    assert await desk.refused("xue", ask) == "role.denied"
    assert await desk.refused("hao", ask) == "role.denied"
    view = await desk.pass_on(view, "gang")
    assert (view.next, view.next_by) == ("countersign", ("冯雪",))
    view = await desk.pass_on(view, "xue")
    assert view.standing == "active"
    filing = await desk.call("hao", Apply(role="compliance", person_id=officer))
    filing = await desk.pass_on(filing, "gang", "xue")
    held = {one.person: one for one in (await desk.call("xue", ListHeldRoles())).items}
    assert held["李娜"].bootstrap
    assert held["何洁"].bootstrap
    assert not held["郑浩"].bootstrap
    marked = [event for event in desk.events() if ("kind", "bootstrap") in event.detail]
    assert {event.action for event in marked} >= {
        "account:role:apply",
        "account:role:enter",
        "account:role:approve",
        "account:role:countersign",
    }

    # Everybody is there now, so the bootstrap time is over, whatever the calendar says.
    seen = await desk.call("hao", ListApplications())
    assert (seen.lacking, seen.bootstrap_until) == ((), None)
    team = next(one for one in (await desk.call("hao", MakeUnit(name="一组"))).units if one.name == "一组")
    agent = await desk.hire("zhang", "张伟", "A0001", team.unit_id)
    view = await desk.call("hao", Apply(role="agent", person_id=agent))
    assert (view.bootstrap, view.next, view.next_by) == (False, "endorse", ("李娜",))
    view = await desk.pass_on(view, "li", "hao", "gang", "he")
    assert view.standing == "active"
    boss = await desk.hire("zhao", "赵强", "S0002", team.unit_id)
    view = await desk.call("hao", Apply(role="supervisor", person_id=boss, unit_id=team.unit_id, head=True))
    assert (await desk.pass_on(view, "li", "hao", "gang", "he")).standing == "active"

    # And the desk works: a lender, a file, a case in an agent's hands, masked.
    source = await desk.call("zhao", ProposeSource(name="甲消金"))
    await desk.call("gang", RegisterSource(source_id=source.source_id))
    path = lender_file(tmp_path / "cases.csv")
    report = await desk.call("zhao", StartImport(path=str(path), source="甲消金"))
    while report.state == "running":
        await asyncio.sleep(0.01)
        report = await desk.call("zhao", ReadImport(job_id=report.job_id))
    if report.state == "waiting":
        batch = (await desk.call("gang", ListImports())).imports[0]
        await desk.call("gang", ApproveImport(batch_id=batch.batch_id or "", approve=True))
    await desk.call("zhao", AssignCases(assignee_id=agent, count=3))
    rows = (await desk.call("zhang", ListQueue())).rows
    assert [row.name for row in rows] == ["李*", "欧阳*", "王*"]
    case = await desk.call("zhang", OpenCase(case_id=rows[0].case_id))
    assert "13700137000" not in repr(case)


@pytest.mark.clause("S-3.3-7", "issue-3")
async def test_seven_days_and_no_more(new_desk: NewDesk) -> None:
    desk = new_desk
    house = await desk.house()
    head = await desk.hire("li", "李娜", "S0001", house)
    view = await desk.call("hao", Apply(role="supervisor", person_id=head, unit_id=house, head=True))
    view = await desk.pass_on(view, "gang")
    desk.clock.advance(7 * 86_400)
    ask = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
    assert await desk.refused("xue", ask) == "bootstrap.over"
    assert await desk.refused("hao", Apply(role="compliance", person_id=head)) == "bootstrap.over"
    held = await desk.call("xue", ListHeldRoles())
    assert {one.person for one in held.items} == {"郑浩", "吴刚", "冯雪"}


@pytest.mark.clause("S-3.3-7", "S-3.3-2")
async def test_the_bootstrap_way_gives_only_what_it_is_for(new_desk: NewDesk) -> None:
    desk = new_desk
    house = await desk.house()
    person = await desk.hire("li", "李娜", "S0001", house)
    agent = await desk.call("hao", Apply(role="agent", person_id=person))
    assert (agent.bootstrap, agent.next, agent.next_by) == (False, "endorse", ())
    for name in ("hao", "gang", "xue"):
        own = Apply(role="supervisor", person_id=desk.founded.persons[name], unit_id=house, head=True)
        assert await desk.refused("hao", own) == "separation.admin_exclusive"
    # Not for oneself, and only the system admin begins it.
    assert await desk.refused("gang", Apply(role="supervisor", person_id=person, head=True)) == "person.not_found"
    assert await desk.refused("xue", Apply(role="supervisor", person_id=person, head=True)) == "person.not_found"


@pytest.mark.clause("S-3.3-7")
async def test_what_once_was_there_is_never_lacking_again(new_desk: NewDesk) -> None:
    """A compliance officer who is gone does not bring the bootstrap time back."""
    desk = new_desk
    house = await desk.house()
    officer = await desk.hire("he", "何洁", "C0001", house)
    view = await desk.call("hao", Apply(role="compliance", person_id=officer))
    await desk.pass_on(view, "gang", "xue")
    held = next(one for one in (await desk.call("hao", ListHeldRoles())).items if one.person == "何洁")
    await desk.call("hao", RevokeRole(grant_id=held.grant_id))
    early = await asyncio.to_thread(desk.running.parts.store.run, bootstrap)
    assert early.lacking == ("supervisor", "head")
    assert early.open
