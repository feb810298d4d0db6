"""The names of China's administrative divisions, and finding one at the head of a text.

The names stand in ``regions.txt``: provinces, prefectures and counties in force or ended since 1995. What an address
shows of them is decided in ``masking.masks.addresses``; where an address may start in prose, in ``masking.detect``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from importlib import resources
from types import MappingProxyType
from typing import Final

Index = Mapping[str, tuple[str, ...]]

# After a division's name these make it part of a street's or an estate's: 赵县路, 新城区街.
_STREET_TAIL: Final = ("路", "街", "大街", "大道", "巷", "弄", "胡同", "村", "镇", "乡", "小区", "社区", "花园")
_LONG_SUFFIX: Final = re.compile("(?:壮族|回族|维吾尔)?自治区|特别行政区|[省市]")


def _index(names: Iterable[str]) -> Index:
    found: dict[str, list[str]] = {}
    for name in names:
        found.setdefault(name[:2], []).append(name)
    return MappingProxyType({head: tuple(sorted(group, key=len, reverse=True)) for head, group in found.items()})


def _load() -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    text = resources.files("masking").joinpath("regions.txt").read_text(encoding="utf-8")
    provinces, prefectures, counties = (tuple(line.split()) for line in text.splitlines() if not line.startswith("#"))
    return provinces, prefectures, counties


_PROVINCE_NAMES, _CITY_NAMES, _DISTRICT_NAMES = _load()

PROVINCES: Final[Index] = _index(_PROVINCE_NAMES)
CITIES: Final[Index] = _index(_CITY_NAMES)
DISTRICTS: Final[Index] = _index(_DISTRICT_NAMES)
SHORT_PROVINCES: Final[Mapping[str, str]] = MappingProxyType(
    {_LONG_SUFFIX.sub("", name): name for name in _PROVINCE_NAMES}
)
"""What people call a province (广西), and its full name."""

MUNICIPALITIES: Final = frozenset({"北京市", "上海市", "天津市", "重庆市"})


def head(text: str, index: Index) -> str:
    """Return the longest listed name that ``text`` starts with and that is no street's; empty when there is none."""
    for name in index.get(text[:2], ()):
        if text.startswith(name) and not text.startswith(_STREET_TAIL, len(name)):
            return name
    return ""
