"""Planning a visit, agreeing to it, and calling it off.

At each step the same is asked: two fit colleagues, a consent of the customer's that covers the hours, no other visit to
that customer that day, and every rule of contact as it will stand when they go.
"""

from __future__ import annotations

from datetime import time
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.people.directory import held_rows, load_actor
from access.policy import Action, barred_ids
from access.roles import Role
from access.store.schema import person, visit_plan
from console.desk.act import Act
from console.desk.api.contact import ContactRef, Means, Verdict
from console.desk.api.visits import CancelVisit, DecideVisit, PlanVisit, Visit
from console.desk.cases.rows import load_case, require_case
from console.desk.contact.evaluate import evaluate, next_allowed
from console.desk.contact.gather import Known, consent_of, gather
from console.desk.contact.live import rules_in_force
from console.desk.contact.slots import take_turn, to_ask
from console.desk.contact.wall import SECOND
from console.desk.kernel import handles
from console.desk.visits.records import Row, require, state_of, step, tell, visit_view
from console.desk.visits.states import HOLDS_DAY, VisitState
from console.desk.work.calendar import parse_day, starts
from masking.detect import mask_text
from masking.text import scrub

LONGEST_AHEAD: Final = 30 * 24 * 3600 * 1_000_000
"""How far ahead a visit may be planned, microseconds."""

LEAST_WORDS: Final = 4
_WORDS: Final = 200
_DAY: Final = 24 * 60
_TWO: Final = 2


@handles(PlanVisit)
def plan(act: Act, request: PlanVisit) -> Visit:
    """Put it before the supervisor."""
    case = require_case(act, request.case_id, Action.VISIT_PLAN_MAKE)
    known = gather(act, case, Means.VISIT)
    contact = ContactRef(field=request.field.name, ordinal=request.field.ordinal)
    if known.number(contact) is None:
        act.refuse("visit.no_such_place")
    from_at, until_at = _hours(act, request, known.zone)
    first, second = _visitors(act, case, request.visitors)
    row_id = act.parts.ids.new()
    values: dict[str, Any] = {
        "id": row_id,
        "tenant_id": case["tenant_id"],
        "case_id": case["id"],
        "unit_id": case["unit_id"],
        "debtor": known.debtor,
        "field": contact.field,
        "ordinal": contact.ordinal,
        "day": request.day,
        "from_at": from_at,
        "until_at": until_at,
        "planner_id": act.actor.person_id,
        "first_id": first,
        "second_id": second,
        "consent_id": covering(act, known, from_at, until_at),
        "state": VisitState.PLANNED.value,
        "planned_at": act.now,
        "words": "",
        "result": "",
        "went": "",
        "ids_shown": 0,
        "note": "",
    }
    only_one(act, values)
    judge(act, known, contact, from_at)
    event = act.event(
        Action.VISIT_PLAN_MAKE,
        object_kind="visit",
        object_id=row_id,
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=(contact.field,),
        detail=((DetailKey.TO, VisitState.PLANNED.value), (DetailKey.ORDINAL, str(contact.ordinal))),
    )
    after = act.proofs.insert(act.uow, visit_plan, values, event)
    tell(act, after)
    return visit_view(act, after)


