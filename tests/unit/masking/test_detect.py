"""Personal data in free text: found in every usual spelling, and ordinary figures left alone."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from masking.detect import Finding, FindingKind, find, find_loose, mask_text
from masking.detect.digits import is_bank_card, is_resident_id

K = FindingKind
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

mobiles = st.from_regex(r"1[3-9]\d{9}", fullmatch=True, alphabet="0123456789")


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["110105", "310104", "420106", "510107", "650102"]))
    born = draw(st.dates(min_value=dt.date(1930, 1, 1), max_value=dt.date(2008, 1, 1)))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(1, 999)):03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, WEIGHTS, strict=True)) % 11]


@st.composite
def bank_cards(draw: st.DrawFn) -> str:
    length = draw(st.sampled_from([16, 19]))
    schemes = ["622848", "621700", "436742"] if length == 19 else ["622848", "621700", "436742", "524094", "356827"]
    head = draw(st.sampled_from(schemes))
    body = head + "".join(draw(st.lists(st.sampled_from("0123456789"), min_size=length - 7, max_size=length - 7)))
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return body + str(-total % 10)


def grouped(text: str, sizes: tuple[int, ...], separator: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return separator.join([*parts, text[at:]] if text[at:] else parts)


SPELLINGS: list[Callable[[str], str]] = [
    str,
    lambda n: "+86" + n,
    lambda n: "+86 " + n,
    lambda n: "0086-" + n,
    lambda n: "86" + n,
    lambda n: grouped(n, (3, 4, 4), " "),
    lambda n: grouped(n, (3, 4, 4), "-"),
    lambda n: grouped(n, (3, 4, 4), "."),
    lambda n: "+86 " + grouped(n, (3, 4, 4), "-"),
    lambda n: "(+86) " + grouped(n, (3, 4, 4), " "),
    lambda n: grouped(n, (4, 4, 3), " "),
    " ".join,
    lambda n: n.translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    lambda n: n.translate(str.maketrans("0123456789", "零一二三四五六七八九")),
    lambda n: n.translate(str.maketrans("0123456789", "〇幺二三四五六七八九")),
    lambda n: n[:3] + n[3:].translate(str.maketrans("0123456789", "零一二三四五六七八九")),
    "\u200b".join,
    lambda n: grouped(n, (3, 4, 4), "–"),
]


@pytest.mark.clause("C-5.4g", "C-6.5b")
@given(
    number=mobiles,
    spelling=st.sampled_from(SPELLINGS),
    around=st.sampled_from([("", ""), ("电话", "，明天打"), ("call ", " now"), ("A:", ";")]),
)
@settings(max_examples=400)
def test_a_mobile_number_is_found_however_it_is_spelled(
    number: str, spelling: Callable[[str], str], around: tuple[str, str]
) -> None:
    before, after = around
    text = before + spelling(number) + after
    assert [one.kind for one in find(text)] == [K.MOBILE]
    assert mask_text(text) == before + "*" * 11 + after


@pytest.mark.clause("C-5.4g", "C-6.5b")
@given(number=resident_ids(), separator=st.sampled_from(["", " ", "-"]))
def test_an_id_number_is_found(number: str, separator: str) -> None:
    text = "身份证" + grouped(number, (6, 8), separator) + "已核"
    assert [one.kind for one in find(text)] == [K.ID_NUMBER]
    assert mask_text(text) == "身份证" + "*" * 18 + "已核"
    assert mask_text(text.lower().replace("x", "ｘ")) == mask_text(text)


@pytest.mark.clause("C-5.4g", "C-6.5b")
@given(card=bank_cards(), separator=st.sampled_from(["", " ", "-"]))
def test_a_bank_card_is_found(card: str, separator: str) -> None:
    text = "卡" + grouped(card, (4, 4, 4, 4), separator) + "扣款"
    assert mask_text(text) == "卡" + "*" * 16 + "扣款"


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("座机021-12345678转8012", []),
        ("座机021-52345678转8012", [K.LANDLINE]),
        ("(010) 6234 5678", [K.LANDLINE]),
        ("05912345678", [K.LANDLINE]),
        ("办公电话：62345678", [K.LANDLINE]),
        ("邮箱 a.b-c@mail.example.com.cn。", [K.EMAIL]),
        ("ａｂ＠ｅｘａｍｐｌｅ．ｃｏｍ", [K.EMAIL]),
        ("加微信：wxid_ab12cd", [K.ACCOUNT]),
        ("QQ 123456789", [K.ACCOUNT]),
        ("手机13812345678或13912345678", [K.MOBILE, K.MOBILE]),
        ("420106820318055", [K.ID_NUMBER]),
        ("42010619820318055X", [K.ID_NUMBER]),
        ("138/1234/5678", [K.MOBILE]),
        ("138_1234_5678", [K.MOBILE]),
        ("一三八，一二三四，五六七八", [K.MOBILE]),
        ("138 12 34 56 78", [K.MOBILE]),
        ("420106 1982 0318 0557", [K.ID_NUMBER]),
        ("借款500 6228 4801 5606 2625 835", [K.BANK_CARD]),
    ],
)
@pytest.mark.clause("C-5.4g")
def test_other_kinds(text: str, kinds: list[FindingKind]) -> None:
    assert [one.kind for one in find(text)] == kinds


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20",
        "2026/08/24 13:45:07",
        "20261120134507",
        "1998-03-18 500元",
        "应还 12,480.50 元，本金 11,800.00，年利率 18.00%",
        "合计 1,234,567,890.12",
        "150.00 120.50 33.10",
        "订单号 202411201234567890",
        "流水 2024112013450712345678",
        "案件 C-2026-0018841",
        "HT-202400000000",
        "A202400000000",
        "192.168.10.200",
        "10.2.0.17:2222",
        "019a2b3c-4d5e-7f60-8a1b-138123456789",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf7a3f8297da02b8f4ba8e0",
        "二〇二六年十一月二十日",
        "一共三十五天",
        "电话打不通，客户说下周一还",
        "400-820-8888",
        "95588",
        "1763612345678",
        "5 3521 877 42 1690",
        "153 2026-11-20 1",
        "3.20106E+17",
        "user@localhost",
        "@张三",
        "",
    ],
)
def test_ordinary_figures_are_left_alone(text: str) -> None:
    assert find(text) == []
    assert mask_text(text) == text


@given(text=st.text(max_size=60))
def test_findings_lie_in_the_text_in_order_and_masking_twice_changes_nothing(text: str) -> None:
    found = find_loose(text)
    assert all(0 <= one.start < one.end <= len(text) for one in found)
    assert all(first.end <= second.start for first, second in itertools.pairwise(found))
    for loose in (False, True):
        once = mask_text(text, loose=loose)
        assert mask_text(once, loose=loose) == once


@given(number=mobiles, other=mobiles, words=st.text(st.sampled_from("打他找我说还款"), max_size=8))
def test_inline_masks_do_not_depend_on_the_value(number: str, other: str, words: str) -> None:
    assert mask_text(words + number + words) == mask_text(words + other + words)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("姓名：张伟，电话13812345678", "姓名：**，电话***********"),
        ("联系人: 欧阳建国", "联系人: **"),
        ("已告知张先生", "已告知**先生"),
        ("寄到浙江省杭州市西湖区文三路12号3栋402室", "寄到****"),
        ("full_name='王小明' row 3", "full_name='**' row 3"),
        ("customer: John Smith", "customer: **"),
        ("客户说下周还", "客户说下周还"),
    ],
)
def test_names_and_addresses_are_guessed_when_asked_for(text: str, masked: str) -> None:
    assert mask_text(text, loose=True) == masked


def test_a_finding_points_at_what_was_written() -> None:
    text = "打 １３８\u200b１２３４５６７８ 吧"
    assert find(text) == [Finding(K.MOBILE, 2, 14)]
    assert text[2:14] == "１３８\u200b１２３４５６７８"


def test_check_digits() -> None:
    assert is_resident_id("420106198203180557")
    assert not is_resident_id("420106198213180557")
    assert not is_resident_id("990106198203180557")
    assert not is_resident_id("420106202003180550")
    assert is_bank_card("4111111111111111")
    assert not is_bank_card("4111111111111112")
    assert is_bank_card("6228480156062625830")
    assert not is_bank_card("1111111111111111")
