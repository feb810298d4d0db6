"""Roles as a state machine: whatever people do, in whatever order, the separation rules of §3.3 hold.

Promotion, demotion, heads that change, delegation, second accounts. The model knows persons, seats, heads and instants,
nothing of rows or of the policy. It says beforehand whether an act must succeed; the desk has to agree, both ways.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import select

from access.context import SECOND
from access.errors import AccessError
from access.grants.context import GrantDesk
from access.ids import UuidIds
from access.people import staff
from access.people.directory import holders, seats_of
from access.roles import ADMIN_ROLES, AGENCY_ROLES, BUSINESS_ROLES, Role
from access.roles.applying import Wanted, apply, withdraw
from access.roles.deciding import take_step
from access.roles.delegations import delegate
from access.roles.ending import revoke
from access.store.base import Store, UnitOfWork
from access.store.open import open_store
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, delegation, org_unit, role_application, role_grant, role_step
from masking.gm import Sm3Mac
from tests.support.clock import FakeClock
from tests.support.house import OTHER_TEAM, TEAM, House
from tests.support.stores import ROW_KEY, make_event

HOUSE = "c" * 32
ABOVE: dict[str, str | None] = {TEAM: HOUSE, OTHER_TEAM: HOUSE, HOUSE: None}
DAY = 86_400 * SECOND
WIDE = ADMIN_ROLES | {Role.COMPLIANCE}
CAST = {
    "hao": (HOUSE, Role.SYSTEM_ADMIN),
    "hao2": (HOUSE, Role.SYSTEM_ADMIN),
    "gang": (HOUSE, Role.SECURITY_ADMIN),
    "gang2": (HOUSE, Role.SECURITY_ADMIN),
    "xue": (HOUSE, Role.AUDITOR),
    "he": (HOUSE, Role.COMPLIANCE),
    "he2": (HOUSE, Role.COMPLIANCE),
    "boss": (HOUSE, Role.SUPERVISOR),
    "li": (TEAM, Role.SUPERVISOR),
    "zhao": (OTHER_TEAM, Role.SUPERVISOR),
    "an": (TEAM, Role.AGENT),
    "bo": (OTHER_TEAM, None),
}
NAMES = tuple(CAST)
STEP_ROLE = {"enter": Role.SYSTEM_ADMIN, "approve": Role.SECURITY_ADMIN, "file": Role.COMPLIANCE}
NEXT = {"requested": "endorse", "endorsed": "enter", "entered": "approve", "approved": "file"}
AFTER = {"requested": "endorsed", "endorsed": "entered", "entered": "approved", "approved": "active"}


@dataclass
class Paper:
    """An application, as the model sees it."""

    id: str
    subject: str
    applicant: str
    role: Role
    unit: str | None
    head: bool
    version: int
    state: str = "requested"
    took: dict[str, str] = field(default_factory=dict)
    behind: set[str] = field(default_factory=set)


@dataclass
class Lent:
    """Approvals in somebody else's hands."""

    unit: str
    giver: str
    taker: str
    since: int
    until: int
    over: bool = False


