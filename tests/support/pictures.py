"""Pictures of a plain screen that carries a session's invisible mark."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from console.bench.drawn import Cell, draw
from console.tui.marker import FrameMarker
from console.tui.shading import Shader
from watermark.screen_mark import ShadePlan

WIDTH, HEIGHT = 120, 40
_GROUND = Style.parse("#d6dde4 on #10161c")


def png_of(mark: str, *, kind: str = "PNG") -> bytes:
    """A file of a list of forty rows, marked unless `mark` is empty."""
    rows: list[Iterable[Strip]] = [
        [Strip([Segment(f" {y:03d}  C-2026-{y * 7919:07d}  row of text".ljust(WIDTH), _GROUND)])] for y in range(HEIGHT)
    ]
    marker = FrameMarker()
    if mark:
        marker.shade(Shader(ShadePlan(mark)))
    shown: Any = marker.frame(LayoutUpdate(rows, Region(0, 0, WIDTH, HEIGHT)))
    file = io.BytesIO()
    draw([[segment for strip in line for segment in strip] for line in shown.strips], WIDTH, Cell(8, 16)).save(
        file, kind
    )
    return file.getvalue()
