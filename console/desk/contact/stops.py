"""Do not contact: a number left alone, on every case of the creditor, from this instant on.

Whoever works the case stops it; a supervisor or compliance lifts it, never who stopped it, and nobody lifts what a
third party said for themselves.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Conditions, Resource
from access.store.schema import contact_slot, contact_stop
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.contact import STOP_REASONS, ContactRef, LiftStop, Means, StopContact
from console.desk.cases.rows import load_case, require_case, resource_of
from console.desk.conditions import standing
from console.desk.contact.gather import Row, gather, stops_of
from console.desk.hub import Audience
from console.desk.kernel import handles

FOR_GOOD: Final = "third_party"


@handles(StopContact)
def stop(act: Act, request: StopContact) -> Done:
    """Contact a number no more; one that is stopped already is left as it is."""
    row = require_case(act, request.case_id, Action.CONTACT_STOP_SET)
    number = gather(act, row, Means.CALL).number(request.contact)
    if number is None:
        act.refuse("contact.no_such_number")
    return _stop(act, row, number.contact, number.entry, request.reason)


def stop_contacted(act: Act, row: Row, slot_id: str, reason: str, about: tuple[Resource, Conditions]) -> Done:
    """Contact the number of an attempt no more, whatever number stands at its place of the case by now.

    Args:
        act: the act.
        row: the case of the attempt.
        slot_id: the attempt.
        reason: of `STOP_REASONS`.
        about: what is decided on: the attempt's call.

    Raises:
        Refused: `contact.no_such_number`; else as stopping a number is.
    """
    act.require(Action.CONTACT_STOP_SET, *about)
    slot = act.proofs.get(act.uow, contact_slot, slot_id)
    if slot is None or slot["case_id"] != row["id"]:
        act.refuse("contact.no_such_number")
    contact = ContactRef(field=slot["field"], ordinal=slot["ordinal"])
    return _stop(act, row, contact, bytes(slot["number"]), reason)


def _stop(act: Act, row: Row, contact: ContactRef, entry: bytes, reason: str) -> Done:
    if reason not in STOP_REASONS:
        act.refuse("contact.stop_reason_unknown")
    there = stops_of(act, row["tenant_id"], [entry]).get(entry)
    if there is not None and (reason != FOR_GOOD or there["reason"] == FOR_GOOD):
        act.refuse("contact.stopped_already")
    row_id = act.parts.ids.new()
    event = act.event(
        Action.CONTACT_STOP_SET,
        object_kind="contact",
        object_id=row_id,
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        reason=reason,
        fields=(contact.field,),
        detail=((DetailKey.ORDINAL, str(contact.ordinal)),),
    )
    values = {
        "id": row_id,
        "tenant_id": row["tenant_id"],
        "case_id": row["id"],
        "unit_id": row["unit_id"],
        "number": entry,
        "field": contact.field,
        "ordinal": contact.ordinal,
        "reason": reason,
        "state": "active",
        "set_by": act.actor.person_id,
        "set_at": act.now,
    }
    act.proofs.insert(act.uow, contact_stop, values, event)
    act.push("case", row["id"], Audience.of(row["assignee_id"], units=(row["unit_id"],)))
    return Done()


@handles(LiftStop)
def lift(act: Act, request: LiftStop) -> Done:
    """Contact the number again."""
    found = act.proofs.get(act.uow, contact_stop, request.stop_id)
    case = load_case(act, found["case_id"]) if found is not None else None
    if found is None or case is None:
        act.require(Action.CONTACT_STOP_LIFT, Resource.absent("case"))
        act.refuse("contact.no_such_stop", clause="Y-4.2.1")
    act.require(Action.CONTACT_STOP_LIFT, _resource(case, found), standing(act, case))
    if found["version"] != request.version or found["state"] != "active":
        act.refuse("contact.stop_changed")
    if found["reason"] == FOR_GOOD:
        act.refuse("contact.stopped_for_good", clause="S-5-6")
    event = act.event(
        Action.CONTACT_STOP_LIFT,
        object_kind="contact",
        object_id=found["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        reason=found["reason"],
        fields=(found["field"],),
    )
    changes = {"state": "lifted", "lifted_by": act.actor.person_id, "lifted_at": act.now}
    act.proofs.update(act.uow, contact_stop, found["id"], found["version"], changes, event)
    act.push("case", case["id"], Audience.of(case["assignee_id"], units=(case["unit_id"],)))
    return Done()


def may_do(act: Act, case: Row, there: RowMapping | None) -> tuple[str, ...]:
    """What this person may do about a number of a case: stop it, or lift the stop that is in force."""
    if there is None:
        fine = act.allowed(Action.CONTACT_STOP_SET, resource_of(case), standing(act, case)).allowed
        return ("stop",) if fine else ()
    if there["reason"] == FOR_GOOD or there["case_id"] != case["id"]:
        return ()
    fine = act.allowed(Action.CONTACT_STOP_LIFT, _resource(case, there), standing(act, case)).allowed
    return ("lift",) if fine and _held(act, there) else ()


def _held(act: Act, there: RowMapping) -> bool:
    query = select(contact_stop).where(contact_stop.c.id == there["id"])
    return bool(act.proofs.holding(act.uow, contact_stop, act.db.execute(query).mappings().all()))


def _resource(case: Row, there: RowMapping) -> Resource:
    """The case as the decision sees it, with who stopped the number as a party."""
    about = resource_of(case)
    return Resource(
        kind=about.kind,
        id=about.id,
        tenant_id=about.tenant_id,
        assignee_id=about.assignee_id,
        unit_id=about.unit_id,
        agency_id=about.agency_id,
        barred_ids=about.barred_ids,
        party_ids=(there["set_by"],),
        state=about.state,
    )
