"""The lenders' sample files, with the answers that lie beside them, through the desk on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.store.schema import account, case_file
from tests.support.desk import WholeDesk

DATA = Path(__file__).resolve().parent.parent / "data" / "lenders"
BAD = DATA / "bad"

ROWS = [
    ("excel_ruined_id.csv", [(8, "身份证号码", "cell.digits_gone")], 19),
    ("bad_checksum.csv", [(4, "身份证号码", "id_number.checksum")], 19),
    ("no_bill_reference.csv", [(6, "借据号", "bill.missing")], 19),
    ("bad_amounts.csv", [(10, "应催金额", "amount.negative"), (12, "剩余本金", "amount.not_a_number")], 18),
    ("bad_phone_and_formula.csv", [(3, "手机号码", "phone.length"), (5, "手机号码", "cell.formula")], 18),
    ("duplicate_bill.csv", [(21, "借据号", "bill.repeated")], 20),
    (
        "control_characters.csv",
        [(7, "客户姓名", "cell.control_characters"), (9, "客户姓名", "cell.control_characters")],
        18,
    ),
]
WHOLE = [
    ("unknown_column.csv", "客户画像标签", "columns.unknown", "refused"),
    ("has_cvv.csv", "CVV2", "columns.forbidden", "quarantined"),
    ("has_contact_list.csv", "通讯录", "columns.forbidden", "quarantined"),
    ("mixed_encoding.csv", "", "file.mixed_encoding", "refused"),
    ("truncated.csv", "", "file.truncated", "refused"),
    ("not_a_table.xlsx", "", "file.not_a_workbook", "refused"),
    ("empty.csv", "", "file.empty", "refused"),
    ("only_header.csv", "", "file.no_rows", "refused"),
]


def counts(desk: WholeDesk) -> tuple[int, int]:
    """Rows of cases and accounts, published or not."""
    with desk.running.parts.store.engine.connect() as connection:
        return (
            connection.execute(select(func.count()).select_from(case_file)).scalar_one(),
            connection.execute(select(func.count()).select_from(account)).scalar_one(),
        )


@pytest.mark.parametrize(
    ("name", "cases", "accounts"),
    [("lender_a_催收委案_20261120.csv", 4000, 4000), ("lender_b_委外清单.xlsx", 600, 988)],
)
@pytest.mark.slow
@pytest.mark.clause("C-5.4a", "C-5.4b")
async def test_sample_imports_as_it_is(any_desk: WholeDesk, name: str, cases: int, accounts: int) -> None:
    report = await any_desk.load(DATA / name)
    assert report.state == "published", report.faults
    assert (report.new_cases, report.new_accounts, report.bad_rows) == (cases, accounts, 0)
    assert counts(any_desk) == (cases, accounts)


@pytest.mark.slow
@pytest.mark.clause("R-55")
async def test_unknown_column_is_named_and_dropped_by_name_alone(any_desk: WholeDesk) -> None:
    refused = await any_desk.load(DATA / "lender_c_portfolio.csv", accept_good=True)
    assert (refused.state, [(one.column, one.code) for one in refused.faults]) == (
        "refused",
        [("language", "columns.unknown")],
    )
    assert counts(any_desk) == (0, 0)
    taken = await any_desk.load(DATA / "lender_c_portfolio.csv", dropped=("language",))
    assert (taken.state, taken.new_cases, taken.new_accounts) == ("published", 800, 800)
    assert ("language", "-") in taken.mapping


@pytest.mark.parametrize(("name", "faults", "good"), ROWS)
@pytest.mark.clause("C-5.4a")
async def test_bad_rows_refuse_the_file_and_good_ones_load_when_asked(
    desk: WholeDesk, name: str, faults: list[tuple[int, str, str]], good: int
) -> None:
    refused = await desk.load(BAD / name)
    assert refused.state == "refused"
    assert [(one.row, one.column, one.code) for one in refused.faults] == faults
    assert counts(desk) == (0, 0)
    taken = await desk.load(BAD / name, accept_good=True)
    assert (taken.state, taken.good_rows, taken.new_cases) == ("published", good, good)
    assert [(one.row, one.column, one.code) for one in taken.faults] == faults
    assert counts(desk) == (good, good)


@pytest.mark.parametrize(("name", "column", "code", "state"), WHOLE)
@pytest.mark.clause("R-55", "J-4", "J-5")
async def test_faulty_file_is_refused_whole_also_for_its_good_rows(
    desk: WholeDesk, name: str, column: str, code: str, state: str
) -> None:
    for more in (
        {},
        {"accept_good": True},
        {"accept_good": True, "dropped": (column,) if code != "columns.unknown" else ()},
    ):
        report = await desk.load(BAD / name, **more)
        assert report.state == state
        assert [(one.row, one.column, one.code) for one in report.faults] == [(0, column, code)]
        assert counts(desk) == (0, 0)


async def test_unknown_column_of_the_bad_folder_loads_without_it(desk: WholeDesk) -> None:
    report = await desk.load(BAD / "unknown_column.csv", dropped=("客户画像标签",))
    assert (report.state, report.new_cases) == ("published", 20)
