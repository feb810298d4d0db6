"""Having a workbook opened by a process that may die of it."""

from __future__ import annotations

import subprocess
from typing import Final

import msgspec

from console import children
from console.workbooks import opener

_SECONDS: Final = 300


class Broken(Exception):
    """It is no workbook, a damaged one, or none can be opened here."""


class Bomb(Exception):
    """Whoever opened it would need more memory or time than a workbook is worth."""


def judge(data: bytes, area: int) -> None:
    """Have every sheet that people see opened once, so that who opens them next is safe from these very bytes.

    Args:
        data: the workbook.
        area: the most cells of a sheet, empty ones among them.

    Raises:
        Broken: it cannot be opened.
        Bomb: it must not be.
    """
    _run(data, opener.JUDGE, area)


def rows(data: bytes, most: opener.Most) -> tuple[list[list[str]], int]:
    """Return the rows of all sheets as text, and how many more there are.

    Args:
        data: the workbook.
        most: how much of it.

    Raises:
        Broken: it cannot be opened.
        Bomb: it must not be.
    """
    said = _run(data, opener.ROWS, *most)
    try:
        return msgspec.msgpack.decode(said, type=tuple[list[list[str]], int])
    except msgspec.MsgspecError:
        raise Broken from None


def _run(data: bytes, *how: str | int) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter and a module of ours
            children.order(opener.__name__, *how),
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=_SECONDS,
            check=False,
            env=children.surroundings(),
            cwd=children.WHERE,
        )
    except subprocess.TimeoutExpired:
        raise Bomb from None
    except OSError:
        raise Broken from None
    if done.returncode == opener.BROKEN:
        raise Broken
    if done.returncode:
        raise Bomb
    return done.stdout
