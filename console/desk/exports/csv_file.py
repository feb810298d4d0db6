"""CSV that Excel opens with Chinese intact: UTF-8 with a byte order mark, CRLF, one header row, nothing before it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

from console.desk.exports.sheet import Cell, Sheet


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
            writer.writerows([["" if cell is None else cell for cell in row] for row in page])
            count += len(page)
    return count
