"""Sessions as a state machine: whoever signs in where, in whatever order, keeps the newest screens, not more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from access.context import Origin
from access.people import sessions, staff
from access.people.deed import Hand
from access.store.base import Store, UnitOfWork
from access.store.proof import RowProofs
from tests.support.clock import FakeClock

T = TypeVar("T")
PERSON = st.integers(0, 2)


class Comings(RuleBasedStateMachine):
    """The model: a person's open screens and commands, oldest first."""

    def __init__(self, store: Store, proofs: RowProofs, clock: FakeClock, most: int) -> None:
        super().__init__()
        self.store, self.proofs, self.clock, self.most = store, proofs, clock, most
        self.people: list[str] = []
        self.screens: dict[str, list[str]] = {}
        self.commands: dict[str, list[str]] = {}
        self.displaced: set[str] = set()

    def run(self, act: Callable[[Hand], T]) -> T:
        return self.store.run(lambda uow: act(Hand(uow, self.proofs)))

    @initialize()
    def nobody_is_there(self) -> None:
        self.people = [self.run(lambda deed: deed.uow.ids.new()) for _ in range(3)]
        self.screens = {one: [] for one in self.people}
        self.commands = {one: [] for one in self.people}

    @rule(who=PERSON)
    def opens_a_screen(self, who: int) -> None:
        person, mine = self.people[who], self.screens[self.people[who]]

        def enter(deed: Hand) -> tuple[str, tuple[str, ...]]:
            new = sessions.add_session(deed.uow, person, "f" * 32, Origin("192.0.2.7", "ssh/1"))
            return new, sessions.end_older_screens(deed, person, new, self.most)

        new, ended = self.run(enter)
        mine.append(new)
        going, self.screens[person] = mine[: -self.most], mine[-self.most :]
        assert list(ended) == going
        self.displaced.update(going)
        self.clock.advance(1)

    @rule(who=PERSON)
    def runs_a_command(self, who: int) -> None:
        person = self.people[who]

        def enter(deed: Hand) -> str:
            new = sessions.add_session(deed.uow, person, "f" * 32, Origin("local", "pts/1"))
            sessions.as_command(deed.uow, new)
            return new

        self.commands[person].append(self.run(enter))

    @rule(who=PERSON, which=st.integers(0, 5), why=st.sampled_from(["signed_out", "ended"]))
    def one_ends(self, who: int, which: int, why: str) -> None:
        person = self.people[who]
        held = [*self.screens[person], *self.commands[person]]
        if which < len(held):
            assert self.run(lambda deed: sessions.close_session(deed, held[which], why))
            assert not self.run(lambda deed: sessions.close_session(deed, held[which], why)), "once"
            for kept in (self.screens[person], self.commands[person]):
                if held[which] in kept:
                    kept.remove(held[which])

    @rule(who=PERSON)
    def access_is_revoked(self, who: int) -> None:
        person = self.people[who]
        held = {*self.screens[person], *self.commands[person]}
        assert set(self.run(lambda deed: sessions.close_sessions_of(deed, person, "revoked"))) == held
        self.screens[person], self.commands[person] = [], []

    @invariant()
    def who_is_there_is_who_may_be(self) -> None:
        for person in self.people:
            kept = {*self.screens[person], *self.commands[person]}
            found = self.run(lambda deed: sessions.open_sessions(deed.uow))
            assert {row["id"] for row in found if row["person_id"] == person} == kept
            assert len(self.screens[person]) <= self.most
            for one in kept:
                assert self.run(partial(self._open, one, person))
        for one in self.displaced:
            assert self.run(partial(self._gone, one)) == (True, sessions.DISPLACED), "no ticket continues from it"

    @staticmethod
    def _open(one: str, person: str, deed: Hand) -> bool:
        return sessions.session_open(deed.uow, one, person)

    @staticmethod
    def _gone(one: str, deed: Hand) -> tuple[bool, str]:
        return sessions.was_revoked(deed.uow, one), sessions.close_reason(deed.uow, one)


@pytest.mark.clause("C-6.3", "issue-4")
@pytest.mark.parametrize("most", [1, 2])
def test_nobody_has_more_screens_than_allowed(store: Store, row_proofs: RowProofs, clock: FakeClock, most: int) -> None:
    run_state_machine_as_test(
        partial(Comings, store, row_proofs, clock, most),  # type: ignore[arg-type]  # any factory will do
        settings=settings(
            max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


async def test_two_sign_ins_at_once_leave_one_screen(store: Store, row_proofs: RowProofs) -> None:
    def employed(uow: UnitOfWork) -> str:
        return staff.create_person(Hand(uow, row_proofs), staff_no="A1", name="甲", unit_id="a" * 32)

    person = store.run(employed)

    def enter(uow: UnitOfWork) -> None:
        deed = Hand(uow, row_proofs)
        new = sessions.add_session(deed.uow, person, "f" * 32, Origin("192.0.2.7", "ssh/1"))
        sessions.end_older_screens(deed, person, new, 1)

    await asyncio.gather(*(asyncio.to_thread(store.run, enter) for _ in range(6)))
    left = store.run(lambda uow: [row["id"] for row in sessions.open_sessions(uow)])
    assert len(left) == 1
