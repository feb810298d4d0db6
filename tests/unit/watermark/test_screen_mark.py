"""The invisible mark's code and where its signs lie."""

from __future__ import annotations

import hashlib
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from watermark.screen_mark import CHIP_CELLS, LENGTH, CodeRefused, SessionCodes, ShadePlan, pack, protect, unpack
from watermark.screen_mark.code import DISTANCE
from watermark.screen_trace.match import NAMED, best_match, signs_of, tail

CODES = SessionCodes(lambda said: hashlib.sha256(b"mark" + said).digest())
OTHERS = SessionCodes(lambda said: hashlib.sha256(b"another" + said).digest())
SESSIONS = [f"{number:032x}" for number in range(300)]
WORDS = signs_of([CODES.word(session) for session in SESSIONS])
CORRECTED = (DISTANCE - 1) // 2

codes = st.binary(min_size=8, max_size=8)
places = st.lists(st.integers(0, LENGTH - 1), unique=True)


def test_the_generator_has_twenty_consecutive_powers_as_roots() -> None:
    # GF(2^7) by x^7 + x^3 + 1; a word of a BCH code of designed distance 21 vanishes at them.
    powers = [1]
    for _ in range(LENGTH - 1):
        grown = powers[-1] << 1
        powers.append(grown ^ 0b10001001 if grown & 0x80 else grown)
    word = protect(b"\xde\xad\xbe\xef\x12\x34\x56\x78")
    for root in range(1, DISTANCE):
        sums = [powers[root * place % LENGTH] for place in range(LENGTH) if word >> place & 1]
        total = 0
        for one in sums:
            total ^= one
        assert total == 0, root


@given(codes, codes)
def test_two_words_differ_in_twenty_one_signs_at_least(one: bytes, other: bytes) -> None:
    apart = (protect(one) ^ protect(other)).bit_count()
    assert apart == 0 if one == other else apart >= DISTANCE


@given(codes)
def test_a_word_holds_its_code_and_crosses_whole(code: bytes) -> None:
    word = protect(code)
    assert (word >> (LENGTH - 64)).to_bytes(8, "big") == code
    assert signs_of([word])[0].tolist() == [float(sign) for sign in unpack(pack(word))]


@pytest.mark.parametrize("packed", ["", "zz", "0" * 31, "f" * 32, "0" * 34])
def test_what_is_no_word_is_refused(packed: str) -> None:
    with pytest.raises(CodeRefused):
        unpack(packed)
    with pytest.raises(CodeRefused):
        protect(bytes.fromhex(packed) if packed.strip("z") and len(packed) % 2 == 0 else b"")


def test_codes_are_the_desks_own_and_differ_from_session_to_session() -> None:
    assert len({CODES.code(session) for session in SESSIONS}) == len(SESSIONS)
    assert not {CODES.code(session) for session in SESSIONS} & {OTHERS.code(session) for session in SESSIONS}


@pytest.mark.clause("issue-4")
@given(
    st.integers(0, len(SESSIONS) - 1), places.filter(lambda some: len(some) <= CORRECTED), st.integers(0, LENGTH - 1)
)
def test_ten_wrong_signs_are_corrected_wherever_the_picture_begins(session: int, wrong: list[int], begins: int) -> None:
    seen = WORDS[session].astype(np.float64)
    seen[wrong] *= -1
    found = best_match([np.roll(seen, -begins)], WORDS)
    assert found.named
    assert found.word == session
    assert found.signs == LENGTH


@pytest.mark.clause("issue-4")
@given(st.integers(0, len(SESSIONS) - 1), st.lists(st.integers(0, LENGTH - 1), unique=True, min_size=50, max_size=77))
def test_too_many_wrong_signs_name_nobody(session: int, wrong: list[int]) -> None:
    seen = WORDS[session].astype(np.float64)
    seen[wrong] *= -1
    assert not best_match([seen], WORDS).named


@pytest.mark.clause("issue-4")
def test_another_desks_marks_and_coins_name_nobody() -> None:
    chance = np.random.default_rng(7)
    foreign = signs_of([OTHERS.word(session) for session in SESSIONS[:100]]).astype(np.float64)
    noise = chance.normal(size=(200, LENGTH))
    for reading in itertools.chain(foreign, noise):
        assert best_match([reading], WORDS).p_false > NAMED


def test_nothing_to_compare_names_nobody() -> None:
    assert not best_match([], WORDS).named
    assert not best_match([np.zeros(LENGTH)], WORDS).named
    assert not best_match([np.full(LENGTH, np.nan)], WORDS).named
    assert not best_match([np.ones(5)], WORDS).named
    assert not best_match([np.ones(LENGTH)], signs_of([])).named


@given(st.lists(st.floats(0.1, 5.0), min_size=1, max_size=12))
def test_the_bound_is_never_below_the_probability(sizes: list[float]) -> None:
    sums = np.array(sizes)
    tosses = np.array(list(itertools.product((-1.0, 1.0), repeat=len(sizes)))) @ sums
    for reached in {float(sums.sum()), float(sums.sum()) / 2, float(sums.max())}:
        assert tail(sums, reached) >= (tosses >= reached - 1e-9).mean() - 1e-9


@given(st.integers(0, 500), st.integers(0, 300))
def test_a_row_in_runs_says_the_same_as_cell_by_cell(x: int, y: int) -> None:
    plan = ShadePlan(pack(CODES.word(SESSIONS[0])))
    starts, signs, run = plan.runs(x, y)
    assert starts[run] <= x
    assert run + 1 == len(starts) or starts[run + 1] > x
    assert signs[run] == plan.sign(x, y)


def test_every_crop_of_twelve_percent_shows_most_signs() -> None:
    plan = ShadePlan(pack(CODES.word(SESSIONS[1])))
    for width, height in ((80, 24), (120, 40), (160, 50)):
        wide, high = int(width * 0.12**0.5), int(height * 0.12**0.5)
        seen = {(x // CHIP_CELLS, y) for x in range(wide) for y in range(high)}
        distinct = {(chip + 29 * row) % LENGTH for chip, row in seen}
        assert len(distinct) >= 0.8 * min(LENGTH, len(seen))
    assert plan.sign(0, 0) in {-1, 1}
