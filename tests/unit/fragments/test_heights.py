"""Rows that lie a little above or below their places say a bit each, on any grid; a page without them says nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.exports import pdf_layout
from console.fragments.heights import SHARE, heights_of, key

pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")
BITS = st.lists(st.integers(0, 1), min_size=6, max_size=pdf_layout.ROWS).filter(lambda bits: 0 < sum(bits) < len(bits))


def page(bits: list[int], scale: float = 1.0, foot: float = 0.0, noise: float = 0.0) -> list[tuple[float, str]]:
    """A page's lines, in any order, as another program may have printed it; header and footer among them."""
    dice = random.Random(1)  # noqa: S311 - any noise will do
    high = [
        pdf_layout.row_y(place) + (pdf_layout.SHIFT if bit else -pdf_layout.SHIFT) + dice.uniform(-noise, noise)
        for place, bit in enumerate(bits)
    ]
    lines = [(y * scale + foot, f"C-{place:03d} x") for place, y in enumerate(high)]
    around = [(pdf_layout.HEADER_Y, "VX-000007"), (pdf_layout.TITLES_Y, "titles"), (pdf_layout.FOOTER_Y, "1/3")]
    lines += [(y * scale + foot, words) for y, words in around]
    dice.shuffle(lines)
    return lines


def read(lines: list[tuple[float, str]]) -> list[int | None]:
    found = heights_of(lines)
    return [found.get(key(words)) for _, words in sorted(lines, key=lambda line: line[1]) if words.startswith("C-")]


def test_the_grid_is_the_writer_s() -> None:
    assert pytest.approx(pdf_layout.SHIFT / pdf_layout.PITCH) == SHARE


@given(bits=BITS, scale=st.floats(0.4, 3), foot=st.floats(-500, 500), noise=st.sampled_from([0.0, 0.005, 0.03]))
def test_every_bit_is_read_on_any_grid_or_not_at_all(bits: list[int], scale: float, foot: float, noise: float) -> None:
    found = read(page(bits, scale, foot, noise))
    assert found == bits or None in found


@given(bits=st.lists(st.integers(0, 1), min_size=30, max_size=37), scale=st.floats(0.4, 3))
def test_a_full_page_is_always_read(bits: list[int], scale: float) -> None:
    if 3 <= sum(bits) <= len(bits) - 3:
        assert read(page(bits, scale, noise=0.01)) == bits


def test_lines_without_heights_say_nothing() -> None:
    even = [(500 - 13.0 * place, f"line {place}") for place in range(30)]
    assert heights_of(even) == {}
    dice = random.Random(2)  # noqa: S311 - any noise will do
    assert heights_of([(y + dice.uniform(-0.3, 0.3), words) for y, words in even]) == {}
    assert heights_of([(y * dice.uniform(0.9, 1.1), words) for y, words in even]) == {}
    assert heights_of(even[:3]) == heights_of([]) == heights_of([(5.0, "x")] * 40) == {}


def test_the_same_words_at_two_heights_are_no_bit() -> None:
    lines = [(y, "same" if words in {"C-003 x", "C-004 x"} else words) for y, words in page([0, 1, 1, 0, 1, 0, 0, 1])]
    assert heights_of(lines)["same"] is None
    assert key("a b\tc") == key(" abc")
