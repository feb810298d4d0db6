"""The packaged catalogue: complete, labelled, and what the requirements' table says."""

from __future__ import annotations

import tomllib
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from masking.catalogue import (
    Catalogue,
    CellAction,
    Condition,
    DataType,
    ForbiddenKind,
    JrtClass,
    PlanLevel,
    Predicate,
    RegLevel,
    Rows,
    Tier,
    UnknownField,
    ViewerRole,
)
from masking.masks import MaskCode, derivable, narrow, render

CATALOGUE = Catalogue.load()
FIELDS = list(CATALOGUE.fields.values())
M = MaskCode
R = ViewerRole


@pytest.mark.clause("C-6.2a", "R-16")
def test_the_catalogue_is_versioned_and_read_once() -> None:
    assert CATALOGUE.version >= 1
    assert len(CATALOGUE.digest) == 64
    assert Catalogue.load() is CATALOGUE
    assert Catalogue(resources.files("masking.catalogue").joinpath("catalogue.toml").read_bytes()).digest == (
        CATALOGUE.digest
    )


@pytest.mark.clause("C-6.2a", "J-1", "R-16", "R-17", "R-18")
@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_every_field_is_complete(field: object) -> None:
    found = CATALOGUE.field(getattr(field, "name", ""))
    assert found.zh.strip()
    assert any("\u4e00" <= char <= "\u9fff" for char in found.zh)
    assert found.en.isascii()
    assert found.label("zh_CN") == found.zh
    assert found.label("en") == found.en
    assert isinstance(found.jrt, JrtClass)
    assert isinstance(found.plan, PlanLevel)
    assert isinstance(found.reg, RegLevel)
    assert isinstance(found.data_type, DataType)
    assert set(found.cells) == set(ViewerRole)


def test_labels_are_told_apart() -> None:
    """A payment's date and amount carry the words of the plan they belong to; all others are unique."""
    for language in ("zh_CN", "en"):
        labels = [field.label(language) for field in FIELDS]
        assert len(labels) == len(set(labels))


@pytest.mark.clause("R-17")
def test_there_are_exactly_four_types() -> None:
    assert {str(one) for one in DataType} == {"客户数据", "业务数据", "经营管理数据", "系统运行和安全管理数据"}


@pytest.mark.clause("R-18")
def test_levels_are_ordered_and_no_customer_is_core() -> None:
    assert RegLevel.OTHER < RegLevel.SENSITIVE < RegLevel.IMPORTANT < RegLevel.CORE
    assert PlanLevel.PUBLIC < PlanLevel.GENERAL < PlanLevel.SENSITIVE < PlanLevel.CORE_SENSITIVE
    assert all(field.reg <= RegLevel.SENSITIVE for field in FIELDS if field.data_type is DataType.CUSTOMER)


@pytest.mark.clause("C-3.6")
def test_customer_identity_information_is_exactly_the_standards() -> None:
    assert {field.name for field in FIELDS if field.cibi} == {
        "full_name", "gender", "nationality", "occupation", "home_address", "registered_address", "employer_address",
        "mobile", "id_type", "id_number", "id_valid_until",
    }  # fmt: skip


