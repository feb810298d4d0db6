"""Today's work in order: own cases, the team's, or the team's pool, fifty at a time by keyset.

Order, cursor and page size depend on priority and id alone, never on anything a mask hides. Every page shown is an
event of its own.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, literal_column
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.store.schema import case_file
from console.desk.act import Act
from console.desk.api.cases import ListQueue, QueuePage
from console.desk.cases.rows import (
    after,
    cursor_of,
    holding,
    kind_of,
    lines,
    parse_cursor,
    published,
    resource_of,
    shown_cases,
)
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
    act.require(action, resource, standing(act))
    if request.cursor is not None:
        query = query.where(after(*parse_cursor(act, request.cursor)))
    query = query.order_by(case_file.c.priority.desc(), case_file.c.id).limit(limit + 1)
    found = list(act.db.execute(query).mappings())
    page = lines(act, _in_scope(act, holding(act, found[:limit]), action))
    act.log(action, object_kind="queue", object_id=request.scope, rows=len(page), fields=("full_name",), level=2)
    return QueuePage(rows=page, cursor=cursor_of(found[limit - 1]) if len(found) > limit else None)


def _scope(act: Act, request: ListQueue) -> tuple[Select[Any], Resource, Action]:
    query = shown_cases().where(WORKED)
    actor = act.actor
    if request.scope == "own":
        own = Resource(kind="queue", assignee_id=actor.person_id, unit_id=actor.unit_id, agency_id=actor.agency_id)
        return query.where(case_file.c.assignee_id == actor.person_id), own, Action.CASE_QUEUE_LIST_OWN
    unit = act.unit_id
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


def _in_scope(act: Act, rows: list[RowMapping], action: Action) -> list[RowMapping]:
    """The rows that the person may list one by one: the query asked for them, what they prove must say the same."""
    decided: dict[object, bool] = {}
    for row in rows:
        kind = kind_of(act, row)
        if kind not in decided:
            decided[kind] = act.allowed(action, resource_of(row), standing(act, row)).allowed
    return [row for row in rows if decided[kind_of(act, row)]]
