"""Having a workbook opened by a process that may die of it."""

from __future__ import annotations

from typing import Final

import msgspec

from console.apart import Bomb, Broken, run
from console.workbooks import opener

__all__ = ["Bomb", "Broken", "judge", "rows"]
_SECONDS: Final = 300


def judge(data: bytes, area: int) -> None:
    """Have every sheet that people see opened once, so that who opens them next is safe from these very bytes.

    Args:
        data: the workbook.
        area: the most cells of a sheet, empty ones among them.

    Raises:
        Broken: it cannot be opened.
        Bomb: it must not be.
    """
    run(opener.__name__, data, _SECONDS, opener.JUDGE, area)


def rows(data: bytes, most: opener.Most) -> tuple[list[list[str]], int]:
    """Return the rows of all sheets as text, and how many more there are.

    Args:
        data: the workbook.
        most: how much of it.

    Raises:
        Broken: it cannot be opened.
        Bomb: it must not be.
    """
    said = run(opener.__name__, data, _SECONDS, opener.ROWS, *most)
    try:
        return msgspec.msgpack.decode(said, type=tuple[list[list[str]], int])
    except msgspec.MsgspecError:
        raise Broken from None
