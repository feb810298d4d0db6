"""The masks: what each shows, that none tells a length, and that the stricter follows from the stored one."""

from __future__ import annotations

import itertools
import re
import timeit
import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from masking.masks import (
    BUCKETS,
    DERIVES,
    STAR_RUNS,
    MaskCode,
    NotDerivable,
    StarsRefused,
    derivable,
    is_label,
    narrow,
    parse_label,
    render,
    widest,
)
from masking.regions import CITIES, DISTRICTS, PROVINCES

M = MaskCode
PAIRS = [(have, want) for have in M for want in DERIVES[have]]

mobiles = st.from_regex(r"1[3-9]\d{9}", fullmatch=True, alphabet="0123456789")
ids18 = st.from_regex(r"[1-9]\d{16}[0-9X]", fullmatch=True, alphabet="0123456789X")
ids15 = st.from_regex(r"[1-9]\d{14}", fullmatch=True, alphabet="0123456789")
cards = st.from_regex(r"[3-69]\d{15,18}", fullmatch=True, alphabet="0123456789")
han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
anything = st.one_of(
    st.text(max_size=40),
    mobiles,
    ids18,
    ids15,
    cards,
    st.text(han, min_size=1, max_size=6),
    st.sampled_from(
        ["欧阳建国", "欧阳", "阿卜杜拉·买买提", "021-12345678", "a.b@example.com", "1,234.50", "600", "A+"]
    ),
    st.sampled_from(
        ["1985-03-02", "浙江省宁德市房山沈阳街x座", "北京市朝阳区建国路88号", "@none", "＠none", "@flag:0", ""]
    ),
    st.dates().map(str),
    st.decimals(min_value=-(10**9), max_value=10**10, places=2, allow_nan=False).map(str),
)


