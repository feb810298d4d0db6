"""What somebody who leaves did in their last thirty days: values seen, searches, files taken. Counted from the log."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.people.departures import LEAVE
from access.people.leaving import window
from access.policy import Action
from access.store.schema import audit_event
from console.desk.act import Act

_COUNTED: Final = (
    (Action.CASE_FIELD_REVEAL, Action.CASE_FIELD_IDENTIFY),
    (Action.CASE_CUSTOMER_SEARCH,),
    (Action.EXPORT_FILE_FETCH,),
)


class Watched(NamedTuple):
    """How often, refused tries included: whoever tries is looked at as well."""

    reveals: int = 0
    searches: int = 0
    exports: int = 0


def last_days(act: Act, row: Mapping[str, Any] | RowMapping) -> Watched:
    """The counts of a leave; of a transfer nothing is counted."""
    if row["kind"] != LEAVE:
        return Watched()
    first, after = window(row, act.now)
    query = (
        select(audit_event.c.action, func.count())
        .where(
            audit_event.c.person_id == row["person_id"],
            audit_event.c.action.in_([str(action) for kind in _COUNTED for action in kind]),
            audit_event.c.at >= first,
            audit_event.c.at < after,
        )
        .group_by(audit_event.c.action)
    )
    found = {str(action): int(count) for action, count in act.db.execute(query)}
    return Watched(*(sum(found.get(str(action), 0) for action in kind) for kind in _COUNTED))
