"""What each of some people has done and has before them today: counted by index, whatever the number of cases.

Each count reads what these people did in a day or a week, never their cases as such; untouched cases are counted up to
a bound. The figures show, they decide nothing, so rows are counted without their proofs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, and_, case, func, literal_column, select, union_all

from access.grants.states import GrantState
from access.store.schema import case_file, case_result, coaching_note, promise, reveal_grant, reveal_request

UNTOUCHED_BOUND: Final = 1000
_OWED_DAYS: Final = 7
# Literals, so that the partial indexes serve.
_UNTOUCHED: Final[ColumnElement[bool]] = literal_column("case_file.state = 0 AND case_file.assignee_id IS NOT NULL")
_LIVE: Final[ColumnElement[bool]] = literal_column("reveal_grant.state IN ('approved','active')")
_WAITING: Final = ("pending", "pending2")

Counts = dict[str, int]


def worked(db: Connection, people: Iterable[str], day: dt.date) -> Counts:
    """Cases with a result on that day, by person."""
    query = (
        select(case_result.c.person_id, func.count(case_result.c.case_id.distinct()))
        .where(case_result.c.person_id.in_(sorted(people)), case_result.c.day == day.isoformat())
        .group_by(case_result.c.person_id)
    )
    return _counted(db, query)


def owed(db: Connection, people: Iterable[str], day: dt.date) -> tuple[Counts, Counts]:
    """Own promises that are due by that day and not yet settled, and those broken within seven days, by person."""
    since = (day - dt.timedelta(days=_OWED_DAYS)).isoformat()
    query = (
        select(
            promise.c.made_by,
            func.sum(case((promise.c.state == "open", 1), else_=0)).label("due"),
            func.sum(case((promise.c.state == "broken", 1), else_=0)).label("broken"),
        )
        .where(promise.c.made_by.in_(sorted(people)), promise.c.due_on.between(since, day.isoformat()))
        .group_by(promise.c.made_by)
    )
    rows = db.execute(query).all()
    return {row.made_by: int(row.due) for row in rows}, {row.made_by: int(row.broken) for row in rows}


def untouched(db: Connection, people: Iterable[str]) -> Counts:
    """Assigned cases that nobody has worked yet, by person, counted up to `UNTOUCHED_BOUND`."""
    parts = [
        select(case_file.c.assignee_id.label("who"))
        .where(_UNTOUCHED, case_file.c.assignee_id == one)
        .limit(UNTOUCHED_BOUND)
        .subquery()
        for one in sorted(people)
    ]
    if not parts:
        return {}
    found = union_all(*(select(part.c.who) for part in parts)).subquery()
    return _counted(db, select(found.c.who, func.count()).group_by(found.c.who))


def pending(db: Connection, unit_id: str) -> Counts:
    """Reveals of the unit that wait for a decision, by asker."""
    query = (
        select(reveal_request.c.requester_id, func.count())
        .where(reveal_request.c.state.in_(_WAITING), reveal_request.c.unit_id == unit_id)
        .group_by(reveal_request.c.requester_id)
    )
    return _counted(db, query)


def live(db: Connection, people: Iterable[str], now: int) -> Counts:
    """Reveals in force at this instant, by holder."""
    ends = case(
        (reveal_grant.c.state == GrantState.APPROVED.value, reveal_grant.c.open_by), else_=reveal_grant.c.ends_at
    )
    query = (
        select(reveal_grant.c.person_id, func.count())
        .where(and_(_LIVE, reveal_grant.c.person_id.in_(sorted(people)), ends > now))
        .group_by(reveal_grant.c.person_id)
    )
    return _counted(db, query)


def unread(db: Connection, people: Iterable[str]) -> Counts:
    """Coaching notes not acknowledged, by agent."""
    query = (
        select(coaching_note.c.agent_id, func.count())
        .where(coaching_note.c.agent_id.in_(sorted(people)), coaching_note.c.acknowledged_at.is_(None))
        .group_by(coaching_note.c.agent_id)
    )
    return _counted(db, query)


def _counted(db: Connection, query: Select[Any]) -> Counts:
    return {str(who): int(count) for who, count in db.execute(query)}