TABLE = {
    # requirements §2.2: agent, supervisor, reviewer, auditor, agency agent
    "full_name": (M.N1, M.N1, M.N1, M.N1, M.N0),
    "gender": (M.SHOWN, M.SHOWN, M.SHOWN, M.NONE, M.SHOWN),
    "nationality": (M.SHOWN, M.SHOWN, M.SHOWN, M.NONE, M.NONE),
    "occupation": (M.SHOWN, M.SHOWN, M.SHOWN, M.NONE, M.NONE),
    "birth_date": (M.AGE_BAND, M.AGE_BAND, M.Y, M.NONE, M.NONE),
    "id_type": (M.SHOWN, M.SHOWN, M.SHOWN, M.NONE, M.NONE),
    "id_number": (M.I11, M.I11, M.I11, M.I11, M.NONE),
    "id_valid_until": (M.NONE, M.NONE, M.Y, M.NONE, M.NONE),
    "mobile": (M.P34, M.P34, M.P34, M.P4, M.P0),
    "login_name": (M.NONE, M.NONE, M.NONE, M.NONE, M.NONE),
    "contact_name": (M.N1, M.N1, M.N1, M.N1, M.NONE),
    "contact_phone": (M.P0, M.P4, M.P4, M.P4, M.NONE),
    "contact_relation": (M.SHOWN, M.SHOWN, M.SHOWN, M.NONE, M.NONE),
    "home_address": (M.A_D, M.A_D, M.A_D, M.NONE, M.A_C),
    "employer_address": (M.A_D, M.A_D, M.A_D, M.NONE, M.A_C),
    "employer_name": (M.O2, M.O2, M.O2, M.NONE, M.NONE),
    "email": (M.E1, M.E1, M.E1, M.NONE, M.NONE),
    "im_account": (M.W1, M.W1, M.NONE, M.NONE, M.NONE),
    "bank_card": (M.B4, M.B4, M.B4, M.B4, M.NONE),
    "bank_name": (M.SHOWN, M.SHOWN, M.SHOWN, M.NONE, M.NONE),
    "card_expiry": (M.NONE,) * 5,
    "card_verification": (M.NONE,) * 5,
    "one_time_code": (M.NONE,) * 5,
    "loan_number": (M.LAST4, M.LAST4, M.FULL, M.LAST4, M.TOKEN),
    "credit_limit": (M.BKT, M.AMT, M.AMT, M.NONE, M.NONE),
    "principal": (M.AMT, M.AMT, M.AMT, M.BKT, M.AMT),
    "interest_rate": (M.AMT, M.AMT, M.AMT, M.NONE, M.AMT),
    "interest": (M.AMT, M.AMT, M.AMT, M.BKT, M.AMT),
    "fees": (M.AMT, M.AMT, M.AMT, M.BKT, M.AMT),
    "balance": (M.AMT, M.AMT, M.AMT, M.BKT, M.AMT),
    "days_past_due": (M.AMT, M.AMT, M.AMT, M.AMT, M.AMT),
    "due_amount": (M.AMT, M.AMT, M.AMT, M.BKT, M.AMT),
    "repayment_plan": (M.AMT, M.AMT, M.AMT, M.NONE, M.AMT),
    "repayment_record": (M.AMT, M.AMT, M.AMT, M.NONE, M.AMT),
    "credit_report": (M.NONE, M.CNT, M.SUMMARY, M.NONE, M.NONE),
    "approval_record": (M.NONE, M.NONE, M.SUMMARY, M.NONE, M.NONE),
    "risk_score": (M.BAND, M.SHOWN, M.SHOWN, M.NONE, M.NONE),
    "collection_note": (M.INLINE, M.INLINE, M.INLINE, M.INLINE, M.INLINE),
    "promise": (M.AMT, M.AMT, M.AMT, M.NONE, M.AMT),
    "sms_body": (M.INLINE, M.INLINE, M.INLINE, M.INLINE, M.TEMPLATE),
    "recording": (M.STREAM, M.STREAM, M.STREAM, M.STREAM, M.STREAM),
    "transcript": (M.INLINE, M.INLINE, M.INLINE, M.INLINE, M.NONE),
    "waiver_papers": (M.CNT, M.CNT, M.PAGES, M.CNT, M.NONE),
    "id_image": (M.CNT, M.CNT, M.PAGES, M.CNT, M.NONE),
    "face_photo": (M.NONE,) * 5,
    "contract_image": (M.CNT, M.CNT, M.PAGES, M.CNT, M.NONE),
    "write_off_papers": (M.NONE, M.CNT, M.PAGES, M.CNT, M.NONE),
    "complaint": (M.INLINE, M.INLINE, M.INLINE, M.INLINE, M.NONE),
    "vulnerability": (M.FLAG, M.SHOWN, M.SHOWN, M.CNT, M.FLAG),
    "contact_list": (M.NONE,) * 5,
    "location_device": (M.NONE,) * 5,
}


@pytest.mark.clause("C-5.4d-1", "C-5.4a")
@pytest.mark.parametrize("name", TABLE)
def test_cells_are_those_of_the_requirements(name: str) -> None:
    roles = (R.AGENT, R.SUPERVISOR, R.REVIEWER, R.AUDITOR, R.AGENCY_AGENT)
    assert tuple(CATALOGUE.cell(name, role).code for role in roles) == TABLE[name]
    for admin in (R.SYSTEM_ADMIN, R.SECURITY_ADMIN):
        assert CATALOGUE.cell(name, admin).code is M.NONE
    assert CATALOGUE.cell(name, R.COMPLIANCE).code is CATALOGUE.cell(name, R.REVIEWER).code
    assert CATALOGUE.cell(name, R.REVIEWER).predicate in {Predicate.IN_TASK, Predicate.NEVER}
    assert CATALOGUE.cell(name, R.AGENCY_MANAGER).predicate in {Predicate.AGENCY, Predicate.NEVER}


