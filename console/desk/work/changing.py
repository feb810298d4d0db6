"""Changing a case by whoever works it: against the version they saw, with its place in the queue written anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from access.audit.events import Event
from access.errors import RowBroken, StaleRow
from access.store.schema import audit_event, audit_outbox, case_file, case_hold, person, promise
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.team.covers import hands
from console.desk.work.calendar import parse_day, starts
from console.desk.work.order import Facts, place

RowLike = Mapping[str, Any] | RowMapping
_DAY: Final = timedelta(days=1)


def unchanged(act: Act, row: RowLike, version: int) -> None:
    """Go on only if the case is as the caller saw it.

    Raises:
        Refused: `case.changed`, with who changed it.
    """
    if row["version"] != version:
        act.refuse("case.changed", by=_changed_by(act, row["event_id"]))


def _changed_by(act: Act, event_id: str) -> str:
    for log in (audit_event, audit_outbox):
        query = select(person.c.name).join_from(log, person, person.c.id == log.c.person_id)
        name = act.db.execute(query.where(log.c.event_id == event_id)).scalar()
        if name is not None:
            return str(name)
    return "—"


def change_case(act: Act, row: RowLike, changes: Mapping[str, Any], event: Event) -> dict[str, Any]:
    """Write changes, place in the queue included, and tell whom it concerns. Returns the row as it is now.

    Promises and holds that the act writes must be written before.

    Raises:
        Refused: `case.changed`: somebody else was a moment faster.
    """
    placed = where_it_stands(act.db, act.now, dict(row) | dict(changes))
    try:
        fresh = act.parts.proofs.update(act.uow, case_file, row["id"], row["version"], {**changes, **placed}, event)
    except RowBroken:
        raise
    except StaleRow:
        act.refuse("case.changed", by="—")
    told = hands(act, row["assignee_id"])
    act.push("case", row["id"], Audience.of(*told, units=(row["unit_id"],)))
    act.push("queue", row["id"], Audience.of(*told))
    return fresh


def where_it_stands(db: Connection, now: int, row: RowLike) -> dict[str, Any]:
    """`priority` and `wake_at` of a case as it is now."""
    due_on = db.execute(
        select(promise.c.due_on).where(promise.c.case_id == row["id"], promise.c.state == "open").limit(1)
    ).scalar()
    remind_at, due_end = _around(due_on, row["zone"]) if due_on is not None else (None, None)
    asked = select(case_hold.c.id).where(case_hold.c.case_id == row["id"], case_hold.c.state == "asked")
    found = place(
        Facts(
            state=row["state"],
            held=row["hold"] is not None or db.execute(asked.limit(1)).first() is not None,
            next_at=row["next_at"],
            rest_until=row["rest_until"],
            remind_at=remind_at,
            due_end=due_end,
            days=row["days_past_due"],
            rank=row["rank"] or 0,
        ),
        now,
    )
    return {"priority": found.priority, "wake_at": found.wake_at}


def _around(due_on: str, zone: str) -> tuple[int | None, int | None]:
    """When the day before a due day begins, and when the due day is over."""
    day = parse_day(due_on)
    if day is None:
        return None, None
    return starts(day - _DAY, zone), starts(day + _DAY, zone)
