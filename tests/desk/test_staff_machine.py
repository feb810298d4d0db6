"""Accounts as a state machine on a whole desk: whatever is done in whatever order, nobody who is gone keeps anything.

Rules call the desk as its people do and do not foresee refusals; the invariants look into the database afterwards. The
clock is the test's, and the desk's own clockwork runs whenever the machine lets it.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import and_, func, select

from access.context import SECOND
from access.people import staff
from access.people.deed import Hand
from access.roles import ADMIN_ROLES, Role
from access.store.schema import case_file, login, person, reveal_grant, reveal_request, role_grant, staff_session
from console.desk.api.base import Call, DeskError
from console.desk.api.cases import AssignCases, FieldRef, ListQueue
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField
from console.desk.api.session import SignInAs
from console.desk.api.staff import (
    AskReactivation,
    AskReset,
    CarryOutDeparture,
    ConfirmDeparture,
    DecideOrder,
    EndSession,
    InvitePerson,
    ListOrders,
    ListSessions,
    MakePerson,
    NoteDeparture,
    SuspendPerson,
    WithdrawDeparture,
)
from console.desk.api.training import RecordAgreement, RecordTraining
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened

T = TypeVar("T")
ADDRESS = FieldRef(name="home_address")
SYS = st.sampled_from(("zhenghao", "second", "zhenghao", "second", "lina"))
KEEPERS = st.sampled_from(("zhenghao", "second", "wugang", "third", "hejie", "lina", "fengxue"))
SUBJECTS = st.sampled_from(
    (
        "zhangwei",
        "wangfang",
        "zhangwei",
        "wangfang",
        "lina",
        "zhaoqiang",
        "zhenghao",
        "wugang",
        "fengxue",
        "second",
        "third",
    )
)
AGENTS = st.sampled_from(("zhangwei", "wangfang"))
GONE = ("suspended", "frozen", "left", "pending")
ZONE = ZoneInfo("Asia/Shanghai")
DAY = 86_400 * SECOND


class Accounts(RuleBasedStateMachine):
    """See the module. `second` and `third` are a further system and security admin, so that the first may go."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="h3"))
        self.clock = FakeClock()
        self.refusals: set[str] = set()
        self.whole: AbstractAsyncContextManager[WholeDesk] = opened(self.folder / "h", self.clock)
        self.desk: WholeDesk = self.run(self.whole.__aenter__())
        self.people: dict[str, str] = dict(self.desk.founded.persons)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    def teardown(self) -> None:
        self.run(self.whole.__aexit__(None, None, None))
        self.loop.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def call(self, name: str, request: Call[T]) -> T | None:
        """One call on a line of its own, so that a session that ended stops nobody; none where it was refused."""

        async def act() -> T | None:
            line = self.desk.running.line("pts/5")
            try:
                await line.call(SignInAs(name=name))
                return await line.call(request)
            except DeskError as refused:
                self.refusals.add(refused.code)
                return None
            finally:
                await line.close()

        return self.run(act())

    def person(self, name: str) -> str:
        return self.people[name]

    def rows(self, query: Any) -> list[Any]:
        with self.desk.running.parts.store.engine.connect() as connection:
            return list(connection.execute(query).all())

    # -- rules ------------------------------------------------------------------------------------------------------
    @initialize()
    def found(self) -> None:
        """Three cases, and a second system admin."""
        self.run(self.desk.with_cases(self.folder))
        for name, role in (("second", Role.SYSTEM_ADMIN), ("third", Role.SECURITY_ADMIN)):
            self.engage(name, role)

    def engage(self, name: str, role: Role) -> None:
        """Make an account, with training and agreement, and seat it."""
        house = self.desk.founded.units["house"]
        made = self.call("zhenghao", MakePerson(staff_no=f"E-{name}", name=name, login=name, unit_id=house))
        assert made is not None
        self.people[name] = made.card.person_id
        course = RecordTraining(
            person_id=self.people[name], kind="induction", held_on="2026-11-19", minutes=240, passed=True, content="x"
        )
        assert self.call("zhenghao", course) is not None
        signed = RecordAgreement(person_id=self.people[name], signed_on="2026-11-19")
        assert self.call("zhenghao", signed) is not None
        parts = self.desk.running.parts
        parts.store.run(
            lambda uow: staff.grant_role(
                Hand(uow, parts.proofs),
                person_id=self.people[name],
                role=role,
                requested_by=self.people["hejie"],
                approved_by=self.people["fengxue"],
                valid_until=uow.now + 300 * DAY,
            )
        )

    @rule(by=KEEPERS, whom=SUBJECTS)
    def suspend(self, by: str, whom: str) -> None:
        self.call(by, SuspendPerson(person_id=self.person(whom), reason="other"))

    @rule(
        by=SYS, whom=SUBJECTS, what=st.sampled_from((AskReactivation, AskReactivation, AskReset)), by_two=st.booleans()
    )
    def ask(self, by: str, whom: str, what: type[Any], by_two: bool) -> None:  # noqa: FBT001 - drawn
        self.call(by, what(person_id=self.person(whom)))
        if by_two:
            self.settle(by="third", verdict="approve", back=False)

    @rule(by=KEEPERS, verdict=st.sampled_from(("approve", "approve", "refuse", "withdraw")), back=st.booleans())
    def settle(self, by: str, verdict: str, back: bool) -> None:  # noqa: FBT001 - drawn
        """The oldest order and the oldest departure, one step further or back."""
        found = self.call(by, ListOrders())
        for order in found.orders[:1] if found is not None else ():
            self.call(by, DecideOrder(order_id=order.order_id, verdict=verdict))
        for one in found.departures[:1] if found is not None else ():
            if one.state != "notified":
                self.call(by, ConfirmDeparture(departure_id=one.departure_id))
            elif back:
                self.call(by, WithdrawDeparture(departure_id=one.departure_id))
            elif self.call(by, CarryOutDeparture(departure_id=one.departure_id)) is not None:
                assert self.held_by_id(one.person_id) == {}

    @rule(
        by=SYS,
        whom=SUBJECTS,
        kind=st.sampled_from(("leave", "transfer")),
        days=st.sampled_from((None, 0, 2)),
        by_two=st.booleans(),
    )
    def depart(self, by: str, whom: str, kind: str, days: int | None, by_two: bool) -> None:  # noqa: FBT001 - drawn
        today = datetime.fromtimestamp(self.clock.now_us() / 1e6, ZONE).date()
        last = (today + timedelta(days=days)).isoformat() if days is not None else ""
        unit = self.desk.founded.units["two"] if kind == "transfer" else ""
        noted = self.call(by, NoteDeparture(person_id=self.person(whom), kind=kind, last_day=last, to_unit_id=unit))
        if noted is not None and noted.state != "notified":
            assert self.held(whom) == {}, "nothing is kept over a departure"
        if by_two:
            self.settle(by="wugang", verdict="approve", back=False)

    @rule(by=SYS, whom=SUBJECTS, passed=st.sampled_from((True, True, True, False)))
    def pass_course(self, by: str, whom: str, passed: bool) -> None:  # noqa: FBT001 - drawn
        day = datetime.fromtimestamp(self.clock.now_us() / 1e6, ZONE).date().isoformat()
        self.call(
            by,
            RecordTraining(
                person_id=self.person(whom), kind="quarterly", held_on=day, minutes=60, passed=passed, content="x"
            ),
        )

    @rule(by=SYS, whom=SUBJECTS)
    def invite(self, by: str, whom: str) -> None:
        self.call(by, InvitePerson(person_id=self.person(whom)))

    @rule(whom=SUBJECTS)
    def come_in(self, whom: str) -> None:
        """A line that stays open."""

        async def sit() -> None:
            line = self.desk.running.line("pts/6")
            try:
                await line.call(SignInAs(name=whom))
            except DeskError:
                await line.close()

        self.run(sit())

    @rule(by=KEEPERS)
    def end_a_session(self, by: str) -> None:
        found = self.call(by, ListSessions())
        for one in found.sessions[-1:] if found is not None else ():
            self.call(by, EndSession(session_id=one.session_id))

    @rule(by=st.sampled_from(("lina", "zhaoqiang")), whom=AGENTS)
    def assign(self, by: str, whom: str) -> None:
        self.call(by, AssignCases(assignee_id=self.person(whom), count=2))

    @rule(whom=AGENTS, by=st.sampled_from(("lina", "zhaoqiang")))
    def reveal(self, whom: str, by: str) -> None:
        queue = self.call(whom, ListQueue())
        for row in queue.rows[:1] if queue is not None else ():
            asked = self.call(
                whom, AskReveal(case_id=row.case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
            )
            inbox = self.call(by, ReadInbox())
            if asked is None or inbox is None:
                continue
            decided = self.call(by, DecideReveal(request_id=asked.request_id, verdict="approve"))
            if decided is not None and decided.grant is not None:
                seen = ViewField(case_id=row.case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
                self.call(whom, seen)

    @rule(hours=st.sampled_from((0, 1, 30)))
    def wait(self, hours: int) -> None:
        self.clock.advance(hours * 3600)
        self.run(self.desk.beat())

    # -- what must always hold --------------------------------------------------------------------------------------
    def held(self, name: str) -> dict[str, int]:
        return self.held_by_id(self.person(name))

    def held_by_id(self, person_id: str) -> dict[str, int]:
        """What a person has: seats, live grants, waiting requests, open sessions, cases."""
        waiting = reveal_request.c.state.in_(("pending", "pending2"))
        queries = {
            "seats": (role_grant, and_(role_grant.c.person_id == person_id, role_grant.c.state == "active")),
            "grants": (
                reveal_grant,
                and_(reveal_grant.c.person_id == person_id, reveal_grant.c.state.in_(("approved", "active"))),
            ),
            "requests": (reveal_request, and_(reveal_request.c.requester_id == person_id, waiting)),
            "sessions": (
                staff_session,
                and_(staff_session.c.person_id == person_id, staff_session.c.closed_at.is_(None)),
            ),
            "cases": (case_file, case_file.c.assignee_id == person_id),
        }
        counts = {
            name: int(self.rows(select(func.count()).select_from(table).where(where))[0][0])
            for name, (table, where) in queries.items()
        }
        return {name: count for name, count in counts.items() if count}

    @invariant()
    def who_is_gone_keeps_nothing(self) -> None:
        for person_id, state in self.rows(select(person.c.id, person.c.state).where(person.c.state.in_(GONE))):
            assert self.held_by_id(person_id) == {}, state
            if state in ("frozen", "left"):
                logins = self.rows(select(login.c.state).where(login.c.person_id == person_id))
                assert {one[0] for one in logins} == {"disabled"}

    @invariant()
    def nothing_breaks(self) -> None:
        assert not self.refusals & {"desk.failed", "desk.unlogged", "access.event_refused"}

    @invariant()
    def there_is_always_somebody_in_every_admin_role(self) -> None:
        for role in ADMIN_ROLES:
            query = (
                select(func.count())
                .select_from(role_grant.join(person, person.c.id == role_grant.c.person_id))
                .where(role_grant.c.role == role.value, role_grant.c.state == "active", person.c.state == "active")
            )
            assert self.rows(query)[0][0] >= 1, role


@pytest.mark.slow
@pytest.mark.clause("S-3.3-15", "S-4.5", "C-5.4c", "issue-3")
def test_nobody_who_is_gone_keeps_anything_and_every_admin_role_is_held() -> None:
    run_state_machine_as_test(
        Accounts,
        settings=settings(
            max_examples=12,
            stateful_step_count=40,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            derandomize=True,
            phases=(Phase.explicit, Phase.generate),  # a whole desk each: shrinking would take an hour
        ),
    )
