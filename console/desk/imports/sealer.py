"""Typed rows to sealed bundles: one case a debtor, one account a bill.

Debtors are one when ID number *and* name agree: the ID number alone would put a stranger's debt on whoever shares a
mistyped number, the name alone is no ground at all (never merged by name). Without an ID number a row is a case of its
own. A bill that is known has its figures refreshed; a bill that stands twice in the file is a fault.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

from console.desk.imports import fields as f
from console.desk.imports.bundle import Answer, Bundle, KnownBill, Question, Row
from console.desk.imports.faults import Code, Fault
from console.desk.imports.filling import Batch, FilledCase, Filler, NewIds, SealingKeys, same_name
from console.desk.imports.rows import CaseRow
from masking.blind import BlindIndex, BlindKind
from masking.catalogue import Catalogue

_MARK: Final = "\x1f"


@dataclass(slots=True)
class Prepared:
    """Rows with their blind entries, computed once."""

    rows: list[CaseRow]
    debtors: list[bytes | None] = field(default_factory=list)
    bills: list[bytes] = field(default_factory=list)
    loans: list[bytes] = field(default_factory=list)


def bill_entries(blind: BlindIndex, batch: Batch, loan: str, period: str) -> tuple[bytes, bytes]:
    """The entries of a bill (source, loan number, period) and of its loan number alone."""
    whole = blind.entry(batch.tenant_id, BlindKind.BILL, f"{batch.source_id}{_MARK}{loan}{_MARK}{period}")
    return whole, blind.entry(batch.tenant_id, BlindKind.BILL, loan)


def debtor_entry(blind: BlindIndex, tenant_id: str, id_number: str, name: str) -> bytes:
    """The entry under which a debtor is known: ID number and name."""
    return blind.entry(tenant_id, BlindKind.ID_NUMBER, f"{id_number}{_MARK}{same_name(name)}")


class Sealer:
    """Seals the rows of one batch, chunk after chunk.

    Args:
        batch: what the rows share.
        keys: what they are sealed with.
        catalogue: masks.
        ids: new ids.
        bill_column: header of the bill reference, to name it in faults.
        currency_column: header of the currency, likewise; empty when the file names none.
    """

    def __init__(  # noqa: PLR0917 - what it is made of
        self,
        batch: Batch,
        keys: SealingKeys,
        catalogue: Catalogue,
        ids: NewIds,
        bill_column: str = "",
        currency_column: str = "",
    ) -> None:
        self._batch = batch
        self._bill_column = bill_column
        self._currency_column = currency_column or bill_column
        self._blind = keys.blind
        self._ids = ids
        self._filler = Filler(batch, keys, catalogue, ids)
        self._cases: dict[bytes, FilledCase] = {}
        self._bills: dict[bytes, int] = {}

    def prepare(self, rows: list[CaseRow]) -> tuple[Prepared, Question]:
        """Blind entries of some rows, and what is to be asked about them."""
        prepared = Prepared(rows)
        for row in rows:
            bill, loan = bill_entries(self._blind, self._batch, row.loan, row.period)
            prepared.bills.append(bill)
            prepared.loans.append(loan)
            debtor = None
            if row.debtor:
                debtor = debtor_entry(self._blind, self._batch.tenant_id, row.debtor, _name_of(row))
            prepared.debtors.append(debtor)
        debtors = list(dict.fromkeys(debtor for debtor in prepared.debtors if debtor is not None))
        return prepared, Question(debtors, prepared.bills)

    def seal(self, prepared: Prepared, answer: Answer) -> Bundle:
        """One chunk, ready to be written. The answer knows of every earlier chunk that it meets."""
        self._cases.clear()
        self._bills.clear()
        bundle = Bundle()
        touched: list[FilledCase] = []
        for place, row in enumerate(prepared.rows):
            debtor, bill = prepared.debtors[place], prepared.bills[place]
            on_desk = self._judge(bundle, answer, row, debtor, bill)
            if on_desk is False:
                bundle.bad += 1
                continue
            bundle.good += 1
            self._bills[bill] = row.number
            case = self._case_of(bundle, answer, touched, debtor, make=on_desk is None)
            if on_desk is not None:
                bundle.known += 1
                bundle.changes.append(_figures(self._ids.new(), self._batch, on_desk, row))
            elif case is not None:
                self._filler.add_account(bundle, case, row, bill, prepared.loans[place])
            if case is not None:
                self._filler.add_fields(bundle, case, row)
        for case in touched:
            self._filler.finish(bundle, case)
        # Neighbours in the index are written one after the other.
        bundle.blinds.sort()
        return bundle

    def _judge(
        self, bundle: Bundle, answer: Answer, row: CaseRow, debtor: bytes | None, bill: bytes
    ) -> KnownBill | Literal[False] | None:
        """The bill on the desk, None when it is new, False when the row cannot be taken."""
        known, first = answer.bills.get(bill), self._bills.get(bill)
        if known is None and first is None:
            case = answer.cases.get(debtor) if debtor is not None else None
            return None if case is None or self._fits(bundle, row, case.currency) else False
        known = known or []
        first = first or next((one.row for one in known if one.own), None)
        on_desk = next((one for one in known if not one.own), None)
        first = first or (on_desk.staged if on_desk is not None else None) or None
        if first is not None:
            bundle.faults.append(Fault(row.number, self._bill_column, Code.BILL_REPEATED, str(first)))
            return False
        if on_desk is not None and debtor is not None and on_desk.debtor not in {None, debtor}:
            bundle.faults.append(Fault(row.number, self._bill_column, Code.BILL_OTHER_DEBTOR))
            return False
        return on_desk if on_desk is None or self._fits(bundle, row, on_desk.currency) else False

    def _fits(self, bundle: Bundle, row: CaseRow, currency: str) -> bool:
        """Whether a row's amounts are of the same currency as those that they would join."""
        if currency == self._batch.currency:
            return True
        bundle.faults.append(Fault(row.number, self._currency_column, Code.CURRENCY_OTHER, currency))
        return False

    def _case_of(
        self, bundle: Bundle, answer: Answer, touched: list[FilledCase], debtor: bytes | None, *, make: bool
    ) -> FilledCase | None:
        """The case a row belongs to: this chunk's, an earlier one's, one on the desk, or a new one."""
        if debtor is not None and (found := self._cases.get(debtor)) is not None:
            return found
        case: FilledCase | None = None
        if debtor is not None and (known := answer.cases.get(debtor)) is not None:
            case = self._filler.known_case(known)
        if case is None and make:
            case = self._filler.new_case(bundle, debtor)
        if case is not None:
            touched.append(case)
            if debtor is not None:
                self._cases[debtor] = case
        return case


def _name_of(row: CaseRow) -> str:
    for name, _, value in row.sealed:
        if name == f.NAME:
            return value
    return ""


def _figures(new_id: str, batch: Batch, bill: KnownBill, row: CaseRow) -> Row:
    figures = row.figures
    return [
        new_id, batch.tenant_id, batch.batch_id, bill.case_id, bill.account_id, "figures", figures.get("principal"),
        figures.get("interest"), figures.get("fees"), figures["due"], figures["days_past_due"], None, None, None,
        row.number,
    ]  # fmt: skip
