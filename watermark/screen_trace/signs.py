"""The signs in a picture: where its cells lie, which of them are lighter than their neighbours, summed sign by sign.

No key is used, so nothing here can lean towards a session: the readings are fixed before anybody's word is compared
with them, and `match` counts each reading as one more chance to be wrong. A reading is 127 sums, one for each sign of
the word as it would lie if the picture's upper left chip showed the first; where it really begins is one unknown
number.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watermark.screen_mark import LENGTH, STRIDE
from watermark.screen_trace.grid import Field, Grid, Lines, Means, candidates, field_of, usual
from watermark.screen_trace.picture import Brightness

READINGS: Final = 32
"""Readings of a picture that are compared at most."""

_SOFT: Final = 3.0  # levels; a chip that stands out more than a mark can is no mark
_SAME: Final = 7.0  # levels between neighbours that may have the same ground
_Neighbours = tuple[tuple[int, int], ...]
_AROUND: Final[_Neighbours] = ((0, 1), (1, 0), (0, 2), (1, 1), (1, -1), (2, 0))
"""Neighbours of a chip: rows down, columns right; those opposite are meant too."""

_CLEAR: Final = 0.12  # share of a chip that must be free of letters
_NEAR: Final = _AROUND[:2]
_SHIFTS: Final = (-0.004, -0.002, 0.0, 0.002, 0.004)
_MOVES: Final = (-0.1, -0.05, 0.0, 0.05, 0.1)
_REFINED: Final = 5
_PLAIN: Final = 12.0  # a score that no other grid comes near; pictures without a mark stay below 4
_LEAST_SIDE: Final = 3
_NOTHING: Final = 1e-30
_AT_ONCE: Final = 1 << 16
_ALL: Final = slice(None)
_LEAST_CHIPS: Final = 24
_LARGEST: Final = 32767
_TOLERATED: Final = 2.5

Reading = NDArray[np.float64]


class Seen(NamedTuple):
    """A grid, how much like a mark it looks, and its sums."""

    grid: Grid
    score: float
    sums: Reading


def readings(picture: Brightness, most: int = READINGS) -> list[Reading]:
    """The most mark-like readings of a picture, best first; none where it shows no cells at all."""
    field = field_of(picture)
    rough: list[Seen] = []
    for grid in candidates(field):
        laid = _laid(field, grid)
        rough += [laid] if laid is not None else []
        if laid is not None and laid.score > _PLAIN:
            break
    best = max((one.score for one in rough), default=0.0)
    if best <= _PLAIN:
        rough += _tried(field)
        best = max((one.score for one in rough), default=0.0)
    near = [one for one in rough if best <= _PLAIN or one.score > best / 2]
    likely = sorted(near, key=lambda one: -one.score)[:_REFINED]
    kept: list[Seen] = []
    for one in sorted((_stretched(field, one) for one in likely), key=lambda one: -one.score):
        if not any(_alike(one.grid, other.grid, picture.shape) for other in kept):
            kept.append(one)
    return [_bounded(one.sums) for one in kept[:most]]


def packed_readings(picture: Brightness) -> tuple[bytes, ...]:
    """The readings as they cross to the desk: 127 signed sums of two bytes each, the higher byte first."""
    found = ((sums, float(np.abs(sums).max())) for sums in readings(picture))
    return tuple(np.round(sums / top * _LARGEST).astype(">i2").tobytes() for sums, top in found if top > 0.0)


def _bounded(sums: Reading) -> Reading:
    """The sums without outliers: no sign may outweigh the others by much."""
    limit = _TOLERATED * float(np.median(np.abs(sums[sums != 0.0])))
    bounded: Reading = np.clip(sums, -limit, limit)
    return bounded


def _alike(one: Grid, other: Grid, shape: tuple[int, ...]) -> bool:
    """Whether two grids put every chip in nearly the same place."""
    height, width = shape
    for size, first, second, start, begin in (
        (width, one.width, other.width, one.left, other.left),
        (height, one.height, other.height, one.top, other.top),
    ):
        drift = abs(first - second) / first * size
        gap = abs(start - begin) % first
        if max(drift, min(gap, first - gap)) > first / 6:
            return False
    return True


def _tried(field: Field) -> list[Seen]:
    """Of the usual grids those that look most like a mark."""
    found = [
        _likest(field, _moved(width, 4), [pair for height in heights for pair in _moved(height, 3)], _NEAR)
        for width, heights in usual(field.bright.shape)
    ]
    likely = sorted((one for one in found if one is not None), key=lambda one: -one.score)[:_REFINED]
    return [one for one in (_laid(field, rough.grid) for rough in likely) if one is not None]


def _laid(field: Field, grid: Grid) -> Seen | None:
    """The grid moved to where it looks most like a mark."""
    return _likest(field, _moved(grid.width, 8), _moved(grid.height, 5), _NEAR)


def _moved(size: float, steps: int) -> list[tuple[float, float]]:
    """A size with so many starts."""
    return [(size, size * step / steps) for step in range(steps)]


def _stretched(field: Field, rough: Seen) -> Seen:
    """The grid moved and stretched by little until it looks most like a mark."""
    grid = rough.grid
    best = _likest(field, [(grid.width, grid.left)], [(grid.height, grid.top)], _AROUND) or rough
    for scale in (1.0, 0.4):
        for sideways in (True, False):
            grid = best.grid
            size, start = (grid.width, grid.left) if sideways else (grid.height, grid.top)
            tried = [
                (size * (1 + stretch * scale), (start + move * scale * size) % size)
                for stretch in _SHIFTS
                for move in _MOVES
            ]
            across, down = (tried, [(grid.height, grid.top)]) if sideways else ([(grid.width, grid.left)], tried)
            found = _likest(field, across, down, _AROUND)
            if found is not None and found.score > best.score:
                best = found
    return best


_Sized = Sequence[tuple[float, float]]


def _likest(field: Field, across: _Sized, down: _Sized, around: _Neighbours) -> Seen | None:
    """Of all grids with these columns and rows (each a size and a start), the one that looks most like a mark."""
    columns = field.across([start for _, start in across], [size for size, _ in across])
    at_once = max(1, _AT_ONCE // max(1, columns.first.size * max(1, int(field.bright.shape[0] / down[0][0]))))
    best: Seen | None = None
    for begin in range(0, len(down), at_once):
        some = down[begin : begin + at_once]
        rows = field.down([start for _, start in some], [size for size, _ in some])
        scores, sums = _scored(field, columns, rows, around)
        number = int(scores.argmax())
        if np.isfinite(scores[number]) and (best is None or scores[number] > best.score):
            (width, left), (height, top) = across[number % len(across)], some[number // len(across)]
            best = Seen(Grid(width, height, left, top), float(scores[number]), sums[number])
    return best


def _scored(field: Field, across: Lines, down: Lines, around: _Neighbours) -> tuple[Reading, Reading]:
    """How much like a mark each grid looks, minus infinity where it has too few chips; and its 127 sums."""
    means, clear = field.chips(across, down)
    grids, rows, columns = means.shape[0] * means.shape[1], *means.shape[2:]
    values, weights = stand_out(means.reshape(grids, rows, columns), clear.reshape(grids, rows, columns), around)
    weighted = values * weights
    places = (np.arange(columns)[None, :] + STRIDE * np.arange(rows)[:, None]) % LENGTH
    slots = places.ravel()[None, :] + LENGTH * np.arange(grids)[:, None]
    summed = np.bincount(slots.ravel(), weighted.ravel(), LENGTH * grids)
    sums: Reading = summed.reshape(grids, LENGTH).astype(np.float64)
    total = weights.sum((1, 2), dtype=np.float64)
    power = np.einsum("gij,gij->g", weighted, weighted, dtype=np.float64)
    # How far apart chips stand, and how well those agree that carry the same sign.
    spread = np.einsum("gij,gij->g", values, weighted, dtype=np.float64) / np.maximum(total, _NOTHING)
    agree = np.einsum("gi,gi->g", sums, sums) / np.maximum(power, _NOTHING)
    high, wide = np.repeat(down.number, len(across.number)), np.tile(across.number, len(down.number))
    enough = (np.minimum(high, wide) >= _LEAST_SIDE) & (high * wide >= _LEAST_CHIPS) & (total > 0) & (power > 0)
    scores: Reading = np.where(enough, spread * agree, -np.inf)
    return scores, sums


def stand_out(means: Means, clear: Means, around: _Neighbours = _AROUND) -> tuple[Means, Means]:
    """How much each chip is lighter than its neighbours of the same ground, in levels, and how far that counts.

    Args:
        means: brightness, of several grids at once: grids, rows, columns.
        clear: how much of each chip is free of letters.
        around: which neighbours count, each said once for both directions.
    """
    usable = clear * (clear > _CLEAR)
    near = np.zeros_like(means)
    count = np.zeros_like(means)
    for down, right in around:
        one, other = _beside(means.shape, down, right)
        apart = means[other] - means[one]
        same = np.abs(apart) < _SAME
        forth, back = usable[other] * same, usable[one] * same
        count[one] += forth
        count[other] += back
        forth *= apart
        back *= apart
        near[one] += forth
        near[other] -= back
    near /= np.maximum(count, np.float32(1e-6))
    np.negative(near, out=near)
    values: Means = np.clip(near, -_SOFT, _SOFT, out=near)
    weights: Means = np.sqrt(usable) * count / (count + np.float32(1.0))
    return values, weights


def _beside(shape: tuple[int, ...], down: int, right: int) -> tuple[tuple[slice, ...], tuple[slice, ...]]:
    """All chips that have a neighbour so far down and to the right, and these neighbours; `down` is not negative."""
    rows, columns = shape[1:]
    upper, lower = slice(0, max(0, rows - down)), slice(down, rows)
    if right >= 0:
        return (_ALL, upper, slice(0, max(0, columns - right))), (_ALL, lower, slice(right, columns))
    return (_ALL, upper, slice(-right, columns)), (_ALL, lower, slice(0, max(0, columns + right)))
