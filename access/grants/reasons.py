"""Why a value is needed: closed codes. Words are asked for only where a code says too little."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

from access.grants.refusals import refuse
from masking.catalogue import Condition, Tier
from masking.detect import mask_text

LEAST_WORDS: Final = 8
LEAST_REASON: Final = 4
MOST: Final = 400


@unique
class ReasonCode(StrEnum):
    """What the value is needed for."""

    IDENTITY_CHECK = "identity_check"
    LETTER_OR_VISIT = "letter_or_visit"
    REPAYMENT_DISPUTE = "repayment_dispute"
    CONTACT_CORRECTION = "contact_correction"
    COMPLAINT_HANDLING = "complaint_handling"
    LEGAL_REQUEST = "legal_request"
    OTHER = "other"


_FITTING: Final = {
    Condition.VISIT_OR_LETTER: frozenset(
        {ReasonCode.LETTER_OR_VISIT, ReasonCode.COMPLAINT_HANDLING, ReasonCode.LEGAL_REQUEST, ReasonCode.OTHER}
    ),
    Condition.REPAYMENT_DISPUTE: frozenset(
        {ReasonCode.REPAYMENT_DISPUTE, ReasonCode.COMPLAINT_HANDLING, ReasonCode.LEGAL_REQUEST, ReasonCode.OTHER}
    ),
}


FOR_CONTACT: Final = frozenset(
    {ReasonCode.IDENTITY_CHECK, ReasonCode.LETTER_OR_VISIT, ReasonCode.CONTACT_CORRECTION, ReasonCode.OTHER}
)
"""Reasons that serve contacting the customer; `other` may, so it counts as one."""


def serves_contact(reason: str) -> bool:
    """Tell whether a value asked for by this code serves contact; so does what is no known code."""
    return reason not in set(ReasonCode) or ReasonCode(reason) in FOR_CONTACT


def words_required(reason: ReasonCode, tier: Tier) -> bool:
    """Tell whether this request must be explained in words: code `other`, and everything of tier U3."""
    return reason is ReasonCode.OTHER or tier is Tier.U3


def fits(reason: ReasonCode, condition: Condition) -> bool:
    """Tell whether a reason is one for which the catalogue opens the field at all (§2.2: visit, letter, dispute)."""
    return reason in _FITTING.get(condition, frozenset(ReasonCode))


def parse_reason(text: str) -> ReasonCode:
    """Return the code.

    Raises:
        Refused: `reveal.reason_unknown`.
    """
    try:
        return ReasonCode(text)
    except ValueError:
        refuse("reveal.reason_unknown", "C-5.4d-2")


def tidy(text: str) -> str:
    """Return words as they are stored: one line, personal data masked, clipped."""
    return mask_text(" ".join(text.split()), loose=True)[:MOST]


def checked_words(text: str, reason: ReasonCode, tier: Tier) -> str:
    """Return the words to store.

    Raises:
        Refused: `reveal.words_required`: too few where they are needed.
    """
    words = tidy(text)
    if words_required(reason, tier) and len(words) < LEAST_WORDS:
        refuse("reveal.words_required", "C-5.4d-2", least=LEAST_WORDS)
    return words
