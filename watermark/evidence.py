"""How strongly a fragment speaks for each export, as e-values: mean at most 1 for an innocent copy, whatever was done.

Every layer's evidence is a weighted mean of likelihood ratios over ways in which the fragment may have come about, for
each choice of carriers, so that a carrier that was destroyed cannot veto the others. Rows that an export does not hold
say nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watermark import check
from watermark.models import MERGED, MODELS, SINGLE, Floats, log_ratios
from watermark.positions import HIGH, SLOTS, Bytes, Words
from watermark.runs import SLOTS_OF, Carrier

ERASED: Final = 255
_SHARES: Final = (0.95, 0.5, 0.25, 0.1)
"""Parts of the rows that come from one copy, where rows of several were thrown together."""

_TABLE: Final = log_ratios(MODELS)
_BITS: Final = np.arange(SLOTS - 1, -1, -1)
_WAYS: Final = np.log(np.array([0.5 / len(SINGLE)] * len(SINGLE) + [0.5 / len(MERGED)] * len(MERGED), np.float32))
_CELLS, _ROWS = log(0.7), log(0.3)
_RUNS, _CHECK, _BOTH, _NEITHER = log(0.35), log(0.2), log(0.35), log(0.1)
_UNLIFTED, _LIFTED, _LIFTED_RUNS, _LIFTED_BOTH = log(0.5), log(0.15), log(0.2), log(0.15)
_HEIGHT: Final = 0.97
"""How often a line's height is read right where the row is this copy's."""
_CHAR: Final = 0.95
"""How often a character of the check column is read right where the row is this copy's."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the fragment shows at n rows.

    Attributes:
        symbols: shape (n, 5), 0, 1 or `ERASED`.
        thresholds: shape (n, 5).
        checks: shape (n,), values of the check column.
        checked: shape (n,), where there is one.
        heights: shape (n,), whether a row's line stands higher (1) or lower (0), or `ERASED`; None: all erased.
    """

    symbols: Bytes
    thresholds: Bytes
    checks: Words
    checked: NDArray[np.bool_]
    heights: Bytes | None = None


@dataclass(frozen=True, slots=True)
class Scores:
    """ln of e-values of a batch of exports: of run lengths, check column, heights of lines, and all together."""

    runs: NDArray[np.float64]
    checks: NDArray[np.float64]
    heights: NDArray[np.float64]
    total: NDArray[np.float64]


def score(
    shown: Shown,
    symbols: Bytes | None,
    checks: Words | None,
    held: NDArray[np.bool_],
    carriers: Iterable[Carrier] = tuple(Carrier),
) -> Scores:
    """Return the evidence for each of a batch of exports.

    Args:
        shown: the fragment's rows.
        symbols: the exports' symbols, shape (exports, n, 5); None where they carry none.
        checks: the exports' check values, shape (exports, n); None where they have no such column.
        held: which rows each export holds, shape (exports, n).
        carriers: the carriers that these exports have, the same for all of them.
    """
    present = [one for one in carriers if (shown.symbols[:, SLOTS_OF[one]] != ERASED).any()]
    nothing = np.zeros(len(held))
    runs = _of_runs(shown, symbols, held, present) if symbols is not None and present else nothing
    values = _of_checks(shown, checks, held) if checks is not None and shown.checked.any() else nothing
    total = _log_mean(np.stack([runs + _RUNS, values + _CHECK, runs + values + _BOTH, nothing + _NEITHER], axis=1))
    if checks is None or shown.heights is None or not (shown.heights != ERASED).any():
        return Scores(runs, values, nothing, total)
    heights = _of_heights(shown, checks, held, shown.heights != ERASED)
    # A height is the check's last bit: where the check was read, the two together would say it twice.
    unread = _of_heights(shown, checks, held, (shown.heights != ERASED) & ~shown.checked)
    lifted = [heights + _LIFTED, runs + heights + _LIFTED_RUNS, runs + values + unread + _LIFTED_BOTH]
    return Scores(runs, values, heights, _log_mean(np.stack([total + _UNLIFTED, *lifted], axis=1)))


def _of_runs(shown: Shown, symbols: Bytes, held: NDArray[np.bool_], present: Sequence[Carrier]) -> NDArray[np.float64]:
    known = shown.symbols != ERASED
    level = (shown.thresholds == HIGH).astype(np.intp)
    ratios = _TABLE[:, level, np.where(known, shown.symbols, 0)] * known[None, :, :, None]
    held_rows = held.astype(np.float32)
    by_carrier = {one: _by_way(ratios, symbols, held_rows, SLOTS_OF[one]) for one in present}
    sums = [
        (size, sum(by_carrier[one] for one in chosen))
        for size in range(len(present), 0, -1)
        for chosen in combinations(present, size)
    ]
    rest = log(0.5 / max(1, len(sums) - 1))
    parts = [one + _WAYS + (log(0.5) if size == len(present) else rest) for size, one in sums]
    cells = _log_mean(np.concatenate(parts, axis=1))
    rows = _by_rows(ratios[0], symbols, held, present)
    return _log_mean(np.stack([cells + _CELLS, rows + _ROWS], axis=1))


def _by_way(ratios: Floats, symbols: Bytes, held: Floats, slots: tuple[int, ...]) -> Floats:
    """Ln of the ratio of every export (first axis) in every way (second), over one carrier's slots."""
    places = list(slots)
    total: Floats = held @ ratios[:, :, places, 0].sum(axis=2).T
    for slot in places:
        total += (symbols[:, :, slot] * held) @ (ratios[:, :, slot, 1] - ratios[:, :, slot, 0]).T
    return total


