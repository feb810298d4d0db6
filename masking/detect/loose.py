"""Names and addresses guessed in free text. Best effort, and kept apart from ``find``, which may be relied upon.

A name is taken where words lead to one (姓名: 张伟), call it by a title (张先生) or leave it standing alone; an
address where a listed province or city is followed by a street, a house or a district.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from masking.detect.finding import Finding, FindingKind, settle
from masking.detect.numbers import find
from masking.masks.names import COMPOUND_SURNAMES
from masking.regions import CITIES, PROVINCES, SHORT_PROVINCES

_SURNAMES: Final = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金贾夏韦傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤尚鞠屈欧阮柴"
    "萧骆裴庞翟霍聂祁岑佘邬冼苗甘詹樊焦舒柯鲍穆"
    "陳劉張楊趙吳黃徐孫馬許韓鄧馮蕭葉盧譚陸範賈韋鄒閻龍賀顧龔萬錢嚴"
)
_CUED_NAME: Final = re.compile(
    r"(?:姓名|客户|借款人|债务人|联系人|持卡人|户主|本人|我是|我叫|名叫|机主|法人)[:：是为叫\s]{1,3}"
    r"([\u4e00-\u9fff·]{2,4}(?![\u4e00-\u9fff])|[A-Z][a-z]+(?: [A-Z][a-z]+){1,3}(?![A-Za-z]))"
)
_DOTTED_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,10}(?:[·•・‧∙⋅][\u4e00-\u9fff]{2,10}){1,3}")
_LABELLED_NAME: Final = re.compile(
    r"(?i:\b(?:full_?name|customer_?name|contact_?name|name|customer))[\"']?\s*[:=]\s*[\"']?"
    r"([\u4e00-\u9fff·]{2,6}|[A-Z][a-z]+(?: [A-Z][a-z]+){1,3})"
)
_COMPOUND: Final = "|".join(sorted(COMPOUND_SURNAMES))
_LONE_NAME: Final = re.compile(
    rf"(?<![\u4e00-\u9fffA-Za-z])((?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
    r"(?![\u4e00-\u9fffA-Za-z])"
)
_TITLED_NAME: Final = re.compile(
    rf"((?:{_COMPOUND}|[{_SURNAMES}])[\u4e00-\u9fff]{{0,2}}?|[A-Z][a-z]+(?: [A-Z][a-z]+){{0,3}} ?)"
    r"(?=先生|女士|小姐|太太)"
)
_PLACE: Final = re.compile(
    "|".join(
        sorted(
            {name for index in (PROVINCES, CITIES) for group in index.values() for name in group}
            | set(SHORT_PROVINCES),
            key=len,
            reverse=True,
        )
    )
)
_PLACE_TAIL: Final = re.compile(
    r"[\u4e00-\u9fffA-Za-z0-9#\-]{0,40}?(?:路|街|道|巷|弄|村|镇|乡|区|县|旗|小区|花园|大厦)"
    r"(?:[\u4e00-\u9fffA-Za-z0-9#\-]{0,30}?(?:号楼|号|栋|幢|座|单元|室|楼|层|户))*"
)


def find_loose(text: str) -> list[Finding]:
    """Return what ``find`` does, and what may be names and addresses besides; none overlapping."""
    return settle([*find(text), *_names(text), *_addresses(text)])


def _names(text: str) -> Iterator[Finding]:
    for pattern in (_CUED_NAME, _LABELLED_NAME, _TITLED_NAME, _LONE_NAME):
        for match in pattern.finditer(text):
            yield Finding(FindingKind.NAME, *match.span(1))
    # A dot between Chinese characters joins the parts of one name and hardly ever anything else.
    for match in _DOTTED_NAME.finditer(text):
        yield Finding(FindingKind.NAME, *match.span())


def _addresses(text: str) -> Iterator[Finding]:
    after = 0
    while place := _PLACE.search(text, after):
        tail = _PLACE_TAIL.match(text, place.end())
        after = tail.end() if tail else place.end()
        if tail:
            yield Finding(FindingKind.ADDRESS, place.start(), after)
