"""Consents: further hours in which a customer agreed to be contacted, with what shows it. Taken back at once.

What shows it is there: a recording is one that the desk has, of an answered call to the customer's own number; a letter
or message, which the desk does not have, is seen by a second person before it lifts anything (requirements §5-1): what
that person does stands in `confirming`.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import and_, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.store.schema import call_record, call_recording, case_file, contact_consent
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.contact import CONSENT_DAYS, EVIDENCE, ConsentView, RecordConsent, WithdrawConsent
from console.desk.calls.listing import resource_of_call
from console.desk.calls.states import PLAYABLE
from console.desk.cases.rows import load_case, require_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.contact.checking import consent_view, means_of
from console.desk.contact.gather import Row, debtor_of
from console.desk.contact.wall import HOUR
from console.desk.hub import Audience
from console.desk.kernel import handles
from masking.detect import mask_text

RECORDING: Final = "recording"
"""The evidence that the desk itself has, so that nobody else need see it."""

_DAY: Final = 24 * 60
_STANDING: Final = ("asked", "active")
_CALLS: Final = 50
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,39}")


@handles(RecordConsent)
def record(act: Act, request: RecordConsent) -> ConsentView:
    """Keep what the customer agreed to."""
    row = require_case(act, request.case_id, Action.CONTACT_CONSENT_RECORD)
    means = means_of(act, request.means)
    if request.evidence not in EVIDENCE:
        act.refuse("contact.evidence_unknown")
    recorded = request.evidence == RECORDING
    reference = heard_in(act, row, request.reference) if recorded else _fit(act, request.reference)
    start, end = request.from_minute, request.until_minute
    if not (0 <= start < _DAY and 0 < end <= _DAY and start != end):
        act.refuse("contact.hours_unfit")
    if not act.now < request.expires_at <= act.now + CONSENT_DAYS * 24 * HOUR:
        act.refuse("contact.expiry_unfit", days=str(CONSENT_DAYS))
    row_id = act.parts.ids.new()
    event = act.event(
        Action.CONTACT_CONSENT_RECORD,
        object_kind="consent",
        object_id=row_id,
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        reason=request.evidence,
        detail=((DetailKey.KIND, means.value), (DetailKey.SECONDS, str((request.expires_at - act.now) // 1_000_000))),
    )
    values = {
        "id": row_id,
        "tenant_id": row["tenant_id"],
        "case_id": row["id"],
        "unit_id": row["unit_id"],
        "debtor": debtor_of(row),
        "channel": means.value,
        "from_minute": start,
        "until_minute": end,
        "expires_at": request.expires_at,
        "evidence": request.evidence,
        "reference": reference,
        "state": "active" if recorded else "asked",
        "recorded_by": act.actor.person_id,
        "recorded_at": act.now,
    }
    kept = act.proofs.insert(act.uow, contact_consent, values, event)
    tell(act, kept, row)
    names = staff_names(act, {act.actor.person_id})
    return consent_view(act, kept, row, names.get(act.actor.person_id, ""))


@handles(WithdrawConsent)
def withdraw(act: Act, request: WithdrawConsent) -> Done:
    """The customer takes it back; whoever works the case says so."""
    found, case = find(act, request.consent_id, Action.CONTACT_CONSENT_WITHDRAW)
    act.require(Action.CONTACT_CONSENT_WITHDRAW, resource_of(case), standing(act, case))
    if found["state"] not in _STANDING:
        act.refuse("contact.no_such_consent")
    changes = {"state": "withdrawn", "withdrawn_by": act.actor.person_id, "withdrawn_at": act.now}
    event = act.event(
        Action.CONTACT_CONSENT_WITHDRAW,
        object_kind="consent",
        object_id=found["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
    )
    act.proofs.update(act.uow, contact_consent, found["id"], found["version"], changes, event)
    tell(act, found, case)
    return Done()


def find(act: Act, consent_id: str, action: Action) -> tuple[RowMapping, RowMapping]:
    """A consent and its case.

    Raises:
        Refused: as for whatever lies outside every scope.
    """
    found = act.proofs.get(act.uow, contact_consent, consent_id)
    case = load_case(act, found["case_id"]) if found is not None else None
    if found is None or case is None:
        act.require(action, Resource.absent("case"))
        act.refuse("contact.no_such_consent", clause="Y-4.2.1")
    return found, case


def tell(act: Act, consent: Row, case: Row) -> None:
    """Push it to whoever works the case; one that needed another person also to who recorded and who confirms it."""
    act.push("case", case["id"], Audience.of(case["assignee_id"], units=(case["unit_id"],)))
    if consent["evidence"] != RECORDING:
        audience = Audience.of(consent["recorded_by"], units=(case["unit_id"],), roles=("compliance",))
        act.push("consent", consent["id"], audience)


def _fit(act: Act, reference: str) -> str:
    """The number of something that is not in the desk."""
    if _REFERENCE.fullmatch(reference) is None or mask_text(reference, loose=True) != reference:
        act.refuse("contact.reference_unfit")
    return reference


def heard_in(act: Act, case: RowMapping, call_id: str) -> str:
    """The call in whose recording the customer says so: the one named, or the customer's latest. Returns its id.

    Raises:
        Refused: `contact.no_such_recording`: none that was answered, recorded, and is for this person to know of.
    """
    same = case_file.c.id == case["id"]
    if case["debtor"] is not None:
        same = and_(case_file.c.tenant_id == case["tenant_id"], case_file.c.debtor == case["debtor"])
    query = (
        select(call_record)
        .join(call_recording, call_recording.c.call_id == call_record.c.id)
        .where(
            call_record.c.case_id.in_(select(case_file.c.id).where(same)),
            call_record.c.connected_at.is_not(None),
            call_record.c.third == 0,
            call_recording.c.state.in_([one.value for one in PLAYABLE]),
            *((call_record.c.id == call_id,) if call_id else ()),
        )
        .order_by(call_record.c.started_at.desc(), call_record.c.id.desc())
        .limit(_CALLS)
    )
    calls = act.proofs.holding(act.uow, call_record, act.db.execute(query).mappings().all())
    found = next((call["id"] for call in calls if _heard(act, call)), None)
    if found is None:
        act.refuse("contact.no_such_recording", clause="S-5-1")
    return str(found)


def _heard(act: Act, call: RowMapping) -> bool:
    query = select(call_recording).where(call_recording.c.call_id == call["id"])
    proven = act.proofs.holding(act.uow, call_recording, act.db.execute(query).mappings().all())
    return bool(proven) and act.allowed(Action.CALL_LINE_LIST, resource_of_call(call)).allowed
