"""What pictures of screens still tell: many pictures a condition, and pictures that must name nobody.

Screens of a demo desk are marked with fresh sessions, drawn, spoilt as people spoil pictures, and traced among the
words of many sessions. Foreign ones carry no mark, or another desk's. Everything follows from a seed.
"""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from console.bench.drawn import Cell, draw
from console.bench.measure import Figure
from console.bench.screens import Frame, marked
from watermark.screen_mark import SessionCodes, pack
from watermark.screen_trace.match import Match, Words, best_match, signs_of
from watermark.screen_trace.picture import Corner, read_picture
from watermark.screen_trace.signs import readings

SESSIONS: Final = 5_000
"""Sessions that a picture is compared with."""

CELLS: Final = (Cell(7, 15), Cell(8, 16), Cell(9, 18))
_SEED: Final = 20261123
_TINY: Final = 200  # pixels; what is smaller is not made smaller still
_TOLD_EACH: Final = 500

Rnd = random.Random


class Picture(NamedTuple):
    """A file, and where an auditor would say that the screen's corners are."""

    data: bytes
    corners: tuple[Corner, ...] = ()


Spoil = Callable[[Image.Image, Rnd], Picture]


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _jpeg(image: Image.Image, quality: int) -> bytes:
    file = io.BytesIO()
    image.save(file, "JPEG", quality=quality)
    return file.getvalue()


def cropped(image: Image.Image, share: float, rnd: Rnd) -> Image.Image:
    """A part of the picture's area, of its shape, from anywhere."""
    width, height = (round(side * share**0.5) for side in image.size)
    left, top = rnd.randint(0, image.width - width), rnd.randint(0, image.height - height)
    return image.crop((left, top, left + width, top + height))


def _scaled(image: Image.Image, factor: float) -> Image.Image:
    return image.resize((round(image.width * factor), round(image.height * factor)), Image.Resampling.BICUBIC)


def photographed(image: Image.Image, rnd: Rnd, *, moire: bool = False) -> Picture:
    """As a telephone takes it: askew, soft, noisy, darker at the edges, as JPEG; the corners are said by hand."""
    big = _scaled(image, 1.6)
    width, height = big.size
    margin = round(0.08 * width)
    corners = [
        (
            margin + side_x * width + rnd.uniform(-0.03, 0.03) * width,
            margin + side_y * height + rnd.uniform(-0.03, 0.03) * height,
        )
        for side_x, side_y in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    whole = (width + 2 * margin, height + 2 * margin)
    source = [(0.0, 0.0), (width, 0.0), (width, height), (0.0, height)]
    askew = big.transform(
        whole,
        Image.Transform.PERSPECTIVE,
        _perspective(corners, source),
        Image.Resampling.BICUBIC,
        fillcolor=(70, 66, 60),
    ).filter(ImageFilter.GaussianBlur(0.9))
    light = np.asarray(askew, np.float32)
    y, x = np.mgrid[0 : whole[1], 0 : whole[0]]
    away = ((x / whole[0] - 0.5) ** 2 + (y / whole[1] - 0.5) ** 2)[..., None]
    light = light * (1 - 0.35 * away)
    if moire:
        wave = np.sin((x * rnd.uniform(0.9, 1.1) + y * rnd.uniform(0.2, 0.5)) / rnd.uniform(3.0, 6.0))
        light = light + 6.0 * wave[..., None]
    noise = np.random.default_rng(rnd.randrange(1 << 30)).normal(0, 4.0, light.shape)
    taken = Image.fromarray(np.clip(light + noise, 0, 255).astype(np.uint8))
    said = tuple((x + rnd.uniform(-2, 2), y + rnd.uniform(-2, 2)) for x, y in corners)
    return Picture(_jpeg(taken, 85), said)


def _perspective(target: Sequence[Corner], source: Sequence[Corner]) -> tuple[float, ...]:
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows), np.array(values)))


CONDITIONS: Final[dict[str, Spoil]] = {
    "whole": lambda image, _: Picture(_png(image)),
    "crop 50 %": lambda image, rnd: Picture(_png(cropped(image, 0.5, rnd))),
    "crop 25 %": lambda image, rnd: Picture(_png(cropped(image, 0.25, rnd))),
    "crop 12 %": lambda image, rnd: Picture(_png(cropped(image, 0.12, rnd))),
    "JPEG 90": lambda image, _: Picture(_jpeg(image, 90)),
    "JPEG 70": lambda image, _: Picture(_jpeg(image, 70)),
    "JPEG 50": lambda image, _: Picture(_jpeg(image, 50)),
    "×0.75": lambda image, _: Picture(_png(_scaled(image, 0.75))),
    "×1.5": lambda image, _: Picture(_png(_scaled(image, 1.5))),
    "×0.75, JPEG 70": lambda image, _: Picture(_jpeg(_scaled(image, 0.75), 70)),
    "×1.5, JPEG 70": lambda image, _: Picture(_jpeg(_scaled(image, 1.5), 70)),
    "crop 50 %, JPEG 70": lambda image, rnd: Picture(_jpeg(cropped(image, 0.5, rnd), 70)),
    "crop 25 %, JPEG 70": lambda image, rnd: Picture(_jpeg(cropped(image, 0.25, rnd), 70)),
    "crop 12 %, JPEG 70": lambda image, rnd: Picture(_jpeg(cropped(image, 0.12, rnd), 70)),
    "crop 25 %, ×0.75, JPEG 70": lambda image, rnd: Picture(_jpeg(_scaled(cropped(image, 0.25, rnd), 0.75), 70)),
    "photo": photographed,
    "photo with moiré": lambda image, rnd: photographed(image, rnd, moire=True),
}


