"""Recordings for whoever has no cases: the calls that a task is about; and whose mark was heard."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.policy.model import barred_ids
from access.roles import Role
from access.store.schema import call_listening, call_record, person
from console.desk.act import Act
from console.desk.api.calling import CallList
from console.desk.api.recordings import TASK_REASONS, FindRecordings, ListenerView, TraceListener
from console.desk.calls.assigned import assigned, covers, drawn, number_in
from console.desk.calls.listing import views
from console.desk.calls.tasked import on_case, task_reference
from console.desk.cases.rows import find_cases, load_case
from console.desk.kernel import handles

_MOST: Final = 100
Found = dict[str, tuple[RowMapping, list[RowMapping]]]
"""Cases and their calls, by the case's id."""


@handles(FindRecordings)
def find(act: Act, request: FindRecordings) -> CallList:
    """The calls of the case that a task is about, or those that were drawn for it."""
    me = act.actor.person_id
    act.require(Action.CALL_RECORDING_FIND, Resource(kind="recording", task_person_id=me))
    role = act.role
    if request.reason not in TASK_REASONS:
        act.refuse("record.reason_unknown")
    reference = task_reference(act, request.reference)
    number = number_in(reference)
    if number:
        rows = _given(act, number, request.reason)
    else:
        name = request.case_id.strip()
        cases = find_cases(act, name.upper()) or find_cases(act, name)
        kept = [case for case in cases if _may(act, case, task=on_case(act, case["id"], request.reason, reference))]
        if not kept:
            act.refuse("case.not_found", clause="Y-4.2.1")
        rows = {case["id"]: (case, _calls(act, call_record.c.case_id == case["id"])) for case in kept}
    act.asked, act.role = Action.CALL_RECORDING_FIND, role
    for case, calls in rows.values():
        act.log(
            Action.CALL_RECORDING_FIND,
            object_kind="case",
            object_id=case["id"],
            case_id=case["id"],
            tenant_id=case["tenant_id"],
            reason=request.reason,
            rows=len(calls),
            detail=((DetailKey.REFERENCE, reference),),
        )
    if not rows:
        act.log(Action.CALL_RECORDING_FIND, object_kind="case", object_id="none", reason=request.reason, rows=0)
    shown = sorted((call for _, calls in rows.values() for call in calls), key=_newest_first)
    return CallList(calls=tuple(views(act, shown[:_MOST])), at=act.now)


def _given(act: Act, number: str, reason: str) -> Found:
    """What a task that was given to the person is about, by case.

    Raises:
        Refused: `recording.task_none`: theirs is none of that number and reason, or it is over.
    """
    task = assigned(act, number, reason)
    if task is None:
        act.refuse("recording.task_none", clause="S-3-17", ask=(Role.COMPLIANCE,))
    about = call_record.c.case_id == task["case_id"] if task["case_id"] else call_record.c.id.in_(drawn(task))
    found: Found = {}
    for call in _calls(act, about):
        if not covers(task, call):
            continue
        if call["case_id"] not in found:
            case = load_case(act, call["case_id"])
            if case is None or not _may(act, case, task=True):
                continue
            found[call["case_id"]] = (case, [])
        found[call["case_id"]][1].append(call)
    return found


def _calls(act: Act, about: ColumnElement[bool]) -> list[RowMapping]:
    query = select(call_record).where(about).order_by(call_record.c.started_at.desc(), call_record.c.id.desc())
    return act.proofs.holding(act.uow, call_record, act.db.execute(query.limit(_MOST)).mappings().all())


def _newest_first(call: RowMapping) -> tuple[int, str]:
    return -call["started_at"], call["id"]


def _may(act: Act, case: RowMapping, *, task: bool) -> bool:
    """Whether there is a task about the case, and no interest in its customer."""
    about = Resource(
        kind="recording",
        tenant_id=case["tenant_id"],
        task_person_id=act.actor.person_id if task else None,
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