class Roles(RuleBasedStateMachine):
    """See the module."""

    def __init__(self, template: Path, people: dict[str, str]) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vd-roles-"))
        shutil.copy(template, self.folder / "desk.db")
        self.clock = FakeClock()
        self.clock.advance(1)
        store: Store = open_store(f"sqlite:///{self.folder / 'desk.db'}", clock=self.clock, ids=UuidIds(self.clock))
        self.house = House(store, RowProofs(Sm3Mac(ROW_KEY)), self.clock, people=people)
        self.names = {person_id: name for name, person_id in people.items()}
        self.seats: dict[str, set[tuple[Role, str | None]]] = {
            name: {(role, None if role in WIDE else unit)} if role is not None else set()
            for name, (unit, role) in CAST.items()
        }
        self.heads: dict[str, str | None] = {HOUSE: "boss", TEAM: "li", OTHER_TEAM: "zhao"}
        self.papers: list[Paper] = []
        self.lent: list[Lent] = []

    # -- the model --------------------------------------------------------------------------------------------------
    @property
    def now(self) -> int:
        return self.clock.now_us()

    def has(self, name: str, role: Role, unit: str | None = None) -> bool:
        return any(held is role and unit in (None, at) for held, at in self.seats[name])

    def above(self, name: str) -> set[str]:
        """Who heads the units that somebody belongs to."""
        found: set[str | None] = set()
        unit: str | None = CAST[name][0]
        while unit is not None:
            found.add(self.heads[unit])
            unit = ABOVE[unit]
        return {one for one in found if one is not None and one != name}

    def goes_together(self, roles: set[Role]) -> bool:
        admin = roles & ADMIN_ROLES
        if len(admin) > 1 or (admin and roles & (BUSINESS_ROLES | AGENCY_ROLES)):
            return False
        return not (Role.COMPLIANCE in roles and roles & {Role.SYSTEM_ADMIN, Role.AUDITOR})

    def delegated(self, unit: str) -> Lent | None:
        return next(
            (
                one
                for one in self.lent
                if one.unit == unit
                and not one.over
                and one.since <= self.now < one.until
                and one.giver == self.heads[unit]
            ),
            None,
        )

    def endorsers(self, paper: Paper) -> dict[str, str | None]:
        """Who may give the head's word, and in whose place."""
        apart = {paper.subject, paper.applicant}
        unit: str | None = paper.unit or CAST[paper.subject][0]
        while unit is not None:
            head = self.heads[unit]
            if head is not None and head not in apart and self.has(head, Role.SUPERVISOR, unit):
                found: dict[str, str | None] = {head: None}
                given = self.delegated(unit)
                if (
                    given is not None
                    and given.taker not in apart
                    and paper.subject not in self.above(given.taker)
                    and self.has(given.taker, Role.SUPERVISOR)
                ):
                    found.setdefault(given.taker, head)
                return found
            unit = ABOVE[unit]
        peers = {
            head
            for at, head in self.heads.items()
            if head is not None
            and head not in apart
            and self.has(head, Role.SUPERVISOR, at)
            and paper.subject not in self.above(head)
        }
        officers = {name for name in NAMES if self.has(name, Role.COMPLIANCE)}
        return dict.fromkeys((peers | officers) - apart)

    def may_step(self, name: str, paper: Paper) -> bool:
        stage = NEXT.get(paper.state)
        if stage is None:
            return False
        apart = {paper.subject, *paper.took.values(), *paper.behind}
        if stage != "enter":
            apart.add(paper.applicant)
        if name in apart or not self.goes_together({role for role, _ in self.seats[name]}):
            return False
        if stage == "endorse":
            return name in self.endorsers(paper)
        return self.has(name, STEP_ROLE[stage])

    def may_apply(self, name: str, subject: str, role: Role, unit: str | None) -> bool:
        reached = unit or CAST[subject][0]
        rights = name == subject or self.has(name, Role.SYSTEM_ADMIN) or self.has(name, Role.SUPERVISOR, reached)
        place = None if role in WIDE else reached
        roles = {held for held, _ in self.seats[subject]} | {role}
        again = any(
            (one.subject, one.role, one.unit) == (subject, role, place) and one.state in NEXT for one in self.papers
        )
        return rights and self.goes_together(roles) and (role, place) not in self.seats[subject] and not again

    def agree(self, must: bool, work: Callable[[], Any]) -> Any:  # noqa: FBT001
        """Do it; it succeeds exactly when the model says that it must."""
        done, code = None, ""
        try:
            done = work()
        except AccessError as refused:
            code = refused.code
        assert must == (not code), code or "the desk allowed what the model forbids"
        return done

    def act(self, name: str, work: Callable[[GrantDesk], Any], *, second: bool = False) -> Any:
        """One act of somebody, by their first or second account."""
        return self.house.act(name, work, login_id=("2" if second else "1") * 32)

    # -- what people do -----------------------------------------------------------------------------------------------
    @rule(
        name=st.sampled_from(NAMES),
        subject=st.sampled_from(NAMES),
        role=st.sampled_from([Role.AGENT, Role.SUPERVISOR, Role.COMPLIANCE, Role.SECURITY_ADMIN, Role.AUDITOR]),
        unit=st.sampled_from([TEAM, OTHER_TEAM, HOUSE, None]),
        head=st.booleans(),
        second=st.booleans(),
    )
    def applies(self, name: str, subject: str, role: Role, unit: str | None, head: bool, second: bool) -> None:  # noqa: FBT001
        head = head and role is Role.SUPERVISOR
        wanted = Wanted(self.house.people[subject], role.value, unit, 90, "", head)
        must = self.may_apply(name, subject, role, unit)
        row = self.agree(must, lambda: self.act(name, lambda desk: apply(desk, wanted), second=second))
        if row is not None:
            place = None if role in WIDE else unit or CAST[subject][0]
            self.papers.append(Paper(row["id"], subject, name, role, place, head, row["version"]))

    @precondition(lambda self: any(paper.state in NEXT for paper in self.papers))
    @rule(data=st.data(), willing=st.booleans(), second=st.booleans(), refuses=st.sampled_from([False] * 9 + [True]))
    def takes_a_step(self, data: st.DataObject, willing: bool, second: bool, refuses: bool) -> None:  # noqa: FBT001
        paper = data.draw(st.sampled_from([one for one in self.papers if one.state in NEXT]))
        fit = [name for name in NAMES if self.may_step(name, paper)]
        name = data.draw(st.sampled_from(fit if fit and willing else NAMES))
        roles = {role for role, _ in self.seats[paper.subject]} | {paper.role}
        last = paper.state == "approved" and not refuses
        must = name in fit and (not last or self.goes_together(roles))
        stands_for = self.endorsers(paper).get(name) if paper.state == "requested" else None
        verdict = ("refuse", "not now") if refuses else ("approve", "")
        row = self.agree(
            must,
            lambda: self.act(name, lambda desk: take_step(desk, paper.id, *verdict, paper.version), second=second),
        )
        if row is None:
            return
        paper.version = row["version"]
        paper.took[NEXT[paper.state]] = name
        paper.behind |= {stands_for} - {None}  # type: ignore[arg-type]
        paper.state = "rejected" if refuses else AFTER[paper.state]
        if paper.state == "active":
            self.seats[paper.subject].add((paper.role, paper.unit))
            if paper.head and paper.unit is not None:
                self.heads[paper.unit] = paper.subject

    @precondition(lambda self: any(paper.state in NEXT for paper in self.papers))
    @rule(data=st.data(), name=st.sampled_from(NAMES))
    def takes_back(self, data: st.DataObject, name: str) -> None:
        paper = data.draw(st.sampled_from([one for one in self.papers if one.state in NEXT]))
        must = name in (paper.subject, paper.applicant)
        row = self.agree(must, lambda: self.act(name, lambda desk: withdraw(desk, paper.id)))
        if row is not None:
            paper.state = "withdrawn"

    @rule(name=st.sampled_from(NAMES), subject=st.sampled_from(NAMES), data=st.data(), second=st.booleans())
    def demotes(self, name: str, subject: str, data: st.DataObject, second: bool) -> None:  # noqa: FBT001
        if not self.seats[subject]:
            return
        role, unit = data.draw(st.sampled_from(sorted(self.seats[subject], key=str)))
        reached = unit or CAST[subject][0]
        rights = any(self.has(name, one) for one in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.COMPLIANCE))
        rights = rights or self.has(name, Role.SUPERVISOR, reached)
        last = role in ADMIN_ROLES and sum(self.has(one, role) for one in NAMES) == 1
        grant_id = self.grant_of(subject, role, unit)
        must = rights and name != subject and not last
        done = self.agree(must, lambda: self.act(name, lambda desk: revoke(desk, grant_id), second=second))
        if done is None:
            return
        self.seats[subject].discard((role, unit))
        if role is Role.SUPERVISOR:
            for one in self.lent:
                one.over = one.over or subject in (one.giver, one.taker)
            if unit is not None and self.heads[unit] == subject:
                self.heads[unit] = None

    def grant_of(self, subject: str, role: Role, unit: str | None) -> str:
        query = select(role_grant.c.id).where(
            role_grant.c.person_id == self.house.people[subject],
            role_grant.c.role == role.value,
            role_grant.c.state == "active",
            role_grant.c.unit_id == unit if unit is not None else role_grant.c.unit_id.is_(None),
        )
        return str(self.house.store.run(lambda uow: uow.connection.execute(query).scalars().first()))

    @rule(
        name=st.sampled_from(("li", "zhao", "boss", "an")),
        to=st.sampled_from(("li", "zhao", "boss", "an", "he")),
        unit=st.sampled_from((TEAM, OTHER_TEAM, HOUSE)),
        days=st.integers(0, 9),
    )
    def delegates(self, name: str, to: str, unit: str, days: int) -> None:
        until = self.now + days * DAY
        meanwhile = [one for one in self.lent if not one.over and one.since < until and self.now < one.until]
        must = (
            self.heads[unit] == name
            and to != name
            and self.has(to, Role.SUPERVISOR)
            and 0 < days <= 7
            and not any(to == one.giver or name == one.taker or unit == one.unit for one in meanwhile)
        )
        since = self.now
        done = self.agree(
            must,
            lambda: self.act(
                name, lambda desk: delegate(desk, unit, to_id=self.house.people[to], starts_at=since, ends_at=until)
            ),
        )
        if done is not None:
            self.lent.append(Lent(unit, name, to, since, until))

    @rule(unit=st.sampled_from((TEAM, OTHER_TEAM, HOUSE)), data=st.data())
    def gets_another_head(self, unit: str, data: st.DataObject) -> None:
        fit = [name for name in NAMES if self.has(name, Role.SUPERVISOR, unit)]
        head = data.draw(st.sampled_from([*fit, None]))

        def change(desk: GrantDesk) -> None:
            head_id = self.house.people[head] if head is not None else None
            staff.set_unit_heads(desk, unit, head_id=head_id, deputy_id=None)

        self.act("hao", change)
        self.heads[unit] = head

    @rule(days=st.integers(1, 4))
    def time_passes(self, days: int) -> None:
        if self.now < 80 * DAY + 1_790_000_000_000_000:
            self.clock.advance(days * 86_400)

    # -- what always holds --------------------------------------------------------------------------------------------
    @invariant()
    def the_rules_hold(self) -> None:
        self.house.store.run(self._holds)

    def _holds(self, uow: UnitOfWork) -> None:
        proofs = self.house.proofs
        for name, person_id in self.house.people.items():
            seats = {(seat.role, seat.unit_id) for seat in seats_of(uow, proofs, person_id)}
            assert seats == self.seats[name], name
            assert self.goes_together({role for role, _ in seats}), name
        for role in ADMIN_ROLES:
            assert holders(uow, proofs, role), "no admin of a kind is left"
        for paper in uow.connection.execute(select(role_application)).mappings():
            if paper["state"] == "active":
                self._carried(uow, dict(paper))
        lent = list(uow.connection.execute(select(delegation).where(delegation.c.state == "active")).mappings())
        for one in lent:
            assert one["ends_at"] - one["starts_at"] <= 7 * DAY
            assert one["from_id"] != one["to_id"]
            for other in lent:
                overlap = one["starts_at"] < other["ends_at"] and other["starts_at"] < one["ends_at"]
                assert not (overlap and one["to_id"] == other["from_id"]), "a chain"

    @staticmethod
    def _carried(uow: UnitOfWork, paper: dict[str, Any]) -> None:
        """Every role given was carried by different people, none of them its holder."""
        query = select(role_step).where(role_step.c.application_id == paper["id"])
        steps = list(uow.connection.execute(query).mappings())
        people = [step["person_id"] for step in steps]
        behind = {step["stands_for"] for step in steps if step["stands_for"]}
        assert len(set(people)) == len(people) == 4
        assert paper["person_id"] not in {*people, *behind}
        assert paper["applicant_id"] not in {step["person_id"] for step in steps if step["stage"] != "enter"}

    def teardown(self) -> None:
        self.house.store.close()
        shutil.rmtree(self.folder)


