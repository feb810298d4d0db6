"""Whose money a file speaks of, and how much: one currency a case, and payments that count for what they were made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from access.store.schema import account, case_file, repayment
from tests.desk.test_import_changes import PAID, load, one_case, rows_of
from tests.support.desk import WholeDesk
from tests.support.lender_files import SIX_FIELDS, Person, people, row, write

MONEY = (*SIX_FIELDS, "币种")
PAID_IN = (*PAID, "币种")


@pytest.fixture
def debtor() -> Person:
    """Somebody who owes."""
    return next(people(1, seed=5))


def faults(report: Any) -> list[tuple[int, str, str, str]]:
    """What a report says is wrong."""
    return [(one.row, one.column, one.code, one.hint) for one in report.faults]


def set_currency(desk: WholeDesk, table: Any, currency: str) -> None:
    """As a desk has it that was founded with another currency, or by an older version."""
    store = desk.running.parts.store
    store.run(lambda uow: uow.connection.execute(update(table).values(currency=currency)).rowcount)


@pytest.mark.clause("C-5.4a", "issue-2")
@pytest.mark.parametrize("cell", ["USD", "hkd", ""])
async def test_amounts_of_another_currency_are_refused_by_row_and_column(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person, cell: str
) -> None:
    other = [*row(debtor, "A1001", due=100_000), cell]
    fault = (1, "币种", "currency.other", "CNY") if cell else (1, "币种", "cell.missing", "")
    for rows in ([other], [other, [*row(debtor, "A1002", due=50_000), "人民币"]]):
        report = await any_desk.load(write(tmp_path / "file.csv", rows, MONEY))
        assert (report.state, faults(report)) == ("refused", [fault])
        assert rows_of(any_desk, select(case_file)) == []
    report = await any_desk.load(write(tmp_path / "file.csv", rows, MONEY), accept_good=True)
    assert (report.state, report.good_rows, faults(report)) == ("published", 1, [fault])
    case = one_case(any_desk)
    assert (case["due"], case["currency"], case["accounts"]) == (50_000, "CNY", 1)
    # And of a known case no more than of a new one: neither a further loan nor the figures of one it has.
    for loan in ("A1002", "A1003"):
        again = write(tmp_path / "file.csv", [[*row(debtor, loan, due=700_000), cell]], MONEY)
        assert faults(await any_desk.load(again)) == [fault]
    assert one_case(any_desk) == case


@pytest.mark.clause("C-5.4a", "issue-2")
async def test_a_repayment_in_another_currency_is_refused(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    for cell, fault in (("USD", "currency.other"), ("", "cell.missing")):
        paid = [["A1001", "202610", "300", "2026-11-20", "T900001", cell]]
        report = await any_desk.load(write(tmp_path / "file.csv", paid, PAID_IN), kind="repayments")
        assert [(one.row, one.column, one.code) for one in report.faults] == [(1, "币种", fault)]
    assert (one_case(any_desk)["due"], rows_of(any_desk, select(repayment))) == (100_000, [])
    await load(any_desk, tmp_path, [[*paid[0][:-1], "RMB"]], PAID_IN, kind="repayments")
    assert one_case(any_desk)["due"] == 70_000


@pytest.mark.clause("C-5.4a", "issue-2")
async def test_nothing_joins_a_case_of_another_currency(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    set_currency(any_desk, case_file, "USD")
    set_currency(any_desk, account, "USD")
    before = one_case(any_desk)
    for loan in ("A1001", "A1002"):
        report = await any_desk.load(write(tmp_path / "file.csv", [row(debtor, loan, due=50_000)]))
        assert faults(report) == [(1, "借据号", "currency.other", "USD")]
    paid = [["A1001", "202610", "300", "2026-11-20", "T900001"]]
    report = await any_desk.load(write(tmp_path / "file.csv", paid, PAID), kind="repayments")
    assert faults(report) == [(1, "借据号", "currency.other", "USD")]
    assert one_case(any_desk) == before


@pytest.mark.clause("C-5.4a", "issue-2")
async def test_an_account_of_another_currency_than_its_case_is_never_added_up(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    set_currency(any_desk, account, "USD")
    for kind, headers, one in (
        ("cases", SIX_FIELDS, row(debtor, "A1001", due=50_000)),
        ("repayments", PAID, ["A1001", "202610", "300", "2026-11-20", "T900001"]),
    ):
        report = await any_desk.load(write(tmp_path / "file.csv", [one], headers), kind=kind)
        assert faults(report) == [(1, "借据号", "currency.other", "USD/CNY")]
    await load(any_desk, tmp_path, [row(debtor, "A1002", due=50_000)])
    case = one_case(any_desk)
    assert (case["due"], case["currency"], case["accounts"]) == (50_000, "CNY", 2)
