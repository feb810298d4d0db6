"""Which session's word a picture's signs agree with, and how likely that is by chance.

Every word is covered with keyed signs that are, to a picture which this desk did not mark, independent fair coins.
So for one word at one beginning in one reading `a`, the agreement T = Σ ±aᵢ is a sum of coins with fixed sizes, and
P(T ≥ t) ≤ inf over λ of exp(−λt) Π cosh(λaᵢ) (Chernoff), whatever the picture shows. Times everything that was tried —
words that a session could have had, beginnings, readings — that bounds the probability that any session at all is
named falsely. A picture that another session of the same desk marked stays at a distance that the code guarantees.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watermark.screen_mark import CHOICES, LENGTH

NAMED: Final = 1e-6
"""A session is named when the probability that it is none of them is at most this."""

_AT_ONCE: Final = 1024
_SLOPES: Final = np.exp(np.linspace(np.log(0.02), np.log(60.0), 160))

Words = NDArray[np.float32]


class Match(NamedTuple):
    """The word that agrees best.

    Attributes:
        word: its number among those that were compared; -1 where nothing could be compared.
        p_false: the most that the probability of this agreement by chance is, over everything tried.
        agreement: from 0, coins, to 1, every sign.
        signs: how many of the 127 signs the reading has.
    """

    word: int
    p_false: float
    agreement: float
    signs: int

    @property
    def named(self) -> bool:
        """Whether it is certain enough to name somebody."""
        return self.word >= 0 and self.p_false <= NAMED


def signs_of(words: Sequence[int]) -> Words:
    """Words as rows of +1 and -1."""
    size = (LENGTH + 7) // 8
    raw = np.frombuffer(b"".join((word << 1).to_bytes(size, "big") for word in words), np.uint8)
    bits = np.unpackbits(raw.reshape(len(words), size), axis=1)[:, :LENGTH]
    signs: Words = bits.astype(np.float32) * np.float32(2.0) - np.float32(1.0)
    return signs


def best_match(readings: Sequence[NDArray[Any]], words: Words) -> Match:
    """The word that agrees best with any reading at any beginning.

    Args:
        readings: 127 sums each, from `signs.readings`.
        words: from `signs_of`.
    """
    tries = len(readings) * len(words) * CHOICES * LENGTH
    best = Match(-1, 1.0, 0.0, 0)
    for reading in readings:
        sums = np.nan_to_num(np.asarray(reading, np.float64), posinf=0.0, neginf=0.0)
        size = float(np.sqrt((sums * sums).sum()))
        if sums.shape != (LENGTH,) or size <= 0.0:
            continue
        sums = sums / size
        begun = np.stack([np.roll(sums, start) for start in range(LENGTH)], axis=1).astype(np.float32)
        word, agreed = -1, -np.inf
        for first in range(0, len(words), _AT_ONCE):
            scores = (words[first : first + _AT_ONCE] @ begun).max(1)
            here = int(scores.argmax())
            if scores[here] > agreed:
                word, agreed = first + here, float(scores[here])
        p_false = min(1.0, tries * tail(sums, agreed))
        if word >= 0 and (p_false < best.p_false or best.word < 0):
            share = min(1.0, agreed / float(np.abs(sums).sum()))
            best = Match(word, p_false, share, int((sums != 0).sum()))
    return best


def tail(sums: NDArray[np.float64], agreed: float) -> float:
    """The Chernoff bound of a sum of fair coins of these sizes reaching `agreed`; never below what all coins give."""
    if agreed <= 0.0:
        return 1.0
    sizes = np.abs(sums[sums != 0.0])
    slopes = _SLOPES[:, None] * sizes[None, :] * np.sqrt(len(sizes))
    logs = (np.logaddexp(slopes, -slopes) - np.log(2.0)).sum(1) - _SLOPES * np.sqrt(len(sizes)) * agreed
    return float(np.exp(max(min(0.0, float(logs.min())), -len(sizes) * np.log(2.0))))
