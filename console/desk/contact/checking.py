"""May I call now? Every number of a case with every rule's answer; looking is an event and reserves nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.contact import (
    CheckContacts,
    ConsentView,
    ContactCheck,
    ContactRef,
    ContactVerdict,
    Means,
    RuleVerdict,
)
from console.desk.cases.display import HIDDEN, Viewer, slot
from console.desk.cases.rows import load_case, require_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.contact.evaluate import allowed, evaluate, liable, next_allowed
from console.desk.contact.gather import Known, Number, Row, gather
from console.desk.contact.live import InForce, rules_in_force
from console.desk.contact.stops import may_do
from console.desk.kernel import handles


@handles(CheckContacts)
def check(act: Act, request: CheckContacts) -> ContactCheck:
    """Judge every number of the case as it stands now."""
    row = require_case(act, request.case_id, Action.CONTACT_SLOT_CHECK)
    means = means_of(act, request.means)
    known, rules = gather(act, row, means), rules_in_force(act)
    viewer = Viewer(act.parts, act.actor, resource_of(row), standing(act, row), act.now)
    contacts = tuple(_shown(act, known, rules, viewer))
    act.log(
        Action.CONTACT_SLOT_CHECK,
        object_kind="case",
        object_id=row["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        rows=len(contacts),
        detail=((DetailKey.KIND, means.value), (DetailKey.VERSION, str(rules.edition))),
    )
    return ContactCheck(
        case_id=row["id"],
        number=row["number"],
        zone=known.zone,
        means=means.value,
        profile=rules.profile.code,
        edition=rules.edition,
        contacts=contacts,
        consents=_consents(act, known, known.consents),
        asked=_consents(act, known, known.asked),
        may=("consent",) if _may(act, Action.CONTACT_CONSENT_RECORD, row) else (),
    )


def means_of(act: Act, means: str) -> Means:
    """The means of that name.

    Raises:
        Refused: `contact.means_unknown`.
    """
    if means not in set(Means):
        act.refuse("contact.means_unknown")
    return Means(means)


def _shown(act: Act, known: Known, rules: InForce, viewer: Viewer) -> Iterator[ContactVerdict]:
    for number in known.numbers:
        contact = number.contact
        masked = viewer.mask(contact.field, contact.ordinal, known.masks.get(slot(contact.field, contact.ordinal), ""))
        if masked != HIDDEN:
            yield _verdict(act, known, rules, number, masked)


def _verdict(act: Act, known: Known, rules: InForce, number: Number, masked: str) -> ContactVerdict:
    facts = known.facts(number)
    verdicts = evaluate(rules.profile, facts, act.now)
    fine = allowed(verdicts)
    stop = known.stops.get(number.entry)
    third = known.third(number.contact) and not liable(rules.profile, facts)
    return ContactVerdict(
        contact=number.contact,
        masked=masked,
        party="third" if third else "debtor",
        allowed=fine,
        allowed_at=act.now if fine else next_allowed(rules.profile, facts, act.now),
        rules=verdicts,
        stop_id=stop["id"] if stop is not None else "",
        stop_version=stop["version"] if stop is not None else 0,
        may=may_do(act, known.row, stop),
        left=_left(verdicts),
    )


def left_on(act: Act, row: Row, contact: ContactRef, means: Means) -> int | None:
    """How many more contacts of this number the rules that count allow as it stands now; None where none counts.

    Args:
        act: what is reserved in its transaction counts already.
        row: the whole case row.
        contact: which number.
        means: how.
    """
    known = gather(act, row, means)
    number = known.number(contact)
    return _left(evaluate(rules_in_force(act).profile, known.facts(number), act.now)) if number is not None else None


def _left(verdicts: tuple[RuleVerdict, ...]) -> int | None:
    counted = [one.limit - one.used for one in verdicts if one.kind == "count" and one.limit and one.used is not None]
    return max(0, min(counted)) if counted else None


def _consents(act: Act, known: Known, rows: Sequence[RowMapping]) -> tuple[ConsentView, ...]:
    names = staff_names(act, {row["recorded_by"] for row in rows})
    # A debtor's consent counts on each of their cases; whoever takes it back answers for the one it was given on.
    ids = {str(row["case_id"]) for row in rows}
    cases = {one: known.row if one == known.row["id"] else load_case(act, one) for one in ids}
    return tuple(consent_view(act, row, cases[row["case_id"]], names.get(row["recorded_by"], "")) for row in rows)


def consent_view(act: Act, consent: Row, case: Row | None, recorded_by: str) -> ConsentView:
    """A consent of that case for this viewer. recorded_by: who, as shown."""
    return ConsentView(
        consent_id=consent["id"],
        means=consent["channel"],
        from_minute=consent["from_minute"],
        until_minute=consent["until_minute"],
        expires_at=consent["expires_at"],
        evidence=consent["evidence"],
        reference=consent["reference"],
        state=consent["state"],
        recorded_by=recorded_by,
        recorded_at=consent["recorded_at"],
        version=consent["version"],
        may=may_consent(act, consent, case),
    )


def may_consent(act: Act, consent: Row, case: Row | None) -> tuple[str, ...]:
    """What this person may do about a consent of that case."""
    if case is None:
        return ()
    stands = consent["state"] in {"asked", "active"}
    found = ["withdraw"] if stands and _may(act, Action.CONTACT_CONSENT_WITHDRAW, case) else []
    if consent["state"] == "asked":
        about, given = seen_by_another(consent, case), standing(act, case)
        offered = (("confirm", Action.CONTACT_CONSENT_CONFIRM), ("refuse", Action.CONTACT_CONSENT_REFUSE))
        found += [name for name, action in offered if act.allowed(action, about, given).allowed]
    return tuple(found)


def seen_by_another(consent: Row, case: Row) -> Resource:
    """The case as the decision sees it, with who recorded the consent as a party."""
    return replace(resource_of(case), party_ids=(consent["recorded_by"],))


def _may(act: Act, action: Action, row: Row | None) -> bool:
    return row is not None and act.allowed(action, resource_of(row), standing(act, row)).allowed
