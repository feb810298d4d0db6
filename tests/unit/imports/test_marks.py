"""What stood in a file before is told rightly, and takes no memory that follows the file."""

from __future__ import annotations

import threading
import tracemalloc

import pytest

from console.desk.imports.bundle import ACCOUNT_COLUMNS, CASE_COLUMNS, CHANGE_COLUMNS, Bundle
from console.desk.imports.faults import Code
from console.desk.imports.marks import Marks
from console.desk.imports.tally import Tally

pytestmark = pytest.mark.clause("issue-2")

MANY = 20_000


def mark(number: int) -> bytes:
    return number.to_bytes(16, "big")


def test_the_first_row_of_a_mark_is_remembered_and_how_often_it_stood() -> None:
    marks = Marks()
    assert [marks.first(mark(1), 7), marks.first(mark(2), 8), marks.first(mark(1), 9)] == [7, 8, 7]
    assert [marks.count(mark(3)) for _ in range(3)] == [1, 2, 3]
    marks.clear()
    assert (marks.first(mark(1), 11), marks.count(mark(3))) == (11, 1)


def test_marks_are_not_kept_in_memory() -> None:
    marks = Marks()
    marks.first(mark(0), 1)
    tracemalloc.start()
    try:
        for number in range(MANY):
            marks.first(mark(number), number + 1)
            marks.count(b"again" + mark(number))
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < MANY, "not a byte a mark; in a dictionary it would be a hundred"
    assert marks.first(mark(MANY // 2), 1) == MANY // 2 + 1


def test_a_job_made_on_one_thread_counts_on_another() -> None:
    tally, told = Tally(), []

    def work() -> None:
        tally.correct(Bundle(changes=[change(1)]))
        told.append(tally.changed)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60)
    tally.restart()
    assert told == [0]


def change(row: int, *, paid: int = 100, reference: bytes = b"r") -> list[object]:
    told = {"kind": "repayment", "paid": paid, "paid_on": "2026-11-21", "reference": reference, "row": row}
    return [told.get(name) for name in CHANGE_COLUMNS]


def case(debtor: bytes | None) -> list[object]:
    return [debtor if name == "debtor" else None for name in CASE_COLUMNS]


def account(bill: bytes, row: int) -> list[object]:
    return [{"bill": bill, "row": row}.get(name) for name in ACCOUNT_COLUMNS]


def test_a_dry_run_tells_repeats_of_far_chunks() -> None:
    tally = Tally(bill_column="借据号", reference_column="流水号")
    first = Bundle(cases=[case(b"a"), case(None)], accounts=[account(b"1", 1), account(b"2", 2)], good=2)
    second = Bundle(cases=[case(b"a"), case(None)], accounts=[account(b"1", 3), account(b"4", 4)], good=2)
    for bundle in (first, second):
        tally.add(bundle)
        tally.correct(bundle)
    tally.let_go()
    assert (tally.new_cases, tally.new_accounts, tally.good, tally.bad) == (3, 3, 3, 1)
    assert [(one.row, one.code, one.hint) for one in tally.faults] == [(3, Code.BILL_REPEATED, "1")]


def test_a_dry_run_tells_a_payment_that_comes_again_from_another_of_its_name() -> None:
    tally = Tally(reference_column="流水号")
    rows = [change(1), change(2), change(3, paid=200), change(4, paid=200), change(5, reference=b"s")]
    bundle = Bundle(changes=rows, good=5)
    tally.add(bundle)
    tally.correct(bundle)
    assert (tally.changed, tally.good, tally.bad) == (2, 3, 2)
    assert [(one.row, one.hint) for one in tally.faults] == [(3, "1"), (4, "1")]
