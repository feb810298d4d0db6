"""What a finding says, in a plain spelling: what was written in numerals, full width or pieces becomes one value."""

from __future__ import annotations

from typing import Final

from masking.detect.finding import Finding, FindingKind
from masking.detect.shadow import fold_text, read_numerals

_IN_DIGITS: Final = frozenset(
    {FindingKind.ID_NUMBER, FindingKind.BANK_CARD, FindingKind.MOBILE, FindingKind.LANDLINE},
)


def read_value(text: str, finding: Finding) -> str:
    """Return the value of one finding of a text, folded, its Chinese numerals as digits where it is a number.

    Separators stay; ``masking.normalise`` takes them out for the kinds that have one spelling.
    """
    folded = fold_text(text[finding.start : finding.end]).text.strip()
    return read_numerals(folded) if finding.kind in _IN_DIGITS else folded
