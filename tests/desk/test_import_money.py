"""Whose money a file speaks of, and how much: one currency a case, and payments that count for what they were made."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from access.store.schema import account, case_file, contact_slot, promise, repayment
from console.desk.api.cases import AssignCases, OpenCase
from console.desk.api.contact import CheckContacts, ContactRef
from console.desk.api.work import RecordResult, Terms
from console.desk.cases.states import CaseState
from console.desk.contact.slots import Slot
from console.desk.imports.cells import read_bill
from console.desk.imports.faults import CellRefused, Code
from tests.desk.test_contact import reserve
from tests.desk.test_import_changes import PAID, load, one_case, rows_of
from tests.support.contact_calls import recording
from tests.support.desk import ROWS, WholeDesk
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


LOAN = ROWS[0][3]


async def promised(desk: WholeDesk, case_id: str, due_on: str) -> None:
    """A hundred is promised for that day."""
    view = await desk.call("zhangwei", OpenCase(case_id=case_id))
    terms = Terms(amount=10_000, due_on=due_on, channel="bank_app")
    await desk.call("zhangwei", RecordResult(case_id=case_id, version=view.version, code="promised", promise=terms))


async def first_loan(desk: WholeDesk, folder: Path) -> str:
    """The case of `LOAN`, among an agent's own."""
    await desk.with_cases(folder)
    (found,) = rows_of(desk, select(account.c.case_id).where(account.c.due == 120_050))
    return str(found["case_id"])


def stands(desk: WholeDesk) -> tuple[str, int]:
    """The one promise: its state, and what was paid towards it."""
    (found,) = rows_of(desk, select(promise))
    return found["state"], found["paid"]


