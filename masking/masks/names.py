"""Names of people, accounts and organisations cut down to what may be seen.

Nothing here tells how long a name is. A name that does not look like one (digits in it, a remark, an odd script)
shows nothing at all.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from masking.text import fold

# The compound surnames in use, in both scripts. A two-character name that looks like one is a single surname and a
# given name, so the compound counts only from three characters on.
COMPOUND_SURNAMES: Final = frozenset(
    (  # noqa: SIM905 - a hundred surnames are read as words, not as a list of strings
        "欧阳 歐陽 太史 端木 上官 司马 司馬 东方 東方 独孤 獨孤 南宫 南宮 万俟 萬俟 闻人 "
        "聞人 夏侯 诸葛 諸葛 尉迟 尉遲 公羊 赫连 赫連 澹台 澹臺 皇甫 宗政 濮阳 濮陽 公冶 "
        "太叔 申屠 公孙 公孫 慕容 仲孙 仲孫 钟离 鍾離 鐘離 长孙 長孫 宇文 司徒 鲜于 鮮于 "
        "司空 闾丘 閭丘 子车 子車 亓官 司寇 巫马 巫馬 公西 颛孙 顓孫 壤驷 壤駟 公良 漆雕 "
        "乐正 樂正 宰父 谷梁 穀梁 拓跋 夹谷 夾谷 轩辕 軒轅 令狐 段干 百里 呼延 东郭 東郭 "
        "南门 南門 羊舌 微生 左丘 东门 東門 西门 西門 第五 即墨 达奚 達奚 褚师 褚師 纳兰 "
        "納蘭 完颜 完顏 耶律 斛律 屈突 豆卢 豆盧 哥舒 仆固 僕固"
    ).split()
)

_HAN: Final = re.compile("[\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_LETTERS: Final = re.compile(r"[^\W\d_]+(?:[ .,'’\-]+[^\W\d_]+)*\.?")
_DOTS: Final = re.compile(r"\s*[·•・‧∙⋅]\s*")
_LONGEST_HAN_NAME: Final = 6
_LONGEST_NAME: Final = 60
_SHORTEST_ORGANISATION: Final = 4
_SHORTEST_ACCOUNT: Final = 2


def person(value: str, stars: str = "*") -> str:
    """Return the surname and a fixed run of stars (N1): 张*, 欧阳*, S*. Only stars when it is not read as a name.

    A compound surname stays whole when at least one more character follows it. A name with a middle dot, whose parts
    are not surname and given name, shows its first character.
    """
    # A character that this Unicode does not know is not shown by any mask, so it is no name here either.
    name = value if _HAN.fullmatch(value) and value.isprintable() else fold(value)
    if not name:
        return ""
    if _HAN.fullmatch(name):
        return _han(name, stars)
    if "·" in name or _DOTS.search(name):
        parts = _DOTS.split(name)
        if len(name) <= _LONGEST_NAME and all(_HAN.fullmatch(part) or _plain_letters(part) for part in parts):
            return name[0] + stars
        return stars
    closed = name.replace(" ", "")
    if _HAN.fullmatch(closed):
        return _han(closed, stars)
    return name[0] + stars if _plain_letters(name) and len(name) > 1 else stars


def _han(name: str, stars: str) -> str:
    length = len(name)
    if length == 1 or length > _LONGEST_HAN_NAME:
        return stars
    if length > 2 and name[:2] in COMPOUND_SURNAMES:  # noqa: PLR2004 - a surname of two and a given name
        return name[:2] + stars
    return name[0] + stars


def _plain_letters(name: str) -> bool:
    """Whether it is a name in letters that run left to right; others would turn the mask around on a terminal."""
    return (
        len(name) <= _LONGEST_NAME
        and _LETTERS.fullmatch(name) is not None
        and all(unicodedata.bidirectional(char) not in {"R", "AL", "AN"} for char in name)
    )


def organisation(value: str) -> str:
    """Return the first two characters and four stars (O2); four stars alone for a short or odd name."""
    name = fold(value)
    if not name:
        return ""
    if len(name) < _SHORTEST_ORGANISATION or not (name[0].isalpha() and name[1].isalpha()) or _rtl(name[:2]):
        return "****"
    return name[:2] + "****"


def account(value: str) -> str:
    """Return the first character and five stars (W1); six stars for a short or odd one."""
    name = fold(value)
    if not name:
        return ""
    if len(name) < _SHORTEST_ACCOUNT or not name[0].isalnum() or _rtl(name[0]):
        return "******"
    return name[0] + "*****"


_EMAIL: Final = re.compile(
    r"([A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64})@((?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24})",
    re.ASCII,
)
_LONGEST_DOMAIN: Final = 80


def email(value: str) -> str:
    """Return the first character, three stars and the domain (E1); ``****@****`` for what is no address."""
    text = fold(value)
    if not text:
        return ""
    found = _EMAIL.fullmatch(text)
    if not found or len(found[2]) > _LONGEST_DOMAIN:
        return "****@****"
    local = found[1]
    first = local[0] if len(local) > 1 and local[0].isalnum() else "*"
    return f"{first}***@{found[2].lower()}"


def _rtl(text: str) -> bool:
    return any(unicodedata.bidirectional(char) in {"R", "AL", "AN"} for char in text)
