"""Finds any of very many personal values in any bytes, in every spelling, at the speed of set intersection.

Three nets. Whole values (eight bytes and more): every eight-byte window of the data is looked up among the heads of
all spellings. Short ones (six and seven bytes: names of two characters): the same with four-byte windows. Parts that
no mask may show (first seven and last eight digits of a phone, ten digits in a row of an ID or card, a birth date):
runs of digits that stand alone are looked up whole and in windows. What was found is named by field, spelling and
owner's number, never by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import quote

from console.doctor.spellings import base64_core, spellings
from tests.leak.canaries import SELDOM, Customer

_CHUNK: Final = 1 << 20
_OVERLAP: Final = 1024
_SHORTEST: Final = 6
_SHORTEST_CODED: Final = 7
"""What is left of a name of two characters in the midst of base64; fewer are met by chance."""
_SHORTEST_HEX: Final = 12
"""Digests are random: eight given hexadecimal digits are met by chance in a hundred megabytes."""
_WINDOW: Final = 8
_SHORT_WINDOW: Final = 4
_PART: Final = 10
_RUN: Final = re.compile(rb"(?<![0-9A-Za-z])[0-9](?:[ .-]?[0-9]){6,40}(?![0-9A-Za-z])")
_URLSAFE: Final = bytes.maketrans(b"+/", b"-_")
_NOT_DIGITS: Final = re.compile(rb"[^0-9]")
_HEX: Final = re.compile(rb"[0-9a-f]+")
_NUMBERS: Final = frozenset({"id_number", "mobile", "contact_phone", "bank_card"})


class Hit(NamedTuple):
    """Where a value was found: place, offset, and what it was."""

    place: str
    offset: int
    field: str
    spelling: str
    owner: int


class _What(NamedTuple):
    field: str
    spelling: str
    owner: int


def more_spellings(name: str, value: str) -> Iterator[tuple[str, bytes]]:
    """Spellings that the desk's own hunt does not know."""
    for coding in ("utf-16-le", "utf-16-be"):
        yield coding, value.encode(coding)
        for shift in range(3):
            yield f"base64 of {coding}", base64_core(value.encode(coding), shift)
    for shift in range(3):
        yield "base64", base64_core(value.encode(), shift)
        yield "urlsafe", base64_core(value.encode(), shift).translate(_URLSAFE)
    yield "hex apart", value.encode().hex(" ").encode()
    if not value.isascii():
        yield from _han(value)
    for spelling, text in _written(name, value):
        yield spelling, text.encode()


def _han(value: str) -> Iterator[tuple[str, bytes]]:
    yield "url", quote(value).encode()
    yield "url lower", quote(value).lower().encode()
    yield "json", value.encode("unicode_escape").replace(b"\\x", b"\\u00")
    yield "html", value.encode("ascii", "xmlcharrefreplace")
    yield "gb18030", value.encode("gb18030")
    yield "gb18030 hex", value.encode("gb18030").hex().encode()
    for shift in range(3):
        yield "base64 of gb18030", base64_core(value.encode("gb18030"), shift)


def _written(name: str, value: str) -> Iterator[tuple[str, str]]:
    if name in _NUMBERS:
        yield "comma", ",".join(value)
        yield "spaced out", " ".join(value)
        yield "lower", value.lower()
    if name in {"mobile", "contact_phone"}:
        yield "0086", f"0086{value}"
        yield "7-4", f"{value[:7]} {value[7:]}"
        yield "3-8", f"{value[:3]}-{value[3:]}"
    elif name == "email":
        yield "upper", value.upper()
        yield "at", value.replace("@", "(at)")
    elif name == "birth_date":
        year, month, day = value.split("-")
        yield "date zh", f"{year}年{int(month)}月{int(day)}日"
        yield "date short", f"{year}/{int(month)}/{int(day)}"
        for mark in ("/", ".", ""):
            yield f"date {mark}", value.replace("-", mark)
    elif name in {"full_name", "contact_name"} and "·" in value:
        for mark in ("", " ", ".", "•", "・"):
            yield f"dotted {mark}", value.replace("·", mark)


def hidden_parts(name: str, value: str) -> Iterator[tuple[str, bytes]]:
    """Parts long enough to be known by that no mask shows."""
    if name in {"full_name", "contact_name"}:
        if "·" in value:
            yield "behind the first", value[1:].encode()
        elif value.isascii():
            yield "behind the first", value[1:].encode()
            yield "last name", value.rpartition(" ")[2].encode()
        else:
            given = "".join(mark for mark in value if mark in SELDOM)
            yield "given name", given.encode()
    elif name == "employer_name":
        yield "behind the second", value[2:].encode()
    elif name == "email":
        yield "local part", value[1 : value.index("@") + 1].encode()
    elif name == "im_account":
        yield "behind the first", value[1:].encode()
    elif name.endswith("_address"):
        start = next(place for place, mark in enumerate(value) if mark in SELDOM)
        yield "street", value[start:].encode()
        yield "street name", value[start : start + 3].encode()
        yield "house", value[start + 3 :].encode()
    elif name == "loan_number":
        yield "head", value[:-4].encode()


