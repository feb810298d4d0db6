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
from watermark.screen_trace.grid import Field, Grid, candidates, field_of
from watermark.screen_trace.picture import Brightness

READINGS: Final = 32
"""Readings of a picture that are compared at most."""

_SOFT: Final = 3.0  # levels; a chip that stands out more than a mark can is no mark
_SAME: Final = 7.0  # levels between neighbours that may have the same ground
_AROUND: Final = (
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
_SHIFTS: Final = (-0.004, -0.002, 0.0, 0.002, 0.004)
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
    settled = (_settled(field, grid) for grid in candidates(field))
    kept: list[Seen] = []
    for one in sorted((one for one in settled if one is not None), key=lambda one: -one.score):
        if not any(_alike(one.grid, other.grid, picture.shape) for other in kept):
            kept.append(one)
    return [one.sums for one in kept[:most]]


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


def _settled(field: Field, grid: Grid) -> Seen | None:
    """The grid moved and stretched by little until it looks most like a mark."""
    best: Seen | None = None
    for left in range(8):
        for top in range(6):
            tried = _seen(field, grid._replace(left=grid.width * left / 8, top=grid.height * top / 6))
            if tried is not None and (best is None or tried.score > best.score):
                best = tried
    if best is None:
        return None
    for scale in (1.0, 0.4):
        best = _stretched(field, best, scale)
    return best


def _stretched(field: Field, best: Seen, scale: float) -> Seen:
    for name, edge in (("width", "left"), ("height", "top")):
        base = best.grid
        size, start = getattr(base, name), getattr(base, edge)
        for stretch in _SHIFTS:
            for move in (-0.1, -0.05, 0.0, 0.05, 0.1):
                grid = base._replace(**{name: size * (1 + stretch * scale), edge: (start + move * scale * size) % size})
                tried = _seen(field, grid)
                if tried is not None and tried.score > best.score:
                    best = tried
    return best


def _seen(field: Field, grid: Grid) -> Seen | None:
    means, clear = field.chips(grid)
    if min(means.shape) < 3 or means.size < 24:  # noqa: PLR2004 - fewer show nothing
        return None
    values, weights = stand_out(means, clear)
    total = float(weights.sum())
    if total <= 0:
        return None
    rows, columns = means.shape
    places = (np.arange(columns)[None, :] + STRIDE * np.arange(rows)[:, None]) % LENGTH
    weighted = values * weights
    sums: Reading = np.bincount(places.ravel(), weighted.ravel(), LENGTH).astype(np.float64)
    power = float((weighted * weighted).sum())
    if power <= 0:
        return None
    # How far apart chips stand, and how well those agree that carry the same sign.
    spread = float((values * values * weights).sum()) / total
    agree = float((sums * sums).sum()) / power
    limit = _TOLERATED * float(np.median(np.abs(sums[sums != 0]))) if (sums != 0).any() else 0.0
    return Seen(grid, spread * agree, np.clip(sums, -limit, limit) if limit else sums)


def stand_out(
    means: NDArray[np.float64], clear: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How much each chip is lighter than its neighbours of the same ground, in levels, and how far that counts."""
    rows, columns = means.shape
    usable = clear > _CLEAR
    padded = np.pad(means, 2)
    present = np.pad(clear * usable, 2)
    around = np.zeros_like(means)
    count = np.zeros_like(means)
    for down, right in _AROUND:
        part = slice(2 + down, 2 + down + rows), slice(2 + right, 2 + right + columns)
        near = present[part] * (np.abs(padded[part] - means) < _SAME)
        around += padded[part] * near
        count += near
    values = np.where(count > 0, means - around / np.maximum(count, 1e-9), 0.0)
    weights = np.where(usable & (count > 0), np.sqrt(clear) * count / (count + 1.0), 0.0)
    return np.clip(values, -_SOFT, _SOFT), weights
