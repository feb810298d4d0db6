"""Every call of contact rules, by somebody who knows the ids; and a desk whose calls can be recorded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from console.desk.api import consents, contact
from console.desk.api.base import AnyCall
from console.desk.contact import recorder
from console.desk.contact.profile import shipped_lines

DAY = 86_400_000_000


def contact_calls(case_id: str, now: int, edition_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind."""
    return (
        contact.CheckContacts(case_id=case_id),
        contact.RecordConsent(
            case_id=case_id,
            means="call",
            from_minute=22 * 60,
            until_minute=23 * 60,
            expires_at=now + DAY,
            evidence="letter",
            reference="LETTER-one",
        ),
        contact.ConfirmConsent(consent_id="0" * 32, version=1),
        contact.RefuseConsent(consent_id="0" * 32, version=1, reason="no such letter"),
        contact.WithdrawConsent(consent_id="0" * 32),
        consents.ListConsents(),
        consents.ListConsents(scope="mine"),
        contact.StopContact(case_id=case_id, contact=contact.ContactRef(field="mobile"), reason="asked"),
        contact.LiftStop(stop_id="0" * 32, version=1),
        contact.ListRules(),
        contact.ReadRules(),
        contact.ProposeRules(lines=shipped_lines("us-reg-f")),
        contact.DecideRules(edition_id=edition_id, version=1, approve=False),
        contact.RollBackRules(edition_id=edition_id, version=1),
    )


@contextmanager
def recording() -> Iterator[None]:
    """Every desk of this process can record while this lasts."""
    before = list(recorder._probes)
    recorder.register(lambda _parts: True)
    try:
        yield
    finally:
        recorder._probes[:] = before
