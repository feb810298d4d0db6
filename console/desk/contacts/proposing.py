"""Proposing a contact datum: typed in, or found in a note, always for somebody else to check.

An agency's people give leads: whoever checks one in the house says where it lawfully comes from.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Verb
from access.policy import Action, Decision, Resource
from access.roles import Qualifier
from access.store.schema import contact_change
from console.desk.act import Act
from console.desk.api.contacts import ContactFiled, ProposeContact, ProposeFound, WithdrawContact
from console.desk.cases.rows import load_case, require_case, resource_of
from console.desk.conditions import standing
from console.desk.contacts import keeping
from console.desk.contacts.data import fit_source, fit_value
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.notes import keeping as notes
from console.desk.notes.writing import CANDIDATES, load_note
from console.desk.team.covers import hands
from masking.detect import read_value

_HIGHEST = 99


@handles(ProposeContact)
def propose(act: Act, request: ProposeContact) -> ContactFiled:
    """Propose what was typed in."""
    case = require_case(act, request.case_id, Action.CASE_CONTACT_PROPOSE)
    decision = act.require(Action.CASE_CONTACT_PROPOSE, resource_of(case), standing(act, case))
    if not 0 <= request.ordinal <= _HIGHEST:
        act.refuse("contact.gone")
    source = _source(act, decision, request.lawful_source, needed=True)
    value = fit_value(act, request.field, request.value)
    datum = keeping.Datum(request.field, request.ordinal, value)
    return _file(act, case, datum, lead=_is_lead(decision), source=source)


@handles(ProposeFound)
def propose_found(act: Act, request: ProposeFound) -> ContactFiled:
    """Propose what was found in a note of the case; who writes it down need not know it."""
    note = load_note(act, request.note_id)
    case = load_case(act, note["case_id"]) if note is not None else None
    if note is None or case is None:
        act.require(Action.CASE_CONTACT_PROPOSE, Resource.absent("case"))
        act.refuse("case.not_found", clause="Y-4.2.1")
    decision = act.require(Action.CASE_CONTACT_PROPOSE, resource_of(case), standing(act, case))
    if _is_lead(decision) and note["author_id"] != act.actor.person_id:
        # Another's note does not exist for an agency's people.
        act.refuse("case.not_found", clause="Y-4.2.1")
    found = notes.finding(notes.read_shown(act.parts, note), request.place)
    fields = CANDIDATES.get(found.kind, ()) if found is not None else ()
    if found is None or not fields:
        act.refuse("contact.not_found")
    field = request.field or fields[0]
    if field not in fields:
        act.refuse("contact.field_unknown")
    source = _source(act, decision, request.lawful_source, needed=False)
    act.log(
        Action.CASE_CONTACT_PROPOSE,
        object_kind="note",
        object_id=note["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        purpose="reprojection",
        fields=(field,),
        level=2,
    )
    value = fit_value(act, field, read_value(notes.original(act, case, note), found))
    datum = keeping.Datum(field, 0, value)
    return _file(act, case, datum, lead=_is_lead(decision), source=source, note_id=note["id"])


def _is_lead(decision: Decision) -> bool:
    return Qualifier.LEAD_ONLY in decision.limits


def _source(act: Act, decision: Decision, code: str, *, needed: bool) -> str:
    """The lawful source as said; a lead has none, and what a note holds may leave it to the checker."""
    if _is_lead(decision) or not (needed or code):
        return ""
    return fit_source(act, code)


def _file(
    act: Act, case: RowMapping, datum: keeping.Datum, *, lead: bool, source: str, note_id: str | None = None
) -> ContactFiled:
    change_id = act.parts.ids.new()
    kept = keeping.seal(act, case, change_id, datum)
    values: dict[str, Any] = {
        "id": change_id,
        "tenant_id": case["tenant_id"],
        "case_id": case["id"],
        "unit_id": case["unit_id"],
        "requester_id": act.actor.person_id,
        "lead": int(lead),
        "note_id": note_id,
        "field": datum.field,
        "ordinal": datum.ordinal,
        "placed": None,
        "lawful_source": source,
        **kept._asdict(),
        "replaced": None,
        "state": "pending",
        "asked_at": act.now,
        "checked_by": None,
        "checked_at": None,
        "reason": "",
    }
    event = act.event(
        Action.CASE_CONTACT_PROPOSE,
        verb=Verb.COLLECT,
        object_kind="contact",
        object_id=change_id,
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=(datum.field,),
        level=2,
        reason=source or None,
        detail=((DetailKey.ORDINAL, str(datum.ordinal)), (DetailKey.KIND, "lead" if lead else "datum")),
    )
    row = act.parts.proofs.insert(act.uow, contact_change, values, event)
    tell(act, row, case)
    return filed(row)


@handles(WithdrawContact)
def withdraw(act: Act, request: WithdrawContact) -> ContactFiled:
    """Take back an own proposal."""
    change = act.parts.proofs.get(act.uow, contact_change, request.change_id)
    act.require(Action.CASE_CONTACT_WITHDRAW, resource_of_change(change))
    if change is None or change["state"] != "pending":
        act.refuse("contact.decided")
    row = move(act, change, Action.CASE_CONTACT_WITHDRAW, {"state": "withdrawn"})
    tell(act, row, load_case(act, change["case_id"]))
    return filed(row)


def move(act: Act, change: RowMapping, action: Action, changes: dict[str, Any]) -> dict[str, Any]:
    """Change a proposal by compare-and-set, with its event.

    Raises:
        StaleRow: somebody else changed it meanwhile.
    """
    event = act.event(
        action,
        object_kind="contact",
        object_id=change["id"],
        case_id=change["case_id"],
        tenant_id=change["tenant_id"],
        fields=(change["field"],),
        reason=changes.get("lawful_source") or None,
        detail=((DetailKey.FROM, change["state"]), (DetailKey.TO, changes["state"])),
    )
    return act.parts.proofs.update(act.uow, contact_change, change["id"], change["version"], changes, event)


def filed(row: dict[str, Any] | RowMapping) -> ContactFiled:
    """Where it stands."""
    return ContactFiled(change_id=row["id"], state=row["state"], version=row["version"])


def resource_of_change(change: RowMapping | None) -> Resource:
    """A proposal as the decision sees it."""
    if change is None:
        return Resource.absent("contact")
    return Resource(
        kind="contact",
        id=change["id"],
        tenant_id=change["tenant_id"],
        unit_id=change["unit_id"],
        requester_id=change["requester_id"],
    )


def tell(act: Act, change: dict[str, Any] | RowMapping, case: RowMapping | None) -> None:
    """Push it to who proposed it, who checks it, and whose case it is."""
    act.push("contact", change["id"], Audience.of(change["requester_id"], units=(change["unit_id"],)))
    if case is not None:
        act.push("case", case["id"], Audience.of(*hands(act, case["assignee_id"]), units=(case["unit_id"],)))
