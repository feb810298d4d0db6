"""Lenders' column headers, read as they write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking.catalogue import Catalogue, ForbiddenKind, HeaderOutcome, ImportKind

CATALOGUE = Catalogue.load()
F = HeaderOutcome.FIELD


@pytest.mark.parametrize(
    ("header", "field", "index"),
    [
        ("客户姓名", "full_name", 1),
        (" 客户 姓名 ", "full_name", 1),
        ("Customer Name", "full_name", 1),
        ("CUSTOMER_NAME", "full_name", 1),
        ("身份證號碼", "id_number", 1),
        ("ＩＤ＿Ｎｕｍｂｅｒ", "id_number", 1),
        ("手机", "mobile", 1),
        ("手机2", "mobile", 2),
        ("手机号码（2）", "mobile", 2),
        ("mobile_2", "mobile", 2),
        ("Phone 3", "mobile", 3),
        ("联系人1姓名", "contact_name", 1),
        ("联系人2电话", "contact_phone", 2),
        ("联系人二电话", "contact_phone", 2),
        ("第三联系人关系", "contact_relation", 3),
        ("紧急联系人2", "contact_name", 2),
        ("contact_3_phone", "contact_phone", 3),
        ("Contact 1 Relationship", "contact_relation", 1),
        ("联系人", "contact_name", 1),
        ("本金（元）", "principal", 1),
        ("本金(人民币元)", "principal", 1),
        ("逾期天数(天)", "days_past_due", 1),
        ("年利率(%)", "interest_rate", 1),
        ("*借据号", "loan_number", 1),
        ("还款日", "due_date", 1),
        ("证件有效期", "id_valid_until", 1),
        ("户籍地址", "registered_address", 1),
        ("委案金额", "due_amount", 1),
        ("DPD", "days_past_due", 1),
    ],
)
def test_a_header_is_read(header: str, field: str, index: int) -> None:
    found = CATALOGUE.match_header(header)
    assert (found.outcome, found.field, found.index) == (F, field, index)


@pytest.mark.clause("J-5", "J-4")
@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("CVV2", ForbiddenKind.C3),
        ("信用卡CVV码", ForbiddenKind.C3),
        ("卡有效期", ForbiddenKind.C3),
        ("信用卡有效期(月/年)", ForbiddenKind.C3),
        ("Expiry Date", ForbiddenKind.C3),
        ("密码1", ForbiddenKind.C3),
        ("取款密码", ForbiddenKind.C3),
        ("客户查询密码备注", ForbiddenKind.C3),
        ("PIN", ForbiddenKind.C3),
        ("卡校验码", ForbiddenKind.C3),
        ("信用卡校验码", ForbiddenKind.C3),
        ("CAV2", ForbiddenKind.C3),
        ("CVC2", ForbiddenKind.C3),
        ("CVN2码", ForbiddenKind.C3),
        ("卡号后三位", ForbiddenKind.C3),
        ("卡背面后三位", ForbiddenKind.C3),
        ("有效期+校验码", ForbiddenKind.C3),
        ("Card Exp. Date", ForbiddenKind.C3),
        ("二磁", ForbiddenKind.C3),
        ("三 磁", ForbiddenKind.C3),
        ("磁條", ForbiddenKind.C3),
        ("Track 2 data", ForbiddenKind.C3),
        ("支付口令", ForbiddenKind.C3),
        ("短信码", ForbiddenKind.AUTH_AUX),
        ("手机动态码", ForbiddenKind.AUTH_AUX),
        ("客户动态口令", ForbiddenKind.AUTH_AUX),
        ("手机联系人", ForbiddenKind.CONTACT_LIST),
        ("电话簿", ForbiddenKind.CONTACT_LIST),
        ("磁道2", ForbiddenKind.C3),
        ("人脸照片", ForbiddenKind.C3),
        ("短信验证码", ForbiddenKind.AUTH_AUX),
        ("OTP", ForbiddenKind.AUTH_AUX),
        ("密码提示问题", ForbiddenKind.AUTH_AUX),
        ("通讯录", ForbiddenKind.CONTACT_LIST),
        ("手机通讯录前50", ForbiddenKind.CONTACT_LIST),
        ("Call Log", ForbiddenKind.CONTACT_LIST),
        ("IMEI", ForbiddenKind.LOCATION_DEVICE),
        ("登录GPS", ForbiddenKind.LOCATION_DEVICE),
    ],
)
def test_a_forbidden_column_is_known_under_many_names(header: str, kind: ForbiddenKind) -> None:
    for import_kind in ImportKind:
        found = CATALOGUE.match_header(header, import_kind)
        assert (found.outcome, found.forbidden) == (HeaderOutcome.FORBIDDEN, kind)


@pytest.mark.parametrize(
    "header",
    [
        *("银行卡号后四位", "手机号后三位", "姓名拼音", "电话单位", "校验位", "卡背景", "银行卡验证状态"),
        *("信用卡到期还款日", "催收短信内容", "card_expense", "acc_value", "tracking_no", "联系人手机", "证件有效期"),
    ],
)
def test_what_only_sounds_like_it_is_not_forbidden(header: str) -> None:
    assert CATALOGUE.match_header(header).outcome is not HeaderOutcome.FORBIDDEN


@pytest.mark.parametrize("header", ["序号", "No.", "NO", "行号", " # ", "Row No."])
def test_row_numbers_are_read_past(header: str) -> None:
    expected = HeaderOutcome.BLANK if header.strip() == "#" else HeaderOutcome.IGNORABLE
    assert CATALOGUE.match_header(header).outcome is expected


@pytest.mark.parametrize(
    "header", ["language", "客户画像标签", "剩余本金(万元)", "客户姓名2", "手机0", "手机99", "联系人1电话2号", "账号"]
)
def test_what_is_not_catalogued_stays_unknown(header: str) -> None:
    assert CATALOGUE.match_header(header).outcome is HeaderOutcome.UNKNOWN


def test_one_header_means_what_its_file_is_about() -> None:
    assert CATALOGUE.match_header("还款日期", ImportKind.CASES).field == "due_date"
    assert CATALOGUE.match_header("还款日期", ImportKind.REPAYMENTS).field == "payment_date"
    assert CATALOGUE.match_header("还款金额", ImportKind.REPAYMENTS).field == "payment_amount"
    assert CATALOGUE.match_header("借据号", ImportKind.RECALLS).field == "loan_number"
    assert CATALOGUE.match_header("日期", ImportKind.RECALLS).field == "recall_date"
    assert CATALOGUE.match_header("客户姓名", ImportKind.REPAYMENTS).outcome is HeaderOutcome.UNKNOWN


def test_percent_is_said() -> None:
    assert CATALOGUE.match_header("年利率(%)").percent
    assert CATALOGUE.match_header("年利率%").percent
    assert not CATALOGUE.match_header("年利率").percent


@given(header=st.text(max_size=30), kind=st.sampled_from(ImportKind))
def test_any_text_has_an_answer(header: str, kind: ImportKind) -> None:
    found = CATALOGUE.match_header(header, kind)
    assert (found.outcome is F) == (found.field is not None and found.forbidden is None)


@pytest.mark.parametrize(
    "field", [one for one in CATALOGUE.fields.values() if one.importable], ids=lambda one: one.name
)
def test_every_alias_leads_to_its_field(field: object) -> None:
    one = CATALOGUE.field(getattr(field, "name", ""))
    assert len(one.aliases) >= 3
    for kind in one.kinds:
        for alias in (one.name, one.zh, one.en, *one.aliases):
            assert CATALOGUE.match_header(alias, kind).field == one.name
            if one.repeats:
                found = CATALOGUE.match_header(alias + "3", kind)
                assert (found.field, found.index) == (one.name, 3)


LENDERS = {
    "a": "序号,客户姓名,证件类型,身份证号码,手机号码,家庭住址,单位名称,银行卡号,开户行,借据号,"
    "产品名称,授信额度,剩余本金,应还利息,"
    "费用,应催金额,逾期天数,应还日期,年利率,联系人1姓名,联系人1关系,联系人1电话,联系人2姓名,联系人2关系,联系人2电话,"
    "联系人3姓名,联系人3关系,联系人3电话,账单期",
    "b": "借款人,证件号,联系电话,借款合同号,本金（元）,利息（元）,应还总额,逾期,到期日,住址,紧急联系人,紧急联系人电话",
    "c": "customer_name,id_number,mobile,email,account_no,product,outstanding_principal,interest,fees,total_due,"
    "days_past_due,due_date,last_payment_date,last_payment_amount,employer,home_address",
}


@pytest.mark.parametrize("lender", LENDERS)
def test_a_lenders_header_row_is_known_and_no_two_columns_mean_the_same(lender: str) -> None:
    found = [CATALOGUE.match_header(header) for header in LENDERS[lender].split(",")]
    assert {one.outcome for one in found} <= {F, HeaderOutcome.IGNORABLE}
    meant = [(one.field, one.index) for one in found if one.outcome is F]
    assert len(meant) == len(set(meant))
    assert {"full_name", "id_number", "mobile", "loan_number", "due_amount"} <= {field for field, _ in meant}
