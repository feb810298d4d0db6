"""Recordings for whoever has no cases: the calls of the one case that a task is about; and whose mark was heard."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.policy.model import barred_ids
from access.store.schema import call_listening, call_record, person
from console.desk.act import Act
from console.desk.api.calling import CallList
from console.desk.api.recordings import TASK_REASONS, FindRecordings, ListenerView, TraceListener
from console.desk.calls.listing import views
from console.desk.calls.tasked import task_reference, tasked
from console.desk.cases.rows import find_cases, load_case
from console.desk.kernel import handles

_MOST: Final = 100


@handles(FindRecordings)
def find(act: Act, request: FindRecordings) -> CallList:
    """The calls of the case that a task is about."""
    me = act.actor.person_id
    act.require(Action.CALL_RECORDING_FIND, Resource(kind="recording", task_person_id=me))
    role = act.role
    if request.reason not in TASK_REASONS:
        act.refuse("record.reason_unknown")
    reference = task_reference(act, request.reference)
    cases = find_cases(act, request.case_id.strip().upper()) or find_cases(act, request.case_id.strip())
    kept = [row for row in cases if _may(act, row, request.reason, reference)]
    if not kept:
        act.refuse("case.not_found", clause="Y-4.2.1")
    query = select(call_record).where(call_record.c.case_id.in_([row["id"] for row in kept]))
    query = query.order_by(call_record.c.started_at.desc(), call_record.c.id.desc()).limit(_MOST)
    rows = act.proofs.holding(act.uow, call_record, act.db.execute(query).mappings().all())
    act.asked, act.role = Action.CALL_RECORDING_FIND, role
    for case in kept:
        act.log(
            Action.CALL_RECORDING_FIND,
            object_kind="case",
            object_id=case["id"],
            case_id=case["id"],
            tenant_id=case["tenant_id"],
            reason=request.reason,
            rows=len(rows),
            detail=((DetailKey.REFERENCE, reference),),
        )
    return CallList(calls=tuple(views(act, rows)), at=act.now)


def _may(act: Act, case: RowMapping, reason: str, reference: str) -> bool:
    """Whether there is a task about the case, and no interest in its customer."""
    me = act.actor.person_id
    about = Resource(
        kind="recording",
        task_person_id=me if tasked(act, case["id"], reason, reference) else None,
        barred_ids=barred_ids(case["barred"]),
    )
    return act.allowed(Action.CALL_RECORDING_FIND, about).allowed


@handles(TraceListener)
def trace(act: Act, request: TraceListener) -> ListenerView:
    """Whose mark it is."""
    act.require(Action.AUDIT_EXPORT_TRACE, Resource(kind="log"))
    mark = "".join(request.mark.split()).upper()
    query = select(call_listening).where(call_listening.c.mark == mark)
    rows = act.proofs.holding(act.uow, call_listening, act.db.execute(query).mappings().all())
    if not rows:
        act.refuse("recording.mark_unknown")
    row = rows[0]
    act.log(
        Action.AUDIT_EXPORT_TRACE,
        object_kind="listening",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
    )
    who = act.proofs.get(act.uow, person, row["person_id"])
    case = load_case(act, row["case_id"])
    return ListenerView(
        person=who["name"] if who is not None else "",
        staff_no=who["staff_no"] if who is not None else "",
        number=case["number"] if case is not None else "",
        call_id=row["call_id"],
        reason=row["reason"],
        reference=row["reference"],
        started_at=row["started_at"],
    )
