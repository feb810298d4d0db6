"""A catalogue that breaks a rule is not loaded, whoever edited it."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from masking.catalogue import Catalogue, CatalogueBroken

SOURCE = resources.files("masking.catalogue").joinpath("catalogue.toml").read_text(encoding="utf-8")


def block(name: str) -> str:
    """The text of one field."""
    start = SOURCE.index(f'[[field]]\nname = "{name}"\n')
    ends = [SOURCE.find(mark, start + 1) for mark in ("\n[[field]]", "\n# ---", "\n[[combination]]")]
    return SOURCE[start : min(end for end in ends if end > 0)]


def edited(name: str, old: str, new: str) -> str:
    """The catalogue with one field changed."""
    text = block(name)
    assert old in text
    return SOURCE.replace(text, text.replace(old, new, 1))


def profile(name: str, old: str, new: str) -> str:
    """The catalogue with one profile changed."""
    start = SOURCE.index(f"[profile.{name}]")
    end = SOURCE.find("\n[", start + 1)
    text = SOURCE[start:end]
    assert old in text
    return SOURCE.replace(text, text.replace(old, new, 1))


BREAKS = {
    "toml": "version = ",
    "shape": re.sub(r"(?m)^version = \d+\n", "", SOURCE, count=1),
    "version": re.sub(r"(?m)^version = \d+$", "version = 0", SOURCE, count=1),
    "unknown_key": edited("full_name", 'holder = "debtor"', 'holder = "debtor"\nvisible = true'),
    "unknown_key (top)": "secret = 1\n" + SOURCE,
    "unknown_key (levels)": edited("full_name", "plan = 1", "plan = 1, iso = 3"),
    "unknown_key (role)": profile("name", 'agent = "own N1"', 'agent = "own N1"\nroot = "always FULL"'),
    "unknown_key (tier)": edited("birth_date", "minutes = 5", "minutes = 5, silent = true"),
    "unknown_word (code)": profile("name", "own N1", "own N9"),
    "unknown_word (predicate)": profile("name", "own N1", "everyone N1"),
    "unknown_word (action)": profile("mobile", "+call", "+copy"),
    "unknown_word (plan)": edited("full_name", "plan = 1", "plan = 5"),
    "every_role": profile("name", 'auditor = "in_task N1"\n', ""),
    "unique": SOURCE + "\n" + block("gender"),
    "profile": edited("full_name", 'show = "name"', 'show = "nobody"'),
    "unused_profile": SOURCE.replace("[profile.name]", "[profile.spare]\n" + "\n".join(
        f'{role} = "-"' for role in ("agent", "supervisor", "reviewer", "system_admin", "security_admin", "auditor",
                                     "compliance", "agency_agent", "agency_manager")) + "\n\n[profile.name]", 1),
    "name": edited("full_name", 'name = "full_name"', 'name = "Full Name"').replace('"full_name"', '"Full Name"'),
    "derivable": profile("mobile", "own P34 +call", "own I11 +call"),
    "customer_at_most_sensitive": edited("full_name", 'reg = "sensitive"', 'reg = "core"'),
    "cibi_is_customer_data": edited("full_name", "cibi = true", 'cibi = true\ndata_type = "business"'),
    "never_shows_nothing": profile("name", 'system_admin = "-"', 'system_admin = "never N1"'),
    "none_has_no_rows": profile("id_number", "own NONE +verify_4", "own NONE rows=last_1"),
    "in_full_only_in_a_task": profile("reference", "own LAST4", "own FULL"),
    "administrators_see_no_customer": profile("name", 'security_admin = "-"', 'security_admin = "always N1"'),
    "identity_is_masked": profile("name", "own N1", "own SHOWN").replace("own N0", "own NONE").replace(
        "agency N0", "agency NONE").replace('"team N1"', '"team NONE"'),
    "authenticator_is_forbidden": edited("one_time_code", 'forbidden = "auth_aux"\n', ""),
    "authenticator_is_forbidden (C3)": edited("card_pin", 'forbidden = "c3"', 'forbidden = "contact_list"'),
    "forbidden_not_importable": edited("card_pin", 'forbidden = "c3"', 'forbidden = "c3"\nimportable = true'),
    "forbidden_not_shown": edited("card_pin", 'show = "never"', 'show = "organisation"'),
    "forbidden_not_revealed": edited(
        "card_pin", '{ tier = "U0" }', '{ tier = "U2", approvers = ["supervisor"], minutes = 5 }'),
    "u0_alone": edited(
        "mobile", '{ tier = "U0" }', '{ tier = "U0" }, { tier = "U2", approvers = ["supervisor"], minutes = 5 }'),
    "u0_is_never": edited("login_name", '{ tier = "U0" }', '{ tier = "U0", minutes = 5 }'),
    "approvals_of_tier": edited("id_number", '["supervisor", "security_admin"]', '["supervisor"]'),
    "approvals_of_tier (same twice)": edited(
        "id_number", '["supervisor", "security_admin"]', '["supervisor", "supervisor"]'),
    "approvals_of_tier (U2)": edited("birth_date", '["supervisor"]', "[]"),
    "minutes": edited("birth_date", "minutes = 5", "minutes = 31"),
    "minutes (none)": edited("birth_date", "minutes = 5", "minutes = 0"),
    "somebody_may_ask": edited("birth_date", "minutes = 5", "minutes = 5, for = []"),
    "u1_in_call": edited("full_name", 'when = "in_call", ', ""),
    "uv_in_task": edited("id_valid_until", ', when = "in_task"', ""),
    "agency_reveals_nothing_but_in_call": edited("birth_date", "minutes = 5", 'minutes = 5, for = ["agency_agent"]'),
    "administrators_and_auditors_ask_for_nothing": edited(
        "birth_date", "minutes = 5", 'minutes = 5, for = ["auditor"]'),
    "approver_role": edited("birth_date", '["supervisor"]', '["system_admin"]'),
    "special_two_approvals": edited("mobile", '["supervisor", "security_admin"]', '["supervisor"]'),
    "special_two_approvals (agency)": edited("mobile", 'for = ["agent", "supervisor"]', 'for = ["agency_agent"]'),
    "special_minutes": edited("mobile", "minutes = 30", "minutes = 60"),
    "importable_into_something": edited("gender", "importable = true", "importable = true\nkinds = []"),
    "kinds_need_importable": edited("login_name", 'show = "never"', 'show = "never"\nkinds = ["cases"]'),
    "importable_is_customers": edited("staff_name", 'holder = "staff"', 'holder = "staff"\nimportable = true'),
    "repeats_need_importable": edited("login_name", 'show = "never"', 'show = "never"\nrepeats = true'),
    "header_clash": edited("gender", '"客户性别"', '"手机号"'),
    "header_clash (forbidden)": edited("gender", '"客户性别"', '"CVV"'),
    "header_clash (word)": edited("gender", '"客户性别"', '"客户登录密码"'),
    "header_clash (row number)": edited("gender", '"客户性别"', '"序号"'),
    "combination_field": SOURCE.replace('all = [["full_name", "contact_name"]', 'all = [["full_name", "nick_name"]', 1),
    "combination_groups": SOURCE.replace('all = [["id_image", "credit_report"]]', "all = [[]]", 1),
}  # fmt: skip


def test_the_packaged_catalogue_holds() -> None:
    assert Catalogue(SOURCE.encode()).version


@pytest.mark.clause("C-6.2a", "R-16", "J-2")
@pytest.mark.parametrize("case", BREAKS)
def test_a_broken_catalogue_is_refused(case: str) -> None:
    assert BREAKS[case] != SOURCE
    with pytest.raises(CatalogueBroken) as refused:
        Catalogue(BREAKS[case].encode())
    assert refused.value.params["rule"] == case.partition(" (")[0]


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(CatalogueBroken):
        Catalogue(b"\xff\xfe")
