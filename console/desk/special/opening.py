"""Seeing the number, giving it back or taking it away, and saying what came of it.

The order inside `open_number` is the promise: everything that must hold is judged anew, the attempt is taken in the
contact rules, the event of this very look joins the transaction, and only then is the number opened; the reply that
carries it leaves after the commit. It opens in the session in which it was opened first, and in no other; and what was
agreed to is one number: when another stands in its place the filing ends, and that one is not shown.
"""

from __future__ import annotations

from typing import Final

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.cases import FieldRef
from console.desk.api.contact import ContactRef, Means
from console.desk.api.special import EndSpecial, OpenSpecial, ReportSpecial, SpecialFiling, SpecialNumber
from console.desk.cases.rows import load_case
from console.desk.contact import slots
from console.desk.contact.gather import gather
from console.desk.kernel import handles
from console.desk.reveals.opening import open_field
from console.desk.special.filing import said
from console.desk.special.records import Row, find, opening, require, state_of, step, write
from console.desk.special.states import ENDED, MINUTE, OUTCOMES, FilingState, Report, contacts, review_due
from console.desk.special.views import view
from masking.case_keys import Purpose

ALERT: Final = "alert:special:open"
_RECORDED_ELSEWHERE: Final = frozenset({"recorder"})


@handles(OpenSpecial)
def open_number(act: Act, request: OpenSpecial) -> SpecialNumber | Refusal:
    """One number in clear, until its end."""
    row = find(act, request.filing_id)
    if row is None:
        act.require(Action.SPECIAL_CONTACT_OPEN, Resource.absent("special"))
        act.refuse("special.not_found", clause="Y-4.2.1")
    act.require(Action.SPECIAL_CONTACT_OPEN, *opening(act, row))
    case = load_case(act, row["case_id"])
    if case is None:
        act.refuse("special.not_found", clause="Y-4.2.1")
    session_id = act.seated.session_id
    if row["state"] == FilingState.ACTIVE and row["session_id"] != session_id:
        act.refuse("special.other_screen", clause="S-4.2")
    stands = _still(act, row, case)
    if stands is not None:
        return stands
    after: Row = row
    try:
        if row["state"] == FilingState.APPROVED:
            taken = _begin(act, row, session_id)
            if isinstance(taken, Refusal):
                return taken
            after = taken
        else:
            detail = ((DetailKey.STATE, row["state"]), (DetailKey.KIND, row["scenario"]))
            after = write(act, row, Action.SPECIAL_CONTACT_OPEN, detail)
    except StaleRow:
        act.refuse("special.state")
    ref = FieldRef(name=row["field"], ordinal=row["ordinal"])
    value = open_field(act, case, ref, Purpose.SPECIAL_CONTACT)
    return SpecialNumber(field=ref, value=value, ends_at=after["ends_at"], now=act.now)


def _still(act: Act, row: Row, case: Row) -> Refusal | None:
    """At every look: another number than the one filed for ends it; one that is to be left alone is not shown."""
    known = gather(act, case, Means.CALL)
    number = known.number(ContactRef(field=row["field"], ordinal=row["ordinal"]))
    if number is None or number.entry != bytes(row["entry"] or b""):
        _over(act, row, FilingState.REVOKED, Action.SPECIAL_CONTACT_END)
        act.log(
            Action.SPECIAL_CONTACT_OPEN,
            result="refused",
            rule="special.number_changed",
            object_kind="special",
            object_id=row["id"],
            case_id=row["case_id"],
            tenant_id=row["tenant_id"],
            fields=(row["field"],),
        )
        return Refusal(code="special.number_changed", clause="S-4.2")
    stop = known.stops.get(number.entry)
    # The first look is judged by every rule of contact; a court is handed what the customer asked us not to use.
    if stop is not None and row["state"] == FilingState.ACTIVE and contacts(row["scenario"]):
        why = f"stop_{stop['reason']}"
        act.refuse("contact.refused", clause="R-54", contact_why=why, contact_at="", contact_zone=known.zone)
    return None


