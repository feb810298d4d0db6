"""Which rows of a printed page stand a little above their place, and which below: a bit each, by the text's positions.

The desk's own pages lie on a grid, each row's line `pdf_layout.SHIFT` off it, up or down. Which grid it is need not be
known: another program may have scaled or moved the page. A page without two clear heights says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

SHARE: Final = 0.35 / 13.0
"""How far a line lies off the grid, as part of the distance between the grid's lines."""
_FEWEST: Final = 6
_UNEVEN: Final = 0.14
_TRIES: Final = 161
_SHARP: Final = 0.2
"""How far lines may lie beside the two heights, as part of a shift: printing rounds, setting does not."""
Line = tuple[float, str]


def heights_of(lines: Sequence[Line]) -> dict[str, int | None]:
    """Return the bits of a page's lines, by `key` of what stands in them: 1 above, 0 below.

    Args:
        lines: of one page: how high, upwards, in any unit; and what stands there.

    Returns:
        Lines that say nothing are left out; None where lines with the same words say different things.
    """
    ordered = sorted(lines, key=lambda line: -line[0])
    found: dict[str, int | None] = {}
    for run in _runs(ordered):
        bits = _bits(np.array([height for height, _ in run]))
        for (_, words), bit in zip(run, bits, strict=False):
            name = key(words)
            found[name] = bit if found.get(name, bit) == bit else None
    return found


def key(words: str) -> str:
    """Return what is the same of a line however its words are spaced."""
    return "".join(words.split())


def _runs(ordered: Sequence[Line]) -> list[list[Line]]:
    """Stretches of lines that follow each other about evenly."""
    gaps = [one[0] - other[0] for one, other in pairwise(ordered)]
    if len(gaps) + 1 < _FEWEST:
        return []
    usual = float(np.median(gaps))
    runs: list[list[Line]] = [[ordered[0]]]
    for gap, line in zip(gaps, ordered[1:], strict=True):
        if abs(gap - usual) > _UNEVEN * usual:
            runs.append([])
        runs[-1].append(line)
    return [run for run in runs if len(run) >= _FEWEST]


def _bits(heights: NDArray[np.float64]) -> list[int]:
    """The grid that leaves every line at one of two heights beside it; nothing where there is none."""
    count = len(heights)
    places = np.arange(count)
    mean = float(heights[0] - heights[-1]) / (count - 1)
    # The first and the last line may each be a shift off: the grid is finer or coarser by no more than that.
    pitches = mean * (1 + np.linspace(-1, 1, _TRIES) * 2.2 * SHARE / (count - 1))
    shift = mean * SHARE
    over = heights[None, :] + pitches[:, None] * places
    up = over > (over.min(axis=1) + over.max(axis=1))[:, None] / 2
    beside = over - np.where(up, shift, -shift)
    off = np.abs(beside - beside.mean(axis=1)[:, None]).max(axis=1)
    best = int(off.argmin())
    both = up[best].any() and not up[best].all()
    return up[best].astype(int).tolist() if both and off[best] <= _SHARP * shift else []
