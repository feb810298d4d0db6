"""Words of a PDF: its text where it has one, else what tesseract reads off its pages, where that is installed."""

from __future__ import annotations

import io
import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from console.fragments import faults, pictures
from console.fragments.faults import FragmentRefused
from watermark.fragment import Fragment, lines

MOST_PAGES: Final = 2_000
_MOST_TEXT: Final = 64 * 1024 * 1024


def read_pdf(data: bytes) -> Fragment:
    """Return a PDF's words as a fragment.

    Raises:
        FragmentRefused: encrypted, broken, too long, or without text where pages cannot be read by eye.
    """
    with _quiet():
        pages, properties = _texts(data)
    text = "\n".join(pages)
    if not text.strip():
        text = pictures.words_of_pages(data)
    found = lines(text)
    return Fragment(found.rows, loose=True, texts=[*found.texts, *properties]) if found.loose else found


def _texts(data: bytes) -> tuple[list[str], list[str]]:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            raise FragmentRefused(faults.ENCRYPTED)
        if len(reader.pages) > MOST_PAGES:
            raise FragmentRefused(faults.LARGE, most=f"{MOST_PAGES} p.")
        properties = [str(value) for value in (reader.metadata or {}).values()]
        pages: list[str] = []
        size = 0
        for page in reader.pages:
            # As it lies on the page: programs write a line's cells in any order.
            pages.append(page.extract_text(extraction_mode="layout") or page.extract_text())
            size += len(pages[-1])
            if size > _MOST_TEXT:
                raise FragmentRefused(faults.BOMB)
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        # The reader is written for good files: a bad one shows as nearly any error.
        raise FragmentRefused(faults.BROKEN) from None
    return pages, properties


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep the reader's remarks, which may quote the file, out of logs and warnings."""
    logger = logging.getLogger("pypdf")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)
