"""Checking proposed contact data: what waits, and the one decision on each, never by who proposed it.

A case that changed its unit meanwhile is checked where it is now. Accepting is refused on a case whose key is gone.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.store.proof import NEWEST, newest_version
from access.store.schema import case_file, contact_change
from console.desk.act import Act
from console.desk.api.contact import ContactRef
from console.desk.api.contacts import CheckContact, ContactChange, ContactChanges, ContactFiled, ListContactChanges
from console.desk.calls.bound import replaced
from console.desk.cases.display import HIDDEN, Viewer, open_name
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.contacts import keeping
from console.desk.contacts.data import fit_source
from console.desk.contacts.proposing import filed, move, resource_of_change, tell
from console.desk.kernel import handles
from console.desk.notes.writing import load_note, note_view
from console.desk.reveals.views import staff
from masking.detect import mask_text
from masking.errors import SealBroken
from masking.text import scrub

_SHOWN: Final = 50
_WEEK: Final = 7 * 86_400 * 1_000_000
_LEAST_REASON: Final = 4
_LONGEST_REASON: Final = 200


@handles(ListContactChanges)
def list_changes(act: Act, request: ListContactChanges) -> ContactChanges:
    """What waits for this person, or what this person proposed."""
    if request.scope not in {"waiting", "mine"}:
        act.refuse("contact.scope_unknown")
    own = Resource(kind="queue", assignee_id=act.actor.person_id, unit_id=act.unit_id, agency_id=act.actor.agency_id)
    act.require(Action.CASE_CONTACT_LIST, own)
    rows = _waiting(act, request.case_id) if request.scope == "waiting" else _mine(act, request.case_id)
    items = tuple(view for view in (_view(act, row) for row in rows) if view is not None)
    act.log(Action.CASE_CONTACT_LIST, object_kind="contact", object_id=request.scope, rows=len(items), level=2)
    return ContactChanges(items=items)


def _waiting(act: Act, case_id: str | None) -> list[RowMapping]:
    """Pending ones of the units that this person's seats reach; each is decided on apart."""
    units = {seat.unit_id for seat in act.actor.seats if seat.unit_id is not None}
    query = (
        select(contact_change, newest_version(contact_change).label(NEWEST))
        .join(case_file, case_file.c.id == contact_change.c.case_id)
        .where(case_file.c.unit_id.in_(units), contact_change.c.state == "pending")
        .order_by(contact_change.c.id)
        .limit(_SHOWN)
    )
    if case_id is not None:
        query = query.where(contact_change.c.case_id == case_id)
    held = act.parts.proofs.holding(act.uow, contact_change, act.db.execute(query).mappings().all())
    return [row for row in held if _checkable(act, row)]


def _mine(act: Act, case_id: str | None) -> list[RowMapping]:
    query = (
        select(contact_change, newest_version(contact_change).label(NEWEST))
        .where(contact_change.c.requester_id == act.actor.person_id, contact_change.c.asked_at > act.now - _WEEK)
        .order_by(contact_change.c.id.desc())
        .limit(_SHOWN)
    )
    if case_id is not None:
        query = query.where(contact_change.c.case_id == case_id)
    return act.parts.proofs.holding(act.uow, contact_change, act.db.execute(query).mappings().all())


def _checkable(act: Act, change: RowMapping) -> bool:
    case = load_case(act, change["case_id"])
    if case is None or change["state"] != "pending":
        return False
    return act.allowed(Action.CASE_CONTACT_ACCEPT, resource_at(change, case), standing(act, case)).allowed


def resource_at(change: RowMapping, case: RowMapping) -> Resource:
    """A proposal as it is decided on: where its case is now, with who took part."""
    return Resource(
        kind="contact",
        id=change["id"],
        tenant_id=change["tenant_id"],
        unit_id=case["unit_id"],
        requester_id=change["requester_id"],
        barred_ids=resource_of(case).barred_ids,
    )


def _view(act: Act, change: RowMapping) -> ContactChange | None:
    """As shown; none when its case is no longer this person's to see, or when its seal is broken."""
    case = load_case(act, change["case_id"])
    if case is None or not act.allowed(Action.CASE_FILE_OPEN, resource_of(case), standing(act, case)).allowed:
        return None
    viewer = Viewer(act.parts, act.actor, resource_of(case), standing(act, case), act.now)
    try:
        mask = keeping.read_mask(act.parts, change)
    except SealBroken:
        act.parts.broken.report(contact_change.name, change["id"], "shown")
        return None
    ordinal = change["placed"] or change["ordinal"] or 1
    staff_no, person = staff(act, change["requester_id"])
    return ContactChange(
        change_id=change["id"],
        case_id=change["case_id"],
        case_number=case["number"],
        name=viewer.mask("full_name", 1, open_name(act.parts, case)),
        field=change["field"],
        ordinal=change["ordinal"],
        placed=change["placed"] or 0,
        masked=viewer.mask(change["field"], ordinal, mask) if mask else HIDDEN,
        lawful_source=change["lawful_source"],
        lead=bool(change["lead"]),
        note=_note(act, change["note_id"]),
        state=change["state"],
        asked_at=change["asked_at"],
        staff_no=staff_no,
        person=person,
        checked_by=staff(act, change["checked_by"])[1] if change["checked_by"] else "",
        reason=change["reason"],
        mine=change["requester_id"] == act.actor.person_id,
        checkable=_checkable(act, change),
        version=change["version"],
    )


def _note(act: Act, note_id: str | None) -> str:
    row = load_note(act, note_id) if note_id else None
    view = note_view(act, row) if row is not None else None
    return view.text if view is not None else ""


@handles(CheckContact)
def check(act: Act, request: CheckContact) -> ContactFiled:
    """Accept one, or refuse it with the reason."""
    action = Action.CASE_CONTACT_ACCEPT if request.accept else Action.CASE_CONTACT_REFUSE
    change = act.parts.proofs.get(act.uow, contact_change, request.change_id)
    case = load_case(act, change["case_id"]) if change is not None else None
    if change is None or case is None:
        act.require(action, resource_of_change(None))
        act.refuse("contact.not_found")
    act.require(action, resource_at(change, case), standing(act, case))
    if change["state"] != "pending" or change["version"] != request.seen_version:
        act.refuse("contact.decided")
    changes: dict[str, Any] = {"checked_by": act.actor.person_id, "checked_at": act.now}
    if request.accept:
        source = fit_source(act, request.lawful_source or change["lawful_source"])
        _log_use(act, change, action)
        placed = keeping.place(act, case, change, source)
        if placed.replaced is not None:
            replaced(act, case, ContactRef(field=change["field"], ordinal=placed.ordinal))
        changes |= {
            "state": "accepted",
            "placed": placed.ordinal,
            "replaced": placed.replaced,
            "lawful_source": source,
        }
    else:
        changes |= {"state": "refused", "reason": _reason(act, request.reason)}
    row = move(act, change, action, changes)
    tell(act, row, case)
    return filed(row)


def _log_use(act: Act, change: RowMapping, action: Action) -> None:
    """The case key is about to be used."""
    act.log(
        action,
        object_kind="contact",
        object_id=change["id"],
        case_id=change["case_id"],
        tenant_id=change["tenant_id"],
        purpose="reprojection",
        fields=(change["field"],),
        level=2,
    )


def _reason(act: Act, words: str) -> str:
    text = mask_text(scrub(words), loose=True)[:_LONGEST_REASON]
    if len(text) < _LEAST_REASON:
        act.refuse("contact.reason_needed")
    return text
