"""The visible mark of a screen: which blank cells carry it, and which character each of them shows.

The mark is a text that repeats along every row and shifts from row to row, seen only where the screen is blank: the
middle of every run of six blank cells or more: a single character would say nothing, and could be read as
data. It is a function of absolute position, so that two repaints of one
cell agree and a scrolled list does not drag its mark along. No data cell is ever touched, because only runs of spaces
are handed in. Colours, styles and what a frame is made of are the business of the screen's owner.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from enum import IntEnum
from typing import Final

from watermark.errors import DensityRefused

MARGIN: Final = 2
"""Blank cells left on each side, so that a mark never reads as part of the datum beside it."""

_BLANKS: Final = re.compile(r" {6,}")
_GAP: Final = 3
_SLANT: Final = 7


class Density(IntEnum):
    """How many rows apart the mark stands."""

    CALM = 3
    DENSE = 1


def cell_width(char: str) -> int:
    """Terminal cells of one printable character: 2 for wide and full-width ones, 0 for combining ones, else 1."""
    if unicodedata.combining(char) or unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in ("W", "F") else 1


def blank_runs(text: str) -> Iterator[tuple[int, int]]:
    """Places in `text`, as character offsets, whose spaces may be replaced: the middle of each long blank run."""
    for run in _BLANKS.finditer(text):
        yield run.start() + MARGIN, run.end() - MARGIN


class Tile:
    """One mark, laid over the whole screen.

    Args:
        text: the mark's words, of printable characters.
        density: how many rows apart it stands.

    Raises:
        DensityRefused: the text has nothing to show.
    """

    def __init__(self, text: str, density: Density = Density.CALM) -> None:
        cells: list[str] = []
        for char in text:
            width = cell_width(char)
            if width:
                cells += [char, ""][:width]
        if not any(cell.strip() for cell in cells):
            raise DensityRefused("watermark.density")
        self._cells: Final = (*cells, *" " * _GAP)
        self._every: Final = int(density)

    def marks(self, y: int) -> bool:
        """Whether row `y` of the screen carries the mark."""
        return y % self._every == 0

    def fill(self, x: int, y: int, width: int) -> str:
        """The mark's characters for `width` cells from column `x` of row `y`.

        Always exactly `width` cells wide: a wide character that the window would cut in half becomes blanks.
        """
        period = len(self._cells)
        start = x + (y // self._every) * _SLANT
        filled: list[str] = []
        taken = 0
        while taken < width:
            cell = self._cells[(start + taken) % period]
            wide = self._cells[(start + taken + 1) % period] == ""
            if cell == "" or (wide and taken + 1 == width):
                filled.append(" ")
                taken += 1
            else:
                filled.append(cell)
                taken += 2 if wide else 1
        return "".join(filled)
