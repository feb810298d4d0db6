"""What may never be held here, found by content where the header does not admit it (J-5, J-4, R-55).

Card tracks, lists of other people's phones, verification values beside card numbers. A find quarantines the whole
file and names the column only. Headers that say it openly are the catalogue's business (`columns`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from console.desk.imports.delimited import Cells
from console.desk.imports.faults import Code, Fault, FileRefused
from masking.normalise import card_fault

SAMPLE: Final = 500
_TRACK: Final = re.compile(r"%?[Bb]\d{12,19}\^[^^]{2,40}\^\d{4}|;?\d{12,19}[=D]\d{7,}")
_PHONE: Final = r"(?:\+?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}"
_NAMED_PHONE: Final = re.compile(r"[^\d\s;,，；、|:：=]{2,20}\s*[\"']?\s*[:：=,，/\-\s]\s*[\"']?" + _PHONE + r"(?!\d)")
_ANY_PHONE: Final = re.compile(r"(?<!\d)" + _PHONE + r"(?!\d)")
_NAMED_MOST: Final = 1
_PHONES_MOST: Final = 5
_SHORTEST: Final = 24
_CVV: Final = re.compile(r"\d{3,4}")
_CVV_LEAST: Final = 5
_CVV_SPREAD: Final = 300


def forbidden_text(value: str) -> bool:
    """Whether one cell holds a card track or a list of people with phones."""
    if len(value) < _SHORTEST:
        return False
    if ("=" in value or "^" in value or "D" in value) and _TRACK.search(value):
        return True
    phones = len(_ANY_PHONE.findall(value))
    # No phone has a name where there is none: nearly every text, and looking for names costs the most.
    return phones > _PHONES_MOST or (phones > 0 and len(_NAMED_PHONE.findall(value)) > _NAMED_MOST)


def inspect(shown: Sequence[str], rows: Sequence[Cells], unmapped: frozenset[int]) -> None:
    """Look through a sample of rows, dropped columns included.

    Args:
        shown: headers, safe to name in a fault.
        rows: up to `SAMPLE` data rows.
        unmapped: columns that no catalogue field claims; only they may be verification values in disguise.

    Raises:
        FileRefused: for quarantine.
    """
    found: list[int] = []
    cards = False
    for column in range(len(shown)):
        cells = [row[column] for row in rows if column < len(row)]
        texts = [cell for cell in cells if isinstance(cell, str) and cell]
        if any(map(forbidden_text, texts)):
            found.append(column)
        cards = cards or _mostly_cards(texts)
    if cards:
        found += [column for column in sorted(unmapped) if column not in found and _looks_like_cvv(rows, column)]
    if found:
        raise FileRefused(
            *(Fault(0, shown[column], Code.COLUMNS_FORBIDDEN_CONTENT) for column in sorted(found)), quarantine=True
        )


def _mostly_cards(texts: Sequence[str]) -> bool:
    probe = [text for text in texts[:40] if len(text) >= 13]  # noqa: PLR2004 - the shortest card number
    return len(probe) >= 3 and sum(card_fault(text) is None for text in probe) * 2 > len(texts[:40])  # noqa: PLR2004 - more than chance


def _looks_like_cvv(rows: Sequence[Cells], column: int) -> bool:
    values: list[str] = []
    for row in rows:
        cell = row[column] if column < len(row) else ""
        if isinstance(cell, float) and cell == int(cell):
            values.append(f"{int(cell):03}")
        elif isinstance(cell, str) and cell.strip():
            values.append(cell.strip().strip("'"))
    if len(values) < _CVV_LEAST or not all(map(_CVV.fullmatch, values)):
        return False
    # Scores and codes repeat and keep to a range; verification values are spread evenly.
    return len(set(values)) * 10 >= min(len(values), 60) * 6 and min(map(int, values)) < _CVV_SPREAD
