"""Addresses in prose: listed divisions followed by a street, a village or a house; a street with its number alone.

A division's name by itself is no address: people come from places, and branches bear their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from masking.detect.finding import Finding, FindingKind
from masking.regions import CITIES, DISTRICTS, PROVINCES, SHORT_PROVINCES, Index

_HAN: Final = "\u4e00-\u9fff"
# What leads to an address, and therefore is no part of one.
_LEAD: Final = "住在到址于寄往从是搬去了的"
_WAY: Final = (
    "路|大街|街道|街|大道|道|胡同|巷|弄|里|村|屯|镇|乡|社区|小区|花园|新村|家园|公寓|大厦|广场|苑|园|"
    "[一二三四五六七八九十]区"
)
_HOUSE: Final = (
    r"(?:(?:第|附)?[0-9０-９A-Za-z甲乙丙丁]{1,5}(?:[\-#－]\d{1,5}){0,3}"
    r"(?:号楼|号院|号|弄|栋|幢|座|单元|室|楼|层|户|组|队))+"
    r"(?:\d{2,5}(?![\d.,:\-元万%天年月期]))?"
)
_BESIDE: Final = "(?:附近|旁边?|对面|隔壁|[东西南北]侧|里面)?"
_TAIL: Final = re.compile(rf"(?:[{_HAN}]{{0,12}}?(?:{_WAY})){{0,4}}(?:[{_HAN}]{{0,8}}{_HOUSE})?{_BESIDE}")
_HOUSED: Final = re.compile(_HOUSE)
_STREET: Final = re.compile(rf"[^\W\d_a-zA-Z{_LEAD}]{{1,10}}(?:{_WAY}){_HOUSE}{_BESIDE}")
_SHORTEST_TAIL: Final = 2
_BARE: Final = ("道", "里", "园")  # on the way, inside: words as well


def _heads() -> Index:
    found: dict[str, list[str]] = {}
    for index in (PROVINCES, CITIES, DISTRICTS):
        for head, names in index.items():
            found.setdefault(head, []).extend(names)
    for name in SHORT_PROVINCES:
        found.setdefault(name[:2], []).append(name)
    return {head: tuple(sorted(set(names), key=len, reverse=True)) for head, names in found.items()}


_HEADS: Final = _heads()
_SHORT: Final = frozenset(SHORT_PROVINCES)


def find_addresses(text: str) -> Iterator[Finding]:
    """Yield what may be addresses."""
    if text.isascii():
        return
    after = 0
    for start in range(len(text) - 1):
        if start < after or text[start : start + 2] not in _HEADS:
            continue
        places = list(_places(text, start))
        end = places[-1][1] if places else start
        if end > start and (tail := _tail(text, end, sure=len(places) > 1 or text[start:end] not in _SHORT)) > end:
            after = tail
            yield Finding(FindingKind.ADDRESS, start, after)
    for match in _STREET.finditer(text):
        yield Finding(FindingKind.ADDRESS, *match.span())


def _places(text: str, start: int) -> Iterator[tuple[int, int]]:
    """Divisions one behind the other."""
    while True:
        name = next((one for one in _HEADS.get(text[start : start + 2], ()) if text.startswith(one, start)), "")
        if not name:
            return
        yield start, start + len(name)
        start += len(name)


def _tail(text: str, start: int, *, sure: bool) -> int:
    """Where an address ends that begins with a division; `start` when what follows is none."""
    match = _TAIL.match(text, start)
    if match is None or match.end() - start < _SHORTEST_TAIL:
        return start
    housed = _HOUSED.search(text, start, match.end()) is not None
    if housed or (sure and not match[0].endswith(_BARE)):
        return match.end()
    return start
