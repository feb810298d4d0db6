"""A customer's consent by letter, and the second person who saw it."""

from __future__ import annotations

from console.desk.api.contact import ConfirmConsent, ConsentView, RecordConsent
from tests.support.desk import WholeDesk


async def agreed(desk: WholeDesk, consent: RecordConsent, name: str = "zhangwei", second: str = "lina") -> ConsentView:
    """Record it, and confirm it where it waits."""
    kept = await desk.call(name, consent)
    if kept.state == "asked":
        await desk.call(second, ConfirmConsent(consent_id=kept.consent_id, version=kept.version))
    return kept
