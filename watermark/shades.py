"""An export's serial as four near-black colours of letters: nobody sees them, and most programs save them again.

Each colour says which of the four it is and eleven bits of forty-four: the serial's twenty-eight, and
sixteen by which colours that belong together are known. Anybody can write them: they name nobody by themselves.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from itertools import islice, product
from typing import Final

from watermark.errors import SerialRefused
from watermark.positions import LARGEST_SERIAL

COUNT: Final = 4
_BITS: Final = 11
_SIGN_BITS: Final = COUNT * _BITS - 28
_DARKEST: Final = 0x10
"""Of the red part, which tells these from other dark colours; no part is lighter than 0x1f."""
_MOST: Final = 256


def shades(serial: int) -> tuple[str, ...]:
    """Return the colours of an export, `RRGGBB`.

    Raises:
        SerialRefused: the serial is not one.
    """
    if not 0 < serial <= LARGEST_SERIAL:
        raise SerialRefused("watermark.serial")
    word = serial << _SIGN_BITS | _sign(serial)
    colours = []
    for place in range(COUNT):
        part = word >> _BITS * (COUNT - 1 - place) & (1 << _BITS) - 1
        red = _DARKEST | place << 2 | part >> 9
        colours.append(f"{red:02X}{0x10 | part >> 5 & 15:02X}{part & 31:02X}")
    return tuple(colours)


def serials_of(colours: Iterable[str]) -> list[int]:
    """Return the serials that a file's colours say, in any order and among others; of a merged file several."""
    found: list[dict[int, None]] = [{} for _ in range(COUNT)]
    for colour in colours:
        try:
            red, green, blue = bytes.fromhex(colour)
        except ValueError:
            continue
        if red >> 4 == 1 == green >> 4 and blue < 32:  # noqa: PLR2004 - five bits
            found[red >> 2 & 3][(red & 3) << 9 | (green & 15) << 5 | blue] = None
    serials = []
    for parts in islice(product(*found), _MOST):
        word = 0
        for part in parts:
            word = word << _BITS | part
        serial = word >> _SIGN_BITS
        if serial > 0 and word & (1 << _SIGN_BITS) - 1 == _sign(serial):
            serials.append(serial)
    return serials


def _sign(serial: int) -> int:
    return zlib.crc32(b"shades" + serial.to_bytes(4, "big")) & (1 << _SIGN_BITS) - 1
