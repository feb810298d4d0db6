"""What a workbook says beside its cells: properties, custom XML, names, headers and footers, colours of letters.

Anybody can write these, so whatever they say names nobody by itself. Entries are read in bounded pieces, pictures are
never decoded, markup is never parsed.
"""

from __future__ import annotations

import html
import re
import zipfile
from collections.abc import Callable, Iterator
from typing import IO, Final

from watermark.shades import serials_of
from watermark.visible import export_number

_LARGEST: Final = 1 << 20
_TAIL: Final = 1 << 16
_BLOCK: Final = 1 << 20
_MOST_ENTRIES: Final = 200
_PROPERTIES: Final = re.compile(r"docprops/[\w.]+\.xml|customxml/item\d+\.xml|meta\.xml", re.IGNORECASE)
_BOOK: Final = re.compile(r"xl/workbook\.xml", re.IGNORECASE)
_PAGE: Final = re.compile(r"xl/worksheets/[\w.]+\.xml", re.IGNORECASE)
_CONTENT: Final = re.compile(r"content\.xml", re.IGNORECASE)
_STYLES: Final = re.compile(r"styles\.xml", re.IGNORECASE)
_FONTS: Final = re.compile(r"(?:xl/)?styles\.xml|content\.xml", re.IGNORECASE)
_PICTURE: Final = re.compile(r"(?:xl/media|pictures)/[\w.-]+\.png", re.IGNORECASE)
_NAMES: Final = re.compile(r"<definedName\b[^>]*>([^<]*)<|<table:named-expression\b[^>]*")
_HEADERS: Final = re.compile(r"<(?:odd|even|first)(?:Header|Footer)\b[^>]*>([^<]*)<")
_REGIONS: Final = re.compile(r"<style:(?:header|footer)[\w-]*\b.*?</style:(?:header|footer)", re.DOTALL)
_COLOURS: Final = re.compile(
    r"\brgb=[\"'](?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})[\"']|fo:color=[\"']#([0-9A-Fa-f]{6})[\"']"
)
_MARKUP: Final = re.compile(r"<[^>]*>")
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_SAID: Final = (b"tEXt", b"iTXt")


def told(container: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> dict[str, list[str]]:
    """Return the texts of each layer that says anything; the container was judged before.

    Raises:
        zipfile.BadZipFile: and whatever else damaged containers show as.
    """
    found: dict[str, list[str]] = {}
    for layer, names, read in _LAYERS:
        for one in [each for each in entries if names.fullmatch(each.filename)][:_MOST_ENTRIES]:
            with container.open(one) as source:
                found.setdefault(layer, []).extend(text for text in read(source) if text.strip())
    return {layer: texts for layer, texts in found.items() if texts}


def _plain(source: IO[bytes]) -> Iterator[str]:
    yield html.unescape(_MARKUP.sub(" ", source.read(_LARGEST).decode("utf-8", "replace")))


def _defined(source: IO[bytes]) -> Iterator[str]:
    for name in _NAMES.finditer(source.read(_LARGEST).decode("utf-8", "replace")):
        yield html.unescape(name[1] or name[0])


def _expressions(source: IO[bytes]) -> Iterator[str]:
    for name in _NAMES.finditer(_tail(source)):
        yield html.unescape(name[0])


def _headers(source: IO[bytes]) -> Iterator[str]:
    # The schema puts them behind the cells.
    for header in _HEADERS.finditer(_tail(source)):
        yield html.unescape(header[1])


def _regions(source: IO[bytes]) -> Iterator[str]:
    for region in _REGIONS.finditer(source.read(_LARGEST).decode("utf-8", "replace")):
        yield html.unescape(_MARKUP.sub("", region[0]))


def _picture(source: IO[bytes]) -> Iterator[str]:
    data = source.read(_LARGEST)
    at = len(_PNG) if data.startswith(_PNG) else len(data)
    while at + 8 <= len(data):
        length = int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] in _SAID:
            yield data[at + 8 : at + 8 + length].decode("utf-8", "replace").replace("\0", " ")
        at += 12 + length


def _shades(source: IO[bytes]) -> Iterator[str]:
    # Styles come first, also in a document whose cells are in the same part.
    found = _COLOURS.findall(source.read(_LARGEST).decode("utf-8", "replace"))
    yield from map(export_number, serials_of(one or other for one, other in found))


def _tail(source: IO[bytes]) -> str:
    kept = b""
    while block := source.read(_BLOCK):
        kept = (kept + block)[-_TAIL:]
    return kept.decode("utf-8", "replace")


_LAYERS: Final[tuple[tuple[str, re.Pattern[str], Callable[[IO[bytes]], Iterator[str]]], ...]] = (
    ("properties", _PROPERTIES, _plain),
    ("names", _BOOK, _defined),
    ("names", _CONTENT, _expressions),
    ("header", _PAGE, _headers),
    ("header", _STYLES, _regions),
    ("header", _PICTURE, _picture),
    ("fonts", _FONTS, _shades),
)
