"""One row of cells to one typed row, or all that is wrong with it.

A row is never half taken: any fault refuses it, and every fault of the row is told at once, by column and code. Values
come out in the one spelling that is sealed, masked and indexed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Final

from console.desk.imports import fields as f
from console.desk.imports import values as v
from console.desk.imports.cells import Read, read_bill, read_id_number, reader
from console.desk.imports.columns import Column, Plan
from console.desk.imports.delimited import Cells
from console.desk.imports.faults import CellRefused, Code, Fault

_RESIDENT: Final = re.compile(r"身份证|居民|^(?:0*1|i|id|idcard|id card|sfz|resident.*)$", re.IGNORECASE)


@dataclass(slots=True)
class CaseRow:
    """One loan of one debtor.

    Attributes:
        number: Data row in the file.
        loan: Loan number, normalised.
        period: Bill period, empty when the lender gives none.
        debtor: ID number, normalised; empty when not given, and then merged with nobody.
        sealed: (field, ordinal, value) of everything that is sealed but the loan number; ordinals only hold together
            what belongs to one contact.
        figures: Account column to value, `due` and `days_past_due` always; money in minor units.
    """

    number: int
    loan: str
    period: str
    debtor: str
    sealed: list[tuple[str, int, str]]
    figures: dict[str, int | str]


@dataclass(slots=True)
class RepaymentRow:
    """Money the lender received for one loan. reference: the lender's own, empty when not given."""

    number: int
    loan: str
    period: str
    paid: int
    paid_on: str
    reference: str


@dataclass(slots=True)
class RecallRow:
    """A loan the lender takes back."""

    number: int
    loan: str
    period: str


AnyRow = CaseRow | RepaymentRow | RecallRow
Reply = tuple[AnyRow | None, list[Fault]]


_FEW: Final = frozenset({f.Reading.DATE, f.Reading.DAYS, f.Reading.PERIOD, f.Reading.CURRENCY, f.Reading.RATE})
"""Kinds of cells of which a file has few different ones, in very many rows; none tells who somebody is."""
_KEPT: Final = 4096


def _reader(column: Column, currency: str) -> Read:
    """How a column's cells are read; of few different ones each is read once."""
    read = reader(column, currency)
    if f.READINGS.get(column.field) not in _FEW:
        return read
    known: dict[str, Sequence[str | int]] = {}

    def once(cell: object) -> Sequence[str | int]:
        # Equal texts are the same cell; 1, 1.0 and True are equal and are not.
        if not isinstance(cell, str):
            return read(cell)
        found = known.get(cell)
        if found is None:
            if len(known) >= _KEPT:
                known.clear()
            found = known[cell] = read(cell)
        return found

    return once


@dataclass(slots=True)
class _Cells:
    """A row being read: takes values, collects faults."""

    number: int
    cells: Cells
    faults: list[Fault] = field(default_factory=list)

    def take(self, column: Column | None, read: Read, missing: Code | None = None) -> Sequence[str | int]:
        """The values of a column's cell; none, with a fault noted, when it cannot be taken."""
        if column is None:
            return ()
        cell = self.cells[column.index]
        if v.is_blank(cell):
            if missing is not None:
                self.faults.append(Fault(self.number, column.shown, missing))
            return ()
        try:
            return read(cell)
        except CellRefused as refused:
            self.faults.append(Fault(self.number, column.shown, refused.code, refused.hint))
            return ()

    def text(self, column: Column | None, read: Callable[[object], str], missing: Code | None = None) -> str:
        """The same for a column with one text a cell; empty when there is none."""
        if column is None:
            return ""
        cell = self.cells[column.index]
        if v.is_blank(cell):
            if missing is not None:
                self.faults.append(Fault(self.number, column.shown, missing))
            return ""
        try:
            return read(cell)
        except CellRefused as refused:
            self.faults.append(Fault(self.number, column.shown, refused.code, refused.hint))
            return ""