class Traced(NamedTuple):
    """A condition's pictures: theme, how many, how many named the right session, and a wrong one."""

    condition: str
    theme: str
    size: tuple[int, int]
    pictures: int
    right: int
    wrong: int


class Issued:
    """The sessions of a desk that exists for the measurement."""

    def __init__(self, sessions: int = SESSIONS) -> None:
        self.codes = SessionCodes(lambda said: hashlib.sha256(b"bench" + said).digest())
        self.foreign = SessionCodes(lambda said: hashlib.sha256(b"another desk" + said).digest())
        self.words: Words = signs_of([self.codes.word(str(number)) for number in range(sessions)])

    def match(self, picture: Picture) -> Match:
        """Trace one picture."""
        return best_match(readings(read_picture(picture.data, picture.corners)), self.words)


def named(frames: Sequence[Frame], count: int, told: Callable[[str], object]) -> Iterator[Traced]:
    """Trace so many pictures in every condition, in each theme and size of screen alike."""
    issued, rnd = Issued(), Rnd(_SEED)
    kinds = sorted({(frame.theme, frame.size) for frame in frames})
    for condition, spoil in CONDITIONS.items():
        for theme, size in kinds:
            pool = [frame for frame in frames if (frame.theme, frame.size) == (theme, size)]
            right = wrong = 0
            pictures = max(1, count // len(kinds))
            for _ in range(pictures):
                number = rnd.randrange(len(issued.words))
                image = _drawn(rnd.choice(pool), pack(issued.codes.word(str(number))), rnd)
                match = issued.match(spoil(image, rnd))
                right += match.named and match.word == number
                wrong += match.named and match.word != number
            told(f"{condition}, {theme}, {size[0]}x{size[1]}: {right} of {pictures}")
            yield Traced(condition, theme, size, pictures, right, wrong)


def falsely_named(frames: Sequence[Frame], count: int, told: Callable[[str], object]) -> tuple[int, float]:
    """Trace pictures without a mark and with another desk's; how many named anybody, and the least p(false) met."""
    issued, rnd = Issued(), Rnd(_SEED + 1)
    wrong, least = 0, 1.0
    ways = list(CONDITIONS.values())[:-2]
    for number in range(count):
        word = pack(issued.foreign.word(str(number))) if number % 2 else None
        image = cropped(_drawn(rnd.choice(frames), word, rnd), rnd.choice((1.0, 0.4, 0.25, 0.25, 0.16, 0.16)), rnd)
        match = issued.match(rnd.choice(ways)(image, rnd) if min(image.size) > _TINY else Picture(_png(image)))
        wrong += match.named
        least = min(least, match.p_false)
        if not (number + 1) % _TOLD_EACH:
            told(f"{number + 1} unmarked or foreign pictures, {wrong} named, least p(false) {least:.1e}")
    return wrong, least


def _drawn(frame: Frame, word: str | None, rnd: Rnd) -> Image.Image:
    return draw(marked(frame, word), frame.size[0], rnd.choice(CELLS))


def controls(folder: Path, each: int, told: Callable[[str], object]) -> Iterator[Traced]:
    """Trace captures of real emulators in every condition.

    Args:
        folder: files `NAME.WORD.png` of whole windows, WORD being what the session shows (`Me.mark`).
        each: how often each capture is spoilt in each condition.
        told: what goes on.
    """
    issued, rnd = Issued(), Rnd(_SEED + 2)
    for path in sorted(folder.glob("*.*.png")):
        name, packed = path.name.split(".")[:2]
        own = signs_of([int(packed, 16)])
        words = np.concatenate([issued.words, own])
        with Image.open(path) as file:
            image = file.convert("RGB")
        for condition, spoil in CONDITIONS.items():
            right = wrong = 0
            for _ in range(each):
                picture = spoil(image, rnd)
                match = best_match(readings(read_picture(picture.data, picture.corners)), words)
                right += match.named and match.word == len(words) - 1
                wrong += match.named and match.word != len(words) - 1
            yield Traced(condition, name, image.size, each, right, wrong)
        told(f"capture {name}")


def shares(tables: Sequence[Traced]) -> list[Figure]:
    """Each condition's share of named pictures as a figure; a wrong name is a figure of its own."""
    figures = []
    for condition in dict.fromkeys(one.condition for one in tables):
        rows = [one for one in tables if one.condition == condition]
        pictures = sum(one.pictures for one in rows)
        value = 100 * sum(one.right for one in rows) / pictures
        figures.append(
            Figure(
                name=f"pictures named, {condition}",
                unit="%",
                value=value,
                floor=100.0,
                ratio=value / 100,
                floored_by="every picture",
                peers={"named wrongly": float(sum(one.wrong for one in rows))},
                rounds=pictures,
            )
        )
    return figures
