"""What an import has counted so far, as its report tells it; and what a dry run counts without writing.

A dry run finds what repeats within the file by short marks of the keyed entries, kept beside memory (`marks`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from console.desk.imports import bundle as b
from console.desk.imports.faults import KEPT, Code, Fault
from console.desk.imports.marks import Marks

SHOWN: Final = 200
_DEBTOR = b.CASE_COLUMNS.index("debtor")
_BILL = b.ACCOUNT_COLUMNS.index("bill")
_CHANGED = b.CHANGE_COLUMNS.index("account_id")
_KIND = b.CHANGE_COLUMNS.index("kind")
_CHANGE_ROW = b.CHANGE_COLUMNS.index("row")
_PAID = b.CHANGE_COLUMNS.index("paid")
_PAID_ON = b.CHANGE_COLUMNS.index("paid_on")
_REFERENCE = b.CHANGE_COLUMNS.index("reference")
_ROW = b.ACCOUNT_COLUMNS.index("row")


@dataclass(slots=True)
class Tally:
    """Counts of one import.

    Attributes:
        done, total: bytes of the file.
        good, bad, skipped: rows.
        new_cases, new_accounts, changed, renewed: what they make.
        faults: the first `KEPT`; faults_total: all.
        mapping: header to field; bill_column, reference_column: headers of the bill's and the payment's reference.
    """

    done: int = 0
    total: int = 0
    good: int = 0
    bad: int = 0
    skipped: int = 0
    new_cases: int = 0
    new_accounts: int = 0
    changed: int = 0
    renewed: int = 0
    faults: list[Fault] = field(default_factory=list)
    faults_total: int = 0
    mapping: tuple[tuple[str, str], ...] = ()
    bill_column: str = ""
    reference_column: str = ""
    _marks: Marks = field(default_factory=Marks)

    def restart(self) -> None:
        """Begin to count afresh: the file is read once more."""
        self.done = self.good = self.bad = self.skipped = 0
        self.new_cases = self.new_accounts = self.changed = self.renewed = self.faults_total = 0
        self.faults.clear()
        self._marks.clear()

    def let_go(self) -> None:
        """Forget what only counting takes; the counts stay."""
        self._marks.clear()

    def add(self, bundle: b.Bundle) -> None:
        """Count one chunk."""
        self.done, self.skipped = bundle.done, bundle.skipped
        self.good += bundle.good
        self.bad += bundle.bad
        self.new_cases += len(bundle.cases)
        self.new_accounts += len(bundle.accounts)
        self.changed += len(bundle.changes)
        self.renewed += bundle.renewed
        self.note(bundle.faults)

    def note(self, faults: list[Fault]) -> None:
        """Remember faults."""
        self.faults += faults[: max(KEPT - len(self.faults), 0)]
        self.faults_total += len(faults)

    def correct(self, bundle: b.Bundle) -> None:
        """Take back what an unwritten chunk counts as new though an earlier one had it."""
        for case in bundle.cases:
            if case[_DEBTOR] is not None:
                self.new_cases -= self._marks.count(b"debtor" + case[_DEBTOR]) > 1
        repeated: list[Fault] = []
        for account in bundle.accounts:
            self._once(account[_BILL], account[_ROW], repeated)
        self.new_accounts -= len(repeated)
        new = len(repeated)
        for change in bundle.changes:
            if change[_KIND] == "figures":
                self._once(change[_CHANGED].encode(), change[_CHANGE_ROW], repeated)
            elif change[_KIND] == "repayment":
                self._paid_once(change, repeated)
        self.changed -= len(repeated) - new
        self.good -= len(repeated)
        self.bad += len(repeated)
        self.note(repeated)

    def _paid_once(self, change: b.Row, repeated: list[Fault]) -> None:
        row, reference = change[_CHANGE_ROW], b"payment" + change[_REFERENCE]
        first = self._marks.first(reference, row)
        alike = self._marks.first(reference + f"/{change[_PAID]}/{change[_PAID_ON]}".encode(), row)
        if first != row and first == alike:
            self.changed -= 1
        elif first != row:
            repeated.append(Fault(row, self.reference_column, Code.REFERENCE_OTHER_PAYMENT, str(first)))

    def _once(self, bill: bytes, row: int, repeated: list[Fault]) -> None:
        first = self._marks.first(b"bill" + bill, row)
        if first != row:
            repeated.append(Fault(row, self.bill_column, Code.BILL_REPEATED, str(first)))
