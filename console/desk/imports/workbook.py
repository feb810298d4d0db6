"""Rows of an XLSX workbook, opened only after its container was judged.

Guarded first: not a ZIP, encrypted, old binary format, macros, external links, sizes and ratios of a ZIP bomb. Then
the very same bytes are opened by a process of its own within limits: its death is a refusal. Cells
arrive as Excel holds them: numbers as float, dates as date, everything else as text. Formulas are never evaluated;
what Excel last computed counts.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Generator
from itertools import islice
from pathlib import Path
from typing import Final

import python_calamine

from console.desk.imports.delimited import SAMPLE_ROWS, Cells
from console.desk.imports.faults import Code, whole_file
from console.workbooks import apart
from console.workbooks.opener import worksheets
from masking.detect import mask_text

_OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP: Final = b"PK\x03\x04"
_MAX_PACKED: Final = 256 * 1024 * 1024
_MAX_AREA: Final = 20_000_000
"""Cells of one sheet; 1,048,576 rows of nineteen columns fit."""
_MAX_ENTRIES: Final = 2_000
_MAX_UNPACKED: Final = 768 * 1024 * 1024
_MAX_RATIO: Final = 200
_RATIO_FROM: Final = 8 * 1024 * 1024
_MACROS: Final = ("vbaproject.bin", "/macrosheets/", "/activex/", "/embeddings/")


def looks_like_workbook(path: Path) -> bool:
    """Whether the name or the first bytes say spreadsheet rather than text."""
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    return path.suffix.lower() in {".xlsx", ".xlsm", ".xls", ".xlsb"} or head.startswith((_OLE, _ZIP))


def guard(path: Path) -> None:
    """Judge the container without unpacking it.

    Raises:
        FileRefused: what it is instead of a plain XLSX workbook.
    """
    with path.open("rb") as file:
        head = file.read(len(_OLE))
    if not head:
        raise whole_file(Code.FILE_EMPTY)
    if head.startswith(_OLE):
        # An encrypted workbook and the format before 2007 share this container.
        with path.open("rb") as file:
            marks = file.read(1 << 20)
        encrypted = "EncryptedPackage".encode("utf-16-le") in marks
        raise whole_file(Code.FILE_ENCRYPTED if encrypted else Code.FILE_OLD_EXCEL)
    try:
        with zipfile.ZipFile(path) as container:
            entries = container.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        entries = []
    names = [entry.filename.lower() for entry in entries]
    if "xl/workbook.xml" not in names:
        raise whole_file(Code.FILE_NOT_A_WORKBOOK)
    if any(entry.flag_bits & 1 for entry in entries):
        raise whole_file(Code.FILE_ENCRYPTED)
    if any(mark in name for name in names for mark in _MACROS):
        raise whole_file(Code.FILE_MACROS)
    unpacked = sum(entry.file_size for entry in entries)
    bomb = any(
        entry.file_size > _RATIO_FROM and entry.file_size > _MAX_RATIO * max(entry.compress_size, 1)
        for entry in entries
    )
    if bomb or len(entries) > _MAX_ENTRIES or unpacked > _MAX_UNPACKED:
        raise whole_file(Code.FILE_BOMB)


class WorkbookFile:
    """The first sheet of a workbook that holds a recognisable header.

    Args:
        path: the file.
        score: how many columns a few first rows let recognise.

    Raises:
        FileRefused: not a safe workbook, or no sheet with a header (the hint names the sheets).
    """

    def __init__(self, path: Path, score: Callable[[list[Cells]], int]) -> None:
        self.size = path.stat().st_size
        if self.size > _MAX_PACKED:
            raise whole_file(Code.FILE_TOO_LARGE, f"{_MAX_PACKED >> 20} MB")
        guard(path)
        self.done = 0
        data = path.read_bytes()
        try:
            apart.judge(data, _MAX_AREA)
        except apart.Bomb:
            raise whole_file(Code.FILE_BOMB) from None
        except apart.Broken:
            raise whole_file(Code.FILE_NOT_A_WORKBOOK) from None
        try:
            book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
            names = worksheets(book)
            sheets = (book.get_sheet_by_name(name) for name in names)
            sheet = next((one for one in sheets if score(_head(one))), None)
        except (python_calamine.CalamineError, zipfile.BadZipFile, OSError, ValueError):
            names, sheet = [], None
        if not names:
            raise whole_file(Code.FILE_NOT_A_WORKBOOK)
        if sheet is None:
            raise whole_file(Code.FILE_NO_HEADER, ", ".join(map(shown, names))[:120])
        self._sheet = sheet

    def rows(self) -> Generator[Cells, None, None]:
        """Every row of the sheet, title and blank ones included; `done` moves in step with the rows."""
        total = max(self._sheet.total_height, 1)
        for number, row in enumerate(self._sheet.iter_rows()):
            if not number & 255:
                self.done = self.size * number // total
            yield row
        self.done = self.size


def _head(sheet: python_calamine.CalamineSheet) -> list[Cells]:
    return list(islice(sheet.iter_rows(), SAMPLE_ROWS))


def shown(name: str) -> str:
    """A sheet's name, safe to show."""
    return mask_text("".join(char for char in name if char.isprintable()))
