"""One case as a page: a line for each field, each with a check of its own, so that two lines name the copy.

Its masks keep the length that everybody sees: a single row of run lengths would not say whose copy it is, and fields
below one another leave no column of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from console.desk.exports.columns import Kind
from console.desk.exports.gather import Line
from console.desk.exports.sheet import Cell, Sheet
from watermark.runs import Carrier

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class CaseSheet(Sheet):
    """A sheet whose lines are the fields of one case, as `Gatherer` cuts them."""

    @property
    def carriers(self) -> dict[int, Carrier]:
        """None, see the module."""
        return {}

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Line, field, value, check: all text."""
        return (Kind.TEXT,) * (_SHOWN if self.keyed is None else _SHOWN + 1)

    def titles(self) -> list[str]:
        """The columns' titles."""
        titles = [self.texts.t(key) for key in ("export.column.case", "export.column.field", "export.column.value")]
        return titles if self.keyed is None else [*titles, self.texts.t("export.column.check")]

    def header(self) -> list[str]:
        """The titles, the last one with the visible mark."""
        titles = self.titles()
        return titles if self.keyed is None else [*titles[:-1], f"{titles[-1]} {self.mark}"]

    def _row(self, line: Line) -> list[Cell]:
        column, (value,) = self.columns[line.part or 0], line.values
        cell = self._cell(column, value)
        shown = f"{cell:,.2f}" if isinstance(cell, Decimal) else str(cell) if cell is not None else ""
        return [line.number, self.texts.field(column.name), shown]
