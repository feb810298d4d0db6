"""Cells of text in any usual encoding: delimited, pasted with tabs, a table of Markdown, or loose words.

Of a text that is longer than is looked at, every so many-th line is: copies may stand one below the other. It is read
a line at a time, so memory does not grow with the file. Damage is not refused here: a fragment is whatever was left,
and one bad byte must not save a leak from being traced.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import IO, Final

from console.fragments import faults
from console.fragments.books import MOST_ROWS
from console.fragments.faults import FragmentRefused
from console.fragments.packing import MOST_CELLS
from console.fragments.pieces import pieces
from watermark.fragment import Fragment, lines

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
MOST_LETTERS: Final = 5_000_000
"""Of all lines that are looked at: more than can be sent."""
_DELIMITERS: Final = (",", ";", "\t", "|")
_SAMPLE: Final = 200
_CONTROLS: Final = frozenset(map(chr, [*range(9), *range(14, 27), *range(28, 32)]))
_MOST_CONTROLS: Final = 0.02
_JUDGED: Final = 20_000
_LONGEST_FIELD: Final = 1 << 17
_LONGEST_LINE: Final = 1 << 13  # more of a row is not kept
_HEAD: Final = 4096


def read_text(file: IO[bytes]) -> Fragment:
    """Return text as a fragment: by its mark, else as UTF-8, else as GB18030 with what cannot be read left out.

    Raises:
        FragmentRefused: empty, or not text.
    """
    codec = _codec(file)
    _judge(file, codec)
    kept, left_out = _kept(file, codec)
    if not kept:
        raise FragmentRefused(faults.EMPTY)
    best: tuple[float, int, str] = (0.5, 1, "")
    for delimiter in _DELIMITERS:
        widths = Counter(len(row) for row in _rows(kept[:_SAMPLE], delimiter))
        width, often = widths.most_common(1)[0]
        best = max(best, (often / widths.total(), width, delimiter) if width > 1 else best)
    if not best[2]:
        return replace(lines("\n".join(kept)), left_out=left_out)
    return Fragment(_rows(kept, best[2]), texts=kept[:_SAMPLE], left_out=left_out)


def _kept(file: IO[bytes], codec: str) -> tuple[list[str], int]:
    """Return the lines that are looked at, and how many more there are."""
    count = letters = 0
    for line in _lines(file, codec):
        count += 1
        letters += len(line)
    step = max(1, -(-count // MOST_ROWS), -(-letters // MOST_LETTERS))
    kept: list[str] = []
    left_out = 0
    for number, line in enumerate(_lines(file, codec)):
        if number % step:
            left_out += not line.isspace()
            continue
        parts = [part for part in line.splitlines() if part.strip()]
        room = MOST_ROWS - len(kept)
        kept += parts[:room]
        left_out += len(parts[room:])
    return kept, left_out


def _codec(file: IO[bytes]) -> str:
    head = next(pieces(file))[:_HEAD]
    for mark, codec in _BOMS:
        if head.startswith(mark):
            return codec
    if head.count(0) > len(head) // 20:
        return "utf-16-le" if 2 * head[1::2].count(0) > head.count(0) else "utf-16-be"
    decoder = codecs.getincrementaldecoder("utf-8")()
    at = 0
    for piece in pieces(file):
        try:
            decoder.decode(piece)
        except UnicodeDecodeError as error:
            # Cut or damaged UTF-8 reads further as UTF-8 than by chance; GB18030 seldom gets past a few characters.
            return "utf-8" if at + error.start > file.seek(0, io.SEEK_END) // 2 else "gb18030"
        at += len(piece)
    waiting = len(decoder.getstate()[0])
    return "gb18030" if waiting and at - waiting <= at // 2 else "utf-8"


def _judge(file: IO[bytes], codec: str) -> None:
    """Refuse what is no text, by its beginning."""
    sample = next(pieces(file)).decode(codec, "ignore")[:_JUDGED]
    if not sample.strip("\0 \r\n\t"):
        raise FragmentRefused(faults.EMPTY)
    if sum(char in _CONTROLS for char in sample) > _MOST_CONTROLS * len(sample):
        raise FragmentRefused(faults.KIND)


def _lines(file: IO[bytes], codec: str) -> Iterator[str]:
    """Return a text's lines, each cut where it is very long."""
    file.seek(0)
    text = io.TextIOWrapper(file, codec, "ignore")
    try:
        whole = True
        while line := text.readline(_LONGEST_LINE):
            if whole:
                yield line
            whole = line.endswith("\n")
    finally:
        # The file is read again, and belongs to somebody else.
        text.detach()


def _rows(kept: list[str], delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_LONGEST_FIELD)
    rows: list[list[str]] = []
    for line in kept:
        try:
            rows += [row[:MOST_CELLS] for row in csv.reader([line], delimiter=delimiter)]
        except csv.Error:
            rows.append(line.split(delimiter)[:MOST_CELLS])
    return rows
