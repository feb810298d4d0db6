"""Setting out, by which the customer's day is taken in the contact rules; writing down what came of it; the lists."""

from __future__ import annotations

from typing import Final

from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.store.schema import person, visit_plan
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.contact import ContactRef, Means
from console.desk.api.visits import ListVisits, SetOut, Visit, VisitList, WriteVisit
from console.desk.contact import slots
from console.desk.kernel import handles
from console.desk.visits.planning import again, moved, said
from console.desk.visits.records import people_of, require, resource, state_of, visit_view
from console.desk.visits.states import HOLDS_DAY, OUTCOMES, VisitResult, VisitState

ALONE: Final = "alert:visit:alone"
EARLY: Final = 2 * 3600 * 1_000_000
"""How long before its hours a visit may begin, microseconds: the way there."""

_SHOWN: Final = 200
_TWO: Final = 2


@handles(ListVisits)
def list_visits(act: Act, request: ListVisits) -> VisitList:
    """Those that the person may know of."""
    me = act.actor.person_id
    anyones = Conditions(requester_supervises=True)
    act.require(Action.VISIT_PLAN_LIST, Resource(kind="queue", unit_id=act.unit_id, assignee_id=me), anyones)
    where = (visit_plan.c.case_id == request.case_id,) if request.case_id else ()
    rows = held_rows(act.uow, act.proofs, visit_plan, *where)
    rows.sort(key=lambda row: (state_of(row, act.now) not in HOLDS_DAY[:3], row["from_at"], row["id"]))
    known = [
        row for row in rows if me in people_of(row) or act.allowed(Action.VISIT_PLAN_LIST, resource(act, row)).allowed
    ]
    shown = tuple(visit_view(act, row) for row in known[:_SHOWN])
    act.asked = Action.VISIT_PLAN_LIST
    act.log(Action.VISIT_PLAN_LIST, object_kind="visit", object_id="list", rows=len(shown))
    return VisitList(visits=shown)


@handles(SetOut)
def set_out(act: Act, request: SetOut) -> Visit | Refusal:
    """They leave: what was agreed to is judged once more, and counts from now on."""
    row = require(act, request.visit_id, Action.VISIT_PLAN_SET_OUT)
    if state_of(row, act.now) is not VisitState.APPROVED:
        act.refuse("visit.state")
    if act.now < row["from_at"] - EARLY:
        act.refuse("visit.too_early")
    case = again(act, row, max(row["from_at"], act.now))
    contact = ContactRef(field=row["field"], ordinal=row["ordinal"])
    taken = slots.reserve(act, case, contact, Means.VISIT, lasts=max(slots.SLOT_LASTS, row["until_at"] - act.now))
    if isinstance(taken, Refusal):
        return taken
    changes = {"set_out_at": act.now, "slot_id": taken.slot_id}
    return visit_view(act, moved(act, row, VisitState.UNDER_WAY, Action.VISIT_PLAN_SET_OUT, changes))


@handles(WriteVisit)
def write(act: Act, request: WriteVisit) -> Visit:
    """What came of it and who did go; one who went alone is written as it was, and told to whoever watches."""
    row = require(act, request.visit_id, Action.VISIT_PLAN_WRITE)
    if state_of(row, act.now) is not VisitState.UNDER_WAY:
        act.refuse("visit.state")
    if request.result not in set(VisitResult):
        act.refuse("visit.result_unknown")
    numbers = sorted(set(request.went))
    found = held_rows(act.uow, act.proofs, person, person.c.staff_no.in_(numbers)) if numbers else []
    went = sorted(one["id"] for one in found)
    if not went or len(went) != len(numbers) or not set(went) <= set(people_of(row)):
        act.refuse("visit.went_unfit", clause="S-5-10")
    result = VisitResult(request.result)
    changes = {
        "result": result.value,
        "went": ",".join(went),
        "ids_shown": int(request.ids_shown),
        "note": said(act, request.note, needed=False),
        "ended_by": act.actor.person_id,
        "ended_at": act.now,
    }
    after = moved(act, row, VisitState.DONE, Action.VISIT_PLAN_WRITE, changes)
    if row["slot_id"] is not None:
        slots.settle(act, row["slot_id"], OUTCOMES[result])
    if len(went) < _TWO or not request.ids_shown:
        act.log(
            ALONE,
            object_kind="visit",
            object_id=row["id"],
            case_id=row["case_id"],
            tenant_id=row["tenant_id"],
            rule="S-5-10",
        )
    return visit_view(act, after)
