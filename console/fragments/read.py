"""Any file as a fragment: by its first bytes, never by its name."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from console.fragments import books, faults
from console.fragments.faults import FragmentRefused
from console.fragments.texts import read_text
from masking.gm import sm3
from watermark.fragment import Fragment

MOST_BYTES: Final = 256 * 1024 * 1024
"""Of text, which is read a part at a time; a million rows fit."""
_MOST_OTHER: Final = 64 * 1024 * 1024
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"GIF8")
_PDF_WITHIN: Final = 1024


def read_fragment(data: bytes) -> Fragment:
    """Return the cells of a file's bytes, and their SM3.

    Raises:
        FragmentRefused: empty, too large, of no known kind, encrypted, with macros, a bomb, or broken.
    """
    if not data or data.isspace():
        raise FragmentRefused(faults.EMPTY)
    if len(data) > MOST_BYTES:
        raise FragmentRefused(faults.LARGE, most=f"{MOST_BYTES >> 20} MB")
    other = data.startswith((books.OLE, b"PK", *_PICTURES)) or b"%PDF-" in data[:_PDF_WITHIN]
    if other and len(data) > _MOST_OTHER:
        raise FragmentRefused(faults.LARGE, most=f"{_MOST_OTHER >> 20} MB")
    return replace(_read(data), digest=sm3(data))


def _read(data: bytes) -> Fragment:
    if data.startswith(books.OLE):
        books.refuse_old(data)
    if data.startswith(b"PK"):
        rows, told = books.read_book(data)
        if not rows:
            raise FragmentRefused(faults.EMPTY)
        return Fragment(rows, told=told)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        from console.fragments.pages import read_pdf  # noqa: PLC0415 - loaded for a PDF alone

        return read_pdf(data)
    if data.startswith(_PICTURES):
        from console.fragments.pictures import read_picture  # noqa: PLC0415 - loaded for a picture alone

        return read_picture(data)
    return read_text(data)
