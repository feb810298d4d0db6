from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.cli.output import clean, pairs, table


def test_columns_are_aligned_by_cells() -> None:
    lines = table(["姓名", "due"], [["欧阳*", "1"], ["A", "22"]])
    assert [cell_len(line[: line.index(last)]) for line, last in zip(lines, ["due", "1", "22"], strict=True)] == [7] * 3


@given(st.lists(st.lists(st.text(max_size=12), min_size=2, max_size=2), max_size=5))
def test_no_cell_can_steer_the_terminal(rows: list[list[str]]) -> None:
    for line in table(["a", "b"], rows):
        assert "\x1b" not in line
        assert "\n" not in line
        assert "\u202e" not in line


@given(st.text())
def test_clean_keeps_what_is_printable(text: str) -> None:
    assert clean(text) == clean(clean(text))
    assert [mark for mark in clean(text) if mark.isprintable()] == [mark for mark in text if mark.isprintable()]


def test_pairs_are_aligned() -> None:
    assert pairs([("a", 1), ("单位", 2)]) == ["a     1", "单位  2"]