@pytest.mark.clause("S-6-2", "issue-2")
async def test_what_was_paid_and_known_before_a_promise_keeps_it_not(any_desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await first_loan(any_desk, tmp_path)  # 2026-11-20, nine in the morning

    async def pay(day: str, amount: str, reference: str) -> None:
        paid = [[LOAN, "202610", amount, day, reference]]
        await load(any_desk, tmp_path, paid, PAID, kind="repayments")
        any_desk.clock.advance(60)

    await pay("2026-11-19", "100", "TX1001")
    await pay("2026-11-20", "100", "TX1002")
    await promised(any_desk, case_id, "2026-11-22")
    any_desk.clock.advance(60)
    # Said later, made the day before: not for the promise either.
    await pay("2026-11-19", "100", "TX1003")
    assert stands(any_desk) == ("open", 0)
    await pay("2026-11-20", "40", "TX1004")
    assert stands(any_desk) == ("open", 4_000)
    any_desk.clock.advance(3 * 86_400)
    await any_desk.beat()
    assert stands(any_desk) == ("broken", 4_000)
    await pay("2026-11-22", "60", "TX1005")
    assert stands(any_desk) == ("kept", 10_000), "the lender said late that it was there in time"


@pytest.mark.clause("S-6-2", "issue-2")
async def test_a_promise_is_judged_by_the_day_in_the_cases_zone(any_desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await first_loan(any_desk, tmp_path)
    store = any_desk.running.parts.store
    # It is the afternoon of the 19th there while the desk has the 20th.
    store.run(lambda uow: uow.connection.execute(update(case_file).values(zone="Pacific/Honolulu")).rowcount)
    await promised(any_desk, case_id, "2026-11-19")
    first = [[LOAN, "202610", "40", "2026-11-19", "TX1001"]]
    await load(any_desk, tmp_path, first, PAID, kind="repayments")
    assert stands(any_desk) == ("open", 4_000)
    await any_desk.beat()
    assert stands(any_desk) == ("open", 4_000)
    any_desk.clock.advance(10 * 3600)  # the 20th there as well
    await load(any_desk, tmp_path, [[LOAN, "202610", "10", "2026-11-19", "TX1002"]], PAID, kind="repayments")
    assert stands(any_desk) == ("broken", 5_000)
    (case,) = rows_of(any_desk, select(case_file).where(case_file.c.id == case_id))
    assert case["state"] == CaseState.BROKEN


CONTACT = (*SIX_FIELDS, "联系人1姓名", "联系人1关系", "联系人1电话")


@pytest.mark.clause("S-5-5", "S-5-6", "issue-2")
@pytest.mark.parametrize("files", [1, 2])
async def test_a_number_that_is_also_a_contacts_is_the_debtors_own(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person, files: int
) -> None:
    phone, other = "13912345678", row(debtor, "A1002")
    other[SIX_FIELDS.index("手机号码")] = phone
    rows = [[*row(debtor, "A1001"), "赵敏", "朋友", phone], [*other, "", "", ""]]
    for part in [rows] if files == 1 else [[one] for one in rows]:
        await load(any_desk, tmp_path, part, CONTACT)
    case_id = one_case(any_desk)["id"]
    await any_desk.call("lina", AssignCases(assignee_id=any_desk.founded.persons["zhangwei"], count=1))
    view = await any_desk.call("zhangwei", OpenCase(case_id=case_id))
    shown = {(one.name, one.ordinal): one.masked for one in view.fields}
    assert shown["mobile", 2] == "139****5678"
    with recording():
        check = await any_desk.call("zhangwei", CheckContacts(case_id=case_id))
        assert [(one.contact.field, one.contact.ordinal, one.party, one.allowed) for one in check.contacts] == [
            ("mobile", 1, "debtor", True),
            ("mobile", 2, "debtor", True),
            ("contact_phone", 1, "debtor", True),
        ]
        got = reserve(any_desk, "zhangwei", case_id, ContactRef(field="contact_phone", ordinal=1))
    assert isinstance(got, Slot)
    assert not got.third
    assert [one["own"] for one in rows_of(any_desk, select(contact_slot))] == [1]
    await load(any_desk, tmp_path, rows, CONTACT)
    again = await any_desk.call("zhangwei", OpenCase(case_id=case_id))
    assert again.fields == view.fields, "nothing new was said"


@pytest.mark.clause("issue-2")
async def test_a_file_that_says_above_its_table_that_amounts_are_in_ten_thousands_is_refused(
    desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    file = write(tmp_path / "file.csv", [row(debtor, "A1001")])
    file.write_text("委案清单,,单位：万元\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    wishes: tuple[dict[str, Any], ...] = ({}, {"accept_good": True}, {"dry_run": True})
    for more in wishes:
        report = await desk.load(file, **more)
        assert faults(report) == [(0, "", "file.unit", "万元")]
    file = write(
        tmp_path / "file.csv", [row(debtor, "A1001")], [one.replace("应催金额", "应催金额(美元)") for one in SIX_FIELDS]
    )
    report = await desk.load(file, mapping={"应催金额(美元)": "due_amount"})
    assert faults(report) == [(0, "应催金额(美元)", "currency.other", "CNY")]
    assert rows_of(desk, select(case_file)) == []


@pytest.mark.clause("issue-2")
async def test_a_payment_of_nothing_is_no_last_payment(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    paid = [["A1001", "202610", "300", "2026-11-18", "TX1001"], ["A1001", "202610", "0.00", "2026-11-19", "TX1002"]]
    report = await load(any_desk, tmp_path, paid, PAID, kind="repayments")
    assert (report.good_rows, report.changed_accounts) == (2, 1)
    (found,) = rows_of(any_desk, select(account))
    assert (found["due"], found["last_paid"], found["last_paid_on"]) == (70_000, 30_000, "2026-11-18")


@pytest.mark.clause("issue-2")
async def test_a_loan_that_a_spreadsheet_made_a_number_or_a_day_of(
    desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    await load(desk, tmp_path, [row(debtor, "202600000001", due=100_000)])
    again = await load(desk, tmp_path, [row(debtor, "202600000001.0", due=90_000)])
    assert (again.new_accounts, again.changed_accounts, one_case(desk)["due"]) == (0, 1, 90_000)
    with pytest.raises(CellRefused) as caught:
        read_bill(datetime(2026, 3, 1))  # noqa: DTZ001 - as a workbook has it
    assert caught.value.code is Code.BILL_NOT_A_REFERENCE
