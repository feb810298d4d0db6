"""Every usual spelling of a number is one number; what is none is named by a code that does not repeat it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric

from masking.normalise import (
    card_fault,
    id_number_fault,
    normalise_bill,
    normalise_card,
    normalise_id_number,
    normalise_phone,
    phone_fault,
)

pytestmark = pytest.mark.clause("issue-2", "design-4")

FULL_WIDTH = str.maketrans("0123456789Xx+-()", "０１２３４５６７８９Ｘｘ＋－（）")
FUNCTIONS: list[Callable[[str], str]] = [normalise_phone, normalise_id_number, normalise_card, normalise_bill]
FAULTS: list[Callable[[str], str | None]] = [phone_fault, id_number_fault, card_fault]

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
landlines = st.from_regex(r"(010|02[0-9]|0[3-9][0-9]{2})[2-9][0-9]{6,7}", fullmatch=True)
separators = st.sampled_from(["", " ", "-", "\u3000", "—", "\u200b", "\u00a0", "\t", "\ufeff", "－"])
births = st.dates(date(1900, 1, 1), date(2025, 12, 31))


def _checked(head: str) -> str:
    return head + str(ric.calc_check_digit(head + "0"))


@st.composite
def id_numbers(draw: st.DrawFn) -> str:
    head = f"{draw(st.integers(110000, 659999))}{draw(births):%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return _checked(head)


@st.composite
def cards(draw: st.DrawFn) -> str:
    head = "62" + draw(st.from_regex(r"[0-9]{12,16}", fullmatch=True))
    return head + luhn.calc_check_digit(head)


@st.composite
def spelled(draw: st.DrawFn, numbers: st.SearchStrategy[str]) -> tuple[str, str]:
    """Return a number and one of its spellings."""
    number = draw(numbers)
    spelling = number
    for place in sorted(draw(st.lists(st.integers(0, len(number)), max_size=5)), reverse=True):
        spelling = spelling[:place] + draw(separators) + spelling[place:]
    if draw(st.booleans()):
        spelling = spelling.translate(FULL_WIDTH)
    if draw(st.booleans()):
        spelling = spelling.lower()
    return number, draw(st.sampled_from(["", "'", " ", "＇", "\ufeff"])) + spelling


@given(spelled(mobiles), st.sampled_from(["", "+86", "0086", "86", "+86 ", "＋８６", "(+86)", "86-", "+86-"]))
def test_spellings_of_a_mobile(pair: tuple[str, str], prefix: str) -> None:
    number, spelling = pair
    assert normalise_phone(prefix + spelling) == number
    assert phone_fault(prefix + spelling) is None


@pytest.mark.parametrize(
    "spelling",
    [
        "0571-88889999",
        "(0571)88889999",
        "（0571）8888-9999",
        "0571 8888 9999",
        "０５７１－８８８８９９９９",
        "+86 571 88889999",
        "+86-0571-88889999",
        "0086 571 88889999",
        "+86 (0)571 8888 9999",
        "'057188889999",
    ],
)
def test_spellings_of_a_landline(spelling: str) -> None:
    assert normalise_phone(spelling) == "057188889999"
    assert phone_fault(spelling) is None


@pytest.mark.parametrize("mark", ["-", "转", " 转 ", "ext.", " ext ", "x", "#", ",", "，", "分机", "转：", "轉"])
def test_spellings_of_an_extension(mark: str) -> None:
    for line, plain in (
        ("0571-88889999", "057188889999"),
        ("010-66667777", "01066667777"),
        ("0310-7777777", "03107777777"),
    ):
        assert normalise_phone(f"{line}{mark}123") == f"{plain}x123"
        assert phone_fault(f"{line}{mark}123") is None


@given(landlines)
def test_landlines_with_area_codes_are_good(number: str) -> None:
    assert normalise_phone(number) == number
    assert phone_fault(number) is None


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("400-820-8820", "4008208820"),
        ("+852 6123 4567", "+85261234567"),
        ("0085261234567", "+85261234567"),
        ("+1 (650) 253-0000", "+16502530000"),
        ("13800138000.0", "13800138000"),
        ("138.0013.8000", "13800138000"),
    ],
)
def test_other_good_numbers(value: str, plain: str) -> None:
    assert normalise_phone(value) == plain
    assert phone_fault(value) is None


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "empty"),
        (" \u200b'", "empty"),
        ("1381234567", "length"),
        ("138123456789012", "length"),
        ("10086", "length"),
        ("88889999", "area_code"),
        ("12012345678", "prefix"),
        ("+86 138 0013 80001", "prefix"),
        ("=1+1", "characters"),
        ("=cmd|'/c calc'!A1", "characters"),
        ("无", "characters"),
        ("1.38E+10", "digits_lost"),
        ("１.３８e+10", "digits_lost"),
        ("138٠0138000", "characters"),
        ("13800138000/13900139000", "length"),
    ],
)
def test_faults_of_phones(value: str, fault: str) -> None:
    assert phone_fault(value) == fault


@given(spelled(id_numbers()))
def test_spellings_of_an_id_number(pair: tuple[str, str]) -> None:
    number, spelling = pair
    assert normalise_id_number(spelling) == number
    assert id_number_fault(spelling) is None


@given(id_numbers())
def test_old_numbers_meet_the_new_one_of_the_same_person(number: str) -> None:
    if number[6:8] == "19":
        old = number[:6] + number[8:17]
        assert normalise_id_number(old) == number
        assert id_number_fault(old) is None


@given(id_numbers(), st.integers(0, 17), st.integers(1, 9))
def test_one_wrong_digit_is_found(number: str, place: int, step: int) -> None:
    if number[place] != "X":
        wrong = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
        assert id_number_fault(wrong) in {"checksum", "digits_lost"}


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "empty"),
        ("500112196707022551", "checksum"),
        ("3.20106E+17", "digits_lost"),
        ("3.20106e17", "digits_lost"),
        ("320106199001010000", "digits_lost"),
        ("1101051949123100", "length"),
        ("11010519491231002XX", "characters"),
        ("X", "length"),
        ("E12345678", "characters"),
        ("11010519491331002" + "7", "birth_date"),
        ("110105491331002", "birth_date"),
    ],
)
def test_faults_of_id_numbers(value: str, fault: str) -> None:
    if fault == "birth_date" and len(value) == 18:
        value = _checked(value[:17])
    assert id_number_fault(value) == fault


def test_births_in_the_future_and_long_ago_are_refused() -> None:
    head = "110105" + "20300101" + "002"
    number = _checked(head)
    assert id_number_fault(number) is None
    assert id_number_fault(number, date(2029, 12, 31)) == "birth_date"
    assert id_number_fault(number, date(2030, 1, 1)) is None
    head = "110105" + "17991231" + "002"
    assert id_number_fault(_checked(head)) == "birth_date"


@given(spelled(cards()))
def test_spellings_of_a_card(pair: tuple[str, str]) -> None:
    number, spelling = pair
    assert normalise_card(spelling) == number
    assert card_fault(spelling) is None


@given(st.from_regex(r"[0-9]{13,19}", fullmatch=True))
def test_card_checks_agree_with_stdnum(number: str) -> None:
    assert (card_fault(number) is None) == luhn.is_valid(number)


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        ("", "empty"),
        ("6217006162243755292", "checksum"),
        ("6217006162243755000", "digits_lost"),
        ("6.217E+18", "digits_lost"),
        ("621700616224", "length"),
        ("62170061622437552911", "length"),
        ("6217-abcd", "characters"),
    ],
)
def test_faults_of_cards(value: str, fault: str) -> None:
    assert card_fault(value) == fault


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("A2024 0001", "a20240001"),
        ("ＪＤ－２０２４", "JD-2024"),
        ("'LN—1", "LN-1"),
        ("\ufeffB1\u200b", "B1"),
        ("合同　1号", "合同1号"),
    ],
)
def test_spellings_of_a_bill(left: str, right: str) -> None:
    assert normalise_bill(left) == normalise_bill(right)


def test_dashes_keep_bills_apart() -> None:
    assert normalise_bill("1-23") != normalise_bill("12-3")


@given(st.text(max_size=40))
def test_every_function_is_total_and_idempotent(value: str) -> None:
    for normalise in FUNCTIONS:
        once = normalise(value)
        assert normalise(once) == once
    for fault in FAULTS:
        code = fault(value)
        assert code is None or code.replace("_", "").isalpha()


@given(st.text("0123456789+-x转#. ()", max_size=24))
def test_phone_is_idempotent_on_what_looks_like_one(value: str) -> None:
    once = normalise_phone(value)
    assert normalise_phone(once) == once
    assert phone_fault(once) == phone_fault(value)
