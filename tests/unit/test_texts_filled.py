"""What is put into texts: refusals, money, instants, masks in words, numbered fields."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.api import Refusal
from console.texts import Texts, known


def test_a_refusal_says_the_rule_and_whom_to_ask() -> None:
    refusal = Refusal(code="case.not_found", clause="Y-4.2.1", ask=("supervisor", "security_admin"))
    assert Texts("en").refusal(refusal) == (
        "There is no such case in your scope. Rule: Y-4.2.1. Ask: supervisor, security admin."
    )
    assert Texts().refusal(refusal) == "没有这个案件，或不在你的范围内。 依据 Y-4.2.1。 可联系：组长、安全管理员。"


def test_an_unknown_refusal_still_says_its_code() -> None:
    assert Texts("en").refusal(Refusal(code="new.thing")) == "Refused or failed (new.thing)."


def test_parameters_are_put_in_as_they_are() -> None:
    said = Texts("en").refusal(Refusal(code="desk.failed", params={"reference": "{0.__class__} {clause}"}))
    assert "{0.__class__} {clause}" in said


@pytest.mark.parametrize(
    ("minor", "currency", "words"),
    [
        (1_248_050, "CNY", "12,480.50"),
        (-5, "CNY", "-0.05"),
        (1_200, "JPY", "JPY 1,200"),
        (1_234_567, "KWD", "KWD 1,234.567"),
        (None, "CNY", "—"),
    ],
)
def test_money(minor: int | None, currency: str, words: str) -> None:
    assert Texts().money(minor, currency) == words


@given(st.integers(-(10**14), 10**14))
def test_money_loses_no_minor_unit(minor: int) -> None:
    words = Texts("en").money(minor, "USD").removeprefix("USD ")
    assert int(words.replace(",", "").replace(".", "")) == minor


def test_instants_are_on_the_zones_clock() -> None:
    texts = Texts()
    assert texts.when(1_795_329_120_000_000, "Asia/Shanghai") == "2026-11-22 14:32"
    assert texts.when(1_795_329_120_000_000, "Nowhere/Land", "clock") == "06:32Z"
    assert texts.when(None) == "—"


@pytest.mark.parametrize(
    ("masked", "words"),
    [
        ("138****5678", "138****5678"),
        ("@phone:2", "number 2"),
        ("@bucket:10k-50k", "10,000–50,000"),
        ("@born:1980-1989", "born 1980-1989"),
        ("@born:unknown", "present (not readable)"),
        ("@party:customer", "customer"),
    ],
)
def test_masks_in_words(masked: str, words: str) -> None:
    assert Texts("en").mask(masked) == words


def test_fields_carry_their_number() -> None:
    texts = Texts("en")
    assert texts.field("mobile") == texts.field("mobile", 1)
    assert texts.field("mobile#2") == texts.field("mobile", 2) == f"{texts.field('mobile')} 2"
    assert texts.field("mobile", several=True).endswith(" 1")


@pytest.mark.parametrize(
    ("asked", "language"), [("en_GB.UTF-8", "en"), ("en-US", "en"), ("zh_TW", "zh_CN"), ("", "zh_CN"), (None, "zh_CN")]
)
def test_a_language_is_always_known(asked: str | None, language: str) -> None:
    assert known(asked) == language