def _begin(act: Act, row: Row, session_id: str) -> Row | Refusal:
    """The first look: its minutes begin, it counts as an attempt, whoever watches is told."""
    case = load_case(act, row["case_id"])
    if case is None:
        act.refuse("special.not_found", clause="Y-4.2.1")
    ends_at = act.now + row["minutes"] * MINUTE
    slot_id = None
    if contacts(row["scenario"]):
        contact = ContactRef(field=row["field"], ordinal=row["ordinal"])
        # What the rules ask of the desk's own line cannot hold where that line is not used.
        taken = slots.reserve(
            act, case, contact, Means.CALL, lasts=ends_at - act.now, without=_RECORDED_ELSEWHERE, seen=True
        )
        if isinstance(taken, Refusal):
            return taken
        slot_id = taken.slot_id
    act.require(Action.SPECIAL_CONTACT_OPEN, *opening(act, row))
    settings = act.parts.settings
    after = step(
        act,
        row,
        FilingState.ACTIVE,
        Action.SPECIAL_CONTACT_OPEN,
        opened_at=act.now,
        session_id=session_id,
        ends_at=ends_at,
        slot_id=slot_id,
        review_by=review_due(ends_at, settings.zone, settings.export.holidays),
    )
    act.log(
        ALERT,
        object_kind="special",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        reason=row["scenario"],
        rule="C-5.4e-3",
    )
    return after


@handles(EndSpecial)
def end(act: Act, request: EndSpecial) -> SpecialFiling:
    """Whoever holds it gives it back; whoever may end any reveal takes it away."""
    row = require(act, request.filing_id, Action.SPECIAL_CONTACT_END)
    own = row["asker_id"] == act.actor.person_id
    to = FilingState.RETURNED if own else FilingState.REVOKED
    if own and row["state"] == FilingState.APPROVED:
        to = FilingState.WITHDRAWN
    if state_of(row, act.now) not in {FilingState.APPROVED, FilingState.ACTIVE}:
        act.refuse("special.state")
    return view(act, _over(act, row, to, Action.SPECIAL_CONTACT_END))


def _over(act: Act, row: Row, to: FilingState, action: Action) -> Row:
    settings = act.parts.settings
    changes = {"ended_at": act.now, "ended_by": act.actor.person_id}
    if row["opened_at"] is not None:
        changes["review_by"] = review_due(act.now, settings.zone, settings.export.holidays)
    elif to is FilingState.REVOKED:
        # Never opened: there is nothing to look at, and nothing that could be overdue.
        to = FilingState.LAPSED
    try:
        return step(act, row, to, action, **changes)
    except StaleRow:
        act.refuse("special.state")


@handles(ReportSpecial)
def report(act: Act, request: ReportSpecial) -> SpecialFiling:
    """What came of the one contact; once, and an open one ends by it."""
    row: Row = require(act, request.filing_id, Action.SPECIAL_CONTACT_REPORT)
    if request.outcome not in set(Report):
        act.refuse("special.outcome_unknown")
    words = said(act, request.words)
    state = state_of(row, act.now)
    if row["outcome"] or state not in {FilingState.ACTIVE, *ENDED}:
        act.refuse("special.state")
    if state is FilingState.ACTIVE:
        row = _over(act, row, FilingState.RETURNED, Action.SPECIAL_CONTACT_REPORT)
    outcome = Report(request.outcome)
    try:
        after = write(
            act,
            row,
            Action.SPECIAL_CONTACT_REPORT,
            ((DetailKey.VERDICT, outcome.value),),
            outcome=outcome.value,
            report=words,
        )
    except StaleRow:
        act.refuse("special.state")
    if row["slot_id"] is not None:
        slots.settle(act, row["slot_id"], OUTCOMES[outcome])
    return view(act, after)
