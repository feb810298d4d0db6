"""Which column is what, what may never come in, and that no value leaves through a fault."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from console.desk.imports.columns import Planner, Wishes, shown
from console.desk.imports.faults import Code, FileRefused
from console.desk.imports.fields import Kind
from console.desk.imports.rows import CaseRow, Reply
from console.desk.imports.scan import scan
from masking.catalogue import Catalogue
from tests.support.lender_files import SIX_FIELDS, card, people, row, write

CATALOGUE = Catalogue.load()
TODAY = dt.date(2026, 11, 22)
BASE = ["客户姓名", "借据号", "应催金额"]


def plan_of(names: list[str], kind: Kind = Kind.CASES, **wishes: object) -> dict[str, tuple[str, int]]:
    plan = Planner(CATALOGUE, kind, Wishes(**wishes)).plan(names)  # type: ignore[arg-type]
    return {names[one.index]: (one.field, one.ordinal) for one in plan.columns}


def refusal(names: list[str], kind: Kind = Kind.CASES, **wishes: object) -> FileRefused:
    with pytest.raises(FileRefused) as caught:
        plan_of(names, kind, **wishes)
    return caught.value


@pytest.mark.clause("R-55")
def test_unknown_columns_are_all_named_and_dropped_by_name_alone() -> None:
    wrong = refusal([*BASE, "客户画像标签", "language"])
    assert [(one.column, one.code) for one in wrong.faults] == [
        ("客户画像标签", Code.COLUMNS_UNKNOWN),
        ("language", Code.COLUMNS_UNKNOWN),
    ]
    assert not wrong.quarantine
    assert len(plan_of([*BASE, "客户画像标签", "language"], dropped=("客户画像标签", "Language "))) == 3


@pytest.mark.clause("J-4", "J-5")
@pytest.mark.parametrize(
    "header",
    [
        "CVV2",
        "安全码",
        "卡密码",
        "PIN码",
        "磁道信息",
        "短信验证码",
        "动态口令",
        "通讯录",
        "通话记录",
        "IMEI",
        "GPS",
        "人脸照片",
        "卡校验码",
        "CAV2",
        "二磁",
        "短信码",
        "动态码",
        "支付口令",
        "卡号后三位",
        "手机联系人",
    ],
)
def test_forbidden_columns_quarantine_whatever_is_asked(header: str) -> None:
    for wishes in ({}, {"dropped": (header,)}, {"asked": {header: "-"}}, {"asked": {header: "bank_name"}},
                   {"remembered": {header: "-"}}):  # fmt: skip
        wrong = refusal([*BASE, header], **wishes)
        assert wrong.quarantine
        assert [one.code for one in wrong.faults] == [Code.COLUMNS_FORBIDDEN]


def test_mapping_overrides_and_is_remembered() -> None:
    names = ["债主", "借据号", "应催金额", "杂项"]
    assert refusal(names).code is Code.COLUMNS_UNKNOWN
    for wish in ("asked", "remembered"):
        said: dict[str, Any] = {wish: {"债主": "full_name", "杂项": "-"}}
        assert plan_of(names, **said)["债主"] == ("full_name", 1)
    assert refusal(names, asked={"债主": "no_such_field", "杂项": "-"}).code is Code.COLUMNS_UNKNOWN
    assert plan_of(["客户姓名", "借据号", "应催金额", "姓名"], asked={"姓名": "contact_name#2"})["姓名"] == (
        "contact_name",
        2,
    )


def test_doubled_and_missing_columns_are_told() -> None:
    wrong = refusal(["客户姓名", "借据号", "应催金额", "姓名"])
    assert [(one.column, one.code, one.hint) for one in wrong.faults] == [("姓名", Code.COLUMNS_TWICE, "full_name")]
    missing = refusal(["客户姓名", "手机号码"])
    assert {(one.code, one.hint) for one in missing.faults} == {
        (Code.COLUMNS_MISSING, "loan_number"),
        (Code.COLUMNS_MISSING, "due_amount"),
    }


def test_file_of_another_kind_is_told_as_such() -> None:
    wrong = refusal(["借据号", "还款金额", "还款日期"])
    assert (wrong.faults[0].code, wrong.faults[0].hint) == (Code.FILE_KIND, "repayments")
    assert refusal(BASE, Kind.REPAYMENTS).faults[0].hint == "cases"


def test_several_phones_and_contacts_in_a_row() -> None:
    names = [*BASE, "手机号码", "联系电话", "联系人姓名", "联系人电话", "联系人姓名", "联系人电话", "联系人3电话"]
    places = plan_of(names)
    assert (places["手机号码"], places["联系电话"]) == (("mobile", 1), ("mobile", 2))
    plan = Planner(CATALOGUE, Kind.CASES, Wishes()).plan(names)
    assert [one.ordinal for one in plan.columns if one.field == "contact_phone"] == [1, 2, 3]


def test_other_kinds_read_only_what_they_need() -> None:
    names = ["客户姓名", "身份证号码", "借据号", "还款金额", "还款日期", "流水号"]
    assert set(plan_of(names, Kind.REPAYMENTS)) == {"借据号", "还款金额", "还款日期", "流水号"}
    assert set(plan_of(["客户姓名", "借据号", "退案原因"], Kind.RECALLS)) == {"借据号"}
    assert refusal(["借据号", "客户画像标签"], Kind.RECALLS).code is Code.COLUMNS_UNKNOWN


def test_unit_in_the_header_scales_the_figures() -> None:
    plan = Planner(CATALOGUE, Kind.CASES, Wishes(asked={"应催金额（万元）": "due_amount"})).plan(
        ["客户姓名", "借据号", "应催金额（万元）"]
    )
    assert plan.columns[2].scale == 10_000
    assert refusal(["客户姓名", "借据号", "应催金额（万元）"]).code is Code.COLUMNS_UNKNOWN


def test_header_is_shown_without_what_it_may_hold() -> None:
    assert "13800138000" not in shown("张三13800138000")
    assert "\x1b" not in shown("姓名\x1b[31m")
    assert shown("", 27) == "[AB]"


def read(path: Path, **wishes: object) -> list[Reply]:
    return list(scan(path, Kind.CASES, CATALOGUE, Wishes(**wishes), TODAY).rows())  # type: ignore[arg-type]


@pytest.mark.clause("J-5", "R-55")
@pytest.mark.parametrize("odd", ["备用", "校验"])
def test_verification_values_are_found_beside_card_numbers(tmp_path: Path, odd: str) -> None:
    rows = [[*row(one, f"A{n:04}"), f"{(n * 137) % 1000:03}"] for n, one in enumerate(people(30))]
    path = write(tmp_path / "f.csv", rows, [*SIX_FIELDS, odd])
    with pytest.raises(FileRefused) as caught:
        read(path, dropped=(odd,))
    assert caught.value.quarantine
    assert [(one.column, one.code) for one in caught.value.faults] == [(odd, Code.COLUMNS_FORBIDDEN_CONTENT)]


def test_scores_beside_card_numbers_are_not_taken_for_verification_values(tmp_path: Path) -> None:
    rows = [[*row(one, f"A{n:04}"), str(600 + n % 40)] for n, one in enumerate(people(30))]
    assert len(read(write(tmp_path / "f.csv", rows, [*SIX_FIELDS, "评分"]), dropped=("评分",))) == 30


@pytest.mark.clause("J-5", "R-55")
@pytest.mark.parametrize(
    "content",
    [
        "张三:13800000000;李四:13900000000",
        "妈妈 13800000000、爸爸 13900000000、同事 13700000000",
        '[{"name":"张三","phone":"13800000000"},{"name":"李四","phone":"13900000000"}]',
        "%B6222021234567890128^OUYANG/JIANGUO^2512101000000000",
        ";6222021234567890128=25121010000000000000?",
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_forbidden_content_quarantines_in_any_column_and_row(tmp_path: Path, content: str, late: bool) -> None:  # noqa: FBT001
    count = 700 if late else 5
    rows = [row(one, f"A{n:04}") for n, one in enumerate(people(count))]
    rows[-1][3] = content
    with pytest.raises(FileRefused) as caught:
        read(write(tmp_path / "f.csv", rows))
    assert caught.value.quarantine
    assert "1380000" not in repr(caught.value.faults)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
@pytest.mark.clause("design-1")
def test_no_value_is_ever_in_a_fault(tmp_path: Path, data: st.DataObject) -> None:
    number = card(random.Random(1))  # noqa: S311 - the same each time
    secrets = ["欧阳建国", "11010519491231002X", "13800138000", "西湖区文三路七号", "恒通机械厂", number]
    line = [*secrets, "LOAN20260001", "消费分期", "1.00", "1.00", "1.00", "1.00", "3", "2026-10-20", "0.18", "202610"]
    for place in data.draw(st.sets(st.integers(0, len(line) - 1), min_size=1, max_size=4)):
        spoil = data.draw(st.sampled_from(["\x1b", "=", "E+17", "\u202e", "x" * 300, "，。", "9" * 20]))
        line[place] = spoil + line[place] if spoil == "=" else line[place] + spoil
    try:
        replies = read(write(tmp_path / "f.csv", [line, line]))
    except FileRefused as wrong:
        told = repr(wrong) + repr(wrong.faults)
    else:
        told = repr([faults for _, faults in replies])
    assert not [secret for secret in secrets if secret in told]


def test_penalty_counts_as_interest_and_due_is_taken_from_what_there_is(tmp_path: Path) -> None:
    headers = ["客户姓名", "借据号", "剩余本金", "应还利息", "逾期罚息", "费用", "应还日期", "币种"]
    path = write(tmp_path / "f.csv", [["王芳", "T1001", "100", "10", "5", "1", "2026-11-01", "人民币"]], headers)
    ((found, faults),) = read(path)
    assert faults == []
    assert isinstance(found, CaseRow)
    assert found.figures == {
        "principal": 10_000, "interest": 1_500, "fees": 100, "due": 11_600, "due_date": "2026-11-01",
        "days_past_due": 21, "currency": "CNY",
    }  # fmt: skip
