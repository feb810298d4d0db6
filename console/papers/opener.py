"""The process that opens a PDF: bytes in on its standard input, the words of its pages out, then its end.

A few kilobytes can unpack to gigabytes, or take minutes a page; the reader finds out only by doing it. Limits are set
before the first byte is looked at. Nothing of the program but this module and what all such processes share is loaded.
"""

from __future__ import annotations

import io
import sys
from typing import Any, Final, NamedTuple

import msgspec
from pypdf import PageObject, PdfReader
from pypdf.errors import LimitReachedError
from pypdf.generic import DictionaryObject

from console import apart

_MOST_XMP: Final = 1 << 20
_MOST_LINES: Final = 10_000
"""Pieces of text of a page with which it is told how they lie; a page of more says nothing of it."""
_FARTHEST: Final = 1e6
_LITTLE: Final = 60
"""Characters of text up to which a page with a picture is looked at by eye: a scanner adds no more."""
_INCH: Final = 72.0


class Most(NamedTuple):
    """What is read of a PDF at most, and what that may take.

    Attributes:
        memory: bytes of all that the process maps.
        seconds: of the processor.
        pages: of a longer file, every so many-th.
        measured: pages of which it is told how their lines lie.
        letters: of all that is answered; a file of more is refused.
        pixels: of a page that has to be drawn; a file with a larger one is refused.
        dots: an inch, of such a page.
    """

    memory: int
    seconds: int
    pages: int
    measured: int
    letters: int
    pixels: int
    dots: int


class Page(msgspec.Struct, array_like=True):
    """One page.

    Attributes:
        number: from 1.
        text: its words, as they lie.
        drawn: whether it is only a picture.
        lines: how high, upwards, and what stands there; empty where it was not measured.
    """

    number: int
    text: str
    drawn: bool
    lines: list[tuple[float, str]]


class Answer(msgspec.Struct, array_like=True):
    """What was read; `pages` and the rest are empty where it was not.

    Attributes:
        encrypted: a password is needed.
        wide: a page has to be drawn that has too many pixels.
        pages: those that were read.
        properties: what the file says of itself.
        unread: pages that were passed over.
    """

    encrypted: bool = False
    wide: bool = False
    pages: list[Page] = []
    properties: list[str] = []
    unread: int = 0


def main() -> int:
    """Read within `Most`, the command line; write an `Answer` as MessagePack and return the exit code."""
    most = Most(*map(int, sys.argv[1:]))
    return apart.answer(lambda data: msgspec.msgpack.encode(_read(data, most)), most.memory, most.seconds)


class _Wide(Exception):
    """A page would be too large when it is drawn."""


def _read(data: bytes, most: Most) -> Answer:
    try:
        reader = PdfReader(io.BytesIO(data))
        if reader.is_encrypted:
            return Answer(encrypted=True)
        count = len(reader.pages)
        pages: list[Page] = []
        room = most.letters
        for place in range(0, count, max(1, -(-count // most.pages))):
            pages.append(_page(reader.pages[place], place + 1, most, measured=len(pages) < most.measured))
            room -= len(pages[-1].text) + sum(len(text) for _, text in pages[-1].lines)
            if room < 0:
                raise apart.TooLarge
        said = _properties(reader)
        if sum(map(len, said)) > room:
            raise apart.TooLarge
    except _Wide:
        return Answer(wide=True)
    except LimitReachedError:
        raise apart.TooLarge from None
    return Answer(pages=pages, properties=said, unread=count - len(pages))


def _page(page: PageObject, number: int, most: Most, *, measured: bool) -> Page:
    placed: list[tuple[float, str]] = []

    def see(text: str, moved: list[float], at: list[float], _font: Any, _size: float) -> None:  # noqa: ANN401 - the reader's
        height = float(at[4] * moved[1] + at[5] * moved[3] + moved[5])
        if len(placed) <= _MOST_LINES and text.strip() and abs(height) < _FARTHEST:
            placed.append((height, _whole(text)))

    # As it lies on the page: programs write a line's cells in any order.
    text = page.extract_text(extraction_mode="layout")
    if measured or not text:
        plain = page.extract_text(visitor_text=see)
        text = text or plain
    bare = len(text.strip())
    drawn = not bare or (bare <= _LITTLE and _has_picture(page))
    if drawn and _pixels(page, most.dots) > most.pixels:
        raise _Wide
    return Page(number, _whole(text), drawn, placed if len(placed) <= _MOST_LINES else [])


def _whole(text: str) -> str:
    """What can be told: a font may map a letter to half of one."""
    return text.encode("utf-8", "replace").decode()


def _pixels(page: PageObject, dots: int) -> float:
    box = page.cropbox
    return abs(float(box.width) * float(box.height)) * (dots / _INCH * max(1.0, float(page.user_unit))) ** 2


def _has_picture(page: PageObject) -> bool:
    nothing = DictionaryObject()
    objects = page.get("/Resources", nothing).get_object().get("/XObject", nothing).get_object()
    return any(one.get_object().get("/Subtype") == "/Image" for one in objects.values())


def _properties(reader: PdfReader) -> list[str]:
    said = [_whole(str(value)) for value in (reader.metadata or {}).values()]
    metadata = reader.root_object.get("/Metadata")
    if metadata is not None:
        said.append(metadata.get_object().get_data()[:_MOST_XMP].decode("utf-8", "replace"))
    return said


if __name__ == "__main__":
    sys.exit(main())