@pytest.mark.clause("C-6.6b2")
def test_an_agency_never_sees_more_than_an_agent() -> None:
    for field in FIELDS:
        if field.data_type is not DataType.CUSTOMER:
            continue
        wide, strict = field.cells[R.AGENT].code, field.cells[R.AGENCY_AGENT].code
        assert derivable(wide, strict), field.name


@pytest.mark.parametrize(
    ("name", "tiers"),
    [
        ("full_name", [(Tier.U1, (), Condition.IN_CALL, 10), (Tier.U2, (R.SUPERVISOR,), Condition.NONE, 10)]),
        ("birth_date", [(Tier.U2, (R.SUPERVISOR,), Condition.NONE, 5)]),
        ("id_number", [(Tier.U3, (R.SUPERVISOR, R.SECURITY_ADMIN), Condition.NONE, 5)]),
        ("id_valid_until", [(Tier.UV, (), Condition.IN_TASK, 10)]),
        ("mobile", [(Tier.U0, (), Condition.NONE, 0)]),
        ("contact_name", [(Tier.U3, (R.SUPERVISOR, R.COMPLIANCE), Condition.LOST_CONTACT, 5)]),
        ("home_address", [(Tier.U2, (R.SUPERVISOR,), Condition.VISIT_OR_LETTER, 10)]),
        ("bank_card", [(Tier.U3, (R.SUPERVISOR, R.SECURITY_ADMIN), Condition.REPAYMENT_DISPUTE, 5)]),
        ("gender", []),
    ],
)
def test_tiers_are_those_of_the_requirements(
    name: str, tiers: list[tuple[Tier, tuple[ViewerRole, ...], Condition, int]]
) -> None:
    found = CATALOGUE.field(name).tiers
    assert [(one.tier, one.approvers, one.condition, one.minutes) for one in found] == tiers


def test_who_may_ask() -> None:
    name = CATALOGUE.field("full_name")
    assert name.rule(Tier.U2, R.AGENT) is not None
    assert name.rule(Tier.U1, R.AGENCY_AGENT) is not None
    assert name.rule(Tier.U2, R.AGENCY_AGENT) is None
    assert name.rule(Tier.U2, R.AUDITOR) is None
    assert name.rule(Tier.U3, R.AGENT) is None
    assert name.minutes == 10
    special = CATALOGUE.field("mobile").special
    assert special is not None
    assert (special.approvers, special.minutes) == ((R.SUPERVISOR, R.SECURITY_ADMIN), 30)
    third = CATALOGUE.field("contact_phone").special
    assert third is not None
    assert (set(third.approvers), third.minutes) == ({R.SUPERVISOR, R.SECURITY_ADMIN, R.COMPLIANCE}, 15)


def test_rows_and_actions() -> None:
    assert CATALOGUE.cell("repayment_record", R.AGENT).rows is Rows.LAST_3
    assert CATALOGUE.cell("repayment_record", R.AGENCY_AGENT).rows is Rows.LAST_1
    assert CATALOGUE.cell("repayment_plan", R.AGENCY_AGENT).rows is Rows.NEXT_1
    assert CATALOGUE.cell("recording", R.AGENCY_AGENT).rows is Rows.DAYS_7
    assert CellAction.CALL in CATALOGUE.cell("mobile", R.AGENCY_AGENT).actions
    assert CATALOGUE.cell("id_number", R.AGENCY_AGENT).actions == {CellAction.VERIFY_4}
    assert CATALOGUE.cell("contact_name", R.AGENT).predicate is Predicate.OWN_LOST_CONTACT


@pytest.mark.clause("J-2", "J-3", "J-4", "J-5")
@given(role=st.sampled_from([*ViewerRole, "nobody"]), field=st.sampled_from([f for f in FIELDS if f.forbidden]))
def test_authenticators_are_shown_granted_and_imported_for_nobody(role: str, field: object) -> None:
    name = getattr(field, "name", "")
    found = CATALOGUE.field(name)
    assert CATALOGUE.cell(name, role).code is M.NONE
    assert CATALOGUE.display_code(name) is M.NONE
    assert [one.tier for one in found.tiers] == [Tier.U0]
    assert not any(found.rule(tier, one) for tier in Tier for one in ViewerRole)
    assert not found.importable
    assert found.special is None


