"""Today's work in order: own cases, the team's, or the team's pool, fifty at a time by keyset.

Order, cursor and page size depend on priority and id alone, never on anything a mask hides. Every page shown is an
event of its own.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, literal_column

from access.policy import Action, Resource
from access.store.schema import case_file
from console.desk.act import Act
from console.desk.api.cases import ListQueue, QueuePage
from console.desk.cases.display import Viewer
from console.desk.cases.rows import after, cursor_of, lines, parse_cursor, published, resource_of, shown_cases
from console.desk.conditions import standing
from console.desk.kernel import handles

PAGE: Final = 50
WORKED: Final[ColumnElement[bool]] = literal_column(
    "case_file.state < 50"
)  # a literal, so that the partial index serves


@handles(ListQueue)
def list_queue(act: Act, request: ListQueue) -> QueuePage:
    """One page of a queue."""
    limit = min(max(request.limit, 1), PAGE)
    query, resource, action = _scope(act, request)
    decision = act.require(action, resource, standing(act))
    if request.cursor is not None:
        query = query.where(after(*parse_cursor(act, request.cursor)))
    query = query.order_by(case_file.c.priority.desc(), case_file.c.id).limit(limit + 1)
    found = act.db.execute(query).mappings().all()
    held = act.parts.proofs.holding(act.uow, case_file, found[:limit])
    shown = [row for row in held if _in_scope(act, row, request, decision.unit_id)]
    like = resource_of(shown[0]) if shown else resource
    page = lines(act, shown, Viewer(act.parts, act.actor, like, standing(act), act.now))
    act.log(action, object_kind="queue", object_id=request.scope, rows=len(page), fields=("full_name",), level=2)
    return QueuePage(rows=page, cursor=cursor_of(found[limit - 1]) if len(found) > limit else None)


def _scope(act: Act, request: ListQueue) -> tuple[Select[Any], Resource, Action]:
    query = shown_cases().where(WORKED)
    actor = act.actor
    if request.scope == "own":
        own = Resource(kind="queue", assignee_id=actor.person_id, unit_id=actor.unit_id, agency_id=actor.agency_id)
        return query.where(case_file.c.assignee_id == actor.person_id), own, Action.CASE_QUEUE_LIST_OWN
    units = [seat.unit_id for seat in actor.seats if seat.unit_id and str(seat.role) == "supervisor"]
    unit = units[0] if units else actor.unit_id
    team = Resource(kind="queue", unit_id=unit, agency_id=actor.agency_id)
    query = query.where(case_file.c.unit_id == unit)
    if request.scope == "pool":
        return query.where(case_file.c.assignee_id.is_(None), published()), team, Action.CASE_QUEUE_LIST_TEAM
    if request.scope != "team":
        act.refuse("queue.scope_unknown")
    query = query.where(case_file.c.assignee_id.is_not(None))
    if request.person_id is not None:
        query = query.where(case_file.c.assignee_id == request.person_id)
    return query, team, Action.CASE_QUEUE_LIST_TEAM


def _in_scope(act: Act, row: Any, request: ListQueue, unit_id: str | None) -> bool:  # noqa: ANN401 - a row mapping
    # The query asked for these rows; a row that proves itself must say the same.
    if request.scope == "own":
        return bool(row["assignee_id"] == act.actor.person_id)
    return bool(row["unit_id"] == unit_id)
