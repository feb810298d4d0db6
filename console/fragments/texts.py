"""Cells of text in any usual encoding: delimited, pasted with tabs, a table of Markdown, or loose words.

Damage is not refused here: a fragment is whatever was left, and one bad byte must not save a leak from being traced.
"""

from __future__ import annotations

import codecs
import csv
from collections import Counter
from typing import Final

from console.fragments import faults
from console.fragments.books import MOST_ROWS
from console.fragments.faults import FragmentRefused
from watermark.fragment import Fragment, lines

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 200
_CONTROLS: Final = frozenset(map(chr, [*range(9), *range(14, 27), *range(28, 32)]))
_MOST_CONTROLS: Final = 0.02
_LONGEST_FIELD: Final = 1 << 17
_LONGEST_LINE: Final = 1 << 13  # more of a row is not kept
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def decode(data: bytes) -> str:
    """Return bytes as text: by their mark, else as UTF-8, else as GB18030 with what cannot be read left out.

    Raises:
        FragmentRefused: empty, or not text.
    """
    text = _decoded(data)
    sample = text[:20_000]
    if not sample.strip("\0 \r\n\t"):
        raise FragmentRefused(faults.EMPTY)
    if sum(char in _CONTROLS for char in sample) > _MOST_CONTROLS * len(sample):
        raise FragmentRefused(faults.KIND)
    return text


def _decoded(data: bytes) -> str:
    for mark, codec in _BOMS:
        if data.startswith(mark):
            return data.decode(codec, "ignore")
    if _looks_wide(data):
        little = 2 * data[1:4096:2].count(0) > data[:4096].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be", "ignore")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        chinese = data.decode("gb18030", "ignore")
        # Cut or damaged UTF-8 reads further as UTF-8 than by chance; GB18030 seldom gets past a few characters.
        return data.decode("utf-8", "ignore") if error.start > len(data) // 2 else chinese


def _looks_wide(data: bytes) -> bool:
    return data[:4096].count(0) > len(data[:4096]) // 20


def read_text(data: bytes) -> Fragment:
    """Return text as a fragment.

    Raises:
        FragmentRefused: empty, or not text.
    """
    text = decode(_thinned(data))
    kept = [line[:_LONGEST_LINE] for line in text.splitlines() if line.strip()][:MOST_ROWS]
    best: tuple[float, int, str] = (0.5, 1, "")
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in _rows(kept[:_SAMPLE], delimiter))
        width, often = widths.most_common(1)[0]
        best = max(best, (often / widths.total(), width, delimiter) if width > 1 else best)
    if not best[2]:
        return lines("\n".join(kept))
    return Fragment(_rows(kept, best[2]), texts=kept[:_SAMPLE])


def _thinned(data: bytes) -> bytes:
    """Return every so many-th line of a text that has more of them than are looked at, from its first one on.

    Evenly, because copies may stand one below the other; before decoding, so that memory stays flat. UTF-16 is left
    as it is: its line ends are no bytes.
    """
    end = b"\n" if b"\n" in data else b"\r"
    step = -(-(data.count(end) + 1) // MOST_ROWS)
    if step == 1 or data.startswith(_WIDE) or _looks_wide(data):
        return data
    out, at, number = bytearray(), 0, 0
    while at < len(data):
        stop = data.find(end, at) + 1 or len(data)
        if number % step == 0:
            out += data[at:stop]
        at, number = stop, number + 1
    return bytes(out)


def _rows(kept: list[str], delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    rows: list[list[str]] = []
    for line in kept:
        try:
            rows.extend(csv.reader([line], delimiter=delimiter))
        except csv.Error:
            rows.append(line.split(delimiter))
    return rows
