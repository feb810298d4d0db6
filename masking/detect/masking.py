"""Free text with the personal data in it hidden."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from masking.detect.finding import Finding, FindingKind
from masking.detect.loose import find_loose
from masking.detect.numbers import find

INLINE: Final[Mapping[FindingKind, str]] = {
    FindingKind.ID_NUMBER: "*" * 18,
    FindingKind.BANK_CARD: "*" * 16,
    FindingKind.MOBILE: "*" * 11,
    FindingKind.LANDLINE: "*" * 11,
    FindingKind.EMAIL: "****@****",
    FindingKind.ACCOUNT: "******",
    FindingKind.ADDRESS: "****",
    FindingKind.NAME: "**",
}
"""What stands in a text for each finding: one length a kind, and nothing of the value."""


def mask_text(text: str, *, loose: bool = False) -> str:
    """Return a text with every finding replaced by its mask.

    Args:
        text: Free text: reason words, notes, file names, log lines.
        loose: Also hide what may be a name or an address; for logs, where hiding too much costs little.

    Returns:
        The text; idempotent. Masks have a fixed length and show nothing of what they hide.
    """
    found = find_loose(text) if loose else find(text)
    return hide(text, found) if found else text


def hide(text: str, found: Sequence[Finding]) -> str:
    """Return a text with each of these findings, in their order, replaced by its mask."""
    parts: list[str] = []
    after = 0
    for one in found:
        parts.append(text[after : one.start])
        parts.append(INLINE[one.kind])
        after = one.end
    parts.append(text[after:])
    return "".join(parts)
