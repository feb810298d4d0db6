"""Repayments and recalls against bills that are on the desk: each row becomes a staged change, or a fault.

A repayment moves the balance of one account and counts once however often it is sent. What tells it is the lender's
reference together with the account, day and amount, so that one transfer may pay several loans; where the lender gives
none, loan, day and amount, and which of several alike it is. One reference that says two things of one bill is a fault.
A recall takes one account back. Neither makes a case or closes one by silence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from console.desk.imports import bundle as b
from console.desk.imports.faults import Code, Fault
from console.desk.imports.filling import Batch, NewIds, SealingKeys
from console.desk.imports.marks import Marks
from console.desk.imports.rows import RecallRow, RepaymentRow
from console.desk.imports.sealer import bill_entries
from masking.blind import BlindKind

_MARK: Final = "\x1f"


@dataclass(frozen=True, slots=True)
class _Place:
    """One row's blind entries: its bill, its loan, and what its payment is called, in words and as an entry."""

    bill: bytes
    loan: bytes
    words: str = ""
    reference: bytes = b""


class Ledger:
    """Turns rows of one batch into staged changes, chunk after chunk; one for a whole file.

    Args:
        batch: what the rows share.
        keys: for blind entries; nothing is sealed.
        ids: new ids.
        bill_column: header of the bill reference, to name it in faults.
        reference_column: header of the payment reference, likewise.
        currency_column: header of the currency, likewise; empty when the file names none.
    """

    def __init__(  # noqa: PLR0917 - what it is made of
        self,
        batch: Batch,
        keys: SealingKeys,
        ids: NewIds,
        bill_column: str = "",
        reference_column: str = "",
        currency_column: str = "",
    ) -> None:
        self._batch = batch
        self._bill_column = bill_column
        self._reference_column = reference_column
        self._currency_column = currency_column or bill_column
        self._blind = keys.blind
        self._ids = ids
        # Two equal payments on one day without references are two payments; the same file again is not.
        self._alike = Marks()
        self._places: list[_Place] = []
        self._recalled = Marks()
        self._booked: defaultdict[str, list[b.Payment]] = defaultdict(list)

    def question(self, rows: Sequence[object]) -> b.Question:
        """Which bills are known, and what was paid for them?"""
        self._places = []
        bills: list[bytes] = []
        loans: list[bytes] = []
        for row in rows:
            if not isinstance(row, (RepaymentRow, RecallRow)):
                continue
            bill, loan = bill_entries(self._blind, self._batch, row.loan, row.period)
            words = self._words(row) if isinstance(row, RepaymentRow) else ""
            self._places.append(_Place(bill, loan, words, self._entry(words) if words else b""))
            (bills if row.period else loans).append(bill if row.period else loan)
        return b.Question([], bills, loans, [place.reference for place in self._places if place.reference])

    def _words(self, row: RepaymentRow) -> str:
        if row.reference:
            return row.reference
        stem = f"{row.loan}{_MARK}{row.period}{_MARK}{row.paid_on}{_MARK}{row.paid}"
        return f"{stem}{_MARK}{self._alike.count(self._entry(stem))}"

    def _entry(self, words: str) -> bytes:
        text = f"{self._batch.source_id}{_MARK}ref{_MARK}{words}"
        return self._blind.entry(self._batch.tenant_id, BlindKind.BILL, text)

    def book(self, rows: Sequence[object], answer: b.Answer) -> b.Bundle:
        """One chunk of staged changes."""
        bundle = b.Bundle()
        self._booked.clear()
        places = iter(self._places)
        for row in rows:
            if not isinstance(row, (RepaymentRow, RecallRow)):
                continue
            place = next(places)
            known = [one for one in answer.bills.get(place.bill if row.period else place.loan, []) if not one.own]
            fault = (
                self._recall(bundle, row, known, place)
                if isinstance(row, RecallRow)
                else self._repay(bundle, row, known, place)
            )
            if fault is None:
                bundle.good += 1
            else:
                bundle.bad += 1
                bundle.faults.append(fault)
        return bundle

    def _one(self, row: RepaymentRow | RecallRow, known: Sequence[b.KnownBill]) -> b.KnownBill | Fault:
        """The one bill that a row is about."""
        found = known
        if not row.period and len(found) > 1:
            found = [one for one in found if one.state == "open"] or found
        if len(found) == 1:
            return found[0]
        return Fault(row.number, self._bill_column, Code.BILL_PERIOD_NEEDED if found else Code.BILL_UNKNOWN)

    def _recall(self, bundle: b.Bundle, row: RecallRow, known: Sequence[b.KnownBill], place: _Place) -> Fault | None:
        bill = self._one(row, known)
        if isinstance(bill, Fault):
            return bill
        first = self._recalled.first(place.bill, row.number)
        if first != row.number:
            return Fault(row.number, self._bill_column, Code.BILL_REPEATED, str(first))
        bundle.changes.append(self._change(row, bill))
        return None

    def _repay(self, bundle: b.Bundle, row: RepaymentRow, known: Sequence[b.KnownBill], place: _Place) -> Fault | None:
        # Without a period it may have been any of the loan's bills, also one that is settled by now.
        if any(_same(row, one) for bill in known for one in self._like_it(row, bill, place)):
            bundle.known += 1
            return None
        bill = self._one(row, known)
        if isinstance(bill, Fault):
            return bill
        if other := self._like_it(row, bill, place):
            hint = str(other[0].row) if other[0].row else ""
            return Fault(row.number, self._reference_column, Code.REFERENCE_OTHER_PAYMENT, hint)
        if bill.currency != self._batch.currency:
            return Fault(row.number, self._currency_column, Code.CURRENCY_OTHER, bill.currency)
        if not row.paid:
            # Nothing came in: it is no last payment either.
            bundle.known += 1
            return None
        entry = self._scoped(row, bill, place)
        bundle.changes.append(self._change(row, bill, entry))
        self._booked[bill.account_id].append(b.Payment(entry, row.paid, row.paid_on, row.number))
        return None

    def _like_it(self, row: RepaymentRow, bill: b.KnownBill, place: _Place) -> list[b.Payment]:
        """Payments of a bill under this row's reference."""
        payments = [*bill.payments, *self._booked.get(bill.account_id, ())]
        if not payments:
            return []
        # An older desk booked under the reference alone.
        names = (place.reference, self._scoped(row, bill, place))
        return [one for one in payments if one.reference in names]

    def _scoped(self, row: RepaymentRow, bill: b.KnownBill, place: _Place) -> bytes:
        return self._entry(f"{place.words}{_MARK}{bill.account_id}") if row.reference else place.reference

    def _change(self, row: RepaymentRow | RecallRow, bill: b.KnownBill, reference: bytes | None = None) -> b.Row:
        batch = self._batch
        kind, paid, paid_on = (
            ("repayment", row.paid, row.paid_on) if isinstance(row, RepaymentRow) else ("recall", None, None)
        )
        return [
            self._ids.new(), batch.tenant_id, batch.batch_id, bill.case_id, bill.account_id, kind, None, None, None,
            None, None, paid, paid_on, reference, row.number,
        ]  # fmt: skip


def _same(row: RepaymentRow, payment: b.Payment) -> bool:
    return (row.paid, row.paid_on) == (payment.paid, payment.paid_on)
