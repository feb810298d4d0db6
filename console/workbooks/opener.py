"""The process that opens a workbook: bytes in on its standard input, rows or a mere judgement out, then its end.

A few hundred bytes can name a cell in the last row and column, or repeat a row a million times; the reader makes room
for all that lies between and aborts the process when there is none. Limits are set before the first byte is looked at.
Nothing of the program but this module and what all such processes share is loaded.
"""

from __future__ import annotations

import io
import sys
from datetime import date, datetime, time
from typing import Final, NamedTuple

import msgspec
import python_calamine
from python_calamine import CalamineSheet, CalamineWorkbook

from console import apart

JUDGE: Final = "judge"
ROWS: Final = "rows"
_MEMORY: Final = 2 << 30
"""Twenty million cells are read within it."""
_SECONDS: Final = 120


class Most(NamedTuple):
    """What is read of a workbook at most.

    Attributes:
        area: cells of a sheet, empty ones among them; a larger sheet is refused.
        rows: of all sheets; the rest is counted.
        cells: of one row.
        letters: of one cell.
        total: letters of all cells, about.
    """

    area: int
    rows: int
    cells: int
    letters: int
    total: int


def worksheets(book: CalamineWorkbook) -> list[str]:
    """Return the names of the sheets that people see and that hold cells."""
    return [
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.visible == python_calamine.SheetVisibleEnum.Visible
        and sheet.typ == python_calamine.SheetTypeEnum.WorkSheet
    ]


def main() -> int:
    """Do what the command line says and return the exit code.

    `judge AREA` opens every sheet that people see. `rows` and the numbers of `Most` write the rows of all sheets as
    MessagePack, `[rows, left_out]`.
    """
    return apart.answer(_answer, _MEMORY, _SECONDS)


def _answer(data: bytes) -> bytes:
    how, numbers = sys.argv[1], list(map(int, sys.argv[2:]))
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    if how == JUDGE:
        for name in worksheets(book):
            _sheet(book, name, numbers[0])
        return b""
    return msgspec.msgpack.encode(_rows(book, Most(*numbers)))


def _sheet(book: CalamineWorkbook, name: str, area: int) -> CalamineSheet:
    sheet = book.get_sheet_by_name(name)
    height, width = _size(sheet)
    if height * width > area:
        raise apart.TooLarge
    return sheet


def _size(sheet: CalamineSheet) -> tuple[int, int]:
    """Rows and columns, the empty ones before the first cell among them."""
    last = sheet.end
    return (last[0] + 1, last[1] + 1) if last is not None else (0, 0)


def _rows(book: CalamineWorkbook, most: Most) -> tuple[list[list[str]], int]:
    kept: list[list[str]] = []
    left_out, room = 0, most.total
    for name in book.sheet_names:
        sheet = _sheet(book, name, most.area)
        left_out += _size(sheet)[0]
        for row in sheet.iter_rows():
            if len(kept) == most.rows or room <= 0:
                break
            kept.append([_text(cell)[: most.letters] for cell in row[: most.cells]])
            room -= sum(map(len, kept[-1]))
            left_out -= 1
    return kept, left_out


def _text(cell: object) -> str:
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004 - exact so far
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    return str(cell)


if __name__ == "__main__":
    sys.exit(main())
