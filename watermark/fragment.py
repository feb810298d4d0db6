"""A fragment as it was found, and what its cells show: runs of stars, check values, and cells to know a row by.

Rows and columns may be missing, shuffled or pushed together; headers are not needed. A column is known by what most of
its cells look like, a line of loose words by each word's own look.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from watermark import check
from watermark.finders import clean
from watermark.runs import LENGTHS, Carrier, run_of

_ID: Final = re.compile(r"[0-9A-Z*]\*{6,30}[0-9A-Z*]", re.IGNORECASE)
_TAIL: Final = re.compile(r"([^*]*)(\*+)")
_DIVISION: Final = re.compile(r".+[省市区县旗州盟域岛地]")
_PREFIX: Final = re.compile(r"[^\W\d_][^\d*:：/@#=+]*")
_LONGEST_NAME: Final = 3
_SPLITS: Final = (re.compile(r"\t"), re.compile(r"\s*\|\s*"), re.compile(r"\s{2,}"), re.compile(r"\s+"))
_WORDS: Final = re.compile(r"[\s|]+")
_CHECKS_LIKE: Final = 0.6


@dataclass(frozen=True, slots=True)
class Fragment:
    """What was found.

    Attributes:
        rows: cells of each row, header rows among them; `loose` rows are words of a line.
        loose: whether rows are lines cut into words rather than cells of a table.
        texts: lines of the file as they stand.
        told: what a file says beside its cells, by the layer that says it: `properties`, `names`, `header`,
            `fonts`.
        digest: SM3 of the whole input, or empty.
        heights: of each row, where a page's rows stand higher (1) or lower (0) than their places; else None, or empty.
        left_out: rows that were not read, because there were too many.
        unread: pages that were not read: pictures where nothing reads them, or too many.
    """

    rows: Sequence[Sequence[str]]
    loose: bool = False
    texts: Sequence[str] = ()
    digest: bytes = b""
    told: Mapping[str, Sequence[str]] = field(default_factory=dict)
    heights: Sequence[int | None] = ()
    left_out: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True)
class Observed:
    """One row's cells.

    Attributes:
        place: position among the fragment's rows, from 1.
        cells: cleaned cells.
        runs: length of the run of each carrier that was seen.
        check: value of the cell in the check column, or of the last one that looks like it.
        height: 1 where its line stands higher than its place, 0 lower.
    """

    place: int
    cells: tuple[str, ...]
    runs: Mapping[Carrier, int] = field(default_factory=dict)
    check: int | None = None
    height: int | None = None


def lines(text: str) -> Fragment:
    """Return pasted text as a fragment: one row a line, cut at tabs, bars or blanks, as most lines agree."""
    given = [line.strip() for line in text.splitlines()]
    kept = [line for line in given if line]
    for split in _SPLITS[:-1]:
        rows = [split.split(line) for line in kept]
        widths = Counter(len(row) for row in rows)
        width, often = widths.most_common(1)[0] if widths else (0, 0)
        if width > 1 and 2 * often > len(rows):
            return Fragment(rows, texts=kept)
    return Fragment([_SPLITS[-1].split(line) for line in kept], loose=True, texts=kept)


def words(text: str) -> Fragment:
    """Return text read by eye as a fragment: wide blanks say nothing of columns, so every line is loose words."""
    kept = [line for given in text.splitlines() if (line := given.strip())]
    return Fragment([_WORDS.split(line.strip("| ")) for line in kept], loose=True, texts=kept)


def observe(fragment: Fragment) -> Iterator[Observed]:
    """Return what each row shows; rows without any cell are left out."""
    cleaned = [tuple(map(clean, row)) for row in fragment.rows]
    columns = {} if fragment.loose else _columns(cleaned)
    checked = None if fragment.loose else _check_column(cleaned)
    for place, cells in enumerate(cleaned, 1):
        if not any(cells):
            continue
        height = fragment.heights[place - 1] if place <= len(fragment.heights) else None
        if fragment.loose:
            yield Observed(place, cells, _loose_runs(cells), _loose_check(cells), height)
            continue
        runs = {
            carrier: run
            for column, carrier in columns.items()
            if column < len(cells) and (run := run_of(cells[column], carrier)) is not None
        }
        value = check.value_of(cells[checked]) if checked is not None and checked < len(cells) else None
        yield Observed(place, cells, runs, value, height)


def carrier_of(cell: str) -> Carrier | None:
    """Return which mask a clean cell looks like, by itself; None when it is none or could be two."""
    if _ID.fullmatch(cell):
        return Carrier.ID_NUMBER
    found = _TAIL.fullmatch(cell)
    if not found or not _PREFIX.fullmatch(found[1]):
        return None
    if _DIVISION.fullmatch(found[1]) or len(found[2]) >= LENGTHS[Carrier.NAME].stop:
        return Carrier.ADDRESS
    return Carrier.NAME if len(found[1]) <= _LONGEST_NAME else None


def _columns(rows: Sequence[tuple[str, ...]]) -> dict[int, Carrier]:
    """Return which columns carry: by the look of most cells that look like a mask, one column for each carrier."""
    looks: dict[int, Counter[Carrier]] = {}
    runs: dict[int, set[int]] = {}
    for row in rows:
        for column, cell in enumerate(row):
            if "*" in cell and (carrier := carrier_of(cell)):
                looks.setdefault(column, Counter())[carrier] += 1
                runs.setdefault(column, set()).add(cell.count("*"))
    chosen: dict[Carrier, int] = {}
    for column, counter in sorted(looks.items()):
        carrier = counter.most_common(1)[0][0]
        # A column whose masks all have one length is a screen's mask, where another one varies.
        if carrier not in chosen or (len(runs[chosen[carrier]]) == 1 < len(runs[column])):
            chosen[carrier] = column
    return {column: carrier for carrier, column in chosen.items()}


def _loose_runs(cells: Iterable[str]) -> dict[Carrier, int]:
    runs: dict[Carrier, int] = {}
    for cell in cells:
        carrier = carrier_of(cell) if "*" in cell else None
        if carrier and carrier not in runs and (run := run_of(cell, carrier)) is not None:
            runs[carrier] = run
    return runs


def _check_column(rows: Sequence[tuple[str, ...]]) -> int | None:
    """Return the column that holds checks in most cells that are not empty, letters among them; the last of several.

    Lines above and below a page's table are rows too, but short ones; one cell may be a title, of a single row as well.
    """
    looks: Counter[int] = Counter()
    letters: set[int] = set()
    for row in rows:
        for column, cell in enumerate(row):
            if check.value_of(cell) is not None:
                looks[column] += 1
                if not cell.isdigit():
                    letters.add(column)
    often = [
        column
        for column, count in looks.items()
        if column in letters and count >= _CHECKS_LIKE * (sum(any(row[column : column + 1]) for row in rows) - 1)
    ]
    return max(often, default=None)


def _loose_check(cells: Iterable[str]) -> int | None:
    values = [value for cell in cells if not cell.isdigit() and (value := check.value_of(cell)) is not None]
    return values[-1] if values else None
