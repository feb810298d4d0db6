"""What becomes due on cases by itself: callbacks and retries come up, reminders show, promises are broken.

`next_wake` is one look at one index. `wake` takes at most so many cases whose moment has come, judges a promise whose
day is over, and writes each place in the queue anew; what is left waits for the next beat.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, func, select, update
from sqlalchemy.engine import RowMapping

from access.store.schema import case_file
from console.desk.act import Act
from console.desk.cases.states import workable
from console.desk.hub import Audience
from console.desk.imports.promises import judge_case
from console.desk.team.covers import hands
from console.desk.work.changing import where_it_stands
from console.desk.work.judged import log_judged

AT_ONCE: Final = 200
"""Cases a beat; a beat takes a few tens of milliseconds of the writer."""


def next_wake(connection: Connection) -> int | None:
    """When the next case is due, microseconds UTC; none: nothing is coming."""
    found = connection.execute(select(func.min(case_file.c.wake_at)).where(case_file.c.wake_at.is_not(None))).scalar()
    return int(found) if found is not None else None


def wake(act: Act) -> int:
    """Do what is due. Returns how many cases were taken."""
    due = (
        select(case_file)
        .where(case_file.c.wake_at.is_not(None), case_file.c.wake_at <= act.now)
        .order_by(case_file.c.wake_at)
        .limit(AT_ONCE)
    )
    rows = act.db.execute(act.uow.lock(due)).mappings().all()
    for row in rows:
        _stir(act, row)
    return len(rows)


def _stir(act: Act, row: RowMapping) -> None:
    if not workable(row["state"]):
        act.db.execute(update(case_file).where(case_file.c.id == row["id"]).values(wake_at=None))
        return
    judged = judge_case(act.uow, row["id"])
    for one in judged:
        log_judged(act, row["id"], row["tenant_id"], one)
    changes: dict[str, Any] = {}
    if judged:
        state = act.db.execute(select(case_file.c.state).where(case_file.c.id == row["id"])).scalar_one()
        changes["state"] = state
    placed = where_it_stands(act.db, act.now, dict(row) | changes)
    act.db.execute(update(case_file).where(case_file.c.id == row["id"]).values(placed))
    told = hands(act, row["assignee_id"])
    if judged or placed["priority"] != row["priority"]:
        act.push("queue", row["id"], Audience.of(*told))
    if judged:
        act.push("case", row["id"], Audience.of(*told, units=(row["unit_id"],)))
