"""Where the cells of a screen lie in a picture of it: found from the letters' rhythm and from the shades' own edges.

Candidates only: which of them looks like a mark is settled in `signs`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from watermark.screen_mark import CHIP_CELLS
from watermark.screen_trace.picture import Brightness

CANDIDATES: Final = 16
_PLAIN: Final = 8  # candidates that rest on the rhythms as they are
_BLOCK: Final = 8  # pixels, of a JPEG's squares
_SMALL: Final = 150_000  # pixels
_USUAL_WIDTHS: Final = (10, 25)  # halves of a pixel
_USUAL_SHAPES: Final = (1.75, 2.3)
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
_CUT: Final = 2 / 3  # of a chip that may be cut off


Means = NDArray[np.float32]


class Grid(NamedTuple):
    """Chips in a picture, in pixels: how wide and high one is, and where the first begins."""

    width: float
    height: float
    left: float = 0.0
    top: float = 0.0


class Lines(NamedTuple):
    """Chips along one axis, of several grids at once.

    Attributes:
        first: where each begins in the picture, without its edge; a grid is a row.
        last: where it ends; where it begins if the grid has no such chip.
        size: what a whole one measures, without its edges; one of a grid.
        number: how many chips a grid has, those that the picture cuts off included.
    """

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    size: NDArray[np.float64]
    number: NDArray[np.intp]


class Field:
    """A picture made ready to be summed over any rectangle.

    Args:
        bright: brightness.
        flat: where there are no letters.
    """

    def __init__(self, bright: Brightness, flat: NDArray[np.bool_]) -> None:
        self.bright = bright
        self.flat = flat
        self._light = _summed(np.where(flat, bright, np.float32(0.0)), np.float64)
        self._count = _summed(flat, np.int32)

    def across(self, starts: Sequence[float], sizes: Sequence[float]) -> Lines:
        """Columns of chips of several grids."""
        return _lines(starts, sizes, self.bright.shape[1])

    def down(self, starts: Sequence[float], sizes: Sequence[float]) -> Lines:
        """Rows of chips of several grids."""
        return _lines(starts, sizes, self.bright.shape[0])

    def chips(self, across: Lines, down: Lines) -> tuple[Means, Means]:
        """Every chip's brightness where it is in the picture and free of letters, and how much of it is.

        Args:
            across: columns of chips.
            down: rows of chips.

        Returns:
            For every rows' grid and every columns' grid, rows by columns: an array of four axes in that order.
        """
        light = _over(self._light, across, down)
        count = _over(self._count, across, down)
        area = down.size[:, None, None, None] * across.size[None, :, None, None]
        return (light / np.maximum(count, 1)).astype(np.float32), np.minimum(count / area, 1.0).astype(np.float32)


def _summed(values: NDArray[Any], kind: type[np.float64 | np.int32]) -> NDArray[Any]:
    """Sums of everything above and to the left."""
    sums = np.zeros((values.shape[0] + 1, values.shape[1] + 1), kind)
    np.cumsum(values, 0, out=sums[1:, 1:], dtype=kind)
    np.cumsum(sums, 1, out=sums)
    return sums


def _over(sums: NDArray[Any], across: Lines, down: Lines) -> NDArray[Any]:
    bands = np.take(sums, down.last, 0) - np.take(sums, down.first, 0)
    parts = np.take(bands, across.last, 2) - np.take(bands, across.first, 2)
    return np.swapaxes(parts, 1, 2)


def _lines(starts: Sequence[float], sizes: Sequence[float], end: int) -> Lines:
    start, size = np.asarray(starts, np.float64)[:, None], np.asarray(sizes, np.float64)[:, None]
    # A chip that the picture cuts off counts from a third on.
    start = start - size * np.floor(start / size + _CUT)
    number = np.maximum(0, ((end - start) / size + _CUT).astype(np.intp))
    each = np.arange(int(number.max(initial=0)))[None, :]
    begins = start + size * each
    inset = np.maximum(_INSIDE * size, 0.6)
    first = np.clip(np.round(begins + inset), 0, end).astype(np.intp)
    last = np.clip(np.round(begins + size - inset), 0, end).astype(np.intp)
    last = np.maximum(last, np.minimum(first + 1, end))
    return Lines(first, np.where(each < number, last, first), (size - 2 * inset)[:, 0], number[:, 0])


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
    # JPEG's own squares have a rhythm too, which is louder than that of faint shades.
    calm = _fitting((_unblocked(across[0]), _unblocked(across[1])), (_unblocked(down[0]), _unblocked(down[1])))
    plain = _fitting(across, down)
    both = [one for pair in zip_longest(calm[:CANDIDATES], plain[:_PLAIN]) for one in pair if one is not None]
    return list(dict.fromkeys(both))


def usual(shape: tuple[int, ...]) -> list[tuple[float, list[float]]]:
    """Widths of chips that terminals have, each with its heights, for a picture too small to have a rhythm."""
    if shape[0] * shape[1] > _SMALL:
        return []
    halves = range(_USUAL_WIDTHS[0], _USUAL_WIDTHS[1] + 1)
    low, high = _USUAL_SHAPES
    return [
        (CHIP_CELLS * width / 2, [height / 2 for height in range(round(low * width), round(high * width) + 1)])
        for width in halves
    ]


def _fitting(across: _Profiles, down: _Profiles) -> list[Grid]:
    """Widths and heights that fit together, of those at which the profiles repeat most; the likeliest first."""
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
    return [grid for _, grid in pairs]


def _unblocked(profile: NDArray[np.float64]) -> NDArray[np.float64]:
    """A profile without what repeats every eight pixels."""
    rest = profile.copy()
    for place in range(_BLOCK):
        rest[place::_BLOCK] -= np.median(profile[place::_BLOCK])
    return rest


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