@pytest.mark.clause("C-5.4d-1")
@pytest.mark.parametrize(
    ("code", "value", "masked"),
    [
        (M.N1, "张三", "张*"),
        (M.N1, "张三丰", "张*"),
        (M.N1, "欧阳建国", "欧阳*"),
        (M.N1, "歐陽建國", "歐陽*"),
        (M.N1, "诸葛亮", "诸葛*"),
        (M.N1, "欧阳", "欧*"),
        (M.N1, "张", "*"),
        (M.N1, " 张 三 ", "张*"),
        (M.N1, "阿卜杜拉·买买提", "阿*"),
        (M.N1, "阿卜杜拉•买买提", "阿*"),
        (M.N1, "欧阳·买买提", "欧*"),
        (M.N1, "John Smith", "J*"),
        (M.N1, "O’Neil, Mary-Ann", "O*"),
        (M.N1, "Ｊｏｈｎ Ｓｍｉｔｈ", "J*"),
        (M.N1, "محمد علي", "*"),
        (M.N1, "13812345678", "*"),
        (M.N1, "张三13812345678", "*"),
        (M.N1, "王\u202e小明", "王*"),
        (M.N1, "上海某某消费金融有限公司", "*"),
        (M.N0, "张三", "@party:customer"),
        (M.P34, "13812345678", "138****5678"),
        (M.P34, "+86 138-1234-5678", "138****5678"),
        (M.P34, "008613812345678", "138****5678"),
        (M.P34, "(86)13812345678", "138****5678"),
        (M.P34, "１３８１２３４５６７８", "138****5678"),
        (M.P34, "021-12345678", "*******5678"),
        (M.P34, "0591-1234567", "*******4567"),
        (M.P34, "0591-1234567转8012", "*******4567"),
        (M.P34, "12345678", "*" * 11),
        (M.P34, "13812345678/13912345678", "*" * 11),
        (M.P34, "=cmd|calc", "*" * 11),
        (M.P34, "+852 9123 4567", "*******4567"),
        (M.P4, "13812345678", "*******5678"),
        (M.I11, "650102199303199548", "6" + "*" * 16 + "8"),
        (M.I11, "６５０１０２１９９３０３１９９５４８", "6" + "*" * 16 + "8"),
        (M.I11, "51010719850810553x", "5" + "*" * 16 + "X"),
        (M.I11, "650102 19930319 9548", "6" + "*" * 16 + "8"),
        (M.I11, "650102930319954", "6" + "*" * 16 + "4"),
        (M.I11, "E12345678", "E" + "*" * 16 + "8"),
        (M.I11, "3.20106E+17", "*" * 18),
        (M.I11, "12", "*" * 18),
        (M.I4, "650102199303199548", "6501" + "*" * 14),
        (M.I4, "E12345678", "*" * 18),
        (M.B4, "6217006162243755291", "****5291"),
        (M.B4, "6217 0061 6224 3755 291", "****5291"),
        (M.B4, "123", "*" * 8),
        (M.B64, "6217006162243755291", "621700******5291"),
        (M.B64, "378282246310005", "*" * 12 + "0005"),
        (M.B6, "6217006162243755291", "621700" + "*" * 10),
        (M.O2, "万迅电脑传媒有限公司", "万迅****"),
        (M.O2, "某公司", "****"),
        (M.E1, "Ychang@Hotmail.com", "Y***@hotmail.com"),
        (M.E1, "a@b.com", "****@b.com"),
        (M.E1, "not an address", "****@****"),
        (M.W1, "wxid_abc", "w*****"),
        (M.W1, "w", "******"),
        (M.AMT, "1,234.50", "1,234.50"),
        (M.AMT, "１２３４．５０", "1234.50"),
        (M.AMT, "13812345678", "****"),
        (M.AMT, "壹万元整", "****"),
        (M.BKT, "999.99", "@bucket:lt-1k"),
        (M.BKT, "1000", "@bucket:1k-10k"),
        (M.BKT, "50,000.00", "@bucket:50k-200k"),
        (M.BKT, "200000", "@bucket:50k-200k"),
        (M.BKT, "200000.01", "@bucket:gt-200k"),
        (M.BKT, "no", "@bucket:unknown"),
        (M.Y, "1985-03-02", "1985"),
        (M.Y, "2026年10月3日", "2026"),
        (M.Y, "2026.05.26", "2026"),
        (M.Y, "19850302", "1985"),
        (M.Y, "长期", "****"),
        (M.AGE_BAND, "1985/3/2", "@born:1980-1989"),
        (M.AGE_BAND, "soon", "@born:unknown"),
        (M.LAST4, "HT-202400000412", "****0412"),
        (M.LAST4, "HT-12", "*" * 8),
        (M.TOKEN, "HT-202400000412", "@token"),
        (M.BAND, "642", "@band:600-699"),
        (M.BAND, "A+", "@band:a"),
        (M.BAND, "高风险客户", "@band:unknown"),
        (M.FLAG, "残障", "@flag:1"),
        (M.CNT, "", "@count:0"),
        (M.SHOWN, "工商银行", "工商银行"),
        (M.SHOWN, "工程师13812345678", "工程师***********"),
        (M.SHOWN, "2026-08-24", "2026-08-24"),
        (M.INLINE, "打 138 1234 5678 找他", "打 *********** 找他"),
        (M.NONE, "张三", "@none"),
        (M.NONE, "", "@none"),
    ],
)
def test_each_mask_shows_what_it_says(code: MaskCode, value: str, masked: str) -> None:
    assert render(code, value) == masked


@pytest.mark.clause("C-5.4d-1")
@pytest.mark.parametrize(
    ("address", "district", "city"),
    [
        ("浙江省宁德市房山沈阳街x座", "浙江省宁德市****", "宁德市****"),
        ("贵州省呼和浩特县永川颜路D座", "贵州省****", "****"),
        ("新疆维吾尔自治区海燕县崇文宜都街Q座", "新疆维吾尔自治区****", "****"),
        ("重庆市丹市牧野巢湖街y座", "重庆市****", "重庆市****"),
        ("上海市浦东新区世纪大道1号", "上海市浦东新区****", "上海市****"),
        ("北京市市辖区朝阳区建国路88号", "北京市朝阳区****", "北京市****"),
        ("北京朝阳区建国路88号", "北京市朝阳区****", "北京市****"),
        ("重庆市重庆市渝中区解放碑", "重庆市渝中区****", "重庆市****"),
        ("广西壮族自治区南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区****", "南宁市****"),
        ("广西南宁市青秀区民族大道1号", "广西壮族自治区南宁市青秀区****", "南宁市****"),
        ("内蒙古自治区锡林郭勒盟锡林浩特市", "内蒙古自治区锡林郭勒盟锡林浩特市****", "锡林郭勒盟****"),
        ("深圳市南山区科技园南区5栋", "深圳市南山区****", "深圳市****"),
        ("广东省，深圳市，南山区科技园", "广东省深圳市南山区****", "深圳市****"),
        ("河北省石家庄市赵县路5号", "河北省石家庄市****", "石家庄市****"),
        ("吉林省吉林市昌邑区", "吉林省吉林市昌邑区****", "吉林市****"),
        ("吉林市昌邑区", "吉林市昌邑区****", "吉林市****"),
        ("海南省海口市", "海南省海口市****", "海口市****"),
        ("朝阳区建国路88号", "****", "****"),
        ("世纪大道1号402室", "****", "****"),
        ("40 Queen's Road", "****", "****"),
        ("", "", ""),
    ],
)
def test_an_address_shows_listed_divisions_only(address: str, district: str, city: str) -> None:
    assert render(M.A_D, address) == district
    assert render(M.A_C, address) == city