@pytest.mark.clause("J-2")
def test_every_authenticator_is_forbidden() -> None:
    for field in FIELDS:
        if field.jrt in {JrtClass.C3, JrtClass.C2_AUX}:
            assert field.forbidden in {ForbiddenKind.C3, ForbiddenKind.AUTH_AUX}


@pytest.mark.clause("C-5.4d-1")
@pytest.mark.parametrize("name", list(CATALOGUE.fields))
def test_every_cell_outside_a_task_follows_from_the_display_blob(name: str) -> None:
    stored = CATALOGUE.display_code(name)
    for role in ViewerRole:
        cell = CATALOGUE.cell(name, role)
        if cell.predicate is not Predicate.IN_TASK:
            for value in ("13812345678", "张三", "1985-03-02", "12480.50"):
                assert narrow(stored, cell.code, render(stored, value)) == render(cell.code, value)


@pytest.mark.clause("C-5.4d-1")
def test_nothing_seen_in_full_or_in_summary_only_in_a_task_is_stored_for_display() -> None:
    assert CATALOGUE.display_code("id_valid_until") is M.NONE
    assert CATALOGUE.display_code("birth_date") is M.AGE_BAND
    assert CATALOGUE.display_code("loan_number") is M.LAST4
    assert CATALOGUE.display_code("approval_record") is M.NONE
    assert not {field.display for field in FIELDS} & {M.FULL, M.SUMMARY, M.PAGES, M.Y}


@pytest.mark.clause("J-15")
def test_levels_rise_when_fields_meet() -> None:
    assert CATALOGUE.control_level("full_name") == 3
    alone = CATALOGUE.effective_level(["full_name"])
    assert (alone.control, alone.jrt, alone.plan, alone.reg) == (3, JrtClass.C2, PlanLevel.PUBLIC, RegLevel.SENSITIVE)
    named = CATALOGUE.effective_level(["full_name", "id_number"])
    assert (named.control, named.plan, named.combinations) == (4, PlanLevel.CORE_SENSITIVE, ("name_and_id",))
    debt = CATALOGUE.effective_level(["due_amount", "mobile", "full_name"])
    assert (debt.control, debt.export_tier) == (4, Tier.U3)
    assert debt.approvers == {R.SUPERVISOR, R.SECURITY_ADMIN}
    assert CATALOGUE.effective_level(["full_name", "due_amount"]).control == 3
    assert CATALOGUE.effective_level(["id_image"]).approvers == {R.COMPLIANCE}
    assert CATALOGUE.effective_level(["id_number", "bank_card"]).export_tier is Tier.U3


@pytest.mark.clause("J-15")
@given(
    names=st.lists(st.sampled_from(list(CATALOGUE.fields)), min_size=1, max_size=8),
    more=st.sampled_from(list(CATALOGUE.fields)),
)
def test_a_field_more_never_lowers_a_level(names: list[str], more: str) -> None:
    less, all_ = CATALOGUE.effective_level(names), CATALOGUE.effective_level([*names, more])
    assert all_.control >= less.control >= max(map(CATALOGUE.control_level, names))
    assert all_.plan >= less.plan
    assert all_.reg >= less.reg
    assert all_.approvers >= less.approvers


def test_no_field_at_all_is_the_strictest() -> None:
    assert CATALOGUE.effective_level([]).control == 4


def test_large_exports_need_more() -> None:
    assert CATALOGUE.volume(1_000) == ()
    assert [one.assessment for one in CATALOGUE.volume(1_001)] == [False]
    assert [one.assessment for one in CATALOGUE.volume(10_001)] == [False, True]


def test_an_unknown_field_and_an_unknown_role() -> None:
    with pytest.raises(UnknownField):
        CATALOGUE.field("no_such_field")
    assert CATALOGUE.cell("full_name", "root").code is M.NONE


def test_each_profile_is_written_once() -> None:
    source = resources.files("masking.catalogue").joinpath("catalogue.toml").read_text(encoding="utf-8")
    assert set(tomllib.loads(source)["profile"]) == {table["show"] for table in tomllib.loads(source)["field"]}
