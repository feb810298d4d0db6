"""A picture that somebody hands in, read with care: it may be broken, huge, or made to fill the memory.

Only PNG and JPEG are read, by Pillow, and nothing is decoded before the size it says of itself is known to be bearable.
What comes out is how bright each pixel is; colours say nothing that brightness does not.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from watermark.errors import WatermarkError

MOST_BYTES: Final = 48 * 1024 * 1024
MOST_PIXELS: Final = 40_000_000
SMALLEST: Final = 48
"""Pixels; a picture narrower or lower than this shows no mark."""

Brightness = NDArray[np.float32]
Corner = tuple[float, float]

_CORNERS: Final = 4


class PictureRefused(WatermarkError):
    """It is not a picture that can be read.

    `trace.picture_large`, `trace.picture_pixels`, `trace.picture_kind`, `trace.picture_broken`, `trace.picture_small`
    or `trace.corners`.
    """


def read_picture(data: bytes, corners: Sequence[Corner] = ()) -> Brightness:
    """The picture's brightness, rows by columns, 0 to 255.

    Args:
        data: a PNG or JPEG file.
        corners: of the screen in a photograph, in pixels (x, y): upper left, upper right, lower right, lower left. The
            part between them is straightened.

    Raises:
        PictureRefused: It is too large, of another kind, broken, or too small to show anything.
    """
    if len(data) > MOST_BYTES:
        raise PictureRefused("trace.picture_large", most=f"{MOST_BYTES // 1024 // 1024}")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        try:
            image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG"))
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise PictureRefused("trace.picture_pixels", most=f"{MOST_PIXELS // 1_000_000}")
            image.load()
            plain = _on_white(image)
        except UnidentifiedImageError:
            raise PictureRefused("trace.picture_kind") from None
        except (Image.DecompressionBombError, Image.DecompressionBombWarning):
            raise PictureRefused("trace.picture_pixels", most=f"{MOST_PIXELS // 1_000_000}") from None
        except (OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError, Warning):
            raise PictureRefused("trace.picture_broken") from None
    if corners:
        plain = _straightened(plain, corners)
    if min(plain.size) < SMALLEST:
        raise PictureRefused("trace.picture_small", least=f"{SMALLEST}")
    parts = np.asarray(plain, np.float32)
    return np.ascontiguousarray(parts @ np.array([0.299, 0.587, 0.114], np.float32))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        whole = image.convert("RGBA")
        ground = Image.new("RGBA", whole.size, "white")
        ground.alpha_composite(whole)
        image = ground
    return image.convert("RGB")


def _straightened(image: Image.Image, corners: Sequence[Corner]) -> Image.Image:
    if len(corners) != _CORNERS or not all(-1e5 < part < 1e5 for corner in corners for part in corner):  # noqa: PLR2004
        raise PictureRefused("trace.corners")
    points = np.array(corners, float)
    edges = np.hypot(*(np.roll(points, -1, 0) - points).T)
    width, height = round(max(edges[0], edges[2])), round(max(edges[1], edges[3]))
    if min(width, height) < SMALLEST or width * height > MOST_PIXELS:
        raise PictureRefused("trace.corners")
    target = np.array([(0, 0), (width, 0), (width, height), (0, height)], float)
    rows = []
    for (x, y), (u, v) in zip(target, points, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
    try:
        found = np.linalg.solve(np.array(rows), points.ravel())
    except np.linalg.LinAlgError:
        raise PictureRefused("trace.corners") from None
    return image.transform(
        (width, height), Image.Transform.PERSPECTIVE, tuple(found), resample=Image.Resampling.BICUBIC
    )
