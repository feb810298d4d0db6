"""Whether whoever speaks or listens still may: the decision of the start, taken anew on who they are by now.

What they are about stays as it was when it began. A case that is handed on, or that a hold is put on, cuts nobody off
in mid-sentence: a complaint is written down while the customer makes it. A state, a role, the training, an agreement
or an interest in the customer does. While the caller's own phone rings there is no sentence yet: then the case is
looked at as it is by now, and whether the number is to be left alone. That one was cut off is an event with the rule.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.people.directory import load_actor
from access.policy import Action, Conditions, Decision, Resource, barred_ids
from access.store.base import UnitOfWork
from access.store.schema import call_record, case_file, contact_slot
from console.desk.act import Act
from console.desk.calls.earphones import Ordered
from console.desk.calls.listening import still_may
from console.desk.calls.states import CUSTOMER, TALKING
from console.desk.calls.switchboard import Live
from console.desk.calls.writing import of_desk
from console.desk.cases.rows import resource_of
from console.desk.conditions import standing
from console.desk.contact.gather import stops_of
from console.desk.parts import Parts

_GONE = "actor.not_active"


def barred(
    parts: Parts, calls: Sequence[Live], heard: Sequence[Ordered], known: frozenset[str], uow: UnitOfWork
) -> frozenset[str]:
    """The ids of those calls and listenings that may not go on.

    Args:
        parts: the desk's.
        calls: under way.
        heard: listenings under way.
        known: which of them it was already; those are on the books.
        uow: the transaction.
    """
    desk = of_desk(parts, uow)
    cases = _cases(desk, {one.case_id for one in calls})
    found: set[str] = set()
    for call in calls:
        judged = _as(parts, uow, call.person_id)
        decision = _speaks(judged, call, cases.get(call.case_id)) if judged is not None else None
        stop = _stopped(desk, call) if _rings_nobody(desk, call) else ""
        if decision is None or not decision.allowed or stop:
            found.add(call.call_id)
            if call.call_id not in known:
                desk.log(
                    Action.CALL_LINE_END,
                    object_kind="call",
                    object_id=call.call_id,
                    tenant_id=call.tenant_id,
                    rule=_GONE if decision is None else f"contact.{stop}" if decision.allowed else decision.code,
                )
    for one in heard:
        judged = _as(parts, uow, one.person_id)
        decision = still_may(judged, one) if judged is not None else None
        if decision is None or not decision.allowed:
            found.add(one.listening_id)
            if one.listening_id not in known:
                desk.log(
                    Action.CALL_RECORDING_LEAVE,
                    object_kind="recording",
                    object_id=one.key.recording_id,
                    approval_id=one.listening_id,
                    rule=decision.code if decision is not None else _GONE,
                )
    return frozenset(found)


def _as(parts: Parts, uow: UnitOfWork, person_id: str) -> Act | None:
    """An act to ask the decision in, as who that is by now; None for nobody any more."""
    act = of_desk(parts, uow)
    act.who = load_actor(uow, parts.proofs, person_id)
    return act if act.who is not None else None


def _rings_nobody(act: Act, call: Live) -> bool:
    """Whether a call that was ordered here has not come to the customer, as far as the dialer said.

    Asked once the case was read: what became of that while they spoke is not taken for what became of it before.
    """
    now = act.parts.switchboard.find(call.call_id)
    return now is not None and not now.inbound and not now.phase.startswith((CUSTOMER, TALKING))


def _stopped(act: Act, call: Live) -> str:
    """Why the number that is about to be called is to be left alone by now; empty for nothing."""
    query = select(contact_slot.c.number).join(call_record, call_record.c.slot_id == contact_slot.c.id)
    number = act.db.execute(query.where(call_record.c.id == call.call_id)).scalar_one_or_none()
    stops = stops_of(act, call.tenant_id, [bytes(number)]) if number is not None else {}
    why = next((f"stop_{one['reason']}" for one in stops.values()), "")
    return why if _rings_nobody(act, call) else ""


def _speaks(act: Act, call: Live, case: RowMapping | None) -> Decision:
    """The decision of the call's start, on the case as it was the caller's then, or as it is where nobody is rung."""
    if case is not None and _rings_nobody(act, call):
        return act.allowed(Action.CALL_LINE_START, resource_of(case), standing(act, case))
    resource = Resource(
        kind="case",
        id=call.case_id,
        tenant_id=call.tenant_id,
        assignee_id=call.person_id,
        unit_id=call.unit_id,
        agency_id=call.agency_id,
        barred_ids=barred_ids(case["barred"]) if case is not None else (),
        found=case is not None,
    )
    action = Action.CALL_LINE_TAKE if call.inbound else Action.CALL_LINE_START
    return act.allowed(action, resource, Conditions(workable=True, hold=None))


def _cases(act: Act, cases: set[str]) -> dict[str, RowMapping]:
    """The cases as they are by now; none that does not prove itself is among them."""
    rows = act.db.execute(select(case_file).where(case_file.c.id.in_(sorted(cases)))).mappings().all()
    return {row["id"]: row for row in act.proofs.holding(act.uow, case_file, rows)}
