"""Horizontal bars in block characters, for a terminal of any kind: no colour, no control sequence, a fixed width."""

from __future__ import annotations

import io
from functools import cache

from rich.bar import Bar
from rich.console import Console


def bar(value: float, most: float, width: int) -> str:
    """A bar of at most `width` cells, as long as the value is of the most; empty for nothing at all."""
    if value <= 0 or most <= 0 or width <= 0:
        return ""
    # The smallest value still shows: an eighth of a cell is the least that there is.
    shown = max(min(value, most), most / (width * 8))
    return "".join(segment.text for segment in _console().render(Bar(most, 0, shown, width=width))).rstrip()


@cache
def _console() -> Console:
    return Console(file=io.StringIO(), color_system=None, width=200, legacy_windows=False)