def _by_rows(
    ratios: Floats, symbols: Bytes, held: NDArray[np.bool_], present: Sequence[Carrier]
) -> NDArray[np.float64]:
    """Ln of the mean over shares of: each row is this copy's with that probability, else anybody's."""
    slots = [slot for one in present for slot in SLOTS_OF[one]]
    patterns = (np.arange(1 << SLOTS)[:, None] >> _BITS) & 1
    of_row = sum(np.where(patterns[None, :, slot] == 1, ratios[:, slot, 1:], ratios[:, slot, :1]) for slot in slots)
    shown = (symbols.reshape(-1, SLOTS) @ (1 << _BITS).astype(np.uint8)).reshape(held.shape)
    index = shown + np.arange(held.shape[1]) * (1 << SLOTS)
    index[~held] = np.asarray(of_row).size
    sums = []
    for share in _SHARES:
        table = np.log1p(share * np.expm1(np.asarray(of_row, np.float64))).ravel()
        sums.append(np.append(table, 0.0).take(index).sum(axis=1))
    return _log_mean(np.stack(sums, axis=1) - log(len(_SHARES)))


def _of_checks(shown: Shown, checks: Words, held: NDArray[np.bool_]) -> NDArray[np.float64]:
    right = check.matching(checks[:, shown.checked], shown.checks[None, shown.checked])
    usable = held[:, shown.checked]
    count = np.arange(check.LENGTH + 1)
    ratio = (_CHAR * 32) ** count * ((1 - _CHAR) * 32 / 31) ** (check.LENGTH - count)
    sums = []
    for share in _SHARES:
        table = np.log1p(share * (ratio - 1))
        sums.append(np.where(usable, table[right], 0.0).sum(axis=1))
    return _log_mean(np.stack(sums, axis=1) - log(len(_SHARES)))


def _of_heights(shown: Shown, checks: Words, held: NDArray[np.bool_], rows: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Ln of the mean over shares; a row of an innocent copy stands higher or lower as a coin falls."""
    heights = np.zeros(0, np.uint8) if shown.heights is None else shown.heights[rows]
    right = (checks[:, rows] & 1) == heights[None]
    ratio = np.array([2 * (1 - _HEIGHT), 2 * _HEIGHT])
    sums = []
    for share in _SHARES:
        table = np.log1p(share * (ratio - 1))
        sums.append(np.where(held[:, rows], table[right.astype(np.intp)], 0.0).sum(axis=1))
    return _log_mean(np.stack(sums, axis=1) - log(len(_SHARES)))


def _log_mean(terms: NDArray[np.float32] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Ln of the sum over the last axis of the exponentials."""
    # Exponentials in the terms' own precision: what is left after the maximum needs no more, and takes a seventh.
    most = terms.max(axis=1)
    rest = np.exp(terms - most[:, None]).sum(axis=1, dtype=np.float64)
    out: NDArray[np.float64] = most.astype(np.float64) + np.log(rest)
    return out
