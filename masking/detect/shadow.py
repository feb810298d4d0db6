"""A text as its digits would be read: full-width forms folded, invisible characters dropped, numerals as digits.

Patterns run over the shadow; ``Shadow.origin`` leads back to the places in the text itself.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final, NamedTuple

from masking.text import scrub

NUMERALS: Final = "〇零○一二三四五六七八九幺两壹贰叁肆伍陆柒捌玖貳叄參陸洞拐勾"
_TO_DIGITS: Final = str.maketrans(NUMERALS, "000" + "123456789" + "12" + "123456789" + "2336" + "079")
# Neither folded nor dropped: ASCII, Chinese characters, and the punctuation of Chinese prose.
_PLAIN: Final = re.compile(r"[\x20-\x7e\u4e00-\u9fff〇，。、；：？！“”‘’（）《》【】…—·]*")


class Shadow(NamedTuple):
    """A folded text.

    Attributes:
        text: What patterns run over.
        origin: For each of its characters the index in the text it stands for, and one more for the end.
    """

    text: str
    origin: Sequence[int]


def fold_text(text: str) -> Shadow:
    """Return the shadow of a text, character by character, so that places can be found again."""
    if _PLAIN.fullmatch(text):
        return Shadow(text, range(len(text) + 1))
    kept: list[str] = []
    origin: list[int] = []
    for place, char in enumerate(text):
        if char.isspace():
            kept.append(" ")
        elif not scrub(char):
            continue
        else:
            folded = unicodedata.normalize("NFKC", char)
            plain = folded if len(folded) == 1 else char
            kept.append(str(unicodedata.decimal(plain)) if plain.isdecimal() else plain)
        origin.append(place)
    origin.append(len(text))
    return Shadow("".join(kept), origin)


def read_numerals(text: str) -> str:
    """Return a shadow's text with Chinese numerals as digits, of the same length."""
    return text.translate(_TO_DIGITS)
