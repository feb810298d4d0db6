"""Pictures that must name nobody: unmarked screens, another desk's, other programs', coins, scenery, ramps.

A batch follows from its number, so batches may be traced anywhere and in any order.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFilter
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from console.bench.drawn import draw
from console.bench.screens import Frame, marked
from console.bench.spoilt import CONDITIONS, Picture, Rnd, cropped, png
from console.bench.traced import CELLS, SEED, Issued
from watermark.screen_mark import CHIP_CELLS, pack
from watermark.screen_trace.picture import SMALLEST

BATCH: Final = 100
_EACH: Final = 4  # pictures made of one drawing
_WAYS: Final = tuple(way for name, way in CONDITIONS.items() if not name.startswith("photo"))
_SHARES: Final = (1.0, 1.0, 0.4, 0.25, 0.16)
_TINY: Final = 200  # pixels; what is smaller is not made smaller still
_WORDS: Final = ("total", "-rw-r--r--", "error", "WARN", "2026", "root", "def", "return", "0x7f", "192.0.2.1", "%", "$")


class Kept(NamedTuple):
    """What a batch or many came to, by kind of picture.

    Attributes:
        pictures: how many there were.
        wrong: how many named anybody.
        least: the least p(false) among them.
    """

    pictures: dict[str, int]
    wrong: int = 0
    least: float = 1.0

    def and_(self, other: Kept) -> Kept:
        """Both together."""
        kinds = dict.fromkeys([*self.pictures, *other.pictures])
        counts = {kind: self.pictures.get(kind, 0) + other.pictures.get(kind, 0) for kind in kinds}
        return Kept(counts, self.wrong + other.wrong, min(self.least, other.least))


Drawing = Callable[[Sequence[Frame], Issued, Rnd], Image.Image]


def _unmarked(frames: Sequence[Frame], issued: Issued, rnd: Rnd) -> Image.Image:
    del issued
    frame = rnd.choice(frames)
    return draw(marked(frame, None), frame.size[0], rnd.choice(CELLS))


def _other_desk(frames: Sequence[Frame], issued: Issued, rnd: Rnd) -> Image.Image:
    frame = rnd.choice(frames)
    return draw(marked(frame, pack(issued.foreign.word(str(rnd.random())))), frame.size[0], rnd.choice(CELLS))


def _program(frames: Sequence[Frame], issued: Issued, rnd: Rnd) -> Image.Image:
    """A terminal with somebody's listing in colours, striped as many programs stripe it."""
    del frames, issued
    columns, rows = rnd.choice(((80, 24), (120, 40), (100, 30)))
    ground = rnd.choice(((0, 0, 0), (253, 246, 227), (255, 255, 255), (30, 30, 46)))
    stripe = tuple(max(0, min(255, part + rnd.choice((-4, -2, 2, 4)))) for part in ground)
    lines = []
    for row in range(rows):
        back = Color.from_rgb(*(stripe if row % 2 else ground))
        text, cells = "", []
        while len(text) < columns:
            word = rnd.choice(_WORDS)[: columns - len(text)] + " "
            ink = Color.from_rgb(*(rnd.randrange(256) for _ in range(3)))
            cells.append(Segment(word[: columns - len(text)], Style(color=ink, bgcolor=back)))
            text += word
        lines.append(cells)
    return draw(lines, columns, rnd.choice(CELLS))


