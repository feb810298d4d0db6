"""Special scenes as a state machine: whoever does what in whatever order, nobody agrees alone, twice or for oneself.

The model knows persons, their roles and instants. It says beforehand whether an act must succeed; the desk has to
agree, both ways, and a number opens for its asker alone, after everybody of the chain.
"""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path

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
from sqlalchemy import text

from console.desk.api.base import Call, DeskError
from console.desk.api.cases import FieldRef
from console.desk.api.special import (
    DecideSpecial,
    EndSpecial,
    FileSpecial,
    OpenSpecial,
    ReadSpecial,
    SpecialFiling,
    SpecialNumber,
    WithdrawSpecial,
)
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened
from tests.support.scene_calls import WORDS

ASKERS = ("zhangwei", "lina", "zhaoqiang")
SUPERVISORS = {"lina", "zhaoqiang"}
EVERYBODY = (*ASKERS, "sunli", "wangfang", "wugang", "fengxue", "hejie", "zhenghao", "machao")
HOUR = 3600


@dataclass
class Filed:
    """A filing as the model sees it; `at` in seconds of the machine's own clock."""

    filing_id: str
    asker: str
    at: int
    agreed: list[str] = field(default_factory=list)
    state: str = "waiting"
    since: int = 0


class Machine(RuleBasedStateMachine):
    """See the module."""

    @initialize()
    def begin(self) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.loop = asyncio.new_event_loop()
        self.clock, self.now = FakeClock(), 0
        self.room: AbstractAsyncContextManager[WholeDesk] = opened(self.folder / "h", self.clock)
        self.desk = self.loop.run_until_complete(self.room.__aenter__())
        rows = self.loop.run_until_complete(self.desk.with_cases(self.folder))
        self.case_id = rows[0].case_id
        self.filed: list[Filed] = []

    def teardown(self) -> None:
        if hasattr(self, "loop"):
            self.loop.run_until_complete(self.room.__aexit__(None, None, None))
            self.loop.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    def said(self, name: str, call: Call[SpecialFiling] | Call[SpecialNumber]) -> object | None:
        """The answer, or none where it was refused."""
        broken = ""
        try:
            return self.loop.run_until_complete(self.desk.call(name, call))
        except DeskError as refused:
            broken = refused.code if refused.code.startswith("desk.") else ""
        assert not broken
        return None

    @rule(name=st.sampled_from(ASKERS))
    def file(self, name: str) -> None:
        call = FileSpecial(case_id=self.case_id, field=FieldRef(name="mobile"), scenario="court_request", words=WORDS)
        got = self.said(name, call)
        assert isinstance(got, SpecialFiling)
        self.filed.append(Filed(got.filing_id, name, self.now, since=self.now))

    @precondition(lambda self: self.filed)
    @rule(which=st.integers(0, 3), name=st.sampled_from(EVERYBODY), approve=st.sampled_from((True, True, True, False)))
    def decide(self, which: int, name: str, approve: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
        one = self.filed[-1 - which % len(self.filed)]
        seen = self.said("fengxue", ReadSpecial(filing_id=one.filing_id))
        assert isinstance(seen, SpecialFiling)
        call = DecideSpecial(filing_id=one.filing_id, version=seen.version, approve=approve, words=WORDS)
        got = self.said(name, call)
        assert (got is not None) == self._may_decide(one, name), (one, name, got)
        if got is None:
            return
        if not approve:
            one.state = "over"
            return
        one.agreed.append(name)
        if len(one.agreed) == 2:
            one.state, one.since = "agreed", self.now

    def _may_decide(self, one: Filed, name: str) -> bool:
        if one.state != "waiting" or self.now - one.at >= 24 * HOUR or name == one.asker:
            return False
        if one.agreed:
            return name == "wugang"
        others = {"sunli"} if one.asker in SUPERVISORS else set()
        return name in SUPERVISORS | others

    @precondition(lambda self: self.filed)
    @rule(which=st.integers(0, 3), name=st.sampled_from(EVERYBODY))
    def open(self, which: int, name: str) -> None:
        one = self.filed[-1 - which % len(self.filed)]
        self._age(one)
        got = self.said(name, OpenSpecial(filing_id=one.filing_id))
        may = one.state in {"agreed", "open"} and name == one.asker
        assert (got is not None) == may, (one, name, got)
        if isinstance(got, SpecialNumber):
            assert len(set(one.agreed)) == len(one.agreed) == 2
            assert one.asker not in one.agreed
            assert 0 < got.ends_at - got.now <= 30 * 60 * 1_000_000
            if one.state == "agreed":
                one.state, one.since = "open", self.now

    def _age(self, one: Filed) -> None:
        lasts = {"agreed": HOUR, "open": HOUR // 2}.get(one.state)
        if lasts is not None and self.now - one.since >= lasts:
            one.state = "over"

    @precondition(lambda self: self.filed)
    @rule(which=st.integers(0, 3), name=st.sampled_from(EVERYBODY), give_back=st.booleans())
    def end(self, which: int, name: str, give_back: bool) -> None:  # noqa: FBT001 - Hypothesis gives it
        one = self.filed[-1 - which % len(self.filed)]
        call = EndSpecial(filing_id=one.filing_id) if give_back else WithdrawSpecial(filing_id=one.filing_id)
        if self.said(name, call) is not None:
            one.state = "over"

    @rule(seconds=st.sampled_from((60, 1800, HOUR, 12 * HOUR)))
    def wait(self, seconds: int) -> None:
        # A working day is not passed: what is overdue is another test's.
        if self.now + seconds < 23 * HOUR:
            self.clock.advance(seconds)
            self.now += seconds

    @invariant()
    def nobody_agreed_to_their_own_or_twice(self) -> None:
        if not hasattr(self, "desk"):
            return
        query = text(
            "SELECT COUNT(*) FROM special_decision d JOIN special_filing f ON f.id = d.filing_id"
            " WHERE d.person_id = f.asker_id OR EXISTS (SELECT 1 FROM special_decision o"
            " WHERE o.filing_id = d.filing_id AND o.id <> d.id AND o.person_id = d.person_id)"
        )
        with self.desk.running.parts.store.engine.connect() as connection:
            assert connection.execute(query).scalar_one() == 0


@pytest.mark.slow
@pytest.mark.clause("S-4.2", "S-3.3", "issue-5")
def test_whatever_people_do_nobody_agrees_alone_or_for_oneself() -> None:
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
