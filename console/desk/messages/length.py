"""How many parts a short message takes: UCS-2, 70 units alone, 67 in each of several (3GPP TS 23.040 §9.2.3.24.1).

A unit is 16 bits; what takes two of them is never cut between them, so a part may hold 66. Pure.
"""

from __future__ import annotations

from typing import Final

ALONE: Final = 70
"""Units of a message that needs no header."""

TOGETHER: Final = 67
"""Units of a part beside its header of six octets."""

LONGEST_PARTS: Final = 4
"""The most parts a message may have."""

_BEYOND: Final = 0xFFFF


def units(text: str) -> int:
    """16-bit units of a text."""
    return sum(_width(mark) for mark in text)


def split(text: str) -> tuple[str, ...]:
    """The parts of a message, in order; an empty text is one empty part."""
    if units(text) <= ALONE:
        return (text,)
    parts: list[str] = []
    start = held = 0
    for at, mark in enumerate(text):
        width = _width(mark)
        if held + width > TOGETHER:
            parts.append(text[start:at])
            start, held = at, 0
        held += width
    return (*parts, text[start:])


def _width(mark: str) -> int:
    return 2 if ord(mark) > _BEYOND else 1