def _hours(act: Act, request: PlanVisit, zone: str) -> tuple[int, int]:
    day = parse_day(request.day)
    start, end = request.from_minute, request.until_minute
    if day is None or not 0 <= start < end < _DAY:
        act.refuse("visit.hours_unfit")
    from_at = starts(day, zone, time(start // 60, start % 60))
    until_at = starts(day, zone, time(end // 60, end % 60))
    if not act.now < until_at or from_at > act.now + LONGEST_AHEAD or from_at >= until_at:
        act.refuse("visit.hours_unfit")
    return max(from_at, act.now), until_at


def _visitors(act: Act, case: RowMapping, staff_nos: tuple[str, ...]) -> tuple[str, str]:
    wanted = sorted(set(staff_nos))
    rows = held_rows(act.uow, act.proofs, person, person.c.staff_no.in_(wanted)) if wanted else []
    ids = [row["id"] for row in rows]
    if len(staff_nos) != _TWO or len(set(ids)) != _TWO:
        act.refuse("visit.two_needed", clause="S-5-10")
    for one in ids:
        fit(act, case, one)
    return ids[0], ids[1]


def fit(act: Act, case: RowMapping, person_id: str) -> None:
    """Whether somebody may go at all.

    Raises:
        Refused: `visit.visitor_unfit`: not of the house's collectors, away, untrained, or with an interest.
    """
    who = load_actor(act.uow, act.proofs, person_id)
    works = who is not None and any(
        seat.role in {Role.AGENT, Role.SUPERVISOR} and seat.valid_from <= act.now < seat.valid_until
        for seat in who.seats
    )
    fits = who is not None and works and who.state == "active" and who.trained and who.confidentiality
    if not fits or person_id in barred_ids(case["barred"]):
        act.refuse("visit.visitor_unfit", clause="S-5-10")


def covering(act: Act, known: Known, from_at: int, until_at: int) -> str:
    """The consent in which the customer agreed to be visited in these hours.

    Raises:
        Refused: `visit.no_consent`.
    """
    whole = range(from_at, max(from_at + 1, until_at), 60 * SECOND)
    found = [one for one in known.consents if all(consent_of(one).covers(at, known.zone, Means.VISIT) for at in whole)]
    if not found:
        act.refuse("visit.no_consent", clause="S-5-10")
    return str(found[0]["id"])


def only_one(act: Act, row: Row) -> None:
    """Take the customer's day, or find it taken.

    Raises:
        Refused: `visit.one_a_day`.
    """
    take_turn(act, f"visit:{bytes(row['debtor']).hex()}", row["tenant_id"])
    where = (visit_plan.c.debtor == row["debtor"], visit_plan.c.day == row["day"], visit_plan.c.id != row["id"])
    for other in held_rows(act.uow, act.proofs, visit_plan, *where):
        if state_of(other, act.now) in HOLDS_DAY:
            act.refuse("visit.one_a_day", clause="S-5-10")


def judge(act: Act, known: Known, contact: ContactRef, at: int) -> None:
    """Ask every rule of contact as it will stand at an instant.

    Raises:
        Refused: `contact.refused`, as a call is.
    """
    number, rules = known.number(contact), rules_in_force(act)
    if number is None:
        act.refuse("visit.no_such_place")
    facts = known.facts(number)
    against = [one for one in evaluate(rules.profile, facts, at) if one.verdict == Verdict.REFUSED]
    if against:
        when = next_allowed(rules.profile, facts, at)
        act.refuse(
            "contact.refused",
            clause=against[0].clause,
            ask=to_ask(against[0].why),
            contact_why=against[0].why,
            contact_at=str(when) if when is not None else "",
            contact_zone=known.zone,
        )


def again(act: Act, row: Row, at: int) -> RowMapping:
    """Judge a visit anew, as it stands now, for the instant at which they go; the case it is to.

    Raises:
        Refused: what no longer holds.
    """
    case = load_case(act, row["case_id"])
    if case is None:
        act.refuse("visit.not_found", clause="Y-4.2.1")
    for one in (row["first_id"], row["second_id"]):
        fit(act, case, one)
    known = gather(act, case, Means.VISIT)
    covering(act, known, at, row["until_at"])
    only_one(act, row)
    judge(act, known, ContactRef(field=row["field"], ordinal=row["ordinal"]), at)
    return case


@handles(DecideVisit)
def decide(act: Act, request: DecideVisit) -> Visit:
    """Agree or refuse, by a supervisor who neither planned it nor goes."""
    row = require(act, request.visit_id, Action.VISIT_PLAN_APPROVE, seen=request.version)
    if state_of(row, act.now) is not VisitState.PLANNED:
        act.refuse("visit.state")
    words = said(act, request.words, needed=not request.approve)
    to = VisitState.APPROVED if request.approve else VisitState.REFUSED
    if request.approve:
        again(act, row, max(row["from_at"], act.now))
    changes = {"decided_by": act.actor.person_id, "decided_at": act.now, "words": words}
    return visit_view(act, moved(act, row, to, Action.VISIT_PLAN_APPROVE, changes))


@handles(CancelVisit)
def cancel(act: Act, request: CancelVisit) -> Visit:
    """Call it off before anybody goes."""
    row = require(act, request.visit_id, Action.VISIT_PLAN_CANCEL)
    words = said(act, request.words, needed=True)
    if state_of(row, act.now) not in {VisitState.PLANNED, VisitState.APPROVED}:
        act.refuse("visit.state")
    changes = {"ended_by": act.actor.person_id, "ended_at": act.now, "words": words}
    return visit_view(act, moved(act, row, VisitState.CANCELLED, Action.VISIT_PLAN_CANCEL, changes))


def moved(act: Act, row: Row, to: VisitState, action: Action, changes: dict[str, Any]) -> dict[str, Any]:
    """A step, where somebody else may have been quicker.

    Raises:
        Refused: `visit.state`.
    """
    try:
        return step(act, row, to, action, **changes)
    except StaleRow:
        act.refuse("visit.state")


def said(act: Act, text: str, *, needed: bool) -> str:
    """Words as they are kept: one line, personal data masked.

    Raises:
        Refused: `visit.words_needed`.
    """
    words = mask_text(scrub(" ".join(text.split())), loose=True)[:_WORDS]
    if needed and len(words) < LEAST_WORDS:
        act.refuse("visit.words_needed", least=str(LEAST_WORDS))
    return words
