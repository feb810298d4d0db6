"""Where the table in a lender's sheet is: title rows above, a header of one or two rows, and what is no case below.

Header cells merged over sub-headers become one name (`联系人1` over `电话` is `联系人1电话`). Blank rows, total rows,
repeated headers and notes below the table are skipped and counted, never silently: each kind has its own counter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Final

from console.desk.imports import groups
from console.desk.imports.delimited import SAMPLE_ROWS, Cells
from console.desk.imports.faults import Code, whole_file

Hits = Callable[[list[str]], int]

HEADER_WITHIN: Final = 20
MIN_HITS: Final = 2
MAX_COLUMNS: Final = 256
_SPACE: Final = re.compile(r"\s+")
_TOTAL: Final = re.compile(
    r"(?:合\s*计|总\s*计|小\s*计|汇\s*总|本页合计|共计|(?:grand\s*|sub\s*-?)?totals?)(?=$|[\s:：(（\d,，共])",
    re.IGNORECASE,
)
_COUNT: Final = re.compile(r"共\s*\d+\s*[户笔条件人]")
_NOTE: Final = re.compile(
    r"\s*(?:备注|注[:：]|说明|制表|填表|审核|打印|导出|复核|经办|日期[:：]|notes?\b|-- ?end)", re.IGNORECASE
)
_KEY: Final = re.compile(r"\d{4}")
_TOTAL_CELLS: Final = 4
_LABEL: Final = 24
_NARROW: Final = 2


@dataclass(frozen=True, slots=True)
class Header:
    """Names of the columns and how many rows stand above the first data row."""

    names: tuple[str, ...]
    rows_above: int


@dataclass(slots=True)
class Skipped:
    """Rows below the header that are no cases."""

    blank: int = 0
    totals: int = 0
    headers: int = 0
    notes: int = 0

    @property
    def rows(self) -> int:
        """All but blank ones: what a lender may ask after."""
        return self.totals + self.headers + self.notes


@dataclass(slots=True)
class Table:
    """A header and the rows below it.

    Attributes:
        header: names in column order; unnamed columns are empty texts.
        peek: the first rows below the header, as they stand.
        above: the rows over the last one of the header.
        key: the column of the bill reference, once known; a row that has one is never taken for a total.
        skipped: filled while the rows are read.
    """

    header: Header
    _rows: Iterator[Cells]
    peek: Sequence[Cells] = ()
    above: Sequence[Cells] = ()
    key: int | None = None
    skipped: Skipped = field(default_factory=Skipped)

    def rows(self) -> Iterator[tuple[int, Cells]]:
        """Data rows with their number, counted from 1 after the header, skipped ones included."""
        width = len(self.header.names)
        names, key = self.header.names, self.key or 0
        for number, cells in enumerate(self._rows, 1):
            # Nearly all of a file: a row that has its bill reference and something else before it.
            first = cells[0] if 0 < key < len(cells) else None
            if isinstance(first, str) and first != names[0] and first.strip() and _KEY.search(str(cells[key])):
                yield number, cells
                continue
            filled = [cell for cell in cells if cell not in {"", None}]
            if not filled or not any(not isinstance(cell, str) or cell.strip() for cell in filled):
                self.skipped.blank += 1
            elif not self._has_key(cells) and _is_total(filled):
                self.skipped.totals += 1
            elif len(filled) == 1 and width > _NARROW and isinstance(filled[0], str) and _is_note(filled[0]):
                self.skipped.notes += 1
            elif cells[0] in {names[0], ""} and _repeats(names, cells):
                self.skipped.headers += 1
            else:
                yield number, cells

    def _has_key(self, cells: Cells) -> bool:
        return self.key is not None and self.key < len(cells) and bool(_KEY.search(str(cells[self.key])))


def find_table(rows: Iterator[Cells], hits: Hits) -> Table:
    """Find the header among the first rows.

    Args:
        rows: all rows of the sheet.
        hits: how many of some column names are recognised.

    Raises:
        FileRefused: nothing looks like a header, or the file is empty.
    """
    first = list(islice(rows, SAMPLE_ROWS))
    if not any(_filled(row) for row in first):
        raise whole_file(Code.FILE_EMPTY)
    header = _best(first, hits)
    if header is None:
        raise whole_file(Code.FILE_NO_HEADER)
    below = first[header.rows_above :]
    return Table(header, chain(below, rows), peek=below, above=first[: header.rows_above - 1])


def header_hits(first: list[Cells], hits: Hits) -> int:
    """How well the best header among some first rows is recognised; 0 for none."""
    header = _best(first, hits)
    return hits(list(header.names)) if header else 0


def _best(first: list[Cells], hits: Hits) -> Header | None:
    best: tuple[int, Header] | None = None
    grouped = -1

    def known(name: str) -> bool:
        return hits([name]) > 0

    for index, row in enumerate(first[:HEADER_WITHIN]):
        names = [header_text(cell) for cell in row]
        if len(row) > MAX_COLUMNS or not any(names):
            continue
        lower = [header_text(cell) for cell in first[index + 1]] if index + 1 < len(first) else []
        score, found = hits(names), Header(_trim(names), index + 1)
        # A row under groups is no header without them, and the groups are none without their columns.
        alone = index != grouped and sum(map(bool, names)) >= MIN_HITS
        below = hits(lower)
        # Few columns may have a second row of names; then it holds nothing else.
        header_below = below >= MIN_HITS or 0 < below == sum(map(bool, lower))
        if header_below and (joined := groups.join(names, lower, known)):
            together = hits(joined)
            # Under groups that nobody knows the columns are told to be unknown, rather than read without them.
            if groups.is_group_row(names, lower) and max(together, below) >= score:
                grouped, alone = index + 1, False
                score, found = max(together, below), Header(_trim(joined), index + 2)
            elif together > max(score, below):
                score, found = together, Header(_trim(joined), index + 2)
        if (alone or found.rows_above > index + 1) and score >= MIN_HITS and (best is None or score > best[0]):
            best = (score, found)
    return best[1] if best else None


def header_text(cell: object) -> str:
    """A header cell as one line without spaces around Chinese text."""
    if not isinstance(cell, str):
        return ""
    return _SPACE.sub(" ", cell.replace("\ufeff", "")).strip()


def _trim(names: Iterable[str]) -> tuple[str, ...]:
    kept = list(names)
    while kept and not kept[-1]:
        kept.pop()
    return tuple(kept)


def _filled(row: Cells) -> bool:
    return any(cell.strip() if isinstance(cell, str) else cell is not None for cell in row)


def _is_total(filled: Cells) -> bool:
    return any(
        isinstance(cell, str) and len(cell) < _LABEL and (_TOTAL.match(cell.strip()) or _COUNT.match(cell))
        for cell in filled[:_TOTAL_CELLS]
    )


def _is_note(text: str) -> bool:
    return bool(_NOTE.match(text))


def _repeats(names: tuple[str, ...], cells: Cells) -> bool:
    pairs = [(name, header_text(cell)) for name, cell in zip(names, cells, strict=False) if name]
    same = sum(name == cell for name, cell in pairs)
    return same * 2 > len(pairs)
