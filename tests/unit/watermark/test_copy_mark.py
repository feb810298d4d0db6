"""The copy mark: whatever part is copied names its session or nobody, and no datum is touched."""

from __future__ import annotations

import random
import re
import unicodedata
from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from watermark.copy_mark import READINGS, CopyPlan, is_marked, packed_readings
from watermark.screen_mark import CodeRefused, SessionCodes, pack
from watermark.screen_trace.match import Match, best_match, signs_of

WIDTH, HEIGHT = 100, 30
CODES = SessionCodes(lambda said: sha256(said).digest())
WORDS = [CODES.word(f"{number:032x}") for number in range(80)]
SIGNS = signs_of(WORDS)
FEW = settings(max_examples=8)
SELECTOR = re.compile("[\ufe00-\ufe07]")

pytestmark = pytest.mark.clause("issue-4", "C-5.4d-1")


def screen(seed: int) -> list[str]:
    """Rows of words with gaps between, some of them wide."""
    draw = random.Random(seed)  # noqa: S311 - a screen to look at
    rows = []
    for _ in range(HEIGHT):
        row = ""
        while len(row) < WIDTH:
            word = draw.choice(["43,950.65", "2026-11-23", "张伟", "138****1100", "called twice", "欠款", "A0173"])
            row += word + " " * draw.choice([1, 2, 4, 7, 12])
        rows.append(row[:WIDTH])
    return rows


def marked(word: int, rows: list[str]) -> list[str]:
    """The rows as a terminal holds them."""
    plan = CopyPlan(pack(word))
    found = []
    for y, row in enumerate(rows):
        carrying, x, chars = set(plan.places(row)), 0, []
        for place, char in enumerate(row):
            chars.append(char + plan.at(x, y) if place in carrying else char)
            x += 2 if unicodedata.east_asian_width(char) in "WF" else 1
        found.append("".join(chars))
    return found


def whose(text: str) -> Match:
    """The best match among all sessions."""
    return best_match([np.frombuffer(one, ">i2") for one in packed_readings(text)], SIGNS)


@FEW
@given(st.integers(0, 79), st.integers(0, 10_000), st.integers(0, HEIGHT - 6), st.integers(4, 12), st.integers(0, 60))
def test_any_rows_copied_name_their_session(session: int, seed: int, first: int, many: int, left: int) -> None:
    rows = marked(WORDS[session], screen(seed))[first : first + many]
    whole = rows[0]
    # The mouse begins in the midst of a row and goes on at the screen's edge.
    start = min(left, len(whole) - 1)
    found = whose("\n".join([whole[start:], *rows[1:]]))
    assert found.named
    assert found.word == session


@FEW
@given(st.integers(0, 79), st.integers(0, 10_000), st.integers(0, 40))
def test_a_block_of_columns_names_it_too(session: int, seed: int, left: int) -> None:
    block = []
    for row in marked(WORDS[session], [line.replace("张伟", "Zhang").replace("欠款", "owed") for line in screen(seed)]):
        cells = re.findall("[^\ufe00-\ufe07][\ufe00-\ufe07]?", row)
        block.append("".join(cells[left : left + 50]))
    found = whose("\n".join(block))
    assert (found.named, found.word) == (True, session)


@FEW
@given(st.integers(0, 10_000), st.integers(0, 79))
def test_nothing_but_blanks_inside_gaps_carries_anything(seed: int, session: int) -> None:
    rows = screen(seed)
    after = marked(WORDS[session], rows)
    assert [SELECTOR.sub("", row) for row in after] == rows
    for row in after:
        for found in SELECTOR.finditer(row):
            assert row[found.start() - 1] == " "
            assert row[found.start() - 2] in " \ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07"
            assert row[found.end()] == " ", "the blank beside a word carries none"
        assert all(word in row for word in ("43,950.65", "called twice") if word in SELECTOR.sub("", row))


@FEW
@given(st.integers(0, 10_000))
def test_what_another_desk_marked_names_nobody(seed: int) -> None:
    other = SessionCodes(lambda said: sha256(b"other" + said).digest()).word(f"{seed:032x}")
    assert not whose("\n".join(marked(other, screen(seed)))).named


@FEW
@given(st.text(alphabet="\ufe00\ufe01\ufe02\ufe03\ufe04\ufe05\ufe06\ufe07 a\n张", max_size=400))
def test_selectors_of_no_desk_name_nobody_and_break_nothing(text: str) -> None:
    found = packed_readings(text)
    assert len(found) <= READINGS
    assert all(len(one) == 254 for one in found)
    assert not best_match([np.frombuffer(one, ">i2") for one in found], SIGNS).named


def test_what_lost_its_selectors_names_nobody() -> None:
    text = "\n".join(marked(WORDS[7], screen(1)))
    assert whose(text).named
    assert whose(unicodedata.normalize("NFKC", text)).named, "normal forms keep them"
    stripped = text.encode("ascii", "ignore").decode()
    assert not is_marked(stripped)
    assert packed_readings(stripped) == ()
    assert not whose("\n".join(screen(1))).named


def test_rows_in_another_order_name_their_session_by_the_longest() -> None:
    rows = marked(WORDS[9], [" " * WIDTH for _ in range(HEIGHT)])
    rows = rows[::-3] + rows[1::3]
    found = whose("\n".join(f"> {row}" for row in rows))
    assert (found.named, found.word) == (True, 9)


def test_a_word_that_is_none_is_refused() -> None:
    with pytest.raises(CodeRefused):
        CopyPlan("zz")