def digit_parts(name: str, value: str) -> Iterator[tuple[str, str]]:
    """Digits in a row that no mask shows."""
    if name in {"mobile", "contact_phone"}:
        yield "first seven", value[:7]
        yield "last eight", value[3:]
    elif name in {"id_number", "bank_card"}:
        for place in range(len(value) - _PART + 1):
            yield "ten in a row", value[place : place + _PART]
    elif name == "birth_date":
        yield "day", value.replace("-", "")


def _shortest(spelling: str, data: bytes) -> int:
    if _HEX.fullmatch(data) and spelling.lower().endswith("hex"):
        return _SHORTEST_HEX
    return _SHORTEST_CODED if spelling.startswith(("base64", "urlsafe")) else _SHORTEST


@dataclass(slots=True)
class Hunter:
    """What is looked for. `add` customers, then look `within` bytes or `files`."""

    count: int = 0
    spelled: int = 0
    _heads: dict[int, list[tuple[bytes, _What]]] = field(default_factory=dict)
    _short: dict[int, list[tuple[bytes, _What]]] = field(default_factory=dict)
    _digits: dict[bytes, _What] = field(default_factory=dict)

    @classmethod
    def of(cls, customers: Iterable[Customer]) -> Hunter:
        """Everything of all of them."""
        made = cls()
        for number, customer in enumerate(customers):
            for name, value in customer.values():
                made.add(name, value, number)
        return made

    def add(self, name: str, value: str, owner: int) -> None:
        """One value in all its spellings and parts."""
        self.count += 1
        every: dict[bytes, str] = {}
        for spelling, data in (*spellings(value), *more_spellings(name, value), *hidden_parts(name, value)):
            if len(data) >= _shortest(spelling, data):
                every.setdefault(data, spelling)
        for data, spelling in every.items():
            self._note(data, _What(name, spelling, owner))
        for spelling, digits in digit_parts(name, value):
            self._digits.setdefault(digits.encode(), _What(name, spelling, owner))

    def _note(self, data: bytes, what: _What) -> None:
        if data.isdigit() and len(data) <= _WINDOW:
            self._digits.setdefault(data, what)
            return
        size, net = (_WINDOW, self._heads) if len(data) >= _WINDOW else (_SHORT_WINDOW, self._short)
        self.spelled += 1
        net.setdefault(int.from_bytes(data[:size], "little"), []).append((data, what))

    def within(self, data: bytes, place: str, start: int = 0) -> Iterator[Hit]:
        """Every value in the data; start: offset of the data in its place."""
        yield from self._windows(data, place, start, _WINDOW, self._heads)
        yield from self._windows(data, place, start, _SHORT_WINDOW, self._short)
        for run in _RUN.finditer(data):
            digits = _NOT_DIGITS.sub(b"", run.group())
            windows = {digits, *(digits[at : at + _PART] for at in range(len(digits) - _PART + 1))}
            for part in windows:
                if (what := self._digits.get(part)) is not None:
                    yield Hit(place, start + run.start(), *what)

    @staticmethod
    def _windows(
        data: bytes, place: str, start: int, size: int, net: dict[int, list[tuple[bytes, _What]]]
    ) -> Iterator[Hit]:
        view = memoryview(data)
        heads = net.keys()
        for shift in range(size):
            whole = (len(data) - shift) // size * size
            if whole <= 0:
                continue
            part = view[shift : shift + whole]
            numbers = part.cast("Q") if size == _WINDOW else part.cast("I")
            for head in heads & set(numbers):
                at = data.find(head.to_bytes(size, "little"))
                while at >= 0:
                    if (at - shift) % size == 0:
                        for needle, what in net[head]:
                            if data.startswith(needle, at):
                                yield Hit(place, start + at, *what)
                    at = data.find(head.to_bytes(size, "little"), at + 1)

    def text(self, text: str, place: str) -> list[Hit]:
        """Every value in a text."""
        return list(self.within(text.encode("utf-8", "surrogatepass"), place))

    def file(self, path: Path) -> list[Hit]:
        """Every value in a file, read in chunks that overlap."""
        found: set[Hit] = set()
        with path.open("rb") as file:
            at, rest = 0, b""
            while chunk := file.read(_CHUNK):
                found.update(self.within(rest + chunk, path.name, at - len(rest)))
                at += len(chunk)
                rest = chunk[-_OVERLAP:]
        return sorted(found)

    def files(self, *roots: Path, but: Iterable[Path] = ()) -> list[Hit]:
        """Every value below some folders, names of files and folders included; `but`: folders left out."""
        skipped = tuple(but)
        found: list[Hit] = []
        for root in roots:
            for path in sorted(root.rglob("*")):
                if any(path.is_relative_to(one) for one in skipped):
                    continue
                found += self.text(path.name, "name")
                if path.is_symlink():
                    found += self.text(str(path.readlink()), "link")
                elif path.is_file():
                    found += self.file(path)
        return found
