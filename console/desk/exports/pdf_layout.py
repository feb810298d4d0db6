"""Where cells stand on a page: widths of columns from the first rows, the size of letters, rows on a grid. Pure.

A row's line lies a third of a point above or below its place on the grid, as the last bit of its check says: too
little to see, enough to be measured, and no character is another one for it. `console.fragments.heights` reads it back
from where text stands on a page, in this file or in one that another program printed it to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

WIDTH, HEIGHT = 841.89, 595.28
"""A4, lying on its side, points."""

MARGIN: Final = 28.0
PITCH: Final = 13.0
SHIFT: Final = 0.35
ROWS: Final = 37
"""Rows on a page."""

HEADER_Y: Final = HEIGHT - 26.0
TITLES_Y: Final = HEIGHT - 44.0
FIRST_Y: Final = TITLES_Y - 17.0
FOOTER_Y: Final = 24.0
HIDDEN_Y: Final = 12.0
_GAP: Final = 7.0
_SIZES: Final = (8.0, 7.5, 7.0, 6.5, 6.0)


@dataclass(frozen=True, slots=True)
class Place:
    """A column: its left edge and the width that its text has, points."""

    left: float
    width: float


@dataclass(frozen=True, slots=True)
class Grid:
    """How all pages of a file are laid out. size: of letters, points."""

    size: float
    places: tuple[Place, ...]


def grid(widest: Sequence[int]) -> Grid:
    """Lay columns out.

    Args:
        widest: The widest text of each column, in thousandths of the size of letters.
    """
    room = WIDTH - 2 * MARGIN - _GAP * (len(widest) - 1)
    size = next((one for one in _SIZES if sum(widest) * one / 1000 <= room), _SIZES[-1])
    wanted = [one * size / 1000 for one in widest]
    over = room - sum(wanted)
    widths = [one + over / len(wanted) for one in wanted] if over >= 0 else _squeezed(wanted, room)
    places: list[Place] = []
    left = MARGIN
    for width in widths:
        places.append(Place(left, width))
        left += width + _GAP
    return Grid(size, tuple(places))


def _squeezed(wanted: Sequence[float], room: float) -> list[float]:
    """Widths that fit: narrow columns get what they want, wide ones share what is left."""
    widths = [0.0] * len(wanted)
    left, waiting = room, sorted(range(len(wanted)), key=wanted.__getitem__)
    while waiting:
        share = left / len(waiting)
        place = waiting.pop(0)
        widths[place] = min(wanted[place], share)
        left -= widths[place]
    return widths


def row_y(place: int) -> float:
    """The grid's line of a row, from 0, points from the page's foot."""
    return FIRST_Y - PITCH * place
