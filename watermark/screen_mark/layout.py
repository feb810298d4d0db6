"""Which cell of a screen carries which sign: a function of absolute position, so that every crop shows many of them.

A sign takes four cells of one row. The next row goes on 29 signs further, so that a crop of any usual shape sees most
of the 127 signs and where a crop begins is one unknown number between 0 and 126.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import Final

from watermark.screen_mark.code import LENGTH, unpack

CHIP_CELLS: Final = 4
STRIDE: Final = 29
_WIDEST: Final = 512


def place(chip: int, row: int) -> int:
    """Which sign, 0..126, the chip in a column of chips shows in a row."""
    return (chip + STRIDE * row) % LENGTH


class ShadePlan:
    """Where a session's screens are a shade lighter and where a shade darker.

    Args:
        packed: the session's word, from `pack`.

    Raises:
        CodeRefused: it is no word.
    """

    def __init__(self, packed: str) -> None:
        self._signs: Final = unpack(packed)
        self._rows: Final[list[tuple[list[int], list[int]]]] = []
        for row in range(LENGTH):
            starts: list[int] = []
            signs: list[int] = []
            for chip in range(_WIDEST // CHIP_CELLS):
                sign = self._signs[place(chip, row)]
                if not signs or signs[-1] != sign:
                    starts.append(chip * CHIP_CELLS)
                    signs.append(sign)
            self._rows.append((starts, signs))

    def sign(self, x: int, y: int) -> int:
        """+1 or -1: the shade of a cell."""
        return self._signs[place(x // CHIP_CELLS, y)]

    def runs(self, x: int, y: int) -> tuple[list[int], list[int], int]:
        """The row's runs of one shade: where each starts, its sign, and which one column `x` lies in.

        Columns beyond 512 belong to the last run.
        """
        starts, signs = self._rows[y % LENGTH]
        return starts, signs, bisect_right(starts, x) - 1
