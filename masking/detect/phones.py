"""Fixed lines and numbers of other countries, judged by `phonenumbers`; mainland mobiles are runs of digits.

`phonenumbers` is loaded when the first candidate comes along: most texts have none, and most processes see none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from types import ModuleType
from typing import Final

from masking.detect.finding import Finding, FindingKind
from masking.detect.references import is_reference

_HOME: Final = "CN"
_FIXED: Final = re.compile(
    r"(?<![\d+])(?:(?:\+|00)?86[ \-]?)?[(（]?(0(?:(?:10|2\d)(?=[)）]?[ \-–—]{0,2}\d{4}[ \-]?\d{4})|[3-9]\d{2}))"
    r"[)）]?[ \-–—]{0,2}([2-9]\d{2,3}[ \-]?\d{4})"
    r"(?:[ ]?(?:转|轉|分机|分機|ext\.?|-)[ ]?\d{1,5})?(?!\d)",
    re.ASCII,
)
_CUED: Final = re.compile(
    r"(?:电话|座机|固话|電話|座機|总机|前台|号码|致电|拨打|回拨|(?i:tel|phone))[^\d\n+]{0,6}"
    r"(?!20[0-3]\d[ \-]?[01]\d[0-3]\d)([2-9]\d{2,3}[ \-]?\d{4})(?![\d\-.年%元])",
    re.ASCII,
)
_DATE: Final = re.compile(r"20[0-3]\d[ \-]?[01]\d[0-3]\d")
# With a country code; how much of what follows belongs to it is tried out.
_ABROAD: Final = re.compile(r"(?<![\dA-Za-z+])[(（]?(?:\+|00)[1-9][\d \-.()（）]{6,22}\d", re.ASCII)
_BREAK: Final = re.compile(r"[ \-.()（）]+(?=\d)")
_ROUND: Final = str.maketrans("（）", "()")
_CODE_DIGITS: Final = 7  # fewer digits than these are nobody's number


def find_phones(text: str) -> Iterator[Finding]:
    """Yield fixed lines and numbers of other countries in a folded text."""
    for match in _FIXED.finditer(text):
        likely = not _DATE.fullmatch(match[2]) or _valid(match[1] + match[2])
        if likely and not (match[0].isdigit() and is_reference(text, match.start())):
            yield Finding(FindingKind.LANDLINE, *match.span())
    for match in _CUED.finditer(text):
        if is_reference(text, match.start(1)):
            continue
        yield Finding(FindingKind.LANDLINE, *match.span(1))
    if "+" in text or "00" in text:
        for match in _ABROAD.finditer(text):
            found = _abroad(match[0])
            if found is not None:
                kind, length = found
                yield Finding(kind, match.start(), match.start() + length)


def _abroad(candidate: str) -> tuple[FindingKind, int] | None:
    """What a candidate is and how many of its characters are: the longest that ends at a break and is a number."""
    ends = [len(candidate), *(match.start() for match in reversed(list(_BREAK.finditer(candidate))))]
    for end in ends:
        kind = _kind(candidate[:end].translate(_ROUND))
        if kind is not None:
            return kind, end
    return None


def _kind(number: str) -> FindingKind | None:
    library = _library()
    if sum(map(str.isdigit, number)) < _CODE_DIGITS:
        return None
    try:
        parsed = library.parse(number, _HOME)
    except library.NumberParseException:
        return None
    if not library.is_valid_number(parsed):
        return None
    kind = library.number_type(parsed)
    types = library.PhoneNumberType
    if kind in {types.TOLL_FREE, types.SHARED_COST, types.PREMIUM_RATE, types.UAN}:
        return None  # a company's, nobody's
    return FindingKind.MOBILE if kind == types.MOBILE else FindingKind.LANDLINE


def _valid(number: str) -> bool:
    library = _library()
    try:
        return bool(library.is_valid_number(library.parse(number, _HOME)))
    except library.NumberParseException:
        return False


@cache
def _library() -> ModuleType:
    import phonenumbers  # noqa: PLC0415 - 20 MB of metadata for a text that may hold a number

    return phonenumbers
