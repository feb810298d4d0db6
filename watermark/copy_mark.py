"""The copy mark: a session's word in characters without width, behind blanks, so that copied text names the session.

A blank is followed by one of eight variation selectors (U+FE00 to U+FE07), which terminals keep with the cell and hand
out with what is copied by the mouse. Each says three of the word's 127 signs; which three is a function of the cell's
place, as with the shades (`watermark.screen_mark`), so where a fragment begins is one unknown number. Only blanks
inside a run of four or more carry any, never the run's first or last: what stands on a screen, an amount, a date, the
words of a note, is copied as it stands, and two words that one blank parts too.

What is read back are the sums of signs that `watermark.screen_trace.match` compares. A text without any, one whose
selectors were taken out (NFKC keeps them, ASCII does not), or one that another desk marked, names nobody.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from watermark.screen import cell_width
from watermark.screen_mark.code import LENGTH, unpack

FIRST: Final = 0xFE00
SIGNS: Final = 3
"""Signs that one selector says."""

STRIDE: Final = 29
READINGS: Final = 12
"""Readings of a text that are compared at most; each is one more chance to be wrong."""

MOST: Final = 2_000_000
"""Characters of a text that are read."""

_GAP: Final = re.compile(r" {4,}")
_SELECTORS: Final = frozenset(map(chr, range(FIRST, FIRST + (1 << SIGNS))))
_LARGEST: Final = 32767
_LEAST: Final = 10  # selectors of a reading; fewer than fifteen are never enough

Seen = tuple[int, int, int]
"""Column, row and number of a selector."""


class CopyPlan:
    """What follows which blank on a session's screens.

    Args:
        packed: the session's word (`watermark.screen_mark.pack`).

    Raises:
        CodeRefused: it is no word.
    """

    def __init__(self, packed: str) -> None:
        signs = [1 if sign > 0 else 0 for sign in unpack(packed)]
        self._by_place: Final = [
            chr(FIRST + sum(signs[(place + bit) % LENGTH] << bit for bit in range(SIGNS))) for place in range(LENGTH)
        ]

    def at(self, x: int, y: int) -> str:
        """The selector of column `x` in row `y`."""
        return self._by_place[_place(x, y)]

    def places(self, text: str) -> Iterable[int]:
        """Offsets in a row's text whose blanks carry a selector."""
        for gap in _GAP.finditer(text):
            yield from range(gap.start() + 1, gap.end() - 1)


def _place(x: int, y: int) -> int:
    return (SIGNS * x + STRIDE * y) % LENGTH


def is_marked(text: str) -> bool:
    """Whether a text has any selector at all."""
    return not _SELECTORS.isdisjoint(text[:MOST])


def packed_readings(text: str) -> tuple[bytes, ...]:
    """The text's sums as they cross to the desk: 127 signed sums of two bytes each, the higher byte first.

    The lines of a copy may all begin at one column, as in a block; or all but the first at the screen's edge; or have
    been taken apart and put together anew. So the whole counts, the whole without its first line, and the longest
    lines each by itself.
    """
    rows = [_seen(line, y) for y, line in enumerate(text[:MOST].split("\n"))]
    alone = sorted(rows, key=len, reverse=True)[: READINGS - 2]
    wholes = [[one for row in rows[first:] for one in row] for first in (0, 1)]
    kept: list[list[Seen]] = []
    for reading in (*wholes, *alone):
        if len(reading) >= _LEAST and reading not in kept:
            kept.append(reading)
    return tuple(_packed(reading) for reading in kept)


def _seen(line: str, y: int) -> list[Seen]:
    found: list[Seen] = []
    x = 0
    for char in line:
        if char in _SELECTORS:
            found.append((x - 1, y, ord(char) - FIRST))
        else:
            x += cell_width(char)
    return found


def _packed(reading: Iterable[Seen]) -> bytes:
    sums = [0] * LENGTH
    for x, y, number in reading:
        place = _place(x, y)
        for bit in range(SIGNS):
            sums[(place + bit) % LENGTH] += 1 if number >> bit & 1 else -1
    top = max(1, *map(abs, sums))
    return b"".join(round(one * _LARGEST / top).to_bytes(2, "big", signed=True) for one in sums)
