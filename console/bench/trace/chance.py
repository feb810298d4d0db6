"""How often copies are named and innocent ones are not: many trials by the tracer's own symbols and evidence.

A trial takes rows that every colluder holds, lets the colluders make one fragment of their copies, and scores every
export there is. Exports that had no part in it are the innocent ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watermark import evidence, positions
from watermark.evidence import ERASED, Shown
from watermark.keyed import Keyed
from watermark.positions import SLOTS, Bytes
from watermark.runs import SLOTS_OF, Carrier
from watermark.verdict import ACCUSE, SUSPECT

EXPORTS: Final = 1_000
ROWS: Final = 20_000
_AT_ONCE: Final = 500
_PATTERNS: Final = ((np.arange(1 << SLOTS)[:, None] >> np.arange(SLOTS - 1, -1, -1)) & 1).astype(np.uint8)
Merge = Callable[[Bytes, np.random.Generator], Bytes]


@dataclass(frozen=True, slots=True)
class Share:
    """What came of some trials.

    Attributes:
        trials: how many.
        named: in how many at least one guilty copy was named.
        all_named: in how many every guilty copy was.
        suspected: in how many at least one was suspected or named.
        innocent: scores of copies that had no part.
        accused: how many of those were named.
    """

    trials: int
    named: int
    all_named: int
    suspected: int
    innocent: int
    accused: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What is tried.

    Attributes:
        rows: rows of the fragment.
        colluders: how many copies.
        merge: what becomes of them, shape (colluders, rows, 5) to (rows, 5).
        misread: share of symbols read at random.
        carriers: which are left.
        checked: whether the check column is left; it is then the first colluder's.
        heights: whether a PDF's rows still stand higher or lower, as the first colluder's do.
    """

    rows: int
    colluders: int = 1
    merge: str = "row"
    misread: float = 0.0
    carriers: tuple[Carrier, ...] = tuple(Carrier)
    checked: bool = False
    heights: bool = False


class Field:
    """Rows that fragments are taken from, under one key; what every export shows there, drawn once and kept packed.

    Args:
        keyed: the secret.
        keep: draw all of it beforehand: 20 MB and some seconds, for many trials.
    """

    def __init__(self, keyed: Keyed, *, keep: bool) -> None:
        self.keyed = keyed
        self.digests = positions.row_digests(keyed, [f"case{index}" for index in range(ROWS)])
        self.thresholds = positions.biases(self.digests)
        self._packed: Bytes | None = None
        if keep:
            parts = [self._pack(np.arange(at, at + _AT_ONCE)) for at in range(0, ROWS, _AT_ONCE)]
            self._packed = np.concatenate(parts)

    def symbols(self, rows: NDArray[np.int64]) -> Bytes:
        """Return the symbols of every export at rows, shape (exports, rows, 5)."""
        packed = self._pack(rows) if self._packed is None else self._packed[rows]
        shown: Bytes = _PATTERNS[packed.T]
        return shown

    def _pack(self, rows: NDArray[np.int64]) -> Bytes:
        drawn = positions.symbols(self.keyed, self.digests[rows], self.thresholds[rows], range(1, EXPORTS + 1))
        packed = np.packbits(drawn, axis=2)[:, :, 0].T >> np.uint8(8 - SLOTS)
        return np.ascontiguousarray(packed, np.uint8)


def tried(field: Field, trial: Trial, trials: int, seed: int = 5) -> Share:
    """Return what came of so many trials."""
    rng = np.random.default_rng(seed)
    limit, lower = log(EXPORTS / ACCUSE), log(EXPORTS / SUSPECT)
    named = every = suspected = accused = 0
    for _ in range(trials):
        rows = rng.choice(ROWS, trial.rows, replace=False)
        who = rng.choice(EXPORTS, trial.colluders, replace=False)
        scores = _scores(field, trial, rows, who, rng)
        guilty = scores[who] >= limit
        named += bool(guilty.any())
        every += bool(guilty.all())
        suspected += bool((scores[who] >= lower).any())
        accused += int((scores >= limit).sum() - guilty.sum())
    return Share(trials, named, every, suspected, trials * (EXPORTS - trial.colluders), accused)


def _scores(
    field: Field, trial: Trial, rows: NDArray[np.int64], who: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    symbols = field.symbols(rows)
    shows = MERGES[trial.merge](symbols[who], rng).copy()
    noise = rng.random(shows.shape) < trial.misread
    shows[noise] = rng.integers(0, 2, int(noise.sum()))
    for carrier in Carrier:
        if carrier not in trial.carriers:
            shows[:, list(SLOTS_OF[carrier])] = ERASED
    serials = range(1, EXPORTS + 1)
    drawn = trial.checked or trial.heights
    checks = positions.checks(field.keyed, field.digests[rows], serials) if drawn else None
    count = len(rows)
    values = checks[who[0]] if checks is not None else np.zeros(count, np.uint32)
    heights = (values & 1).astype(np.uint8) if trial.heights else None
    shown = Shown(shows, field.thresholds[rows], values, np.full(count, trial.checked), heights)
    return evidence.score(shown, symbols, checks, np.ones((EXPORTS, count), np.bool_), trial.carriers).total


def _by_rows(copies: Bytes, rng: np.random.Generator) -> Bytes:
    rows = np.arange(copies.shape[1])
    out: Bytes = copies[rng.integers(0, len(copies), len(rows)), rows]
    return out


def _interleaved(copies: Bytes, rng: np.random.Generator) -> Bytes:
    # Cell by cell: the symbols of one carrier come from one copy.
    take = rng.integers(0, len(copies), (copies.shape[1], 3))[:, [0, 1, 1, 2, 2]]
    out: Bytes = np.take_along_axis(copies, take[None], axis=0)[0]
    return out


def _counted(copies: Bytes, rng: np.random.Generator, *, minority: bool) -> Bytes:
    ones = copies.sum(axis=0, dtype=np.int64)
    twice, all_of = 2 * ones, len(copies)
    out = np.where(twice == all_of, rng.integers(0, 2, ones.shape), twice > all_of)
    if minority:
        out = np.where((ones == 0) | (ones == all_of) | (twice == all_of), out, 1 - out)
    return np.asarray(out, np.uint8)


def _coin(copies: Bytes, rng: np.random.Generator) -> Bytes:
    same = copies.min(axis=0) == copies.max(axis=0)
    return np.asarray(np.where(same, copies[0], rng.integers(0, 2, copies[0].shape)), np.uint8)


MERGES: Final[dict[str, Merge]] = {
    "row": _by_rows,
    "interleave": _interleaved,
    "majority": lambda copies, rng: _counted(copies, rng, minority=False),
    "minority": lambda copies, rng: _counted(copies, rng, minority=True),
    "shortest": lambda copies, _rng: copies.min(axis=0),
    "longest": lambda copies, _rng: copies.max(axis=0),
    "coin": _coin,
}
"""Seven ways to merge copies: whole rows, cell by cell at will, by count, against the count, by extremes, by a coin."""
