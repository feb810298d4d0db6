"""Amounts, years and scores: exact where the role works with them, else their bucket, year, decade or band."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Final

from masking.masks.labels import guard
from masking.text import fold

HIDDEN: Final = "****"

# Ten digits before the point are 99 hundred million; eleven would let a phone number pass for an amount.
_FIGURE: Final = re.compile(r"[+-]?(?:\d{1,10}|\d{1,3}(?:,\d{3}){1,3})(?:\.\d{1,8})?%?", re.ASCII)
_DATE: Final = re.compile(
    r"((?:19|20)\d\d)(?:年|(?:[-/.年]?\d{1,2})(?:月|[-/.月]?\d{1,2}日?)?)?(?:[T ]\d{2}:\d{2}(?::\d{2})?)?", re.ASCII
)
_GRADE: Final = re.compile(r"([A-Za-z])[+-]?\d{0,2}[+-]?", re.ASCII)
_SCORE: Final = re.compile(r"(\d{1,4})(?:\.\d{1,6})?", re.ASCII)


def amount(value: str) -> str:
    """Return AMT: the figure as it stands, or stars when it is not one."""
    text = fold(value)
    if not text:
        return ""
    return text if _FIGURE.fullmatch(text) else HIDDEN


def bucket(value: str) -> str:
    """Return BKT: the bucket of an amount in major units (requirements §2.1)."""
    text = fold(value)
    if not text:
        return ""
    if not _FIGURE.fullmatch(text) or text.endswith("%"):
        return "@bucket:unknown"
    figure = Decimal(text.replace(",", ""))
    for limit, name in ((1_000, "lt-1k"), (10_000, "1k-10k"), (50_000, "10k-50k")):
        if figure < limit:
            return f"@bucket:{name}"
    return "@bucket:gt-200k" if figure > 200_000 else "@bucket:50k-200k"  # noqa: PLR2004 - §2.1's last bound


def year(value: str) -> str:
    """Return Y: the year of a date in any usual spelling, or stars."""
    text = fold(value)
    if not text:
        return ""
    found = _DATE.fullmatch(text)
    return found[1] if found else HIDDEN


def birth_decade(value: str) -> str:
    """Return AGE_BAND: the ten years of birth.

    A decade of birth needs no clock, so that the stored mask stays true; the screen makes an age range of it.
    """
    found = year(value)
    if not found:
        return ""
    return f"@born:{found[:3]}0-{found[:3]}9" if found != HIDDEN else "@born:unknown"


def band(value: str) -> str:
    """Return BAND: the hundred that a score lies in, or the letter of a grade."""
    text = guard(fold(value))
    if not text:
        return ""
    if grade := _GRADE.fullmatch(text):
        return f"@band:{grade[1].lower()}"
    if score := _SCORE.fullmatch(text):
        low = int(score[1]) // 100 * 100
        return f"@band:{low}-{low + 99}"
    return "@band:unknown"
