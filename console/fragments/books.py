"""Cells of XLSX and ODS workbooks, all sheets one after the other, opened only after the container was judged.

Guarded first: encrypted, old binary format, macros, sizes and ratios of a ZIP bomb, cells far apart. What is left is
opened by a process of its own within limits, whose death is a refusal. Formulas are never evaluated.
"""

from __future__ import annotations

import lzma
import re
import zipfile
import zlib
from typing import IO, Final

from console.fragments import faults
from console.fragments.beside import told
from console.fragments.faults import FragmentRefused
from console.fragments.packing import MOST_CELL, MOST_CELLS
from console.workbooks import apart
from console.workbooks.opener import Most
from watermark.fragment import Fragment

OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP: Final = b"PK\x03\x04"
MOST_ROWS: Final = 100_000
_MOST_LETTERS: Final = 32 * 1024 * 1024
"""Of all cells together; longer rows than a leak's are read as far as this goes."""
_MOST_ENTRIES: Final = 2_000
_MOST_UNPACKED: Final = 512 * 1024 * 1024
_MOST_RATIO: Final = 200
_RATIO_FROM: Final = 8 * 1024 * 1024
_MACROS: Final = re.compile(r"vbaproject\.bin|/macrosheets/|/activex/|/embeddings/|^basic/|^scripts/", re.IGNORECASE)
_LARGEST_PROPERTY: Final = 1 << 20
_PLACE: Final = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{1,7})([0-9]{1,10})["']""")
_LONGEST_PLACE: Final = 64
_BLOCK: Final = 1 << 20
_MOST_AREA: Final = 10_000_000
"""Cells of one sheet; 1,048,576 rows of nine columns fit."""
_BROKEN: Final = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    lzma.LZMAError,
    OSError,
    ValueError,
    NotImplementedError,
    EOFError,
    RuntimeError,
)
"""What damaged containers show as."""


def refuse_old(data: bytes) -> None:
    """Refuse an encrypted workbook, or one of the format before 2007: both come in this container.

    Raises:
        FragmentRefused: always.
    """
    encrypted = "EncryptedPackage".encode("utf-16-le") in data[: 1 << 20]
    raise FragmentRefused(faults.ENCRYPTED if encrypted else faults.OLD)


def read_book(file: IO[bytes]) -> Fragment:
    """Return the rows of all sheets as text, at most `MOST_ROWS`, and what the workbook says beside them, by layer.

    Raises:
        FragmentRefused: no workbook, or not a safe one.
    """
    beside = _guard(file)
    most = Most(area=_MOST_AREA, rows=MOST_ROWS, cells=MOST_CELLS, letters=MOST_CELL, total=_MOST_LETTERS)
    file.seek(0)
    try:
        rows, left_out = apart.rows(file.read(), most)
    except apart.Bomb:
        raise FragmentRefused(faults.BOMB) from None
    except apart.Broken:
        raise FragmentRefused(faults.BROKEN) from None
    return Fragment(rows, told=beside, left_out=left_out)


def _guard(file: IO[bytes]) -> dict[str, list[str]]:
    try:
        with zipfile.ZipFile(file) as container:
            entries = container.infolist()
            _judge(entries)
            if container.testzip() is not None:
                # Also where a header understates what an entry unpacks to: reading stops there, and its sum is wrong.
                raise FragmentRefused(faults.BROKEN)
            # A sheet may have any name. Whatever else makes a reader's table large, its own process finds out.
            if any(_area(container.open(one)) > _MOST_AREA for one in entries):
                raise FragmentRefused(faults.BOMB)
            manifest = [one for one in entries if one.filename == "META-INF/manifest.xml"]
            if manifest and b"encryption-data" in container.open(manifest[0]).read(_LARGEST_PROPERTY):
                raise FragmentRefused(faults.ENCRYPTED)
            return told(container, entries)
    except _BROKEN:
        raise FragmentRefused(faults.BROKEN) from None


def _area(sheet: IO[bytes]) -> int:
    """How many cells a sheet's table would have, empty ones between them too: its reader makes room for all of them."""
    last, widest, before = 1, 1, b""
    while block := sheet.read(_BLOCK):
        for letters, row in _PLACE.findall(before + block):
            last = max(last, int(row))
            widest = max(widest, _column(letters))
        before = block[-_LONGEST_PLACE:]
    return last * widest


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - ord("A") + 1
    return number


def _judge(entries: list[zipfile.ZipInfo]) -> None:
    names = {one.filename.lower() for one in entries}
    unpacked = sum(one.file_size for one in entries)
    bomb = any(
        one.file_size > _RATIO_FROM and one.file_size > _MOST_RATIO * max(one.compress_size, 1) for one in entries
    )
    if bomb or len(entries) > _MOST_ENTRIES or unpacked > _MOST_UNPACKED:
        raise FragmentRefused(faults.BOMB)
    if any(one.flag_bits & 1 for one in entries):
        raise FragmentRefused(faults.ENCRYPTED)
    if any(_MACROS.search(name) for name in names):
        raise FragmentRefused(faults.MACROS)
    if not names & {"xl/workbook.xml", "content.xml"}:
        raise FragmentRefused(faults.KIND)
