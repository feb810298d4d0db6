"""Phones, ID numbers, cards, e-mail addresses and account names found in free text, however they are spelled.

Spaced, dashed, dotted, with +86, in full-width digits, in Chinese numerals, with invisible characters between. Dates,
amounts, order numbers, addresses of machines and the desk's own identifiers are left alone as far as shape tells.
Names and addresses of people are in ``masking.detect.loose``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from masking.detect.digits import LONGEST, SHORTEST, classify
from masking.detect.finding import Finding, FindingKind, settle
from masking.detect.shadow import NUMERALS, Shadow, fold_text, read_numerals

_WORTH_A_LOOK: Final = re.compile(rf"[@＠]|微信|薇信|(?i:wechat|weixin|vx|qq)|(?:[\d{NUMERALS}][\W_]{{0,3}}){{7}}")
_GROUP: Final = re.compile(r"\d+[Xx](?![0-9A-Za-z])|\d+", re.ASCII)
_SEPARATOR: Final = re.compile(r"[ \-./·‐-―_()]{1,3}")
_SPOKEN_SEPARATOR: Final = re.compile(r"[ \-./·‐-―_(),，、]{1,3}")
_WIDEST_GAP: Final = 3
_LONGEST_COUNTRY: Final = 9
_COUNTRY: Final = re.compile(r"(?<!\d)\(?(?:\+|00)86\)?[ \-]{0,2}$|(?<!\d)\+$", re.ASCII)
_LANDLINE: Final = re.compile(
    r"(?<!\d)(?:(?:\+|00)?86[ \-]?)?[(]?0(?:10|2\d|[3-9]\d{2})[)]?[ \-–—]{0,2}[2-9]\d{2,3}[ \-]?\d{4}"
    r"(?:[ ]?(?:转|分机|-|ext\.?)[ ]?\d{1,5})?(?!\d)",
    re.ASCII,
)
_CUED_LANDLINE: Final = re.compile(
    r"(?:电话|座机|固话|电話|座機|(?i:tel|phone))[^\d\n]{0,6}([2-9]\d{2,3}[ \-]?\d{4})(?!\d)", re.ASCII
)
_EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9_%+][A-Za-z0-9._%+\-]{0,63} ?@ ?"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?\.){1,8}[A-Za-z]{2,24}",
    re.ASCII,
)
_ACCOUNT: Final = re.compile(
    r"(?:微信|薇信|(?i:wechat|weixin|vx|qq))(?:号码|账号|帐号|号|(?i: ?id))?[\s:：=是为]{0,3}"
    r"([A-Za-z0-9_][A-Za-z0-9_\-]{4,29})",
    re.ASCII,
)
_OWN_IDS: Final = re.compile(
    r"(?<![0-9A-Za-z])(?=[0-9\-]{0,35}[a-f])(?:[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|[0-9a-f]{32,128})(?![0-9A-Za-z])"
)


class _Group(NamedTuple):
    digits: str
    start: int
    end: int


def worth_a_look(text: str) -> bool:
    """Return whether a text can hold anything that ``find`` finds; cheap, and never wrong about a no."""
    return _WORTH_A_LOOK.search(text) is not None


def find(text: str) -> list[Finding]:
    """Return the personal numbers and addresses in a text, in its order, none overlapping.

    Indices are those of ``text`` itself, so that ``text[start:end]`` is what was written.
    """
    if not worth_a_look(text):
        return []
    shadow = fold_text(text)
    found = list(_plain(shadow.text))
    spoken = read_numerals(shadow.text)
    if spoken != shadow.text:
        found += _runs(spoken, _SPOKEN_SEPARATOR)
    if not found:
        return []
    own = [match.span() for match in _OWN_IDS.finditer(shadow.text)]
    kept = (one for one in found if not any(start <= one.start and one.end <= end for start, end in own))
    return [_placed(one, shadow) for one in settle(kept)]


def _placed(one: Finding, shadow: Shadow) -> Finding:
    return Finding(one.kind, shadow.origin[one.start], shadow.origin[one.end - 1] + 1)


def _plain(text: str) -> Iterator[Finding]:
    yield from _runs(text, _SEPARATOR)
    for match in _LANDLINE.finditer(text):
        yield Finding(FindingKind.LANDLINE, *match.span())
    for match in _CUED_LANDLINE.finditer(text):
        yield Finding(FindingKind.LANDLINE, *match.span(1))
    if "@" in text:
        for match in _EMAIL.finditer(text):
            yield Finding(FindingKind.EMAIL, *match.span())
    for match in _ACCOUNT.finditer(text):
        yield Finding(FindingKind.ACCOUNT, *match.span(1))


def _runs(text: str, separator: re.Pattern[str]) -> Iterator[Finding]:
    """Yield what groups of digits make, alone and together with the groups after them."""
    groups = [_Group(match[0], *match.span()) for match in _GROUP.finditer(text)]
    for first in range(len(groups)):
        if first and _goes_on(text, groups[first - 1], groups[first], separator):
            continue
        parts: list[str] = []
        between: list[str] = []
        length = 0
        for place in range(first, len(groups)):
            group = groups[place]
            if parts:
                end = groups[place - 1].end
                if group.start - end > _WIDEST_GAP or not separator.fullmatch(text, end, group.start):
                    break
                between.append(text[end : group.start])
            parts.append(group.digits)
            length += len(group.digits)
            if length > LONGEST:
                break
            if length < SHORTEST:
                continue
            kind = classify(parts, between)
            if kind is not None:
                yield Finding(kind, _start(text, groups[first].start, kind), group.end)


def _goes_on(text: str, before: _Group, group: _Group, separator: re.Pattern[str]) -> bool:
    """Whether this is a further digit of a number spelled digit by digit, which is read from its first one."""
    if len(group.digits) > 1 or len(before.digits) > 1:
        return False
    return separator.fullmatch(text, before.end, group.start) is not None


def _start(text: str, start: int, kind: FindingKind) -> int:
    """Take the country code before a mobile number with it."""
    if kind is FindingKind.MOBILE and (before := _COUNTRY.search(text, max(0, start - _LONGEST_COUNTRY), start)):
        return before.start()
    return start
