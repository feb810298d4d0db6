"""Having a PDF opened by a process that may die of it."""

from __future__ import annotations

from typing import Final

import msgspec

from console.apart import Bomb, Broken, run
from console.papers import opener

__all__ = ["Bomb", "Broken", "read"]
_SECONDS: Final = 600


def read(data: bytes, most: opener.Most) -> opener.Answer:
    """Return the words of its pages and what it says of itself, or why there are none.

    Args:
        data: the PDF.
        most: how much of it.

    Raises:
        Broken: it cannot be opened.
        Bomb: it must not be.
    """
    try:
        return msgspec.msgpack.decode(run(opener.__name__, data, _SECONDS, *most), type=opener.Answer)
    except msgspec.MsgspecError:
        raise Broken from None
