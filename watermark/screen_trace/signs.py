"""The signs in a picture: where its cells lie, which of them are lighter than their neighbours, summed sign by sign.

No key is used, so nothing here can lean towards a session: the readings are fixed before anybody's word is compared
with them, and `match` counts each reading as one more chance to be wrong. A reading is 127 sums, one for each sign of
the word as it would lie if the picture's upper left chip showed the first; where it really begins is one unknown
number.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watermark.screen_mark import LENGTH, STRIDE
from watermark.screen_trace.grid import Field, Grid, Means, candidates, field_of
from watermark.screen_trace.picture import Brightness

READINGS: Final = 32
"""Readings of a picture that are compared at most."""

_SOFT: Final = 3.0  # levels; a chip that stands out more than a mark can is no mark
_SAME: Final = 7.0  # levels between neighbours that may have the same ground
_Neighbours = tuple[tuple[int, int], ...]
_AROUND: Final[_Neighbours] = (
    (0, 1),
    (0, -1),
    (1, 0),
    (-1, 0),
    (0, 2),
    (0, -2),
    (1, 1),
    (1, -1),
    (-1, 1),
    (-1, -1),
    (2, 0),
    (-2, 0),
)
_CLEAR: Final = 0.12  # share of a chip that must be free of letters
_NEAR: Final = _AROUND[:4]
_SHIFTS: Final = (-0.004, -0.002, 0.0, 0.002, 0.004)
_MOVES: Final = (-0.1, -0.05, 0.0, 0.05, 0.1)
_REFINED: Final = 5
_PLAIN: Final = 12.0  # a score that no other grid comes near; pictures without a mark stay below 4
_LEAST_SIDE: Final = 3
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


def _laid(field: Field, grid: Grid) -> Seen | None:
    """The grid moved to where it looks most like a mark."""
    best: Seen | None = None
    for top in range(5):
        for left in range(8):
            tried = _seen(field, grid._replace(left=grid.width * left / 8, top=grid.height * top / 5), _NEAR)
            if tried is not None and (best is None or tried.score > best.score):
                best = tried
    return best


def _stretched(field: Field, rough: Seen) -> Seen:
    """The grid moved and stretched by little until it looks most like a mark."""
    best = _seen(field, rough.grid, _AROUND) or rough
    for scale in (1.0, 0.4):
        for name, edge in (("width", "left"), ("height", "top")):
            base = best.grid
            size, start = getattr(base, name), getattr(base, edge)
            for stretch in _SHIFTS:
                for move in _MOVES:
                    grid = base._replace(
                        **{name: size * (1 + stretch * scale), edge: (start + move * scale * size) % size}
                    )
                    tried = _seen(field, grid, _AROUND, by_rows=name == "width")
                    if tried is not None and tried.score > best.score:
                        best = tried
    return best


def _seen(field: Field, grid: Grid, around: _Neighbours, *, by_rows: bool = True) -> Seen | None:
    means, clear = field.chips(grid, by_rows=by_rows)
    if min(means.shape) < _LEAST_SIDE or means.size < _LEAST_CHIPS:
        return None
    values, weights = stand_out(means, clear, around)
    total = float(weights.sum())
    if total <= 0:
        return None
    rows, columns = means.shape
    places = (np.arange(columns)[None, :] + STRIDE * np.arange(rows)[:, None]) % LENGTH
    weighted = values * weights
    power = float((weighted * weighted).sum())
    if power <= 0:
        return None
    sums: Reading = np.bincount(places.ravel(), weighted.ravel(), LENGTH).astype(np.float64)
    # How far apart chips stand, and how well those agree that carry the same sign.
    spread = float((values * weighted).sum()) / total
    agree = float((sums * sums).sum()) / power
    return Seen(grid, spread * agree, sums)


def stand_out(means: Means, clear: Means, around: _Neighbours = _AROUND) -> tuple[Means, Means]:
    """How much each chip is lighter than its neighbours of the same ground, in levels, and how far that counts."""
    rows, columns = means.shape
    usable = clear * (clear > _CLEAR)
    padded, present = np.pad(means, 2), np.pad(usable, 2)
    near = np.zeros_like(means)
    count = np.zeros_like(means)
    for down, right in around:
        part = slice(2 + down, 2 + down + rows), slice(2 + right, 2 + right + columns)
        apart = padded[part] - means
        weight = present[part] * (np.abs(apart) < _SAME)
        near += apart * weight
        count += weight
    values: Means = np.clip(-near / np.maximum(count, np.float32(1e-6)), -_SOFT, _SOFT)
    weights: Means = np.sqrt(usable) * count / (count + np.float32(1.0))
    return values, weights
