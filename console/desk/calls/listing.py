"""Calls as people see them: their own, their team's, those under way. Nothing of a customer is among it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.store.schema import call_record, call_recording, case_file, contact_slot
from console.desk.act import Act
from console.desk.api.calling import CallList, CallView, ListCalls, ListLiveCalls, OwnCall, ReadOwnCall
from console.desk.api.contact import ContactRef
from console.desk.cases.rows import require_case, staff_names
from console.desk.kernel import handles
from console.desk.team.members import require_team

_MOST: Final = 100
Row = RowMapping | dict[str, Any]


def resource_of_call(row: Row) -> Resource:
    """A call as the decision sees it: it stays the caller's, whoever has the case by now."""
    return Resource(
        kind="call",
        id=row["id"],
        tenant_id=row["tenant_id"],
        requester_id=row["person_id"],
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
    )


def shown(  # noqa: PLR0917 - a call and what is known around it
    act: Act,
    row: Row,
    number: str,
    names: Mapping[str, str] | None = None,
    recording: str = "",
    inbound: frozenset[str] = frozenset(),
    left: int | None = None,
) -> CallView:
    """One call. number: of its case. left: where the call is not on the switchboard yet."""
    live = act.parts.switchboard.find(row["id"])
    person = row["person_id"]
    return CallView(
        call_id=row["id"],
        case_id=row["case_id"],
        number=number,
        caller=(names if names is not None else staff_names(act, {person})).get(person, ""),
        caller_id=person,
        contact=ContactRef(field=row["field"], ordinal=row["ordinal"]),
        state=row["state"],
        started_at=row["started_at"],
        phase=live.phase if live is not None else "",
        result=row["result"] or "",
        by=row["ended_side"] or "",
        connected_at=row["connected_at"],
        ended_at=row["ended_at"],
        talked=row["talked_ms"] // 1000,
        recording=recording,
        left=live.left if live is not None else left,
        inbound=row["slot_id"] in inbound,
    )


@handles(ReadOwnCall)
def read_own(act: Act, request: ReadOwnCall) -> OwnCall:
    """The call that one is in; no decision but that it is one's own."""
    me = act.actor.person_id
    live = act.parts.switchboard.call_of(me)
    call_id = request.call_id or (live.call_id if live is not None else "")
    row = act.proofs.get(act.uow, call_record, call_id) if call_id else None
    own = row if row is not None and row["person_id"] == me else None
    act.log(Action.CALL_LINE_LIST, object_kind="call", object_id=own["id"] if own is not None else "none", rows=1)
    up = act.parts.switchboard.up
    trunk = "" if up is None else "up" if up else "down"
    return OwnCall(call=next(iter(views(act, [own])), None) if own is not None else None, at=act.now, trunk=trunk)


@handles(ListCalls)
def list_calls(act: Act, request: ListCalls) -> CallList:
    """The newest that the person may see, each decided on."""
    me, unit = act.actor.person_id, act.unit_id
    query = select(call_record).order_by(call_record.c.started_at.desc(), call_record.c.id.desc()).limit(_MOST)
    if request.case_id:
        case = require_case(act, request.case_id, Action.CALL_LINE_LIST)
        query = query.where(call_record.c.case_id == case["id"])
    else:
        own = Resource(kind="call", requester_id=me, unit_id=unit, agency_id=act.actor.agency_id)
        act.require(Action.CALL_LINE_LIST, own)
        query = query.where(or_(call_record.c.person_id == me, call_record.c.unit_id == unit))
    rows = act.proofs.holding(act.uow, call_record, act.db.execute(query).mappings().all())
    seen = [row for row in rows if act.allowed(Action.CALL_LINE_LIST, resource_of_call(row)).allowed]
    act.log(Action.CALL_LINE_LIST, object_kind="call", rows=len(seen))
    return CallList(calls=tuple(views(act, seen)), at=act.now)


@handles(ListLiveCalls)
def list_live(act: Act, request: ListLiveCalls) -> CallList:
    """Who of the team speaks now."""
    del request
    unit_id = require_team(act, Action.CALL_LIVE_READ)
    ids = [one.call_id for one in act.parts.switchboard.live() if one.unit_id == unit_id]
    query = select(call_record).where(call_record.c.id.in_(ids)).order_by(call_record.c.started_at, call_record.c.id)
    rows = act.proofs.holding(act.uow, call_record, act.db.execute(query).mappings().all())
    act.log(Action.CALL_LIVE_READ, object_kind="call", rows=len(rows))
    return CallList(calls=tuple(views(act, rows)), at=act.now)


def views(act: Act, rows: Iterable[RowMapping]) -> list[CallView]:
    """Calls with their cases' numbers and what is kept of them."""
    kept = list(rows)
    cases, ids = {row["case_id"] for row in kept}, [row["id"] for row in kept]
    numbers = dict(
        act.db.execute(select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(sorted(cases)))).all()
    )
    found = act.db.execute(select(call_recording).where(call_recording.c.call_id.in_(ids))).mappings().all()
    recordings = {row["call_id"]: row["state"] for row in act.proofs.holding(act.uow, call_recording, found)}
    names = staff_names(act, {row["person_id"] for row in kept})
    slots = select(contact_slot.c.id).where(
        contact_slot.c.id.in_([row["slot_id"] for row in kept]), contact_slot.c.inbound == 1
    )
    inbound = frozenset(act.db.execute(slots).scalars())
    return [
        shown(act, row, numbers.get(row["case_id"], ""), names, recordings.get(row["id"], "none"), inbound)
        for row in kept
    ]
