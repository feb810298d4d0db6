"""In what unit amounts are: a column's own header says it, or nothing may say otherwise."""

from __future__ import annotations

import pytest

from console.desk.imports import units
from console.desk.imports.faults import Code, FileRefused

pytestmark = pytest.mark.clause("issue-2")


def refused(above: list[list[object]], header: str) -> list[tuple[int, str, Code, str]]:
    """Why a file is, with these rows above its table and this column of amounts."""
    try:
        units.require_plain(above, [header], "CNY")
    except FileRefused as wrong:
        return [(one.row, one.column, one.code, one.hint) for one in wrong.faults]
    return []


@pytest.mark.parametrize(
    ("header", "scale"),
    [("应催金额", 1), ("应催金额（元）", 1), ("应催金额(万元)", 10_000), ("应催金额（万）", 10_000),
     ("金额/萬元", 10_000), ("应催金额(百万元)", 1_000_000), ("应催金额(十万元)", 100_000), ("余额(千)", 1000),
     ("余额(亿元)", 100_000_000), ("Balance (thousand)", 1000), ("百业贷余额", 1), ("千禧万家贷", 1)],
)  # fmt: skip
def test_a_header_says_how_much_one_of_its_column_is(header: str, scale: int) -> None:
    assert units.scale_of(header) == scale


@pytest.mark.parametrize(
    ("row", "told"),
    [(["单位：万元"], "万元"), (["", "金额单位:", "千元"], "千元"), (["单位", "万元"], "万元"),
     (["单位：元"], ""), (["单位：人民币元"], ""), (["币种：人民币 单位：元"], ""),
     (["币种：人民币　单位：万元"], "万元"), (["某银行委案清单（万元）"], "万元"), (["（以万元计）"], "万元"),
     (["币种：美元"], "美元"), (["单位：百万港元"], "百万港元"), (["Currency: usd"], "usd"),
     (["Loan portfolio (HKD)"], "HKD"), (["unit: thousand"], "thousand"),
     (["单位：杭州银行"], ""), (["单位：万达集团"], ""), (["委案单位：百年公司"], ""), (["总金额 1,234万元"], ""),
     (["万元以上客户清单"], ""), (["单位：", 3.0, None], "")],
)  # fmt: skip
def test_what_stands_above_the_table_says_of_its_amounts(row: list[object], told: str) -> None:
    wanted = [(0, "", Code.FILE_UNIT, told)] if told else []
    assert refused([["清单"], row], "应催金额") == wanted


@pytest.mark.parametrize(
    ("header", "fits"),
    [("应催金额", True), ("应催金额(人民币)", True), ("应催金额(美元)", False), ("due HKD", False),
     ("Amount (USD)", False), ("cadence amount", True)],
)  # fmt: skip
def test_a_column_of_another_currency_is_refused(header: str, fits: bool) -> None:  # noqa: FBT001 - a parameter
    assert refused([], header) == ([] if fits else [(0, header, Code.CURRENCY_OTHER, "CNY")])