@pytest.mark.clause("C-5.4d-1")
@given(
    head=st.sampled_from(["", "浙江省", "浙江省杭州市", "北京市", "新疆维吾尔自治区喀什地区", "广东省深圳市南山区"]),
    tail=st.text(st.sampled_from("建国路街巷弄栋座室号楼小区市县区村花园里阳光幸福李明超1234ABC "), max_size=20),
)
def test_no_street_and_no_house_is_ever_shown(head: str, tail: str) -> None:
    listed = {name for index in (PROVINCES, CITIES, DISTRICTS) for group in index.values() for name in group}
    masked = render(M.A_D, head + tail)
    if masked:
        rest = masked.removesuffix("****")
        while rest:
            name = next((one for one in sorted(listed, key=len, reverse=True) if rest.startswith(one)), None)
            assert name is not None
            rest = rest[len(name) :]


@pytest.mark.clause("C-5.4d-1")
@given(value=anything)
@example("＠none")
@example("@flag:0")
@example("\u200b")
@example("´")
@example("\U0003134b")
@settings(max_examples=400)
def test_the_stricter_mask_follows_from_the_stored_one(value: str) -> None:
    for have, want in PAIRS:
        assert narrow(have, want, render(have, value, ordinal=2), ordinal=2) == render(want, value, ordinal=2), (
            have,
            want,
        )


@pytest.mark.parametrize(("have", "want"), list(itertools.product(M, M)))
def test_what_does_not_follow_is_refused(have: MaskCode, want: MaskCode) -> None:
    if derivable(have, want):
        assert isinstance(narrow(have, want, render(have, "13812345678")), str)
        return
    with pytest.raises(NotDerivable) as refused:
        narrow(have, want, "138****5678")
    assert refused.value.params == {"have": have.value, "want": want.value}
    assert refused.value.code == "masking.not_derivable"


def test_derivability_is_a_partial_order() -> None:
    for code in M:
        assert code in DERIVES[code]
        assert M.NONE in DERIVES[code]
        assert code in DERIVES[M.FULL]
        for other in DERIVES[code]:
            assert DERIVES[other] <= DERIVES[code]
            assert other is code or code not in DERIVES[other]


def test_widest_is_the_one_that_all_follow_from() -> None:
    assert widest({M.P34, M.P4, M.P0, M.NONE}) is M.P34
    assert widest({M.NONE}) is M.NONE
    assert widest({M.P34, M.I11}) is None


@pytest.mark.clause("C-5.4d-1")
@given(value=anything)
def test_nothing_invisible_and_no_control_character_comes_out(value: str) -> None:
    spiked = "\u202e" + "\u200b".join(value) + "\x1b[31m\ufeff"
    for code in M:
        for text in (render(code, value), render(code, spiked)):
            assert all(unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} for char in text)
            assert not re.search("[\u034f\u115f\u1160\u3164\ufe00-\ufe0f\uffa0]", text)


@pytest.mark.clause("C-5.4d-1")
@given(
    surname=st.sampled_from(["张", "欧阳"]), given_name=st.text(st.sampled_from("建国伟芳秀英"), min_size=1, max_size=4)
)
def test_a_name_mask_does_not_tell_the_length(surname: str, given_name: str) -> None:
    assert render(M.N1, surname + given_name) == surname + "*"


