"""A file's header and cells: worded, typed, marked. The same for every format, so that a mark reads alike in all.

Only runs of stars in masks differ from the unmarked file, and one column more, the check column; every other cell is
the same, byte for byte (issue 6). Text that a spreadsheet would take for a formula is neutralised here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from console.desk.exports.columns import Column, Kind
from console.desk.exports.gather import Line, Value
from console.texts import Texts
from masking.masks import MaskCode
from watermark.keyed import Keyed
from watermark.marker import Marker
from watermark.runs import Carrier, stretch_all

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_CARRIERS: Final = {
    ("full_name", MaskCode.N1): Carrier.NAME,
    ("id_number", MaskCode.I11): Carrier.ID_NUMBER,
    ("home_address", MaskCode.A_D): Carrier.ADDRESS,
}
Cell = str | int | Decimal | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """How an export's lines become rows.

    Attributes:
        columns: Its columns, without case number and check column.
        texts: The desk's language.
        mark: The visible line: number, asker, when, recipient.
        keyed: What marks are drawn with; serial: the export's. None: an unmarked file, for comparison only.
    """

    columns: tuple[Column, ...]
    texts: Texts
    mark: str
    keyed: Keyed | None
    serial: int

    @property
    def carriers(self) -> dict[int, Carrier]:
        """Places of the columns, counted with the case number, whose masks carry the mark."""
        return {
            place: carrier
            for place, one in enumerate(self.columns, 1)
            if (carrier := _CARRIERS.get((one.name, one.code))) is not None
        }

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kind of every column of a marked row."""
        return (Kind.TEXT, *(one.kind for one in self.columns), Kind.TEXT)

    def titles(self) -> list[str]:
        """The columns' titles alone, for files that bear the visible mark elsewhere."""
        titles = [self.texts.t("export.column.case"), *(self.texts.field(one.name) for one in self.columns)]
        return titles if self.keyed is None else [*titles, self.texts.t("export.column.check")]

    def header(self) -> list[str]:
        """The columns' titles; the last one, over the check column, bears the visible mark."""
        titles = self.titles()
        return titles if self.keyed is None else [*titles[:-1], f"{titles[-1]} {self.mark}"]

    def rows(self, pages: Iterable[Sequence[Line]]) -> Iterator[list[list[Cell]]]:
        """Pages of rows, marked."""
        marker = Marker(self.keyed, self.serial) if self.keyed is not None else None
        carriers = self.carriers
        for page in pages:
            rows = [self._row(line) for line in page]
            if marker is not None and rows:
                marks = marker.marks([line.row_id for line in page])
                for place, carrier in carriers.items():
                    # A column at once: its cells are much alike.
                    marked = stretch_all([row[place] for row in rows], carrier, marks.runs[carrier])
                    for row, cell in zip(rows, marked, strict=True):
                        row[place] = cell
                for row, check in zip(rows, marks.checks, strict=True):
                    row.append(check)
            yield rows

    def _row(self, line: Line) -> list[Cell]:
        cells = (self._cell(one, value) for one, value in zip(self.columns, line.values, strict=True))
        return [line.number, *cells]

    def _cell(self, column: Column, value: Value) -> Cell:
        if value is None:
            return None
        if column.kind is Kind.MONEY and isinstance(value, int):
            return Decimal(value).scaleb(-2)
        if isinstance(value, int):
            return value
        # Only tokens need words; everything else a stored mask already says.
        return plain(self.texts.mask(value) if value.startswith("@") else value)


def plain(text: str) -> str:
    """Text that no spreadsheet takes for a formula (requirements §4.3), in one line."""
    line = text
    if not text.isprintable() or "  " in text or text.strip() != text:
        line = " ".join("".join(char if char.isprintable() else " " for char in text).split())
    # Full-width and small signs are signs to a spreadsheet too: what a character stands for counts.
    return f"'{line}" if normalize("NFKC", line[:1]).startswith(_FORMULA) else line