def _coins(frames: Sequence[Frame], issued: Issued, rnd: Rnd) -> Image.Image:
    """Shades of two levels in a mark's own cells, each a coin of its own, under text."""
    del frames, issued
    columns, rows = rnd.choice(((80, 24), (120, 40)))
    ground, lines = rnd.choice((24, 128, 240)), []
    for _ in range(rows):
        shades = [ground + rnd.choice((-2, 2)) for _ in range(columns // CHIP_CELLS)]
        text = [rnd.choice(("    ", "    ", "ab  ", "12.5")) for _ in shades]
        lines.append(
            [
                Segment(part, Style(color=Color.from_rgb(90, 140, 160), bgcolor=Color.from_rgb(*[shade] * 3)))
                for part, shade in zip(text, shades, strict=True)
            ]
        )
    return draw(lines, columns, rnd.choice(CELLS))


def _scenery(frames: Sequence[Frame], issued: Issued, rnd: Rnd) -> Image.Image:
    """Like a photograph: clouds of every size, with the noise of a sensor."""
    del frames, issued
    chance = np.random.default_rng(rnd.randrange(1 << 30))
    size = (rnd.randrange(300, 900), rnd.randrange(200, 600))
    light = np.zeros((size[1], size[0], 3), np.float32)
    for grain in (3, 9, 33, 90):
        small = chance.integers(0, 256, (grain, grain, 3), np.uint8)
        light += np.asarray(Image.fromarray(small).resize(size, Image.Resampling.BICUBIC), np.float32) / 4
    light += rnd.choice((0.5, 2.0, 8.0)) * chance.standard_normal(light.shape, np.float32)
    return Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))


def _ramp(frames: Sequence[Frame], issued: Issued, rnd: Rnd) -> Image.Image:
    """A ramp of shades, ruled like a spreadsheet, or a chessboard of two close shades."""
    del frames, issued
    width, height = rnd.randrange(300, 900), rnd.randrange(200, 600)
    x, y = np.arange(width)[None, :], np.arange(height)[:, None]
    wide, high = rnd.randrange(16, 60), rnd.randrange(10, 30)
    if rnd.random() < 0.5:  # noqa: PLR2004 - half of them
        light = rnd.randrange(40, 220) + rnd.choice((1, 2, 3)) * ((x // wide + y // high) % 2)
    else:
        light = 128 + (x - width / 2) * rnd.uniform(-0.2, 0.2) + (y - height / 2) * rnd.uniform(-0.2, 0.2)
    image = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8)).convert("RGB")
    pen = ImageDraw.Draw(image)
    for top in range(0, height, high):
        pen.line((0, top, width, top), fill=(150, 150, 150))
        pen.text((4, top + 1), rnd.choice(_WORDS), fill=(20, 20, 20))
    return image.filter(ImageFilter.GaussianBlur(rnd.choice((0.0, 0.7))))


KINDS: Final[dict[str, Drawing]] = {
    "screens without a mark": _unmarked,
    "screens of another desk": _other_desk,
    "other programs in a terminal": _program,
    "shades of two levels by chance": _coins,
    "scenery with noise": _scenery,
    "ramps, rules and chessboards": _ramp,
}


def batch(frames: Sequence[Frame], number: int, issued: Issued) -> Kept:
    """Trace the pictures of one batch."""
    rnd = Rnd(SEED * 1000 + number)
    wrong, least, counts = 0, 1.0, dict.fromkeys(KINDS, 0)
    for drawing in range(BATCH // _EACH):
        kind = list(KINDS)[(drawing + number) % len(KINDS)]
        whole = KINDS[kind](frames, issued, rnd)
        for _ in range(_EACH):
            image = cropped(whole, rnd.choice(_SHARES), rnd)
            spoilt = rnd.choice(_WAYS)(image, rnd) if min(image.size) > _TINY else Picture(png(image))
            match = issued.match(spoilt if min(image.size) >= SMALLEST else Picture(png(whole)))
            counts[kind] += 1
            wrong += match.named
            least = min(least, match.p_false)
    return Kept(counts, wrong, least)


_held: list[tuple[Sequence[Frame], Issued]] = []


def prepare(frames: Sequence[Frame]) -> None:
    """Make a process ready for `numbered`; it gives way to others."""
    os.nice(5)
    _held[:] = [(frames, Issued())]


def numbered(number: int) -> Kept:
    """The batch of this number, in a process that was prepared."""
    frames, issued = _held[0]
    return batch(frames, number, issued)
