"""Where the cells of a screen lie in a picture of it: found from the letters' rhythm and from the shades' own edges.

Candidates only: which of them looks like a mark is settled in `signs`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watermark.screen_mark import CHIP_CELLS
from watermark.screen_trace.picture import Brightness

CANDIDATES: Final = 24
_FLAT: Final = 9  # levels between the lightest and the darkest of five by five pixels without letters
_EDGE: Final = 5.0  # levels; no edge of a shade is higher
_INK: Final = 60.0
_FAINT: Final = 8.0  # levels; what changes by less is no ink
_FEW: Final = 5  # pixels; fewer say nothing of a line
_CELL_WIDTHS: Final = (4.2, 26.0)
_CELL_HEIGHTS: Final = (8.0, 56.0)
_SHAPES: Final = (1.55, 2.75)  # a cell's height by its width
_STEP: Final = 0.002
_INSIDE: Final = 0.08  # of a chip left out at each edge


Means = NDArray[np.float32]


class Grid(NamedTuple):
    """Chips in a picture, in pixels: how wide and high one is, and where the first begins."""

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0


class Field:
    """A picture made ready to be summed over any rectangle.

    Args:
        bright: brightness.
        flat: where there are no letters.
    """

    def __init__(self, bright: Brightness, flat: NDArray[np.bool_]) -> None:
        self.bright = bright
        self.flat = flat
        both = np.zeros((bright.shape[0] + 1, bright.shape[1] + 1, 2))
        np.cumsum(np.where(flat, bright, 0.0), 0, out=both[1:, 1:, 0])
        np.cumsum(flat, 0, out=both[1:, 1:, 1])
        self._summed = both.cumsum(1)
        self._kept: tuple[tuple[str, float, float], NDArray[np.float64]] | None = None

    def chips(self, grid: Grid, *, by_rows: bool = True) -> tuple[Means, Means]:
        """Every whole chip's brightness where it is free of letters, and how much of it is; rows by columns.

        Args:
            grid: where the chips lie.
            by_rows: whether the next grids asked for have the same rows as this one, or else the same columns; what
                stays the same is summed once.
        """
        height, width = self.bright.shape
        lefts, rights = _edges(grid.left, grid.width, width)
        tops, bottoms = _edges(grid.top, grid.height, height)
        if by_rows:
            band = self._band(("rows", grid.height, grid.top), tops, bottoms)
            sums = band[:, rights] - band[:, lefts]
        else:
            band = self._band(("columns", grid.width, grid.left), lefts, rights)
            sums = band[bottoms] - band[tops]
        area = np.maximum((bottoms - tops)[:, None] * (rights - lefts)[None, :], 1)
        light, count = sums[..., 0], sums[..., 1]
        return (light / np.maximum(count, 1.0)).astype(np.float32), (count / area).astype(np.float32)

    def _band(
        self, key: tuple[str, float, float], first: NDArray[np.int64], last: NDArray[np.int64]
    ) -> NDArray[np.float64]:
        if self._kept is None or self._kept[0] != key:
            summed = self._summed
            band = summed[last] - summed[first] if key[0] == "rows" else summed[:, last] - summed[:, first]
            self._kept = (key, band)
        return self._kept[1]


def _edges(start: float, size: float, whole: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    begins = start + size * np.arange(max(0, int((whole - start) / size + 0.05)))
    inset = max(_INSIDE * size, 0.6)
    first = np.clip(np.round(begins + inset), 0, whole).astype(np.int64)
    last = np.clip(np.round(begins + size - inset), 0, whole).astype(np.int64)
    return first, np.maximum(last, np.minimum(first + 1, whole))


def field_of(picture: Brightness) -> Field:
    """Mark the letters in a picture."""
    levels = np.clip(picture, 0, 255).astype(np.uint8)
    lightest, darkest = levels, levels
    for axis in (0, 1):
        lightest, darkest = _around(np.maximum, lightest, axis), _around(np.minimum, darkest, axis)
    return Field(picture, lightest - darkest < _FLAT)


def _around(choose: Callable[..., NDArray[np.uint8]], levels: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """The lightest or the darkest of five neighbours along an axis."""
    spread = ((2, 2), (0, 0)) if axis == 0 else ((0, 0), (2, 2))
    padded = np.pad(levels, spread, mode="edge")
    size = levels.shape[axis]
    found = levels
    for step in (0, 1, 3, 4):
        found = choose(found, padded[step : step + size] if axis == 0 else padded[:, step : step + size])
    return found


def candidates(field: Field) -> list[Grid]:
    """Sizes of chips that the picture's rhythms speak for, the likeliest first."""
    across, down = _rhythms(field)
    widths = np.exp(np.arange(np.log(_CELL_WIDTHS[0] * CHIP_CELLS), np.log(_CELL_WIDTHS[1] * CHIP_CELLS), _STEP))
    heights = np.exp(np.arange(np.log(_CELL_HEIGHTS[0]), np.log(_CELL_HEIGHTS[1]), _STEP))
    wide = _comb(across[0], widths, 3) + 0.7 * _comb(across[1], widths / CHIP_CELLS, 3)
    high = 0.8 * _comb(down[0], heights, 2) + _comb(down[1], heights, 3)
    pairs = [
        (first + second, Grid(float(width), float(height)))
        for width, first in _peaks(widths, wide, 14)
        for height, second in _peaks(heights, high, 10)
        if _SHAPES[0] < height / width * CHIP_CELLS < _SHAPES[1]
    ]
    pairs.sort(key=lambda pair: -pair[0])
    return [grid for _, grid in pairs[:CANDIDATES]]