@pytest.mark.clause("C-5.4d-1")
@given(first=ids18, second=ids15)
def test_an_id_mask_does_not_tell_fifteen_from_eighteen(first: str, second: str) -> None:
    second = first[0] + second[1:-1] + (first[-1] if first[-1] != "X" else "0")
    first = first[:-1] + second[-1]
    assert render(M.I11, first) == render(M.I11, second)


@pytest.mark.clause("C-5.4d-1")
@given(card=cards, middle=st.integers(0, 999))
def test_a_card_mask_does_not_tell_the_length(card: str, middle: int) -> None:
    other = card[:6] + str(middle).zfill(6) + card[-4:]
    assert render(M.B4, card) == render(M.B4, other)
    assert render(M.B64, card) == render(M.B64, other)
    assert render(M.B6, card) == render(M.B6, other)


FIXED_LENGTHS = {M.P34: 11, M.P4: 11, M.I11: 18, M.I4: 18, M.B64: 16, M.B4: 8, M.B6: 16, M.LAST4: 8}


@pytest.mark.clause("C-5.4d-1")
@given(value=anything)
def test_number_masks_have_one_length_and_show_few_digits(value: str) -> None:
    for code, length in FIXED_LENGTHS.items():
        masked = render(code, value)
        assert len(masked) in {0, length}
    assert sum(char.isdigit() for char in render(M.P34, value)) <= 7


@pytest.mark.clause("C-5.4d-1")
@given(organisation=st.text(han, min_size=4, max_size=30), account=st.text(st.sampled_from("abc123_"), min_size=2))
def test_text_masks_do_not_tell_the_length(organisation: str, account: str) -> None:
    assert (
        render(M.O2, organisation) in {organisation[:2] + "****", "****"}
        or unicodedata.normalize("NFKC", organisation) != organisation
    )
    assert len(render(M.W1, account)) == 6


@pytest.mark.clause("Y-4.8.2")
@given(number=st.one_of(ids18, ids15), card=cards)
def test_analytics_hides_at_least_what_the_plan_names(number: str, card: str) -> None:
    """The middle six of an ID number and the last four of a card, and never a digit more than JR/T's head (T1)."""
    masked = render(M.I4, number)
    middle = (len(number) - 6) // 2
    for place in range(middle, len(number) - middle):
        assert place >= len(masked) or masked[place] == "*"
    assert len(masked.rstrip("*")) <= 6
    issuer = render(M.B6, card)
    assert len(issuer.rstrip("*")) <= 6
    assert card.startswith(issuer.rstrip("*"))
    assert issuer.endswith("****")


@pytest.mark.parametrize("code", list(M))
def test_only_exports_vary_stars_and_only_where_declared(code: MaskCode) -> None:
    value = {M.N1: "张三", M.I11: "650102199303199548", M.A_D: "浙江省宁德市房山"}.get(code, "13812345678")
    for stars in range(25):
        if stars in STAR_RUNS.get(code, ()):
            assert render(code, value, stars=stars).count("*") == stars
        else:
            with pytest.raises(StarsRefused):
                render(code, value, stars=stars)
    if code in STAR_RUNS:
        assert render(code, value).count("*") in STAR_RUNS[code]


@given(value=st.text(max_size=30))
@example("@none")
@example("@bucket:10k-50k")
def test_no_customer_text_passes_for_a_token(value: str) -> None:
    for code in (M.SHOWN, M.FULL, M.INLINE, M.N1, M.O2, M.W1, M.E1, M.AMT, M.LAST4):
        assert not is_label(render(code, value))


def test_tokens_are_read_back() -> None:
    label = parse_label(render(M.P0, "13812345678", ordinal=2))
    assert label is not None
    assert (label.kind, label.value) == ("phone", "2")
    assert parse_label("138****5678") is None
    bucket = parse_label(render(M.BKT, "12480.50"))
    assert bucket is not None
    assert bucket.value in BUCKETS
    assert is_label(render(M.NONE, "x"))


@pytest.mark.slow
def test_the_usual_masks_are_quick() -> None:
    """Ten masks a row, a million rows: two microseconds each on a quiet machine, ten here at most."""
    for code, value in (
        (M.N1, "欧阳建国"),
        (M.P34, "13812345678"),
        (M.I11, "650102199303199548"),
        (M.B4, "6228480156062625835"),
    ):
        best = min(timeit.repeat(lambda code=code, value=value: render(code, value), number=5_000, repeat=5))  # type: ignore[misc]
        assert best / 5_000 < 10e-6
