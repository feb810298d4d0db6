"""The rows of an export, page by page, from proven rows and the display store. Memory is one page.

A case counts when it and its batch prove themselves, the asker has no interest in its customer, and, for somebody
outside, a basis for this recipient is on record and in force (R-34); those without are left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from access.policy import barred_ids
from access.store.proof import NEWEST, newest_version
from access.store.schema import account, case_file, export_basis, import_batch
from console.desk.cases.display import open_display, slot
from console.desk.cases.rows import shown_cases
from console.desk.exports import filters
from console.desk.exports.chain import Reach
from console.desk.exports.columns import Column, Kind
from console.desk.parts import Parts
from masking.errors import SealBroken
from masking.masks import narrow

PAGE: Final = 500
_MONEY: Final = {"principal": "principal", "interest": "interest", "fees": "fees"}
_TEXTS: Final = {"loan_number": "loan_tail", "bill_period": "bill_period", "product": "product", "currency": "currency"}
Row = Mapping[str, Any] | RowMapping
Value = str | int | None


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a file before marks: what it is, how the file calls it, and its values in the columns' order.

    Money is in minor units, masks are label tokens or text, as `console.texts` words them. part: of a line that is one
    field of a case, which column it is.
    """

    row_id: str
    number: str
    values: tuple[Value, ...]
    part: int | None = None


@dataclass(slots=True)
class Gatherer:
    """Reads an export's rows. `left_out` counts cases without a basis so far; `seen` all that were looked at."""

    parts: Parts
    export: Row
    columns: tuple[Column, ...]
    left_out: int = 0
    seen: int = 0
    _published: dict[str, bool] = field(default_factory=dict)

    def pages(self) -> Iterator[list[Line]]:
        """Pages of lines, by case id, at most as many lines as the export may have."""
        left, last = int(self.export["row_cap"]), ""
        while left > 0:
            with self.parts.store.engine.connect() as connection:
                rows = self._page(connection, last)
                if not rows:
                    return
                last = str(rows[-1]["id"])
                self.seen += len(rows)
                kept = self._kept(connection, rows)[:left]
                accounts = self._accounts(connection, [row["id"] for row in kept])
            lines = [line for row in kept if (line := self._line(row, accounts.get(row["id"], []))) is not None]
            left -= len(lines)
            yield [part for line in lines for part in self._parts(line)] if self._one_case else lines

    @property
    def _one_case(self) -> bool:
        return bool(self.export["template"] == "case")

    def _parts(self, line: Line) -> Iterator[Line]:
        """A case cut into a line for each field, each marked and known again by itself."""
        for place, (column, value) in enumerate(zip(self.columns, line.values, strict=True)):
            row_id = self.parts.proofs.tag("export.token", f"part\0{line.row_id}\0{column.name}".encode())
            yield Line(row_id, f"{line.number}-{place + 1:02d}", (value,), place)

    def _page(self, connection: Connection, last: str) -> Sequence[RowMapping]:
        query = shown_cases().where(filters.chosen(self.export), case_file.c.id > last)
        return connection.execute(query.order_by(case_file.c.id).limit(PAGE)).mappings().all()

    def _kept(self, connection: Connection, rows: Sequence[RowMapping]) -> list[RowMapping]:
        proofs = self.parts.proofs
        held = [
            row
            for row in proofs.holding(connection, case_file, rows)
            if self._out(connection, row["batch_id"]) and self.export["asker_id"] not in barred_ids(row["barred"])
        ]
        if self.export["reach"] != Reach.EXTERNAL:
            return held
        allowed = self._with_basis(connection, [row["id"] for row in held])
        self.left_out += sum(row["id"] not in allowed for row in held)
        return [row for row in held if row["id"] in allowed]

    def _out(self, connection: Connection, batch_id: str) -> bool:
        """Whether a batch proves to be published."""
        known = self._published.get(batch_id)
        if known is None:
            row = self.parts.proofs.get(connection, import_batch, batch_id)
            known = self._published[batch_id] = row is not None and row["state"] == "published"
        return known

    def _with_basis(self, connection: Connection, case_ids: list[str]) -> set[str]:
        query = select(export_basis, newest_version(export_basis).label(NEWEST)).where(
            export_basis.c.case_id.in_(case_ids), export_basis.c.recipient == self.export["recipient"]
        )
        found = self.parts.proofs.holding(connection, export_basis, connection.execute(query).mappings().all())
        now = self.parts.clock.now_us()
        return {row["case_id"] for row in found if row["valid_until"] > now}

    def _accounts(self, connection: Connection, case_ids: list[str]) -> dict[str, list[RowMapping]]:
        names = {one.name for one in self.columns}
        if not names & (_MONEY.keys() | _TEXTS.keys() | {"due_date"}):
            return {}
        query = select(account).where(account.c.case_id.in_(case_ids)).order_by(account.c.id)
        found: dict[str, list[RowMapping]] = {}
        for row in connection.execute(query).mappings():
            if self._out(connection, row["batch_id"]):
                found.setdefault(row["case_id"], []).append(row)
        return found

    def _line(self, row: Row, accounts: list[RowMapping]) -> Line | None:
        try:
            masked = open_display(self.parts, row)
        except SealBroken:
            self.parts.broken.report(case_file.name, row["id"], "display")
            return None
        values = tuple(_value(column, row, accounts, masked) for column in self.columns)
        return Line(row["id"], self._number(row), values)

    def _number(self, row: Row) -> str:
        """What the file calls a case: its number inside the house, outside a token that says nothing (J-8)."""
        if self.export["reach"] == Reach.INTERNAL and self.export["profile"] != "analytics":
            return str(row["number"])
        whom = f"{self.export['reach']}\0{self.export['recipient']}\0{row['id']}"
        return f"T-{self.parts.proofs.tag('export.token', whom.encode())[:16].upper()}"


def _value(column: Column, row: Row, accounts: list[RowMapping], masked: Mapping[str, str]) -> Value:
    if column.have is not None:
        widest = masked.get(slot(column.name, 1), "")
        return narrow(column.have, column.code, widest) if widest else ""
    match column.name:
        case "due_amount":
            return int(row["due"])
        case "days_past_due":
            return int(row["days_past_due"])
        case "due_date":
            return min((one["due_date"] for one in accounts if one["due_date"]), default="")
    if column.kind is Kind.MONEY:
        amounts = [one[_MONEY[column.name]] for one in accounts if one[_MONEY[column.name]] is not None]
        return sum(amounts) if amounts else None
    texts = (str(one[_TEXTS[column.name]] or "") for one in accounts)
    return " ".join(dict.fromkeys(text for text in texts if text))