def build(url: str) -> dict[str, str]:
    """The house as every run finds it."""
    clock = FakeClock()
    store = open_store(url, clock=clock, ids=UuidIds(clock))
    house = House(store, RowProofs(Sm3Mac(ROW_KEY)), clock)
    for name, (unit, role) in CAST.items():
        house.join(name, *([role] if role is not None else []), unit=unit)
    heads = {HOUSE: "boss", TEAM: "li", OTHER_TEAM: "zhao"}
    for unit in (HOUSE, TEAM, OTHER_TEAM):
        values = {
            "id": unit,
            "tenant_id": DESK_TENANT,
            "parent_id": ABOVE[unit],
            "kind": "team",
            "name": unit[0],
            "head_id": house.people[heads[unit]],
            "deputy_id": None,
        }
        store.run(lambda uow, values=values: house.proofs.insert(uow, org_unit, values, make_event(uow)))  # type: ignore[misc]
    store.close()
    return house.people


@pytest.mark.slow
@pytest.mark.clause("S-3.3-1", "S-3.3-2", "S-3.3-5", "S-3.3-7", "S-3.3-13", "S-3.3-15", "C-5.4c", "issue-3")
def test_separation_holds_whatever_people_do(sqlite_url: str, tmp_path: Path) -> None:
    people = build(sqlite_url)
    run_state_machine_as_test(
        partial(Roles, tmp_path / "desk.db", people),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=25,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
