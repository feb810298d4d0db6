"""Today's work in order: own cases, the team's, or the team's pool, fifty at a time by keyset.

Order, cursor and page size depend on priority and id alone, never on anything a mask hides. Every page shown is an
event of its own.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from sqlalchemy import ColumnElement, Integer, Select, String, bindparam, literal_column

from access.policy import Action, Resource
from access.store.schema import case_file
from console.desk.act import Act
from console.desk.api.cases import ListQueue, QueuePage
from console.desk.cases.rows import (
    after,
    cursor_of,
    holding,
    lines,
    parse_cursor,
    published,
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
    resource, action, named = _scope(act, request)
    act.require(action, resource, standing(act))
    if request.cursor is not None:
        named["priority"], named["behind"] = parse_cursor(act, request.cursor)
    query = _statement(request.scope, member="member" in named, later="behind" in named)
    found = act.db.execute(query, {**named, "most": limit + 1}).mappings().all()
    page = lines(act, holding(act, found[:limit]), action)
    act.log(action, object_kind="queue", object_id=request.scope, rows=len(page), fields=("full_name",), level=2)
    return QueuePage(rows=page, cursor=cursor_of(found[limit - 1]) if len(found) > limit else None)


def _scope(act: Act, request: ListQueue) -> tuple[Resource, Action, dict[str, Any]]:
    """Whose queue it is, which act that is, and the values that the statement names."""
    actor = act.actor
    if request.scope == "own":
        # The queue of somebody who is away is the cover's own as well; whether it is, is decided.
        whose = request.person_id or actor.person_id
        own = Resource(kind="queue", assignee_id=whose, unit_id=actor.unit_id, agency_id=actor.agency_id)
        return own, Action.CASE_QUEUE_LIST_OWN, {"person": whose}
    unit = act.unit_id
    team = Resource(kind="queue", unit_id=unit, agency_id=actor.agency_id)
    if request.scope not in {"team", "pool"}:
        act.refuse("queue.scope_unknown")
    if request.scope == "team" and request.person_id is not None:
        return team, Action.CASE_QUEUE_LIST_TEAM, {"unit": unit, "member": request.person_id}
    return team, Action.CASE_QUEUE_LIST_TEAM, {"unit": unit}


@cache
def _statement(scope: str, *, member: bool, later: bool) -> Select[Any]:
    """The page's query. Built once each: putting it together costs more than running it."""
    query = shown_cases().where(WORKED)
    if scope == "own":
        query = query.where(case_file.c.assignee_id == bindparam("person"))
    else:
        query = query.where(case_file.c.unit_id == bindparam("unit"))
    if scope == "pool":
        query = query.where(case_file.c.assignee_id.is_(None), published())
    if scope == "team":
        query = query.where(case_file.c.assignee_id.is_not(None))
    if member:
        query = query.where(case_file.c.assignee_id == bindparam("member"))
    if later:
        query = query.where(after(bindparam("priority", type_=Integer), bindparam("behind", type_=String)))
    return query.order_by(case_file.c.priority.desc(), case_file.c.id).limit(bindparam("most", type_=Integer))
