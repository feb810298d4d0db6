"""The formats that this desk makes files in, behind one door."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from console.desk.exports import csv_file, pdf_file, xlsx_file
from console.desk.exports.gather import Line
from console.desk.exports.sheet import Sheet
from masking.gm import new_sm3

FORMATS: Final = ("csv", "xlsx", "pdf")
_READ: Final = 1 << 20


def write(kind: str, path: Path, sheet: Sheet, pages: Iterable[Sequence[Line]]) -> int:
    """Write a file of one of `FORMATS` over an empty one; returns how many rows it has.

    Raises:
        OSError: The disk is full. KeyError: no such format.
    """
    return {"csv": csv_file.write, "xlsx": xlsx_file.write, "pdf": pdf_file.write}[kind](path, sheet, sheet.rows(pages))


def digest_of(path: Path) -> tuple[bytes, int]:
    """A file's SM3 and size, read in pieces."""
    digest, size = new_sm3(), 0
    with path.open("rb") as source:
        while block := source.read(_READ):
            digest.update(block)
            size += len(block)
    return digest.digest(), size
