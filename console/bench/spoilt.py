"""Pictures spoilt as people spoil them: cropped, scaled, compressed, photographed. Everything follows from a seed."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import numpy as np
from PIL import Image, ImageFilter

from watermark.screen_trace.picture import Corner

Rnd = random.Random


class Picture(NamedTuple):
    """A file, and where an auditor would say that the screen's corners are."""

    data: bytes
    corners: tuple[Corner, ...] = ()


Spoil = Callable[[Image.Image, Rnd], Picture]


def png(image: Image.Image) -> bytes:
    """The picture as a file without loss."""
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
    light = np.asarray(askew, np.float32).copy()
    x, y = np.arange(whole[0], dtype=np.float32)[None, :], np.arange(whole[1], dtype=np.float32)[:, None]
    light *= (1 - 0.35 * ((x / whole[0] - 0.5) ** 2 + (y / whole[1] - 0.5) ** 2))[..., None]
    if moire:
        wave = np.sin((x * rnd.uniform(0.9, 1.1) + y * rnd.uniform(0.2, 0.5)) / rnd.uniform(3.0, 6.0))
        light += 6.0 * wave[..., None]
    light += 4.0 * np.random.default_rng(rnd.randrange(1 << 30)).standard_normal(light.shape, np.float32)
    taken = Image.fromarray(np.clip(light, 0, 255).astype(np.uint8))
    said = tuple((x + rnd.uniform(-2, 2), y + rnd.uniform(-2, 2)) for x, y in corners)
    return Picture(_jpeg(taken, 85), said)


def _perspective(target: Sequence[Corner], source: Sequence[Corner]) -> tuple[float, ...]:
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return tuple(np.linalg.solve(np.array(rows), np.array(values)))


CONDITIONS: Final[dict[str, Spoil]] = {
    "whole": lambda image, _: Picture(png(image)),
    "crop 50 %": lambda image, rnd: Picture(png(cropped(image, 0.5, rnd))),
    "crop 25 %": lambda image, rnd: Picture(png(cropped(image, 0.25, rnd))),
    "crop 12 %": lambda image, rnd: Picture(png(cropped(image, 0.12, rnd))),
    "JPEG 90": lambda image, _: Picture(_jpeg(image, 90)),
    "JPEG 70": lambda image, _: Picture(_jpeg(image, 70)),
    "JPEG 50": lambda image, _: Picture(_jpeg(image, 50)),
    "×0.75": lambda image, _: Picture(png(_scaled(image, 0.75))),
    "×1.5": lambda image, _: Picture(png(_scaled(image, 1.5))),
    "×0.75, JPEG 90": lambda image, _: Picture(_jpeg(_scaled(image, 0.75), 90)),
    "×0.75, JPEG 70": lambda image, _: Picture(_jpeg(_scaled(image, 0.75), 70)),
    "×0.75, JPEG 50": lambda image, _: Picture(_jpeg(_scaled(image, 0.75), 50)),
    "×1.5, JPEG 90": lambda image, _: Picture(_jpeg(_scaled(image, 1.5), 90)),
    "×1.5, JPEG 70": lambda image, _: Picture(_jpeg(_scaled(image, 1.5), 70)),
    "×1.5, JPEG 50": lambda image, _: Picture(_jpeg(_scaled(image, 1.5), 50)),
    "crop 50 %, JPEG 70": lambda image, rnd: Picture(_jpeg(cropped(image, 0.5, rnd), 70)),
    "crop 25 %, JPEG 70": lambda image, rnd: Picture(_jpeg(cropped(image, 0.25, rnd), 70)),
    "crop 12 %, JPEG 70": lambda image, rnd: Picture(_jpeg(cropped(image, 0.12, rnd), 70)),
    "crop 25 %, ×0.75, JPEG 70": lambda image, rnd: Picture(_jpeg(_scaled(cropped(image, 0.25, rnd), 0.75), 70)),
    "photo": photographed,
    "photo with moiré": lambda image, rnd: photographed(image, rnd, moire=True),
}
