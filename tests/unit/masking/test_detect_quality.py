"""Detection held to its figures on labelled sentences: the set the bench shows, and others of the same make unseen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.bench import detect, presidio
from console.bench.labelled import SEED, Label, Sentence, parse, sentences
from console.bench.scores import GUESSED, NUMBERS, misses, ours, score
from masking.detect import FindingKind, find, find_loose, mask_text, read_value
from masking.normalise import normalise_phone

RECALL, PRECISION = 0.99, 0.98


@pytest.mark.clause("issue-3", "C-5.4g", "C-6.5b")
@pytest.mark.parametrize("seed", [SEED, 7, 8, 9])
def test_numbers_and_email_are_found_and_little_else(seed: int) -> None:
    found = score(ours, sentences(2000, seed))
    for kind in (*NUMBERS, "numbers"):
        assert found[kind].labels > 100, kind
        assert found[kind].recall >= RECALL, (kind, found[kind])
        assert found[kind].precision >= PRECISION, (kind, found[kind])


@pytest.mark.clause("issue-3")
def test_names_and_addresses_are_reported_apart() -> None:
    found = score(ours, sentences(2000))
    for kind in GUESSED:
        assert found[kind].recall > 0.9, (kind, found[kind])
        assert found[kind].precision > 0.9, (kind, found[kind])


def test_the_set_is_the_same_everywhere_and_holds_hard_cases() -> None:
    one, two = sentences(500), sentences(500)
    assert one == two != sentences(500, seed=1)
    texts = "\n".join(sentence.text for sentence in one)
    for hard in ("订单号", "流水", "+86", "〇", "幺", "１", "元", "年", " - ", "\u200b", "转"):
        assert hard in texts, hard
    assert sum(not sentence.labels for sentence in one) > 200


def test_labels_are_read_where_they_stand() -> None:
    assert parse("打{phone|138}找{name|王}吧") == Sentence("打138找王吧", (Label("phone", 1, 4), Label("name", 5, 6)))


def test_half_a_number_is_a_number_missed_and_a_whole_sentence_is_no_finding() -> None:
    sentence = parse("打{phone|13812345678}吧，现在没有空")
    half, all_ = [Label("phone", 1, 8)], [Label("phone", 0, len(sentence.text))]
    for wrong in (half, all_):

        def detector(_: str, wrong: list[Label] = wrong) -> list[Label]:
            return wrong

        assert misses(detector, sentence) == (list(sentence.labels), wrong)
        counted = score(detector, [sentence])["phone"]
        assert (counted.recall, counted.precision) == (0.0, 0.0)
    assert score(lambda _: [], [sentence])["phone"].recall == 0.0


def test_the_bench_shows_every_kind_and_says_when_the_peer_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presidio, "installed", lambda: "")
    told: list[str] = []
    figures = detect.run(rounds=1, count=200, told=told.append)
    assert any("presidio-analyzer is not installed" in line for line in told)
    assert {figure.name.split(",")[0] for figure in figures} >= {
        f"{what} of {kind}" for what in ("recall", "precision") for kind in (*NUMBERS, *GUESSED)
    }
    assert all(figure.value > 0 and figure.floor > 0 for figure in figures)


def test_the_peer_is_asked_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presidio, "installed", lambda: "9.9")
    monkeypatch.setattr(presidio, "detector", lambda: lambda _: [Label("email", 0, 3)])
    figures = detect.run(rounds=1, count=50, told=lambda _: None)
    assert {peer for figure in figures for peer in figure.peers} == {"presidio 9.9"}


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("+852 9123 4567是香港号", ["mobile"]),
        ("打+1 415 555 2671", ["landline"]),
        ("（010）6234 5678", ["landline"]),
        ("0571-8123 4567-102", ["landline"]),
        ("(138)1234-5678", ["mobile"]),
        ("013812345678", ["mobile"]),
        ("tel13812345678x", ["mobile"]),
        ("洞幺零六二三四五六七八", ["landline"]),
        ("护照E12345678", ["id_number"]),
        ("a.b(at)example点com", ["email"]),
        ("3 7 1 3 0 2 1 9 7 4 1 2 2 8 8 4 9 X", ["id_number"]),
        ("六二二二 0212 3456 7890 128", ["bank_card"]),
        ("先还400 13812345678", ["mobile"]),
        ("400-138-2345 二零二四年五月", []),
        ("订单号13812345678", ["mobile"]),
        ("+86 400 820 8888", []),
        ("尾号0836 20230715", []),
        ("电话20261122", []),
        ("1.2.3.12345678X", []),
        ("62280X 1234 5678 90123", []),
    ],
)
@pytest.mark.clause("issue-3", "C-5.4g")
def test_hard_spellings(text: str, kinds: list[str]) -> None:
    assert [one.kind.value for one in find(text)] == kinds


@given(text=st.text(st.sampled_from("0123456789Xx +-.()（）一三八零〇@a点住路号区王说"), max_size=40))
def test_nothing_that_looks_like_numbers_breaks_the_search(text: str) -> None:
    once = mask_text(text, loose=True)
    assert mask_text(once, loose=True) == once


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("打一三八 零零一三 八零零零吧", "13800138000"),
        ("打１３８－００１３－８０００吧", "13800138000"),
        ("打+86 138 0013 8000吧", "13800138000"),
        ("打010-62345678转12吧", "01062345678x12"),
        ("打洞幺零六二三四五六七八", "01062345678"),
    ],
)
def test_a_number_is_read_into_its_one_spelling(text: str, value: str) -> None:
    (found,) = find(text)
    assert found.kind in {FindingKind.MOBILE, FindingKind.LANDLINE}
    assert normalise_phone(read_value(text, found)) == value


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("客户王小明说下周还", "客户**说下周还"),
        ("其妻刘芳接听，称不知情", "其妻**接听，称不知情"),
        ("搬到朝阳区建国路88号了", "搬到****了"),
        ("寄四川成都武侯区科华北路65号3栋", "寄****"),
        ("翠苑三区5幢2单元301", "****"),
        ("客户周三还款，金额不变", "客户周三还款，金额不变"),
        ("客户说下周还", "客户说下周还"),
        ("高于本金不还，方便时再谈", "高于本金不还，方便时再谈"),
        ("杭州那边分公司来的函", "杭州那边分公司来的函"),
        ("由于资金紧张，下月再还76.70万", "由于资金紧张，下月再还76.70万"),
    ],
)
@pytest.mark.clause("issue-3")
def test_names_and_addresses_inside_sentences(text: str, masked: str) -> None:
    assert mask_text(text, loose=True) == masked
    assert len(find_loose(text)) == masked.count("**") - masked.count("****")
