"""One cell to one value: every usual spelling gives the same, everything else is refused without being repeated."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.imports import values as v
from console.desk.imports.faults import CellRefused, Code

WIDE = str.maketrans("0123456789.,/-", "０１２３４５６７８９．，／－")
DAYS = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def refused(read: Callable[[object], object], cell: object) -> Code:
    with pytest.raises(CellRefused) as caught:
        read(cell)
    if isinstance(cell, str) and len(cell) > 2:
        assert cell not in repr(caught.value)
        assert caught.value.__cause__ is None
    return caught.value.code


@given(DAYS)
def test_five_spellings_of_a_day_and_its_serial_are_one(day: date) -> None:
    wanted = day.isoformat()
    serial = (day - date(1899, 12, 30)).days
    for cell in (
        f"{day.year}/{day.month:02}/{day.day:02}",
        f"{day.year}-{day.month}-{day.day}",
        f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day.year}{day.month:02}{day.day:02}",
        f"{day.year}-{day.month:02}-{day.day:02} 00:00:00",
        wanted.translate(WIDE),
        f"'{wanted}",
        f" {wanted}\t",
        day,
        datetime.combine(day, time(12, 30)),
        float(serial),
        str(serial),
    ):
        assert v.day(cell) == wanted


@pytest.mark.parametrize(
    "cell",
    ["24/08/2026", "08/24/2026", "2026-02-30", "2026/13/01", "1949-12-31", "2101-01-01", "2026-8", "今天", "20260231",
     "1", 12.5, True, "2026-08/24"],
)  # fmt: skip
def test_what_is_ambiguous_or_no_day_is_refused(cell: object) -> None:
    assert refused(v.day, cell) is Code.DATE_NOT_A_DATE


@pytest.mark.parametrize("cell", ["13800138000", "13800138000.00", 13800138000, "110105194912310021", "+8613800138000"])
def test_a_persons_number_is_no_amount(cell: object) -> None:
    assert refused(v.amount, cell) is Code.AMOUNT_NOT_A_NUMBER


@given(st.integers(0, 10**12 - 1))
def test_spellings_of_an_amount_are_one(cents: int) -> None:
    plain = f"{cents // 100}.{cents % 100:02}"
    grouped = f"{cents // 100:,}.{cents % 100:02}"
    for cell in (
        plain, grouped, f"￥{grouped}", f"¥ {plain}", f"{plain}元", f"人民币{grouped}元", f"RMB {plain}", f"'{plain}",
        plain.translate(WIDE), grouped.replace(",", "，"), f"+{plain}", f"  {plain} ", f"{plain}00",
    ):  # fmt: skip
        assert v.amount(cell) == cents
    assert v.amount(f"({plain})", negative=True) == -cents
    assert v.amount(f"-{grouped}", negative=True) == -cents


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_numbers_of_a_workbook_are_taken_to_the_cent(value: Decimal) -> None:
    assert v.amount(float(value)) == int(value * 100)


@pytest.mark.parametrize(
    "cell", ["12万", "abc", "1.2.3", "1,23,456", "12 34", "", "1e5", "٣", True, None, "--5", "1.234,50"]
)
def test_what_is_no_amount_is_refused(cell: object) -> None:
    assert refused(v.amount, cell) in {Code.AMOUNT_NOT_A_NUMBER, Code.CELL_FORMULA}


def test_negative_amounts_are_refused_where_they_make_no_sense() -> None:
    for cell in ("-1.00", "(1.00)", "（1）", -0.01, "－5"):
        assert refused(v.amount, cell) is Code.AMOUNT_NEGATIVE


@pytest.mark.parametrize("cell", ["3.20106E+17", "1.2E+05", 3.20106e17, 1e15])
def test_digits_that_a_spreadsheet_threw_away_are_told_as_such(cell: object) -> None:
    read = v.amount if isinstance(cell, str) else v.text
    assert refused(read, cell) is Code.CELL_DIGITS_GONE


def test_header_units_scale() -> None:
    assert v.amount("1.5", 10_000) == 1_500_000
    assert v.amount("15", 1_000) == 1_500_000


@given(st.integers(0, 20_000))
def test_spellings_of_days_are_one(days: int) -> None:
    for cell in (str(days), f"{days}天", f"{days} 天", f"{days}日", f"{days}.0", float(days), days, f"{days} days"):
        assert v.days(cell) == days
    assert v.days(f"{days}天".translate(WIDE)) == days


@pytest.mark.parametrize("cell", ["M2", "-3", "3.5", "20001", "三十", 3.5, "1个月"])
def test_what_is_no_number_of_days_is_refused(cell: object) -> None:
    assert refused(v.days, cell) in {Code.DAYS_NOT_A_NUMBER, Code.CELL_FORMULA}


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("0.18", "0.18"), ("18%", "0.18"), (18.0, "0.18"), ("18", "0.18"), (0.18, "0.18"), ("18.00%", "0.18"),
     ("１８％", "0.18"), ("24.50%", "0.245"), ("0", "0"), ("36", "0.36"), ("0.5%", "0.005"), ("1", "0.01")],
)  # fmt: skip
def test_rates_are_a_fraction_a_year(cell: object, wanted: str) -> None:
    assert v.rate(cell) == wanted


def test_header_that_says_percent_makes_small_figures_percent() -> None:
    assert v.rate("0.5", percent=True) == "0.005"
    assert v.rate("18", percent=True) == "0.18"


@pytest.mark.parametrize("cell", ["120%", "万分之五", "abc", "-1%"])
def test_what_is_no_rate_is_refused(cell: object) -> None:
    assert refused(v.rate, cell) in {Code.RATE_NOT_A_RATE, Code.CELL_FORMULA}


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [("202608", "202608"), ("2026-08", "202608"), ("2026/8", "202608"), ("2026年8月", "202608"),
     ("2026年8月份", "202608"), (202608.0, "202608"), (date(2026, 8, 24), "202608"), ("2026-08-24", "202608"),
     ("第3期", "第3期"), ("03", "03"), ("2026.10", "202610"), ("2026.2", "202602"), (2026.11, "202611")],
)  # fmt: skip
def test_bill_periods(cell: object, wanted: str) -> None:
    assert v.period(cell) == wanted


@pytest.mark.parametrize("cell", ["202613", "1800-01", "a very long period name", "8月;", "2026.1", 2026.1])
def test_what_is_no_period_or_one_of_two_is_refused(cell: object) -> None:
    assert refused(v.period, cell) is Code.PERIOD_NOT_A_PERIOD


@pytest.mark.parametrize("cell", ["=cmd|calc", "@SUM(1)", "+cmd|' /C calc'!A0", "-张三", "＝1+1", "=1+1", "\t=1"])
def test_formulas_are_refused(cell: str) -> None:
    assert refused(v.text, cell) is Code.CELL_FORMULA


def test_formula_that_only_keeps_digits_is_text() -> None:
    assert v.text('="13800138000"') == "13800138000"
    assert v.text("+86 13800138000", signed=True) == "+86 13800138000"


@pytest.mark.parametrize("mark", ["\x1b", "\u202e", "\u2066", "\u200f", "\x00", "\x7f", "\u2028", "\x85"])
@pytest.mark.clause("design-6")
def test_control_and_bidirectional_characters_are_refused(mark: str) -> None:
    assert refused(v.text, f"张{mark}三") is Code.CELL_CONTROL_CHARACTERS


def test_harmless_edges_go() -> None:
    assert v.text("\u3000张三\u00a0") == "张三"
    assert v.text("\ufeff'0012\t") == "0012"
    assert v.text("张\u3000三") == "张 三"


@given(st.one_of(st.text(max_size=40), st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.none(),
                 st.dates(), st.datetimes(), st.timedeltas(), st.booleans()))  # fmt: skip
def test_every_reader_is_total(cell: object) -> None:
    for read in (v.text, v.amount, v.day, v.period, v.days, v.rate):
        try:
            read(cell)
        except CellRefused:
            continue
    assert v.is_blank(cell) in {True, False}


@pytest.mark.parametrize("cell", ["", " ", "-", "--", "—", "无", "NULL", "n/a", "N/A", "/", None, "\u3000", "#N/A"])
def test_blanks(cell: object) -> None:
    assert v.is_blank(cell)


@pytest.mark.parametrize("cell", ["0", 0.0, 0, "否", "王", timedelta(0), False])
def test_what_says_something_is_not_blank(cell: object) -> None:
    assert not v.is_blank(cell)


@pytest.mark.parametrize("cell", ["￥100.00", "100元", "RMB 100", "人民币100"])
def test_an_amount_that_says_yuan_is_none_of_another_currency(cell: str) -> None:
    assert v.amount(cell) == 10_000
    with pytest.raises(CellRefused) as caught:
        v.amount(cell, currency="USD")
    assert caught.value.code is Code.AMOUNT_NOT_A_NUMBER
    assert v.amount("1,234.50", currency="USD") == 123_450
