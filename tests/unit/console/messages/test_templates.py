"""Templates as text: what may stand in one, what is refused, and how long a message gets."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.messages import length, words
from console.desk.messages.states import TemplateState, may_step
from console.desk.messages.templates import Parameter, amount, day, parse, signed

GOOD = "您好，截至{date}您名下账单应还{amount}，请还款至官方账户{account}。"


def codes(body: str) -> list[str]:
    """What is wrong with it."""
    return [fault.code for fault in parse(body, signature="示例银行")[1]]


@pytest.mark.clause("S-6-6", "issue-5")
def test_a_message_is_its_template_with_a_figure_a_day_and_the_official_account() -> None:
    template, faults = parse(GOOD)
    assert template is not None
    assert not faults
    assert template.parameters == set(Parameter)
    values = {
        Parameter.AMOUNT: amount(123_456_789, "CNY"),
        Parameter.DATE: day(date(2026, 11, 30)),
        Parameter.ACCOUNT: "示例银行 0001",
    }
    said = template.fill(values, "示例银行")
    assert said == "【示例银行】您好，截至2026-11-30您名下账单应还CNY 1,234,567.89，请还款至官方账户示例银行 0001。"
    with pytest.raises(KeyError):
        template.fill({Parameter.AMOUNT: "1"}, "")
    assert signed("") == ""
    assert amount(-5, "CNY") == "CNY -0.05"


@pytest.mark.clause("S-6-6", "S-5-14")
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("", "template.empty"),
        ("  ", "template.empty"),
        ("字" * 301, "template.too_long"),
        ("字" * 300, "template.too_long"),
        ("一行\n两行", "template.unprintable"),
        ("尊敬的{name}", "template.unknown_parameter"),
        ("应还{}", "template.unknown_parameter"),
        ("应还{amount", "template.brace"),
        ("应还amount}", "template.brace"),
        ("【某银行】应还", "template.signature"),
        ("见 www.pay.example", "template.link"),
        ("见 pay-now.top 还款", "template.link"),
        ("请拨 138 0013 8000", "template.personal"),
        ("请还到6222021234567890123", "template.personal"),
        ("转到 622-202-1", "template.personal"),
        ("联系人：邓懋邈 浙江省杭州市西湖区晟旎路230弄82号2372室", "template.personal"),
        ("不还就坐牢", "template.sensitive"),
        ("不还就坐 - 牢", "template.sensitive"),
        ("请加 微 信 联系", "template.sensitive"),
        ("You will go to J-A-I-L", "template.sensitive"),
        ("加ＱＱ", "template.sensitive"),
    ],
)
def test_what_must_not_stand_in_one(body: str, code: str) -> None:
    assert code in codes(body)


def test_words_that_only_look_like_it_may_stand() -> None:
    assert not codes("The jailbird cafe is closed; prisoners of war")
    # A parameter parts words: what it brings is no bridge between them.
    assert not codes("请加{amount}微信任")
    assert words.sensitive("保证{date}金") is None


def test_the_list_is_data_and_every_word_of_it_is_found() -> None:
    assert set(words.groups()) >= {"threat", "impersonation", "insult", "exposure", "exaggeration", "charges"}
    listed = words._words()
    assert len(listed) > 60
    for group, word, _ in listed:
        found = words.sensitive(f"x {word} y")
        assert found is not None, (group, word)


@given(st.text(max_size=400))
def test_parts_are_the_message_and_none_is_too_long(text: str) -> None:
    parts = length.split(text)
    assert "".join(parts) == text
    widest = length.ALONE if len(parts) == 1 else length.TOGETHER
    for part in parts:
        assert length.units(part) == len(part.encode("utf-16-be")) // 2 <= widest
    assert len(parts) == 1 or length.units(text) > length.ALONE


@pytest.mark.parametrize(("size", "count"), [(0, 1), (70, 1), (71, 2), (134, 2), (135, 3), (268, 4), (269, 5)])
def test_how_many_parts(size: int, count: int) -> None:
    assert len(length.split("字" * size)) == count
    # Two units each, never cut: a part of 67 holds 33 of them.
    assert len(length.split("😀" * 36)) == 2


@given(st.text(max_size=120))
def test_whatever_is_typed_is_a_template_or_has_faults(body: str) -> None:
    template, faults = parse(body, signature="示例银行", account="示例银行 0001")
    assert (template is None) == bool(faults)
    if template is not None:
        full = template.fill(dict.fromkeys(Parameter, ""), "")
        assert "{" not in full
        assert words.sensitive(body) is None


def test_states_go_forward_only() -> None:
    ways = {(a, b) for a in TemplateState for b in TemplateState if may_step(a, b)}
    assert ways == {
        (TemplateState.PROPOSED, TemplateState.LIVE),
        (TemplateState.PROPOSED, TemplateState.REFUSED),
        (TemplateState.LIVE, TemplateState.RETIRED),
    }
    assert not may_step("gone", TemplateState.LIVE)