_Profiles = tuple[NDArray[np.float64], NDArray[np.float64]]


def _rhythms(field: Field) -> tuple[_Profiles, _Profiles]:
    """Along x and along y: how much shades change, and how much ink begins or ends."""
    bright, flat = field.bright, field.flat
    both = []
    for axis in (1, 0):
        steps = np.abs(np.diff(bright, axis=axis))
        clear = flat[:, 1:] & flat[:, :-1] if axis else flat[1:] & flat[:-1]
        other = 1 - axis
        counted = clear.sum(other)
        shades = np.where(counted > _FEW, (np.minimum(steps, _EDGE) * clear).sum(other) / np.maximum(counted, 1), 0.0)
        ink = np.where(steps < _FAINT, 0.0, np.minimum(steps, _INK)).sum(other)
        both.append((_rough(shades), _rough(ink)))
    sideways = np.minimum(np.abs(np.diff(bright, axis=1)), _INK).sum(1)
    return both[0], (both[1][0], _rough(sideways))


def _rough(profile: NDArray[np.floating]) -> NDArray[np.float64]:
    """A profile without what changes slowly, and without outliers."""
    size = min(61, len(profile) // 2 * 2 - 1)
    padded = np.pad(profile.astype(np.float64), size // 2, mode="reflect")
    rest = profile - np.convolve(padded, np.ones(size) / size, "valid")[: len(profile)]
    limit = 4 * (np.median(np.abs(rest)) * 1.5 + 1e-6)
    clipped: NDArray[np.float64] = np.clip(rest, -limit, limit)
    return clipped


def _comb(profile: NDArray[np.float64], periods: NDArray[np.float64], harmonics: int) -> NDArray[np.float64]:
    """How far a profile repeats with each period, from its spectrum."""
    size = 1 << max(15, (len(profile) * 8 - 1).bit_length())
    spectrum = np.abs(np.fft.rfft(profile, size)) / (np.abs(profile).sum() + 1e-9)
    at = np.arange(len(spectrum), dtype=np.float64)
    total: NDArray[np.float64] = np.zeros_like(periods)
    for number in range(1, harmonics + 1):
        total += np.interp(size * number / periods, at, spectrum) / number**0.3
    half: NDArray[np.float64] = np.interp(size * 1.5 / periods, at, spectrum)
    return total - half


def _peaks(sizes: NDArray[np.float64], scores: NDArray[np.float64], most: int) -> list[tuple[float, float]]:
    left = scores.copy()
    found = []
    for _ in range(most):
        best = int(left.argmax())
        found.append((float(sizes[best]), float(left[best])))
        left[np.abs(sizes / sizes[best] - 1) < 0.012] = -np.inf  # noqa: PLR2004 - one peak's width
    return found
