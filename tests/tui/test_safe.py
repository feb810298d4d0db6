"""Text on its way into cells: measured, cut and wrapped without ever growing, shrinking or losing characters."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.tui.safe import cell_len, clip, fit, plain, wrap
from console.tui.widgets.bars import KeyBar, MarkBar
from console.tui.widgets.rows import Column, Row, RowList

WORDS = st.text(alphabet="ab c中文，12 é", max_size=120)
WIDTHS = st.integers(2, 100)


@given(st.text(max_size=80), st.integers(1, 60))
def test_fit_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    assert cell_len(fit(plain(text), width)) == width
    assert cell_len(fit(plain(text), width, right=True)) == width


@given(WORDS, WIDTHS)
def test_clip_says_that_it_cut(text: str, width: int) -> None:
    shown = clip(text, width)
    assert cell_len(shown) <= width
    assert shown == text or (shown.endswith("…") and text.startswith(shown[:-1]))


@given(WORDS, st.integers(4, 60))
def test_wrap_loses_nothing_but_blanks_and_never_overflows(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="中文字，。）；", max_size=120), st.integers(8, 60))
def test_no_line_begins_with_a_mark_that_closes_a_clause(text: str, width: int) -> None:
    marks = set("，。）；")
    if any(all(char in marks for char in text[place : place + 3]) for place in range(len(text) - 2)):
        return  # a row of marks is broken where it must be
    assert all(line[0] not in marks for line in wrap(text, width)[1:])


def test_a_closing_mark_takes_the_character_before_it_along() -> None:
    assert wrap("原文加密保存。", 12) == ["原文加密保", "存。"]
    assert wrap("原文加密保存：", 14) == ["原文加密保存："]
    assert wrap("原文（加密）。", 12) == ["原文（加", "密）。"]


@given(st.text(max_size=200))
def test_plain_text_only_ever_prints(text: str) -> None:
    assert plain(text).isprintable()
    assert plain(plain(text)) == plain(text)


@given(st.lists(st.tuples(st.sampled_from(["Enter", "u", "^P", "F10"]), WORDS), max_size=12), st.integers(60, 120))
def test_keys_flow_over_lines_without_overflowing(keys: list[tuple[str, str]], width: int) -> None:
    bar = KeyBar()
    bar.set_reactive(KeyBar.keys, tuple((key, plain(words)[:40]) for key, words in keys))
    for line in bar.lines(width):
        assert sum(cell_len(text) for text, _ in line) <= width


def test_an_empty_mark_draws_nothing() -> None:
    assert MarkBar("").lines(80) == [[("", "")]]


def test_a_list_before_it_is_mounted_has_no_cursor() -> None:
    rows = RowList([Column("a")])
    assert rows.key is None
    assert rows.rows == ()
    assert Row("k", ("v",)).strong is False
