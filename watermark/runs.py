"""How many mask characters a masked cell shows: the carrier of an export's hidden mark.

A mask's run of stars says nothing about the length of what it hides, so its length is free to say which copy this is.
Only the run changes; what stands around it, and every cell that is not masked, stays as it was, byte for byte. Which
characters of a value show is never varied: merged copies would disclose more.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Final, TypeVar

_Cell = TypeVar("_Cell")


class Carrier(StrEnum):
    """The kinds of masked cells that carry a mark, in the order of their slots."""

    NAME = "name"
    ID_NUMBER = "id_number"
    ADDRESS = "address"


SLOTS_OF: Final = {Carrier.NAME: (0,), Carrier.ID_NUMBER: (1, 2), Carrier.ADDRESS: (3, 4)}
"""Symbols that each carrier holds; two symbols are a number of two bits, the first one the greater."""

LENGTHS: Final = {Carrier.NAME: range(1, 3), Carrier.ID_NUMBER: range(13, 17), Carrier.ADDRESS: range(2, 6)}
"""Run lengths of each carrier; whoever renders masks must allow the same."""

_SHAPES: Final = {
    Carrier.NAME: re.compile(r"([^*]*)(\*+)()"),
    Carrier.ID_NUMBER: re.compile(r"(.)(\*+)(.)"),
    Carrier.ADDRESS: re.compile(r"([^*]*)(\*+)()"),
}


def run_of(cell: str, carrier: Carrier) -> int | None:
    """Return the length of a cell's run of stars, or None when it is not this carrier's mask.

    An ID number that shows nothing has a star at either end besides its run.
    """
    found = _SHAPES[carrier].fullmatch(cell)
    return len(found[2]) if found else None


def stretch(cell: str, carrier: Carrier, stars: int) -> str:
    """Return a masked cell with another run of stars; a cell that is not this carrier's mask comes back as it is."""
    found = _SHAPES[carrier].fullmatch(cell)
    return found[1] + "*" * stars + found[3] if found else cell


def stretch_all(cells: Sequence[_Cell], carrier: Carrier, stars: Sequence[int]) -> list[_Cell | str]:
    """Return a column's cells, each with its run of stars, as `stretch` does; equal cells are looked at once.

    Cells that are no text come back as they are.
    """
    known: _Stretched[_Cell] = _Stretched(carrier)
    return [known[pair] for pair in zip(cells, stars, strict=True)]


class _Stretched(dict[tuple[_Cell, int], _Cell | str]):
    """Cells with their runs, made when they are first asked for."""

    def __init__(self, carrier: Carrier) -> None:
        super().__init__()
        self._carrier = carrier

    def __missing__(self, pair: tuple[_Cell, int]) -> _Cell | str:
        cell, stars = pair
        if not isinstance(cell, str):
            return cell
        made = self[pair] = stretch(cell, self._carrier, stars)
        return made


def bits_of(run: int, carrier: Carrier) -> tuple[int, ...] | None:
    """Return the symbols that a run says, or None when no marked file has such a run."""
    lengths = LENGTHS[carrier]
    if run not in lengths:
        return None
    number = run - lengths.start
    return (number,) if len(SLOTS_OF[carrier]) == 1 else (number >> 1, number & 1)