class RowReader:
    """Reads the rows of one file.

    Args:
        plan: its columns.
        today: for days past due that the lender did not count.
        currency: the only one that is taken.
    """

    def __init__(self, plan: Plan, today: date, currency: str) -> None:
        self._width = plan.width
        self._today = today
        self._columns = {column.field: column for column in plan.columns}
        self._loan = self._columns[f.LOAN]
        paid = self._columns.get(f.PAID)
        self._paid = None if paid is None else (paid, reader(paid, currency), Code.CELL_MISSING)
        period = self._columns.get(f.PERIOD)
        self._period = None if period is None else (period, _reader(period, currency))
        apart = {f.LOAN, f.PERIOD, f.ID_NUMBER, *f.CONTACT_FIELDS, *f.FIGURES, *f.NOT_KEPT}
        self._sealed = [(column, column.index, reader(column)) for column in plan.columns if column.field not in apart]
        # An amount beside an empty currency may be in any.
        self._figures = [
            (
                column,
                f.FIGURES[column.field],
                _reader(column, currency),
                Code.CELL_MISSING if column.field == f.CURRENCY else None,
            )
            for column in plan.columns
            if column.field in f.FIGURES
        ]
        self._contacts: dict[int, dict[str, tuple[Column, Read]]] = {}
        for column in plan.columns:
            if column.field in f.CONTACT_FIELDS:
                self._contacts.setdefault(column.ordinal, {})[column.field] = (column, reader(column))
        readers: dict[f.Kind, Callable[[_Cells], AnyRow]] = {
            f.Kind.CASES: self._case,
            f.Kind.REPAYMENTS: self._repayment,
            f.Kind.RECALLS: self._recall,
        }
        self._read = readers[plan.kind]

    def read(self, number: int, cells: Cells) -> Reply:
        """The row, or its faults.

        Raises:
            FileRefused: the row holds what quarantines the whole file.
        """
        if len(cells) > self._width and not all(map(v.is_blank, cells[self._width :])):
            return None, [Fault(number, "", Code.ROW_RAGGED)]
        if len(cells) < self._width:
            cells = [*cells, *[""] * (self._width - len(cells))]
        row = _Cells(number, cells)
        found = self._read(row)
        return (None if row.faults else found), row.faults

    def _bill(self, row: _Cells) -> tuple[str, str]:
        period = row.take(*self._period) if self._period is not None else ()
        return row.text(self._loan, read_bill, Code.BILL_MISSING), str(period[0]) if period else ""

    def _case(self, row: _Cells) -> CaseRow:
        sealed: list[tuple[str, int, str]] = []
        cells = row.cells
        for column, index, read in self._sealed:
            if not cells[index] and column.field != f.NAME:
                continue
            missing = Code.CELL_MISSING if column.field == f.NAME else None
            sealed += [(column.field, 1, str(value)) for value in row.take(column, read, missing)]
        debtor = self._debtor(row)
        if debtor:
            sealed.append((f.ID_NUMBER, 1, debtor))
        loan, period = self._bill(row)
        figures: dict[str, int | str] = {}
        for column, name, read, missing in self._figures:
            for value in row.take(column, read, missing):
                figures[name] = value
        for columns in self._contacts.values():
            if any(cells[column.index] for column, _ in columns.values()):
                _contact(row, columns, sealed)
        if not row.faults:
            self._complete(row, figures)
        return CaseRow(row.number, loan, period, debtor, sealed, figures)

    def _debtor(self, row: _Cells) -> str:
        column = self._columns.get(f.ID_TYPE)
        kind = "" if column is None else str(row.cells[column.index]).strip()
        resident = not kind or bool(_RESIDENT.search(kind))
        return row.text(self._columns.get(f.ID_NUMBER), partial(read_id_number, resident=resident))

    def _complete(self, row: _Cells, figures: dict[str, int | str]) -> None:
        penalty = figures.pop("penalty_interest", 0)
        if penalty:
            figures["interest"] = int(figures.get("interest", 0)) + int(penalty)
        given = [figures.pop(name) for name in f.DUE_FIELDS if name in figures]
        if given:
            figures["due"] = given[0]
        elif "principal" in figures:
            figures["due"] = sum(int(figures.get(name, 0)) for name in ("principal", "interest", "fees"))
        else:
            column = next((self._columns[name] for name in f.DUE_FIELDS if name in self._columns), None)
            row.faults.append(Fault(row.number, column.shown if column else "", Code.CELL_MISSING))
        if "days_past_due" not in figures:
            due_date = figures.get("due_date")
            late = (self._today - date.fromisoformat(str(due_date))).days if due_date else 0
            figures["days_past_due"] = max(late, 0)

    def _repayment(self, row: _Cells) -> RepaymentRow:
        loan, period = self._bill(row)
        for column, _, read, missing in self._figures:
            row.take(column, read, missing)
        paid = row.take(*self._paid) if self._paid is not None else ()
        return RepaymentRow(
            number=row.number,
            loan=loan,
            period=period,
            paid=int(paid[0]) if paid else 0,
            paid_on=row.text(self._columns.get(f.PAID_ON), v.day, Code.CELL_MISSING),
            reference=row.text(self._columns.get(f.REFERENCE), read_bill),
        )

    def _recall(self, row: _Cells) -> RecallRow:
        return RecallRow(row.number, *self._bill(row))


def _contact(row: _Cells, columns: dict[str, tuple[Column, Read]], sealed: list[tuple[str, int, str]]) -> None:
    found = {name: values for name, (column, read) in columns.items() if (values := row.take(column, read))}
    if not found:
        return
    for phone in found.get(f.CONTACT_PHONE, ("",)):
        ordinal = 1 + max((place for name, place, _ in sealed if name in f.CONTACT_FIELDS), default=0)
        parts = [(name, ordinal, str(found[name][0])) for name in (f.CONTACT_NAME, f.CONTACT_RELATION) if name in found]
        sealed += parts
        if phone:
            sealed.append((f.CONTACT_PHONE, ordinal, str(phone)))
