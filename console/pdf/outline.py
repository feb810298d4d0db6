"""A text as outlines: seen on a page, but no text that is copied, searched for, or mixed with what it lies under."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont


def outline(font: TTFont, names: Iterable[str | None]) -> tuple[bytes, float]:
    """Return the drawing of glyphs at a size of 1000, from the origin to the right, and its width.

    Args:
        font: a face that has them.
        names: the glyphs; None leaves a gap.
    """
    from fontTools.pens.recordingPen import DecomposingRecordingPen  # noqa: PLC0415 - only a PDF needs it

    parts: list[bytes] = []
    at = 0.0
    glyphs = font.getGlyphSet()
    for name in names:
        if name is None:
            at += 1000
            continue
        glyph = glyphs[name]
        pen = DecomposingRecordingPen(glyphs)
        glyph.draw(pen)
        parts += [_step(verb, points, at) for verb, points in pen.value]
        at += glyph.width
    return b"\n".join([*parts, b"f"]), at


def _step(verb: str, points: tuple[tuple[float, float], ...], right: float) -> bytes:
    """One step of a pen. A CFF face has lines and cubic curves only."""
    sign = {"moveTo": b"m", "lineTo": b"l", "curveTo": b"c"}.get(verb, b"h")
    return b" ".join([*(b"%.0f %.0f" % (x + right, y) for x, y in points), sign])
