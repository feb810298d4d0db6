"""What is kept of every export so that its copies can be traced, and a registry in memory for use without a desk.

Nothing kept opens or shows a customer: keyed hashes, row numbers, and ids that mean nothing outside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from watermark import rowset
from watermark.errors import SerialRefused
from watermark.runs import Carrier


@dataclass(frozen=True, slots=True)
class Issued:
    """One export as it was made.

    Attributes:
        serial: its serial number.
        asker: who asked for it; an id or staff number.
        asked_at: when, microseconds since 1970 in UTC.
        rows: the row numbers it holds, packed by `watermark.rowset`.
        carriers: which masked columns carry the mark.
        checked: whether it has the check column.
        digest: SM3 of the bare file, or empty.
        key_version: under which key its marks were drawn.
        recipient: for whom it was made.
    """

    serial: int
    asker: str
    asked_at: int
    rows: bytes
    carriers: frozenset[Carrier] = frozenset(Carrier)
    checked: bool = True
    digest: bytes = b""
    key_version: int = 1
    recipient: str = ""


class Registry(Protocol):
    """Where exports are kept. Reads only; what it raises is its store's business."""

    def rows_of(self, finders: Sequence[bytes]) -> Mapping[bytes, Sequence[int]]:
        """Return the row numbers stored under keyed hashes; unknown hashes are left out."""

    def ids_of(self, rows: Sequence[int]) -> Mapping[int, str]:
        """Return the ids of row numbers."""

    def issued(self) -> Iterator[Issued]:
        """Return every export that may have left, one after the other, in any order."""


class MemoryRegistry:
    """A registry in memory: hand in each export when it is made."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._ids: dict[int, str] = {}
        self._found: dict[bytes, list[int]] = {}
        self._issued: dict[int, Issued] = {}

    def add_row(self, row_id: str, finders: Iterable[bytes]) -> int:
        """Take in a row as it is about to be exported, and return its number."""
        number = self._numbers.setdefault(row_id, len(self._numbers) + 1)
        self._ids[number] = row_id
        for finder in finders:
            known = self._found.setdefault(finder, [])
            if number not in known:
                known.append(number)
        return number

    def add(self, issued: Issued) -> None:
        """Take in an export.

        Raises:
            SerialRefused: its serial was given before.
        """
        if issued.serial in self._issued:
            raise SerialRefused("watermark.serial")
        self._issued[issued.serial] = issued

    def issue(self, serial: int, asker: str, asked_at: int, numbers: Iterable[int]) -> Issued:
        """Take in an export of these row numbers, with all carriers and a check column, and return it."""
        one = Issued(serial, asker, asked_at, rowset.pack(numbers))
        self.add(one)
        return one

    def rows_of(self, finders: Sequence[bytes]) -> Mapping[bytes, Sequence[int]]:
        """Return the row numbers stored under keyed hashes."""
        return {finder: self._found[finder] for finder in finders if finder in self._found}

    def ids_of(self, rows: Sequence[int]) -> Mapping[int, str]:
        """Return the ids of row numbers."""
        return {row: self._ids[row] for row in rows if row in self._ids}

    def issued(self) -> Iterator[Issued]:
        """Return every export."""
        return iter(self._issued.values())
