"""Words of a PDF: its text where it has one, and what tesseract reads off pages that are only pictures.

Beside the words: how its rows' lines lie (`heights`), and what its properties and XMP say of it. It is opened by a
process of its own within limits, whose death is a refusal.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import IO, Final

from console.fragments import faults, pictures
from console.fragments.faults import FragmentRefused
from console.fragments.heights import heights_of, key
from console.papers import apart
from console.papers.opener import Answer, Most, Page
from watermark.fragment import Fragment, lines, words

MOST_PAGES: Final = 2_000
"""Pages that are read; of a longer file, every so many-th."""
_MOST_TEXT: Final = 64 * 1024 * 1024
_MEMORY: Final = 2 << 30
_SECONDS: Final = 300
"""Of the processor; two thousand full pages take a hundred."""
_MOST_MEASURED: Final = 60
"""Pages whose rows' heights are read: two thousand rows say all that they can, and reading them takes its time."""


def read_pdf(file: IO[bytes]) -> Fragment:
    """Return a PDF's words as a fragment.

    Raises:
        FragmentRefused: encrypted, broken, a bomb, with pages too large to be drawn, or without any text where pages
            cannot be read by eye.
    """
    answer = _opened(file)
    texts = {page.number: page.text for page in answer.pages}
    drawn = [page.number for page in answer.pages if page.drawn]
    written = any(page.text.strip() for page in answer.pages)
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
    told = {"properties": answer.properties} if answer.properties else {}
    return replace(found, told=told, heights=_heights(found, answer.pages), unread=answer.unread + len(drawn))


def _heights(found: Fragment, pages: Iterable[Page]) -> list[int | None]:
    """The bit of every row; a line that stands on several pages in different ways has none."""
    known: dict[str, int | None] = {}
    for page in pages:
        for name, bit in heights_of(page.lines).items():
            known[name] = bit if known.get(name, bit) == bit else None
    return [known.get(key(text)) for text in found.texts] if known else []


def _opened(file: IO[bytes]) -> Answer:
    most = Most(
        memory=_MEMORY,
        seconds=_SECONDS,
        pages=MOST_PAGES,
        measured=_MOST_MEASURED,
        letters=_MOST_TEXT,
        pixels=pictures.MOST_PIXELS,
        dots=pictures.DPI,
    )
    file.seek(0)
    try:
        answer = apart.read(file.read(), most)
    except apart.Bomb:
        raise FragmentRefused(faults.BOMB) from None
    except apart.Broken:
        raise FragmentRefused(faults.BROKEN) from None
    if answer.encrypted:
        raise FragmentRefused(faults.ENCRYPTED)
    if answer.wide:
        raise pictures.too_large()
    return answer
