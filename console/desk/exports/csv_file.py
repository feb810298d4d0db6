"""CSV that Excel opens with Chinese intact: UTF-8 with a byte order mark, CRLF, one header row, nothing before it.

Programs of other countries cut lines at semicolons as well, inside quotes that do not stand at a cell's beginning too:
what would begin a cell there is neutralised like what begins one here (`sheet.plain`).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from console.desk.exports.sheet import Cell, Sheet

_BEHIND: Final = re.compile(r";(?=\s*[=+\-@＝＋－＠﹦﹢﹣﹫⁺₌⩵])")


def write(path: Path, sheet: Sheet, pages: Iterable[Sequence[Sequence[Cell]]]) -> int:
    """Write a file that is there already, empty; returns how many rows it has.

    Raises:
        OSError: The disk is full.
    """
    count = 0
    with path.open("w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(sheet.header())
        for page in pages:
            writer.writerows([[_cell(cell) for cell in row] for row in page])
            count += len(page)
    return count


def _cell(cell: Cell) -> Cell:
    if isinstance(cell, str) and ";" in cell:
        return _BEHIND.sub(";'", cell)
    return "" if cell is None else cell
