"""What is said of a consent in one line, and what its second person is asked before it is decided."""

from __future__ import annotations

from typing import Final

from console.desk.api.contact import (
    ConfirmConsent,
    ConsentView,
    ContactCheck,
    RefuseConsent,
)
from console.texts import Texts
from console.tui.screens.base import Worded

_HOUR: Final = 60
_LEAST_REASON: Final = 4


async def asked_to_confirm(screen: Worded, one: ConsentView, zone: str) -> ConfirmConsent | None:
    """The call, if the person says that they saw what shows it. zone: where the customer is."""
    from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

    texts = screen.texts
    words = texts.t("consent.confirm.words", consent=line(texts, one, zone), evidence=shown_by(texts, one))
    if not await screen.app.push_screen_wait(ConfirmModal(texts.t("consent.confirm"), words)):
        return None
    return ConfirmConsent(consent_id=one.consent_id, version=one.version)


async def asked_to_refuse(screen: Worded, one: ConsentView, zone: str) -> RefuseConsent | None:
    """The call, if the person says why. zone: where the customer is."""
    from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

    texts = screen.texts
    words = texts.t(
        "consent.refuse.words",
        consent=line(texts, one, zone),
        evidence=shown_by(texts, one),
        person=one.recorded_by or "—",
    )
    form = WordsModal(texts.t("consent.refuse"), words, texts.t("inbox.refuse.label"), least=_LEAST_REASON)
    reason = await screen.app.push_screen_wait(form)
    return RefuseConsent(consent_id=one.consent_id, version=one.version, reason=reason) if reason else None


def shown_by(texts: Texts, one: ConsentView) -> str:
    """What shows it, by kind and number."""
    return f"{texts.t(f'consent.shown.{one.evidence}')} {one.reference}"


def hours(one: ConsentView) -> str:
    """From when until when, where the customer is."""
    return "–".join(f"{at // _HOUR:02}:{at % _HOUR:02}" for at in (one.from_minute, one.until_minute))


def line(texts: Texts, one: ConsentView, zone: str) -> str:
    """By what, in which hours, until when."""
    return texts.t(
        "consent.line",
        means=texts.t(f"consent.by.{one.means}"),
        hours=hours(one),
        until=texts.when(one.expires_at, zone, "short"),
    )


def summary(texts: Texts, found: ContactCheck) -> str:
    """The first in one line, and how many more."""
    if not found.consents:
        return texts.t("consent.none")
    more = len(found.consents) - 1
    first = line(texts, found.consents[0], found.zone)
    return texts.t("consent.some", first=first) + (f" +{more}" if more else "")
