"""Words of a PDF: its text where it has one, and what tesseract reads off pages that are only pictures.

Beside the words: how its rows' lines lie (`heights`), and what its properties and XMP say of it.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, Any, Final

from pypdf import PageObject, PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject

from console.fragments import faults, pictures
from console.fragments.faults import FragmentRefused
from console.fragments.heights import Line, heights_of, key
from watermark.fragment import Fragment, lines, words

MOST_PAGES: Final = 2_000
"""Pages that are read; of a longer file, every so many-th."""
_MOST_TEXT: Final = 64 * 1024 * 1024
_MOST_XMP: Final = 1 << 20
_MOST_MEASURED: Final = 60
"""Pages whose rows' heights are read: two thousand rows say all that they can, and reading them takes its time."""
_LITTLE: Final = 60
"""Characters of text up to which a page with a picture is looked at by eye: a scanner adds no more."""
_INCH: Final = 72.0
_BROKEN: Final = (
    PyPdfError,
    OSError,
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    NotImplementedError,
)
"""The reader is written for good files: a bad one shows as nearly any error."""


@dataclass(frozen=True, slots=True)
class _Page:
    """One page: its text, whether it is only a picture, its rows' heights."""

    text: str
    drawn: bool
    heights: dict[str, int | None]


def read_pdf(file: IO[bytes]) -> Fragment:
    """Return a PDF's words as a fragment.

    Raises:
        FragmentRefused: encrypted, broken, with pages too large to be drawn, or without any text where pages
            cannot be read by eye.
    """
    with _quiet():
        pages, properties, unread = _read(file)
    texts = {number: page.text for number, page in pages.items()}
    drawn = [number for number, page in pages.items() if page.drawn]
    written = any(page.text.strip() for page in pages.values())
    # A picture among pages of text need not be read to trace the text; nothing but pictures must.
    eyed = bool(drawn) and (not written or pictures.installed())
    if eyed:
        seen = pictures.words_of_pages(file, drawn)
        for number, said in seen.items():
            texts[number] += "\n" + said
        drawn = [number for number in drawn if number not in seen]
    # Lines read by eye have no columns, and rows of one fragment are cut in one way.
    found = (words if eyed else lines)("\n".join(texts.values()))
    if not found.rows:
        raise FragmentRefused(faults.EMPTY)
    told = {"properties": properties} if properties else {}
    return replace(found, told=told, heights=_heights(found, pages.values()), unread=unread + len(drawn))


def _heights(found: Fragment, pages: Iterable[_Page]) -> list[int | None]:
    """The bit of every row; a line that stands on several pages in different ways has none."""
    known: dict[str, int | None] = {}
    for page in pages:
        for name, bit in page.heights.items():
            known[name] = bit if known.get(name, bit) == bit else None
    return [known.get(key(text)) for text in found.texts] if known else []


def _read(file: IO[bytes]) -> tuple[dict[int, _Page], list[str], int]:
    """Return the pages by their numbers, from 1; what the file says of itself; how many pages were passed over."""
    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            raise FragmentRefused(faults.ENCRYPTED)
        count = len(reader.pages)
        pages: dict[int, _Page] = {}
        size = 0
        for place in range(0, count, max(1, -(-count // MOST_PAGES))):
            page = pages[place + 1] = _page(reader.pages[place], measured=len(pages) < _MOST_MEASURED)
            size += len(page.text)
            if size > _MOST_TEXT:
                raise FragmentRefused(faults.BOMB)
        return pages, _properties(reader), count - len(pages)
    except _BROKEN:
        raise FragmentRefused(faults.BROKEN) from None


def _page(page: PageObject, *, measured: bool) -> _Page:
    placed: list[Line] = []

    def see(text: str, moved: list[float], at: list[float], _font: Any, _size: float) -> None:  # noqa: ANN401 - the reader's
        if text.strip():
            placed.append((at[4] * moved[1] + at[5] * moved[3] + moved[5], text))

    # As it lies on the page: programs write a line's cells in any order.
    text = page.extract_text(extraction_mode="layout")
    if measured or not text:
        plain = page.extract_text(visitor_text=see)
        text = text or plain
    bare = len(text.strip())
    drawn = not bare or (bare <= _LITTLE and _has_picture(page))
    if drawn and _pixels(page) > pictures.MOST_PIXELS:
        raise pictures.too_large()
    return _Page(text, drawn, heights_of(placed))


def _pixels(page: PageObject) -> float:
    box = page.cropbox
    return abs(float(box.width) * float(box.height)) * (pictures.DPI / _INCH * max(1.0, float(page.user_unit))) ** 2


def _has_picture(page: PageObject) -> bool:
    nothing = DictionaryObject()
    objects = page.get("/Resources", nothing).get_object().get("/XObject", nothing).get_object()
    return any(one.get_object().get("/Subtype") == "/Image" for one in objects.values())


def _properties(reader: PdfReader) -> list[str]:
    said = [str(value) for value in (reader.metadata or {}).values()]
    metadata = reader.root_object.get("/Metadata")
    if metadata is not None:
        said.append(metadata.get_object().get_data()[:_MOST_XMP].decode("utf-8", "replace"))
    return said


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
