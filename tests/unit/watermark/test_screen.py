"""The visible mark: where it goes and that it never changes a cell that says something."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from watermark import Density, DensityRefused, PayloadRefused, ScreenPayload, Tile, blank_runs, cell_width, initial

PAYLOAD = ScreenPayload(staff_no="A0173", name="张伟", source="10.2.0.17", terminal="pts/4", session="K7QF2M")
TEXT = PAYLOAD.text("11-22 14:32")


def cells(text: str) -> int:
    return sum(cell_width(char) for char in text)


@pytest.mark.clause("C-5.4d-1")
def test_mark_says_who_where_when_and_which_session() -> None:
    assert TEXT == "A0173张 11-22 14:32 10.2.0.17/pts/4 #K7QF2M"


@pytest.mark.parametrize(
    ("name", "expected"), [("张伟", "张"), ("zoe", "Z"), ("·阿依", "阿"), ("", ""), ("\u202e王", "王")]
)
def test_initial(name: str, expected: str) -> None:
    assert initial(name) == expected


def test_a_mark_that_names_nobody_is_refused() -> None:
    with pytest.raises(PayloadRefused) as refused:
        ScreenPayload(staff_no=" ", name="张伟", source="", terminal="", session="K7")
    assert refused.value.code == "watermark.payload_incomplete"
    with pytest.raises(PayloadRefused):
        ScreenPayload(staff_no="A1", name="", source="", terminal="", session="\u200b")


def test_control_characters_of_a_terminal_name_do_not_reach_the_mark() -> None:
    text = ScreenPayload(staff_no="A1", name="x", source="\x1b[2J", terminal="pts\u202e/1", session="S").text("m")
    assert text.isprintable()
    assert "\x1b" not in text


def test_an_empty_tile_is_refused() -> None:
    with pytest.raises(DensityRefused):
        Tile("\u200b ")


@given(st.text(alphabet=" abc张，1", max_size=120))
def test_only_blanks_are_replaced_and_never_those_beside_data(text: str) -> None:
    for start, end in blank_runs(text):
        assert set(text[start - 2 : end + 2]) == {" "}


@given(st.integers(0, 500), st.integers(0, 200), st.integers(1, 200), st.sampled_from(Density))
def test_fill_is_exactly_as_wide_as_asked(x: int, y: int, width: int, density: Density) -> None:
    assert cells(Tile(TEXT, density).fill(x, y, width)) == width


@given(st.integers(0, 300), st.integers(0, 90), st.integers(2, 120), st.integers(1, 119))
def test_two_paints_of_one_cell_agree(x: int, y: int, width: int, cut: int) -> None:
    tile = Tile("A0173 K7QF2M")
    cut = min(cut, width - 1)
    assert tile.fill(x, y, width) == tile.fill(x, y, cut) + tile.fill(x + cut, y, width - cut)


@pytest.mark.clause("C-5.4d-1")
def test_whole_mark_is_read_in_a_blank_row_and_denser_while_something_is_revealed() -> None:
    calm, dense = Tile(TEXT), Tile(TEXT, Density.DENSE)
    rows = [calm.fill(0, y, 120) for y in range(24) if calm.marks(y)]
    assert len(rows) == 8
    assert all("A0173" in row and "K7QF2M" in row for row in rows)
    assert sum(dense.marks(y) for y in range(24)) >= 2 * len(rows)
