"""Find any of very many byte strings in files and rows, in one pass at the speed of a regular expression.

Spellings of personal values are runs of ASCII, of UTF-8 Chinese or full-width digits, or of GB18030; a first pass picks
such runs out of what is mostly ciphertext, and only inside them the strings are looked up.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from console.doctor.spellings import SHORTEST, spellings

_RUNS: Final = (
    re.compile(rb"[0-9A-Za-z+/=\\@,.\- ]{6,}"),
    re.compile(rb"(?:[\xe3-\xe9][\x80-\xbf]{2}|\xef\xbc[\x90-\x99]|\xc2\xb7| ){2,}"),
    re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]){3,}"),
)
_CHUNK: Final = 1 << 24
_OVERLAP: Final = 1024


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a value stands in clear: place and offset, the field and the spelling, and whose; never the value."""

    place: str
    offset: int
    field: str
    spelling: str
    owner: str


@dataclass(slots=True)
class Needles:
    """What to look for. `skip`: texts that stand in the desk rightfully, such as names of staff."""

    skip: frozenset[str] = frozenset()
    count: int = 0
    _owners: set[str] = field(default_factory=set)
    _heads: dict[bytes, dict[bytes, tuple[str, str, str]]] = field(default_factory=dict)

    def add(self, field_name: str, value: str, owner: str) -> None:
        """Look for a value in all its spellings.

        Args:
            field_name: what kind of value it is, for the report.
            value: the value.
            owner: whose it is, an id that may be reported.
        """
        if value in self.skip:
            return
        self.count += 1
        self._owners.add(owner)
        for spelling, data in spellings(value):
            known = self._heads.setdefault(data[:SHORTEST], {})
            known.setdefault(data, (field_name, spelling, owner))

    @property
    def owners(self) -> int:
        """Whose values are looked for: how many people."""
        return len(self._owners)

    def within(self, data: bytes, place: str, start: int = 0) -> Iterator[Hit]:
        """Every value that stands in the data. start: offset of the data in its place."""
        heads = self._heads
        for shape in _RUNS:
            for run in shape.finditer(data):
                first, last = run.span()
                for at in range(first, last - SHORTEST + 1):
                    known = heads.get(data[at : at + SHORTEST])
                    if known is None:
                        continue
                    for needle, (field_name, spelling, owner) in known.items():
                        if data.startswith(needle, at):
                            yield Hit(place, start + at, field_name, spelling, owner)


def in_file(needles: Needles, path: Path, told: Callable[[int], None] = lambda _read: None) -> Iterator[Hit]:
    """Every value that stands in the file. told: bytes read so far in steps."""
    seen: set[tuple[int, str]] = set()
    with path.open("rb") as file:
        at, rest = 0, b""
        while chunk := file.read(_CHUNK):
            data = rest + chunk
            for hit in needles.within(data, path.name, at - len(rest)):
                if (hit.offset, hit.spelling) not in seen:
                    seen.add((hit.offset, hit.spelling))
                    yield hit
            at += len(chunk)
            rest = data[-_OVERLAP:]
            told(len(chunk))


def in_rows(needles: Needles, place: str, rows: Iterable[Iterable[object]]) -> Iterator[Hit]:
    """Every value that stands in a column of the rows; the offset is the row's running number."""
    for number, row in enumerate(rows):
        for value in row:
            if isinstance(value, bytes | memoryview):
                data = bytes(value)
            elif isinstance(value, str):
                data = value.encode()
            else:
                continue
            for hit in needles.within(data, place):
                yield Hit(place, number, hit.field, hit.spelling, hit.owner)
