"""Reveals as a state machine: whatever people do, in whatever order, a value opens exactly when it may.

The model knows persons, roles, hands and instants, nothing of rows or of the policy. It says beforehand whether an act
must succeed; the desk has to agree, both ways, and a refused act leaves no trace of a reading.
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
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import func, select

from access.context import SECOND
from access.grants import live, requests
from access.grants.context import MINUTE, Limits
from access.ids import UuidIds
from access.policy import Conditions, Refused
from access.roles import Role, group_of
from access.store.open import open_store
from access.store.proof import RowProofs
from access.store.schema import audit_event
from masking.gm import Sm3Mac
from tests.support.clock import FakeClock
from tests.support.house import OTHER_TEAM, TEAM, House
from tests.support.stores import ROW_KEY, make_event

LOST = Conditions(workable=True, hold=None, lost_contact=True)
SLOTS = {"employer_name": 10, "loan_number": 10, "id_number": 5, "contact_name#2": 5}
SECONDS = {"id_number": Role.SECURITY_ADMIN, "contact_name#2": Role.COMPLIANCE}
WORDS = "needed to settle what the customer disputes"
CASES = ("one", "two", "three")
ASKERS = ("asker", "colleague", "boss", "stranger", "security", "admin")
DECIDERS = ("asker", "colleague", "boss", "deputy", "security", "compliance", "auditor", "admin")
MOVES = (
    ("asker", Role.AGENT, TEAM),
    ("asker", Role.SUPERVISOR, TEAM),
    ("colleague", Role.SUPERVISOR, TEAM),
    ("boss", Role.SUPERVISOR, TEAM),
    ("boss", Role.COMPLIANCE, TEAM),
    ("deputy", Role.SUPERVISOR, OTHER_TEAM),
    ("security", Role.SECURITY_ADMIN, TEAM),
    ("compliance", Role.COMPLIANCE, TEAM),
)


@dataclass
class Asked:
    """A request and the grant that may come of it, as the model sees them."""

    row: dict[str, Any]
    person: str
    case: str
    slots: tuple[str, ...]
    minutes: int
    asked_at: int
    state: str = "pending"
    waits_until: int = 0
    first: tuple[str, Role] | None = None
    grant: Any = None
    open_by: int = 0
    ends_at: int | None = None
    over: bool = False

    @property
    def second(self) -> Role | None:
        return next((SECONDS[slot] for slot in self.slots if slot in SECONDS), None)

    def waiting(self, now: int) -> bool:
        return self.state in ("pending", "pending2") and now < self.waits_until

    def live(self, now: int) -> bool:
        end = self.open_by if self.ends_at is None else self.ends_at
        return self.grant is not None and not self.over and now < end


@dataclass
class Staff:
    """Who holds what now."""

    seats: dict[str, set[tuple[Role, str]]] = field(default_factory=dict)
    suspended: set[str] = field(default_factory=set)

    def has(self, name: str, role: Role, unit: str | None = None) -> bool:
        if name in self.suspended:
            return False
        return any(held is role and unit in (None, at) for held, at in self.seats.get(name, set()))

    def reaches(self, name: str, hand: str | None) -> bool:
        """The case of team one in this hand is one they may ask about."""
        own = hand == name and self.has(name, Role.AGENT, TEAM)
        return own or self.has(name, Role.SUPERVISOR, TEAM)

    def first_role(self, name: str, asker: str, *, escalated: bool) -> Role | None:
        """The role in which they could give the first approval."""
        if name == asker or name in self.suspended:
            return None
        if (Role.SUPERVISOR, TEAM) in self.seats.get(asker, set()):
            return next((role for role in (Role.SUPERVISOR, Role.COMPLIANCE) if self.has(name, role)), None)
        stands_in = name == "deputy" and escalated and self.has(name, Role.SUPERVISOR)
        return Role.SUPERVISOR if stands_in or self.has(name, Role.SUPERVISOR, TEAM) else None

    def could_second(self, name: str, asker: str, first: tuple[str, Role], role: Role) -> bool:
        return name not in (asker, first[0]) and self.has(name, role) and group_of(first[1]) is not group_of(role)

    def carried(self, asker: str, second: Role | None) -> bool:
        """Enough people are there to bring such a request to its end."""
        firsts = [(name, self.first_role(name, asker, escalated=True)) for name in self.seats]
        able = [(name, role) for name, role in firsts if role is not None]
        if second is None:
            return bool(able)
        return any(self.could_second(name, asker, one, second) for one in able for name in self.seats)


class Reveals(RuleBasedStateMachine):
    """People ask, decide, look, change roles and hands; time passes, sometimes backwards; the desk restarts."""

    def __init__(self, built: House, template: Path) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vd-machine-"))
        shutil.copy(template, self.folder / "desk.db")
        self.clock = FakeClock()
        self.clock.advance(1)
        self.ids = UuidIds(self.clock)
        self.proofs = built.proofs
        people, cases = dict(built.people), dict(built.cases)
        self.house = House(self.open(), self.proofs, self.clock, people=people, cases=cases)
        self.house.limits = Limits(u2_a_day=10_000, u3_a_day=10_000)
        self.staff = Staff()
        for name in self.house.people:
            self.staff.seats[name] = set()
        for name, role, unit in (*MOVES, ("colleague", Role.AGENT, TEAM), ("stranger", Role.AGENT, OTHER_TEAM)):
            self.staff.seats[name].add((role, unit))
        self.staff.seats["asker"].discard((Role.SUPERVISOR, TEAM))
        self.staff.seats["colleague"].discard((Role.SUPERVISOR, TEAM))
        self.staff.seats["boss"].discard((Role.COMPLIANCE, TEAM))
        self.staff.seats["auditor"].add((Role.AUDITOR, TEAM))
        self.staff.seats["admin"].add((Role.SYSTEM_ADMIN, TEAM))
        self.usual = {name: set(seats) for name, seats in self.staff.seats.items()}
        self.hands: dict[str, str | None] = {"one": "asker", "two": "asker", "three": "colleague"}
        self.asked: list[Asked] = []
        self.shown = 0

    def open(self) -> Any:
        return open_store(f"sqlite:///{self.folder / 'desk.db'}", clock=self.clock, ids=self.ids)

    @property
    def now(self) -> int:
        return self.clock.now_us()

    def agree(self, must: bool, work: Callable[[], Any]) -> Any:  # noqa: FBT001 - whatever it returns
        """The act succeeds exactly when the model says so."""
        refusal: Refused | None = None
        done = None
        try:
            done = work()
        except Refused as no:
            refusal = no
        assert must is (refusal is None), f"the desk says {refusal}"
        return done

    @initialize()
    def begin(self) -> None:
        assert self.house.log("case:field:reveal") == []

    @rule(
        name=st.sampled_from(ASKERS),
        case=st.sampled_from(CASES),
        slots=st.lists(st.sampled_from(sorted(SLOTS)), min_size=1, max_size=2, unique=True),
        minutes=st.integers(1, 6),
    )
    def ask(self, name: str, case: str, slots: list[str], minutes: int) -> None:
        seconds = {SECONDS[slot] for slot in slots if slot in SECONDS}
        second = next(iter(seconds), None)
        busy = any(
            one.person == name and one.case != case and (one.waiting(self.now) or one.live(self.now))
            for one in self.asked
        )
        must = (
            self.staff.reaches(name, self.hands[case])
            and len(seconds) < 2
            and minutes <= min(SLOTS[slot] for slot in slots)
            and self.staff.carried(name, second)
            and not busy
        )
        work = partial(self.house.ask, name, case, tuple(slots), words=WORDS, minutes=minutes, base=LOST)
        row = self.agree(must, work)
        if row is not None:
            until = self.now + 15 * MINUTE
            self.asked.append(Asked(row, name, case, tuple(slots), minutes, self.now, waits_until=until))

    @precondition(lambda self: self.asked)
    @rule(
        data=st.data(),
        name=st.sampled_from(DECIDERS),
        verdict=st.sampled_from(["approve", "approve", "approve", "refuse"]),
        less=st.integers(0, 2),
        login=st.sampled_from([None, "f" * 32]),
    )
    def decide(self, data: st.DataObject, name: str, verdict: str, less: int, login: str | None) -> None:
        waiting = [one for one in self.asked if one.waiting(self.now)]
        self.settle(name, data.draw(st.sampled_from(waiting or self.asked)), verdict, less, login)

    def role_for(self, name: str, one: Asked) -> Role | None:
        """The role in which this person may decide this request now."""
        if one.state == "pending2" and one.first is not None and one.second is not None:
            return one.second if self.staff.could_second(name, one.person, one.first, one.second) else None
        if one.state == "pending":
            return self.staff.first_role(name, one.person, escalated=self.now >= one.asked_at + 5 * MINUTE)
        return None

    def settle(self, name: str, one: Asked, verdict: str, less: int, login: str | None) -> None:
        role = self.role_for(name, one)
        minutes = max(one.minutes - less, 1)
        more: dict[str, Any] = {"reason": "not needed"} if verdict == "refuse" else {"minutes": minutes}

        def work() -> Any:
            return self.house.act(
                name, lambda desk: requests.decide_request(desk, one.row["id"], verdict, **more), login_id=login
            )

        row = self.agree(role is not None and one.waiting(self.now), work)
        if row is None or role is None:
            return
        if verdict == "refuse":
            one.state = "rejected"
            return
        one.minutes = minutes
        if one.state == "pending" and one.second is not None:
            one.state, one.first = "pending2", (name, role)
            one.waits_until = self.now + 15 * MINUTE
            return
        one.state = "approved"
        one.grant, one.open_by = self.house.granted(one.row), self.now + 10 * MINUTE
        assert one.grant["person_id"] == self.house.people[one.person] != self.house.people[name]

    @rule(case=st.sampled_from(CASES), slot=st.sampled_from(sorted(SLOTS)), minutes=st.integers(1, 5))
    def ask_rightly(self, case: str, slot: str, minutes: int, name: str | None = None) -> None:
        name = name or self.hands[case]
        if name is not None:
            self.ask(name, case, [slot], minutes)

    @precondition(lambda self: any(one.waiting(self.now) for one in self.asked))
    @rule(data=st.data(), less=st.integers(0, 1))
    def decide_rightly(self, data: st.DataObject, less: int) -> None:
        """Somebody decides who may, where there is somebody."""
        one = data.draw(st.sampled_from([one for one in self.asked if one.waiting(self.now)]))
        able = [name for name in DECIDERS if self.role_for(name, one) is not None]
        if able:
            self.settle(data.draw(st.sampled_from(able)), one, "approve", less, None)

    @rule(
        case=st.sampled_from(CASES),
        slot=st.sampled_from(sorted(SLOTS)),
        minutes=st.integers(1, 5),
        name=st.sampled_from([None, "boss"]),
    )
    def ask_decide_and_look(self, case: str, slot: str, minutes: int, name: str | None) -> None:
        """The whole way at once, as far as the people there allow it."""
        before = len(self.asked)
        self.ask_rightly(case, slot, minutes, name)
        for one in self.asked[before:]:
            while one.waiting(self.now):
                able = [name for name in DECIDERS if self.role_for(name, one) is not None]
                if not able:
                    return
                self.settle(able[0], one, "approve", 0, None)
            self.look(one.person, one, one.case, slot)

    def may_look(self, name: str, one: Asked, case: str, slot: str) -> bool:
        return (
            one.live(self.now)
            and one.person == name
            and one.case == case
            and slot in one.slots
            and self.staff.reaches(name, self.hands[case])
        )

    def look(self, name: str, one: Asked, case: str, slot: str) -> None:
        must = self.may_look(name, one, case, slot)
        row = self.agree(must, partial(self.house.view, name, one.grant, slot, case, base=LOST))
        if row is None:
            return
        self.shown += 1
        if one.ends_at is None:
            one.ends_at = self.now + one.minutes * MINUTE
        assert row["ends_at"] == one.ends_at > self.now

    @precondition(lambda self: any(one.grant is not None for one in self.asked))
    @rule(data=st.data())
    def look_rightly(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from([one for one in self.asked if one.grant is not None][-4:]))
        self.look(one.person, one, one.case, data.draw(st.sampled_from(one.slots)))

    @precondition(lambda self: any(one.grant is not None for one in self.asked))
    @rule(
        data=st.data(),
        name=st.sampled_from(["boss", "colleague", "asker", "security"]),
        case=st.sampled_from([None, None, *CASES]),
        slot=st.sampled_from([None, None, *sorted(SLOTS)]),
    )
    def look_anyhow(self, data: st.DataObject, name: str, case: str | None, slot: str | None) -> None:
        """At another's grant, through another case, at another field; or rightly."""
        granted = [one for one in self.asked if one.grant is not None]
        one = data.draw(st.sampled_from([one for one in granted if one.live(self.now)] or granted))
        self.look(name, one, case or one.case, slot or one.slots[0])

    @precondition(lambda self: any(one.live(self.now) and one.ends_at is not None for one in self.asked))
    @rule(data=st.data())
    def wait_for_the_edge(self, data: st.DataObject) -> None:
        """One microsecond before the end it still shows, at the end it does not."""
        one = data.draw(st.sampled_from([one for one in self.asked if one.live(self.now) and one.ends_at is not None]))
        assert one.ends_at is not None
        self.clock.advance((one.ends_at - 1 - self.now) / SECOND)
        assert self.now == one.ends_at - 1
        self.look(one.person, one, one.case, one.slots[0])
        self.clock.advance(1e-6)
        assert not one.live(self.now)
        self.look(one.person, one, one.case, one.slots[0])

    @precondition(lambda self: any(one.grant is not None for one in self.asked))
    @rule(data=st.data(), name=st.sampled_from(DECIDERS))
    def revoke(self, data: st.DataObject, name: str) -> None:
        one = data.draw(st.sampled_from([one for one in self.asked if one.grant is not None]))
        own = one.person == name and (self.staff.has(name, Role.AGENT) or self.staff.has(name, Role.SUPERVISOR, TEAM))
        anybody = any(self.staff.has(name, role) for role in (Role.SECURITY_ADMIN, Role.COMPLIANCE))
        must = one.live(self.now) and (own or anybody or self.staff.has(name, Role.SUPERVISOR, TEAM))
        if self.agree(must, partial(self.house.revoke, name, one.grant)) is not None:
            one.over = True

    @precondition(lambda self: self.asked)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        one = data.draw(st.sampled_from(self.asked))
        mine = self.staff.has(one.person, Role.AGENT) or self.staff.has(one.person, Role.SUPERVISOR, TEAM)
        must = mine and one.state in ("pending", "pending2")
        if self.agree(must, partial(self.house.withdraw, one.person, one.row)) is not None:
            one.state = "withdrawn"

    @rule(case=st.sampled_from(CASES), to=st.sampled_from(["asker", "colleague", None]), tell=st.booleans())
    def reassign(self, case: str, to: str | None, tell: bool) -> None:  # noqa: FBT001 - drawn
        """A case changes hands; even if nobody ended what the old hand held, it shows nothing any more."""
        before, self.hands[case] = self.hands[case], to
        self.house.assign(case, to)
        if not tell or before is None or before == to:
            return
        person_id, case_id = self.house.people[before], self.house.cases[case].id
        self.house.act(
            "boss", lambda desk: live.end_grants(desk, case_id=case_id, person_id=person_id, why="reassigned")
        )
        for one in self.asked:
            if (one.person, one.case) == (before, case):
                one.over = True
                one.state = "withdrawn" if one.state in ("pending", "pending2") else one.state

    @rule(move=st.sampled_from(MOVES))
    def change_role(self, move: tuple[str, Role, str]) -> None:
        """Promoted or demoted, in the middle of anything."""
        name, role, unit = move
        if (role, unit) in self.staff.seats[name]:
            self.house.take(name, role)
            self.staff.seats[name].discard((role, unit))
        else:
            self.house.give(name, role, unit)
            self.staff.seats[name].add((role, unit))

    @rule()
    def all_as_usual(self) -> None:
        for name in sorted(self.staff.suspended):
            self.house.set_person(name, state="active")
        self.staff.suspended.clear()
        for name, role, unit in MOVES:
            now, usual = self.staff.seats[name], self.usual[name]
            if ((role, unit) in now) != ((role, unit) in usual):
                self.change_role((name, role, unit))

    @rule(name=st.sampled_from(["asker", "boss", "security"]))
    def suspend_or_restore(self, name: str) -> None:
        back = name in self.staff.suspended
        self.house.set_person(name, state="active" if back else "suspended")
        self.staff.suspended ^= {name}

    @rule(seconds=st.sampled_from([0.000001, 1, 10, 59, 59.999999, 60, 180, 300, 600]))
    def time_passes(self, seconds: float) -> None:
        self.clock.advance(seconds)

    @rule()
    def clockwork(self) -> None:
        """What the desk writes down by itself changes nothing about what may be seen."""
        ended = {row["id"] for row in self.house.act(None, live.expire_due)}
        timed_out = {row["id"] for row in self.house.act(None, requests.time_out_due)}
        self.house.act(None, requests.escalate_due)
        for one in self.asked:
            if one.grant is not None and one.grant["id"] in ended:
                assert not one.live(self.now)
                one.over = True
            if one.row["id"] in timed_out:
                assert not one.waiting(self.now)
                one.state = "timed_out"
        assert not any(one.grant is not None and not one.over and not one.live(self.now) for one in self.asked)

    @rule(back=st.sampled_from([2.1, 60, 3600]))
    def the_clock_runs_back(self, back: float) -> None:
        """Until it has caught up, nothing is asked, decided or shown."""
        self.house.store.run(lambda uow: uow.append(make_event(uow)))
        self.clock.advance(-back)
        for one in self.asked[-4:]:
            self.agree(False, partial(self.house.ask, one.person, one.case, base=LOST))  # noqa: FBT003
            self.agree(False, partial(self.house.decide, "boss", one.row))  # noqa: FBT003
            if one.grant is not None:
                self.agree(False, partial(self.house.view, one.person, one.grant, one.slots[0], one.case, base=LOST))  # noqa: FBT003
        self.clock.advance(back)

    @rule()
    def restart(self) -> None:
        self.house.store.close()
        self.house.store = self.open()

    @invariant()
    def every_value_shown_has_one_committed_event(self) -> None:
        query = select(func.count()).where(audit_event.c.action == "case:field:reveal")
        with self.house.store.engine.connect() as connection:
            assert connection.execute(query).scalar_one() == self.shown

    @invariant()
    def what_is_listed_as_live_is_live(self) -> None:
        listed = self.house.store.run(lambda uow: [row["id"] for row in live.live_grants(uow, self.proofs, uow.now)])
        assert set(listed) == {one.grant["id"] for one in self.asked if one.live(self.now)}

    def teardown(self) -> None:
        self.house.store.close()
        shutil.rmtree(self.folder)


@pytest.mark.slow
@pytest.mark.clause("C-5.4d-2", "C-5.4c", "R-28a", "Y-4.2.1", "S-3.3", "S-4.1", "issue-2")
def test_a_value_opens_exactly_when_it_may(sqlite_url: str, tmp_path: Path) -> None:
    clock = FakeClock()
    store = open_store(sqlite_url, clock=clock, ids=UuidIds(clock))
    built = House.build(store, RowProofs(Sm3Mac(ROW_KEY)), clock)
    store.close()
    run_state_machine_as_test(
        partial(Reveals, built, tmp_path / "desk.db"),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=60,
            stateful_step_count=50,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
