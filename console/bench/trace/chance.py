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
from watermark.positions import Bytes
from watermark.runs import SLOTS_OF, Carrier
from watermark.verdict import ACCUSE, SUSPECT

EXPORTS: Final = 1_000
ROWS: Final = 20_000
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
    """

    rows: int
    colluders: int = 1
    merge: str = "row"
    misread: float = 0.0
    carriers: tuple[Carrier, ...] = tuple(Carrier)
    checked: bool = False


def tried(keyed: Keyed, trial: Trial, trials: int, seed: int = 5) -> Share:
    """Return what came of so many trials."""
    rng = np.random.default_rng(seed)
    digests = positions.row_digests(keyed, [f"case{index}" for index in range(ROWS)])
    thresholds = positions.biases(keyed, digests)
    limit = log(EXPORTS / ACCUSE)
    named = every = suspected = accused = 0
    for _ in range(trials):
        rows = rng.choice(ROWS, trial.rows, replace=False)
        who = rng.choice(EXPORTS, trial.colluders, replace=False)
        scores = _scores(keyed, trial, digests[rows], thresholds[rows], who, rng)
        guilty = scores[who] >= limit
        named += bool(guilty.any())
        every += bool(guilty.all())
        suspected += bool((scores[who] >= log(EXPORTS / SUSPECT)).any())
        accused += int((scores >= limit).sum() - guilty.sum())
    return Share(trials, named, every, suspected, trials * (EXPORTS - trial.colluders), accused)


def _scores(  # noqa: PLR0917 - one trial's parts
    keyed: Keyed, trial: Trial, digests: Bytes, thresholds: Bytes, who: NDArray[np.int64], rng: np.random.Generator
) -> NDArray[np.float64]:
    serials = range(1, EXPORTS + 1)
    symbols = positions.symbols(keyed, digests, thresholds, serials)
    shows = MERGES[trial.merge](symbols[who], rng).copy()
    noise = rng.random(shows.shape) < trial.misread
    shows[noise] = rng.integers(0, 2, int(noise.sum()))
    for carrier in Carrier:
        if carrier not in trial.carriers:
            shows[:, list(SLOTS_OF[carrier])] = ERASED
    checks = positions.checks(keyed, digests, serials) if trial.checked else None
    count = len(digests)
    values = checks[who[0]] if checks is not None else np.zeros(count, np.uint32)
    shown = Shown(shows, thresholds, values, np.full(count, trial.checked))
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
