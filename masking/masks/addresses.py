"""Addresses cut down to province, city and district.

What is shown is only ever a name out of ``masking.regions``: the part of an address that is read as a division must be
one, letter for letter. A street or a house can therefore not be shown by mistake, and what cannot be read is hidden.
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from masking.regions import CITIES, DISTRICTS, MUNICIPALITIES, PROVINCES, SHORT_PROVINCES, head
from masking.text import fold

HIDDEN: Final = "****"
_FILLERS: Final = ("市辖区", "省直辖县级行政区划", "自治区直辖县级行政区划")
_FILLER_STARTS: Final = tuple(filler[:2] for filler in _FILLERS)
_NOISE: Final = re.compile(r"[\s,，;；、/|\-*]+")


class Address(NamedTuple):
    """The divisions found at the head of an address; empty where none was."""

    province: str
    city: str
    district: str


def _province(text: str) -> tuple[str, str]:
    """Return the province in its full name, and how it was spelled."""
    if full := head(text, PROVINCES):
        return full, full
    if head(text, CITIES):
        return "", ""
    for length in (3, 2):
        short, rest = text[:length], text[length:]
        if short in SHORT_PROVINCES and (head(rest, CITIES) or head(rest, DISTRICTS)):
            return SHORT_PROVINCES[short], short
    return "", ""


def parse(value: str) -> Address:
    """Return the divisions that an address starts with, each by its listed name."""
    return _parse(fold(value))


def _parse(folded: str) -> Address:
    text = folded if folded.isalnum() else _NOISE.sub("", folded)
    if text.startswith("中"):
        text = text.removeprefix("中华人民共和国").removeprefix("中国")
    province, spelled = _province(text)
    text = text[len(spelled) :]
    if province in MUNICIPALITIES:
        text = text.removeprefix(province)
    city = head(text, CITIES)
    text = text[len(city) :]
    if text.startswith(_FILLER_STARTS):
        for filler in _FILLERS:
            text = text.removeprefix(filler)
    district = head(text, DISTRICTS) if province or city else ""
    return Address(province, city, district)


def to_district(value: str, stars: str = HIDDEN) -> str:
    """Return A-D: province, city and district as far as they are read, then a fixed run of stars."""
    text = fold(value)
    return "".join(_parse(text)) + stars if text else ""


def to_city(value: str) -> str:
    """Return A-C: the city alone (a municipality is one), then four stars."""
    text = fold(value)
    if not text:
        return ""
    found = _parse(text)
    return (found.city or (found.province if found.province in MUNICIPALITIES else "")) + HIDDEN
