"""Consents: further hours in which a customer agreed to be contacted, with what shows it. Taken back at once."""

from __future__ import annotations

import re
from typing import Final

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.store.schema import contact_consent
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.contact import CONSENT_DAYS, EVIDENCE, ConsentView, RecordConsent, WithdrawConsent
from console.desk.cases.rows import load_case, require_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.contact.checking import means_of
from console.desk.contact.gather import debtor_of
from console.desk.contact.wall import HOUR
from console.desk.hub import Audience
from console.desk.kernel import handles
from masking.detect import mask_text

_DAY: Final = 24 * 60
_REFERENCE: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{2,39}")


@handles(RecordConsent)
def record(act: Act, request: RecordConsent) -> ConsentView:
    """Keep what the customer agreed to."""
    row = require_case(act, request.case_id, Action.CONTACT_CONSENT_RECORD)
    means = means_of(act, request.means)
    if request.evidence not in EVIDENCE:
        act.refuse("contact.evidence_unknown")
    if _REFERENCE.fullmatch(request.reference) is None or mask_text(request.reference, loose=True) != request.reference:
        act.refuse("contact.reference_unfit")
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
        "reference": request.reference,
        "state": "active",
        "recorded_by": act.actor.person_id,
        "recorded_at": act.now,
    }
    kept = act.proofs.insert(act.uow, contact_consent, values, event)
    act.push("case", row["id"], Audience.of(row["assignee_id"], units=(row["unit_id"],)))
    return ConsentView(
        consent_id=row_id,
        means=means.value,
        from_minute=start,
        until_minute=end,
        expires_at=request.expires_at,
        evidence=request.evidence,
        reference=request.reference,
        state="active",
        recorded_by=staff_names(act, {act.actor.person_id}).get(act.actor.person_id, ""),
        recorded_at=act.now,
        version=kept["version"],
        may=("withdraw",)
        if act.allowed(Action.CONTACT_CONSENT_WITHDRAW, resource_of(row), standing(act, row)).allowed
        else (),
    )


@handles(WithdrawConsent)
def withdraw(act: Act, request: WithdrawConsent) -> Done:
    """The customer takes it back; whoever works the case says so."""
    found = act.proofs.get(act.uow, contact_consent, request.consent_id)
    case = load_case(act, found["case_id"]) if found is not None else None
    if found is None or case is None:
        act.require(Action.CONTACT_CONSENT_WITHDRAW, Resource.absent("case"))
        act.refuse("contact.no_such_consent", clause="Y-4.2.1")
    act.require(Action.CONTACT_CONSENT_WITHDRAW, resource_of(case), standing(act, case))
    if found["state"] != "active":
        act.refuse("contact.no_such_consent")
    event = act.event(
        Action.CONTACT_CONSENT_WITHDRAW,
        object_kind="consent",
        object_id=found["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
    )
    changes = {"state": "withdrawn", "withdrawn_by": act.actor.person_id, "withdrawn_at": act.now}
    act.proofs.update(act.uow, contact_consent, found["id"], found["version"], changes, event)
    act.push("case", case["id"], Audience.of(case["assignee_id"], units=(case["unit_id"],)))
    return Done()
