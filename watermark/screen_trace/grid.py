"""Where the cells of a screen lie in a picture of it: found from the letters' rhythm and from the shades' own edges.

Candidates only: which of them looks like a mark is settled in `signs`.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from watermark.screen_mark import CHIP_CELLS
from watermark.screen_trace.picture import Brightness

CANDIDATES: Final = 14
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
        self._light = _summed(np.where(flat, bright, 0.0))
        self._count = _summed(flat.astype(np.float64))

    def chips(self, grid: Grid) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Every whole chip's brightness where it is free of letters, and how much of it is; rows by columns."""
        height, width = self.bright.shape
        lefts, rights = _edges(grid.left, grid.width, width)
        tops, bottoms = _edges(grid.top, grid.height, height)
        count = _boxes(self._count, tops, bottoms, lefts, rights)
        light = _boxes(self._light, tops, bottoms, lefts, rights)
        area = np.maximum((bottoms - tops)[:, None] * (rights - lefts)[None, :], 1)
        return light / np.maximum(count, 1e-9), count / area


def _summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.pad(values.cumsum(0, dtype=np.float64).cumsum(1), ((1, 0), (1, 0)))


def _edges(start: float, size: float, whole: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    begins = start + size * np.arange(max(0, int((whole - start) / size + 0.05)))
    inset = max(_INSIDE * size, 0.6)
    first = np.clip(np.round(begins + inset), 0, whole).astype(np.int64)
    last = np.clip(np.round(begins + size - inset), 0, whole).astype(np.int64)
    return first, np.maximum(last, np.minimum(first + 1, whole))


def _boxes(
    table: NDArray[np.float64],
    tops: NDArray[np.int64],
    bottoms: NDArray[np.int64],
    lefts: NDArray[np.int64],
    rights: NDArray[np.int64],
) -> NDArray[np.float64]:
    below, above = table[bottoms], table[tops]
    return np.asarray(below[:, rights] - below[:, lefts] - above[:, rights] + above[:, lefts])


def field_of(picture: Brightness) -> Field:
    """Mark the letters in a picture."""
    image = Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8))
    lightest = np.asarray(image.filter(ImageFilter.MaxFilter(5)), np.int16)
    darkest = np.asarray(image.filter(ImageFilter.MinFilter(5)), np.int16)
    return Field(picture, lightest - darkest < _FLAT)


def candidates(field: Field) -> list[Grid]:
    """Sizes of chips that the picture's rhythms speak for, the likeliest first."""
    across, down = _rhythms(field)
    widths = np.exp(np.arange(np.log(_CELL_WIDTHS[0] * CHIP_CELLS), np.log(_CELL_WIDTHS[1] * CHIP_CELLS), _STEP))
    heights = np.exp(np.arange(np.log(_CELL_HEIGHTS[0]), np.log(_CELL_HEIGHTS[1]), _STEP))
    wide = _comb(across[0], widths, 3) + 0.7 * _comb(across[1], widths / CHIP_CELLS, 3)
    high = 0.8 * _comb(down[0], heights, 2) + _comb(down[1], heights, 3)
    pairs = [
        (first + second, Grid(float(width), float(height)))
        for width, first in _peaks(widths, wide, 10)
        for height, second in _peaks(heights, high, 8)
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
