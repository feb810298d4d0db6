"""Roles against the calendar, as a state machine: whoever comes, goes and runs out, no role of the desk's own is lost.

The model knows who holds what until when. It never asks the desk who is last; it looks at what is left.
"""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from access.errors import AccessError
from access.grants.context import GrantDesk
from access.ids import UuidIds
from access.people import seats, staff
from access.people.directory import OVERDUE, held_rows, holders, seats_of
from access.roles import Role, ending
from access.roles.separation import OUTLASTING
from access.store.base import UnitOfWork
from access.store.open import open_store
from access.store.proof import RowProofs
from access.store.schema import role_grant
from masking.gm import Sm3Mac
from tests.support.clock import FakeClock
from tests.support.house import House
from tests.support.stores import ROW_KEY

DAY = 86_400_000_000
NAMES = ("ann", "ben", "cem", "dan", "eve", "fay")
MAKERS = ("maker", "checker")
WIDE = tuple(sorted(OUTLASTING))


def give(desk: GrantDesk, people: dict[str, str], name: str, role: Role, until: int) -> None:
    """A role until an instant, by two others."""
    staff.grant_role(
        desk,
        person_id=people[name],
        role=role,
        requested_by=people["maker"],
        approved_by=people["checker"],
        valid_until=until,
    )


class Calendar(RuleBasedStateMachine):
    """See the module. Everybody but the two who write grants down may hold a role; at first three do, for a month."""

    def __init__(self, template: Path, people: dict[str, str]) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="vd-calendar-"))
        shutil.copy(template, self.folder / "desk.db")
        self.clock = FakeClock()
        self.clock.advance(1)
        store = open_store(f"sqlite:///{self.folder / 'desk.db'}", clock=self.clock, ids=UuidIds(self.clock))
        self.house = House(store, RowProofs(Sm3Mac(ROW_KEY)), self.clock, people=people)

    def tried(self, work: Callable[[GrantDesk], object]) -> None:
        """Do it if the rules let it be done."""
        with contextlib.suppress(AccessError):
            self.house.act(None, work)

    @rule(name=st.sampled_from(NAMES), role=st.sampled_from(WIDE), days=st.integers(1, 40))
    def is_given(self, name: str, role: Role, days: int) -> None:
        people = self.house.people
        until = self.clock.now_us() + days * DAY
        self.tried(lambda desk: give(desk, people, name, role, until))

    @rule(name=st.sampled_from(NAMES), role=st.sampled_from(WIDE))
    def is_taken(self, name: str, role: Role) -> None:
        def take(desk: GrantDesk) -> None:
            mine = (role_grant.c.person_id == self.house.people[name], role_grant.c.role == role.value)
            for row in held_rows(desk.uow, desk.proofs, role_grant, *mine):
                if row["state"] in ("active", OVERDUE) and role is not Role.COMPLIANCE:
                    staff.revoke_role(desk, row["id"])

        self.tried(take)

    @rule(name=st.sampled_from(NAMES))
    def goes(self, name: str) -> None:
        """Stopped and everything taken, in one act; never the last one's."""
        person_id = self.house.people[name]

        def go(desk: GrantDesk) -> None:
            held = [seat.role for seat in seats_of(desk.uow, desk.proofs, person_id)]
            if Role.COMPLIANCE in held:
                return
            staff.change_person(desk, person_id, state="suspended")
            seats.suspend_seats(desk, person_id)
            seats.revoke_seats(desk, person_id)
            staff.change_person(desk, person_id, state="active")

        self.tried(go)

    @rule(days=st.integers(1, 60), hours=st.integers(0, 23))
    def time_passes(self, days: int, hours: int) -> None:
        if self.clock.now_us() < 1_790_000_000_000_000 + 2000 * DAY:
            self.clock.advance(days * 86_400 + hours * 3600)

    @rule()
    def clock_works(self) -> None:
        self.beat()

    def beat(self) -> None:
        """What the desk's clockwork does with roles."""

        def work(desk: GrantDesk) -> None:
            ending.announce_due(desk)
            ending.expire_due(desk)
            ending.settle_overdue(desk)

        self.house.act(None, work)

    @invariant()
    def nothing_is_lost(self) -> None:
        self.beat()
        self.house.store.run(self._holds)

    def _holds(self, uow: UnitOfWork) -> None:
        rows = uow.connection.execute(select(role_grant)).mappings().all()
        for role in WIDE:
            in_force = holders(uow, self.house.proofs, role)
            overdue = {row["person_id"] for row in rows if row["role"] == role and row["state"] == OVERDUE}
            assert in_force or overdue, f"nobody is left to be {role}"
            assert not (in_force and overdue), f"{role} is held again and somebody stays past their end"
        for row in rows:
            if row["state"] == OVERDUE:
                assert row["valid_until"] <= uow.now < row["noticed_at"] + DAY, "a silent one"

    def teardown(self) -> None:
        self.house.store.close()
        shutil.rmtree(self.folder)


def build(url: str) -> dict[str, str]:
    """The house as every run finds it."""
    clock = FakeClock()
    store = open_store(url, clock=clock, ids=UuidIds(clock))
    house = House(store, RowProofs(Sm3Mac(ROW_KEY)), clock)
    for name in (*NAMES, *MAKERS):
        house.join(name)
    until = clock.now_us() + 30 * DAY
    for name, role in zip(NAMES, WIDE, strict=False):
        house.act(None, partial(give, people=house.people, name=name, role=role, until=until))
    store.close()
    return house.people


@pytest.mark.slow
@pytest.mark.clause("S-3.3-15", "S-3.3-7", "S-4.4", "issue-3")
def test_the_calendar_never_empties_a_role(sqlite_url: str, tmp_path: Path) -> None:
    people = build(sqlite_url)
    run_state_machine_as_test(
        partial(Calendar, tmp_path / "desk.db", people),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=20, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
