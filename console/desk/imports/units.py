"""In what unit a file's amounts are: what a header says of its column, and what the lines above a table say of all.

A header that names a unit is known only when somebody says which field it is; then its column is read by that unit.
What stands above the table (`单位：万元`, `币种：美元`) says it of no column in particular: such a file is refused, for
its amounts would be wrong ten thousandfold or be called by another currency's name. A column that names another
currency is refused likewise.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from console.desk.imports.faults import Code, whole_file
from masking.text import fold

_NUMERALS: Final = {
    "十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "萬": 10_000,
    "亿": 100_000_000, "億": 100_000_000,
}  # fmt: skip
_MANY: Final = f"[{''.join(_NUMERALS)}]+"
_SCALED: Final = re.compile(rf"({_MANY})(?:[元圆圓]|(?=\s*(?:[)\]】〕}}]|$)))")
_WORDS: Final = (("million", 1_000_000), ("thousand", 1000))
_CURRENCIES: Final = {
    "CNY": "人民币|人民幣|rmb|cny",
    "USD": "美元|美金|usd|us dollars?",
    "HKD": "港元|港币|港幣|hkd",
    "EUR": "欧元|歐元|eur",
    "JPY": "日元|日圆|日圓|日币|jpy",
    "GBP": "英镑|英鎊|gbp",
    "TWD": "台币|台幣|新台币|新臺幣|twd",
    "MOP": "澳门元|澳門元|mop",
    "SGD": "新加坡元|新币|sgd",
    "AUD": "澳元|澳币|aud",
    "CAD": "加元|cad",
    "KRW": "韩元|韓元|krw",
}
_NAMES: Final = "|".join(_CURRENCIES.values())
_TOLD: Final = (
    rf"(?:in\s+)?(?:{_NAMES})?\s*(?:{_MANY}(?:[元圆圓]|(?:{_NAMES}))?|millions?|thousands?|{_NAMES})(?![^\W计計])"
)
_LABELLED: Final = re.compile(
    rf"(?:单位|單位|币种|幣種|币别|幣別|货币|貨幣|currency|units?)\s*[:：]?\s*({_TOLD})", re.IGNORECASE
)
_ALONE: Final = re.compile(rf"(?:^|[(\[【〔])\s*[以按]?({_TOLD})\s*[计計]?\s*(?:$|[)\]】〕])", re.IGNORECASE)


def scale_of(header: str) -> int:
    """How many yuan one unit of an amount column is, by its header: 10000 for 万元, 千 or thousand 1000."""
    text = fold(header).casefold()
    found = _SCALED.search(text)
    if found:
        return math.prod(_NUMERALS[char] for char in found[1])
    return next((scale for word, scale in _WORDS if word in text), 1)


def require_plain(above: Iterable[Sequence[object]], amounts: Iterable[str], currency: str) -> None:
    """Refuse a file whose amounts are said to be in another unit or currency than they are read in.

    Args:
        above: the rows over the header.
        amounts: the headers of amounts, safe to name.
        currency: the one that is taken.

    Raises:
        FileRefused: `FILE_UNIT`, with the unit, from the words known here, as its hint; `CURRENCY_OTHER`.
    """
    for header in amounts:
        if _currency(fold(header)) not in {"", currency}:
            raise whole_file(Code.CURRENCY_OTHER, currency, header)
    for row in above:
        cells = [fold(cell) for cell in row if isinstance(cell, str) and cell.strip()]
        for text in (*cells, *(f"{one}:{other}" for one, other in pairwise(cells))):
            for told in (*_LABELLED.findall(text), *_ALONE.findall(text)):
                if scale_of(told) != 1 or _currency(told) not in {"", currency}:
                    raise whole_file(Code.FILE_UNIT, told.strip())


def _currency(told: str) -> str:
    """The currency that is named; empty for none."""
    return next((code for code, names in _CURRENCIES.items() if _word(names).search(told)), "")


@lru_cache
def _word(names: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z])(?:{names})(?![a-z])", re.IGNORECASE)
