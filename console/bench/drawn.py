"""A frame drawn as a terminal emulator draws it: a ground and a letter for every cell, into a picture.

For volume; captures of real emulators are what the drawing is checked against. Letters that the font does not have
stand as strokes of about the same ink.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont
from rich.segment import Segment
from textual._cells import cell_len

_FONTS: Final = (
    "/usr/share/fonts/truetype/dejavu/DejaVuSansMono.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationMono-Regular.ttf",
)
_LAST_LATIN: Final = 0x2FF
_WHITE: Final = (214, 221, 228)
_BLACK: Final = (16, 22, 28)

Colour = tuple[int, int, int]


class Cell(NamedTuple):
    """One cell's size in pixels."""

    width: int
    height: int


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    for path in _FONTS:
        if Path(path).exists():
            return ImageFont.truetype(path, size)
    return ImageFont.load_default(size)


@lru_cache(maxsize=20_000)
def _letter(char: str, cell: Cell, wide: int) -> Image.Image:
    """The letter's ink, 0 to 255."""
    ink = Image.new("L", (cell.width * wide, cell.height))
    pen = ImageDraw.Draw(ink)
    if ord(char) <= _LAST_LATIN:
        pen.text((0, 0), char, fill=255, font=_font(round(cell.height * 0.78)))
        return ink
    # Strokes from the character itself: the same wherever it stands.
    seed = ord(char) * 2654435761 & 0xFFFFFFFF
    left, top, right, bottom = 2, cell.height // 6, ink.width - 3, cell.height - cell.height // 6
    for stroke in range(5):
        seed = (seed * 1103515245 + 12345) & 0x7FFFFFFF
        if seed >> 8 & 1:
            y = top + (seed >> 12) % max(1, bottom - top)
            pen.line((left, y, right, y), fill=200 + 10 * stroke)
        else:
            x = left + (seed >> 12) % max(1, right - left)
            pen.line((x, top, x, bottom), fill=200 + 10 * stroke)
    return ink


def draw(rows: Sequence[Iterable[Segment]], columns: int, cell: Cell) -> Image.Image:
    """The picture of a screen.

    Args:
        rows: every row's segments, from column 0 on.
        columns: how wide the screen is.
        cell: a cell's size.
    """
    picture = Image.new("RGB", (columns * cell.width, len(rows) * cell.height), _BLACK)
    pen = ImageDraw.Draw(picture)
    for y, row in enumerate(rows):
        x, top = 0, y * cell.height
        for text, style, _ in row:
            front: Colour = style.color.triplet if style and style.color and style.color.triplet else _WHITE
            back: Colour = style.bgcolor.triplet if style and style.bgcolor and style.bgcolor.triplet else _BLACK
            if style is not None and style.reverse:
                front, back = back, front
            width = cell_len(text)
            pen.rectangle((x * cell.width, top, (x + width) * cell.width - 1, top + cell.height - 1), fill=tuple(back))
            for char in text:
                size = cell_len(char)
                if size and not char.isspace():
                    picture.paste(tuple(front), (x * cell.width, top), _letter(char, cell, size))
                x += size
    return picture
