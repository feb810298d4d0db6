"""Repayments and recalls against bills that are on the desk: each row becomes a staged change, or a fault.

A repayment moves the balance of one account; its reference, the lender's own or one made of loan, day and amount,
counts once however often it is sent. A recall takes one account back. Neither makes a case or closes one by silence.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from console.desk.imports import bundle as b
from console.desk.imports.faults import Code, Fault
from console.desk.imports.filling import Batch, NewIds, SealingKeys
from console.desk.imports.rows import RecallRow, RepaymentRow
from console.desk.imports.sealer import bill_entries
from masking.blind import BlindKind

_MARK: Final = "\x1f"


class Ledger:
    """Turns rows of one batch into staged changes, chunk after chunk.

    Args:
        batch: what the rows share.
        keys: for blind entries; nothing is sealed.
        ids: new ids.
        bill_column: header of the bill reference, to name it in faults.
    """

    def __init__(self, batch: Batch, keys: SealingKeys, ids: NewIds, bill_column: str = "") -> None:
        self._batch = batch
        self._bill_column = bill_column
        self._blind = keys.blind
        self._ids = ids
        # Two equal payments on one day without references are two payments; the same file again is not.
        self._alike: Counter[str] = Counter()
        self._entries: list[tuple[bytes, bytes, bytes]] = []
        self._recalled: set[bytes] = set()

    def question(self, rows: Sequence[object]) -> b.Question:
        """Which bills and references are known?"""
        self._entries = []
        bills: list[bytes] = []
        loans: list[bytes] = []
        references: list[bytes] = []
        for row in rows:
            if not isinstance(row, (RepaymentRow, RecallRow)):
                continue
            bill, loan = bill_entries(self._blind, self._batch, row.loan, row.period)
            reference = self._reference(row) if isinstance(row, RepaymentRow) else b""
            self._entries.append((bill, loan, reference))
            (bills if row.period else loans).append(bill if row.period else loan)
            if reference:
                references.append(reference)
        return b.Question([], bills, loans, references)

    def _reference(self, row: RepaymentRow) -> bytes:
        text = row.reference
        if not text:
            stem = f"{row.loan}{_MARK}{row.period}{_MARK}{row.paid_on}{_MARK}{row.paid}"
            self._alike[stem] += 1
            text = f"{stem}{_MARK}{self._alike[stem]}"
        return self._blind.entry(
            self._batch.tenant_id, BlindKind.BILL, f"{self._batch.source_id}{_MARK}ref{_MARK}{text}"
        )

    def book(self, rows: Sequence[object], answer: b.Answer) -> b.Bundle:
        """One chunk of staged changes."""
        bundle = b.Bundle()
        booked = set(answer.references)
        places = iter(self._entries)
        for row in rows:
            if not isinstance(row, (RepaymentRow, RecallRow)):
                continue
            bill, loan, reference = next(places)
            found = [one for one in answer.bills.get(bill if row.period else loan, []) if not one.own]
            if not row.period and len(found) > 1:
                found = [one for one in found if one.state == "open"] or found
            code = Code.BILL_UNKNOWN if not found else Code.BILL_PERIOD_NEEDED if len(found) > 1 else None
            if code is None and isinstance(row, RecallRow) and bill in self._recalled:
                code = Code.BILL_REPEATED
            if code is not None:
                bundle.bad += 1
                bundle.faults.append(Fault(row.number, self._bill_column, code))
                continue
            bundle.good += 1
            if isinstance(row, RecallRow):
                self._recalled.add(bill)
                bundle.changes.append(self._change(row, found[0]))
            elif reference in booked:
                bundle.known += 1
            else:
                booked.add(reference)
                bundle.changes.append(self._change(row, found[0], reference))
        return bundle

    def _change(self, row: RepaymentRow | RecallRow, bill: b.KnownBill, reference: bytes | None = None) -> b.Row:
        batch = self._batch
        kind, paid, paid_on = (
            ("repayment", row.paid, row.paid_on) if isinstance(row, RepaymentRow) else ("recall", None, None)
        )
        return [
            self._ids.new(), batch.tenant_id, batch.batch_id, bill.case_id, bill.account_id, kind, None, None, None,
            None, None, paid, paid_on, reference, row.number,
        ]  # fmt: skip
