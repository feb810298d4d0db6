"""Any file as a fragment: by its first bytes, never by its name."""

from __future__ import annotations

import io
import os
from dataclasses import replace
from typing import IO, Final

from console.fragments import books, faults
from console.fragments.faults import FragmentRefused
from console.fragments.pieces import MOST_BYTES, digest, pieces
from console.fragments.texts import read_text
from watermark.fragment import Fragment

_MOST_OTHER: Final = 64 * 1024 * 1024
_PICTURES: Final = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"II*\0", b"MM\0*", b"BM", b"GIF8")
_PDF_WITHIN: Final = 1024


def read_fragment(source: bytes | IO[bytes]) -> Fragment:
    """Return the cells of a file, and its SM3.

    Args:
        source: its bytes, or the file itself, open and seekable: of text no more is held than is looked at.

    Raises:
        FragmentRefused: empty, too large, of no known kind, encrypted, with macros, a bomb, or broken.
        OSError: it cannot be read.
    """
    file = io.BytesIO(source) if isinstance(source, bytes) else source
    size = _size(file)
    if all(piece.isspace() for piece in pieces(file)):
        raise FragmentRefused(faults.EMPTY)
    head = next(pieces(file))[:_PDF_WITHIN]
    other = head.startswith((books.OLE, b"PK", *_PICTURES)) or b"%PDF-" in head
    if other and size > _MOST_OTHER:
        raise FragmentRefused(faults.LARGE, most=f"{_MOST_OTHER >> 20} MB")
    return replace(_read(file, head), digest=digest(file))


def _size(file: IO[bytes]) -> int:
    size = file.seek(0, os.SEEK_END)
    if size > MOST_BYTES:
        raise FragmentRefused(faults.LARGE, most=f"{MOST_BYTES >> 20} MB")
    return size


def _read(file: IO[bytes], head: bytes) -> Fragment:
    if head.startswith(books.OLE):
        books.refuse_old(next(pieces(file)))
    if head.startswith(b"PK"):
        found = books.read_book(file)
        if not found.rows:
            raise FragmentRefused(faults.EMPTY)
        return found
    if b"%PDF-" in head:
        from console.fragments.pages import read_pdf  # noqa: PLC0415 - loaded for a PDF alone

        return read_pdf(file)
    if head.startswith(_PICTURES):
        from console.fragments.pictures import read_picture  # noqa: PLC0415 - loaded for a picture alone

        file.seek(0)
        return read_picture(file.read())
    return read_text(file)
