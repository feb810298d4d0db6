"""Figures cost what people did, not how many cases there are: counted in the database's own steps."""

from __future__ import annotations

import datetime as dt
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from access.ids import UuidIds
from access.store.engine import open_engine
from access.store.migrations import migrate
from access.store.schema import audit_event, case_file, case_result, promise, reveal_grant, reveal_request
from console.desk.team import counts, tally
from console.desk.team.days import Span
from tests.support.clock import FakeClock

TENANT, UNIT = "d" * 32, "a" * 32
TODAY = dt.date(2026, 11, 22)
ZONE = "Asia/Shanghai"
AGENTS = tuple(f"{number:032x}" for number in range(1, 21))
STRANGER = "f" * 32
_FEW, _MANY = 2_000, 40_000


class Ledger:
    """A database with twenty agents' week of work among so many cases of other people."""

    def __init__(self, path: Path, cases: int, clock: FakeClock) -> None:
        self.engine: Engine = open_engine(f"sqlite:///{path}")
        migrate(self.engine)
        self.ids = UuidIds(clock)
        self.now = clock.now_us()
        with self.engine.begin() as connection:
            # Each agent has fifty cases in either database; whatever else there is belongs to others.
            self._cases(connection, [one for one in AGENTS for _ in range(50)])
            self._cases(connection, [STRANGER] * cases)
            for who in (*AGENTS, *([STRANGER] * (cases // 200))):
                self._work(connection, who)

    def _cases(self, connection: Connection, whose: list[str]) -> None:
        connection.execute(case_file.insert(), [self._case(who) for who in whose])

    def _case(self, who: str) -> dict[str, Any]:
        case_id = self.ids.new()
        return {
            "id": case_id, "tenant_id": TENANT, "number": case_id[-20:], "batch_id": TENANT, "unit_id": UNIT,
            "assignee_id": who, "state": 0, "priority": 1, "days_past_due": 1, "due": 1, "currency": "CNY",
            "accounts": 1, "last_result": "", "zone": ZONE, "key_version": 1, "display": b"", "version": 1,
            "event_id": TENANT, "proof": b"",
        }  # fmt: skip

    def _work(self, connection: Connection, who: str) -> None:
        day = TODAY.isoformat()
        at = int(dt.datetime.combine(TODAY, dt.time(10), dt.UTC).timestamp()) * 1_000_000
        rows: dict[Any, list[dict[str, Any]]] = {case_result: [], promise: [], reveal_request: [], audit_event: []}
        for number in range(30):
            new = self.ids.new()
            base = {"id": new, "tenant_id": TENANT, "case_id": new}
            rows[case_result].append(
                base | {"person_id": who, "unit_id": UNIT, "code": "no_answer", "reached": 0, "at": at, "day": day}
            )
            if number % 6 == 0:
                rows[promise].append(
                    base
                    | {"amount": 5, "currency": "CNY", "due_on": day, "channel": "bank_app", "paid": 0}
                    | {"state": "open", "made_by": who, "made_at": at}
                )
        for table, values in rows.items():
            if values:
                connection.execute(table.insert(), values)

    def steps(self, read: Callable[[Connection], object]) -> int:
        """How many instructions of SQLite's machine a reading takes."""
        with self.engine.connect() as connection:
            driver = connection.connection.driver_connection
            assert isinstance(driver, sqlite3.Connection)
            taken = [0]

            def count() -> int:
                taken[0] += 1
                return 0

            driver.set_progress_handler(count, 1)
            try:
                read(connection)
            finally:
                driver.set_progress_handler(None, 0)
        return taken[0]

    def tally_steps(self) -> int:
        """The same for a week's figures, which open a connection of their own."""
        taken = [0]

        def watch(driver: sqlite3.Connection, *_: object) -> None:
            def count() -> int:
                taken[0] += 1
                return 0

            driver.set_progress_handler(count, 1)

        def unwatch(driver: sqlite3.Connection, *_: object) -> None:
            driver.set_progress_handler(None, 0)

        event.listen(self.engine, "checkout", watch)
        event.listen(self.engine, "checkin", unwatch)
        try:
            span = Span(TODAY - dt.timedelta(days=6), TODAY)
            book = tally.read(self.engine, AGENTS, span, ZONE, "CNY")
        finally:
            event.remove(self.engine, "checkout", watch)
            event.remove(self.engine, "checkin", unwatch)
        assert tally.total(book, AGENTS, span).sums["worked"] == 30 * len(AGENTS)
        return taken[0]


@pytest.mark.slow
@pytest.mark.clause("issue-3")
def test_figures_take_as_many_steps_among_many_cases_as_among_few(tmp_path: Path, clock: FakeClock) -> None:
    few, many = Ledger(tmp_path / "few.db", _FEW, clock), Ledger(tmp_path / "many.db", _MANY, clock)
    readings: dict[str, Callable[[Connection], object]] = {
        "worked": lambda db: counts.worked(db, AGENTS, TODAY),
        "owed": lambda db: counts.owed(db, AGENTS, TODAY),
        "untouched": lambda db: counts.untouched(db, AGENTS),
        "pending": lambda db: counts.pending(db, UNIT),
        "live": lambda db: counts.live(db, AGENTS, few.now),
        "unread": lambda db: counts.unread(db, AGENTS),
    }
    for name, read in readings.items():
        little, much = few.steps(read), many.steps(read)
        assert much <= little * 1.1 + 50, (name, little, much)
    little, much = few.tally_steps(), many.tally_steps()
    assert much <= little * 1.1 + 50, ("tally", little, much)
    with few.engine.connect() as connection:
        assert counts.untouched(connection, AGENTS[:1]) == {AGENTS[0]: 50}
        assert counts.owed(connection, AGENTS[:1], TODAY) == ({AGENTS[0]: 5}, {AGENTS[0]: 0})


@pytest.mark.slow
def test_untouched_cases_are_counted_up_to_a_bound(tmp_path: Path, clock: FakeClock) -> None:
    many = Ledger(tmp_path / "many.db", _FEW, clock)
    with many.engine.connect() as connection:
        assert counts.untouched(connection, (STRANGER,)) == {STRANGER: counts.UNTOUCHED_BOUND}
        assert connection.execute(reveal_grant.select()).all() == []
