"""Phones, ID numbers, cards, e-mail addresses and account names found in free text, however they are spelled.

Spaced, dashed, dotted, with +86, in full-width digits, in Chinese numerals, with invisible characters between. Dates,
amounts, order numbers, addresses of machines and the desk's own identifiers are left alone as far as shape tells.
Names and addresses of people are in ``masking.detect.loose``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from masking.detect.digits import LONGEST, SHORTEST, checks, classify
from masking.detect.finding import Finding, FindingKind, settle
from masking.detect.phones import find_phones
from masking.detect.references import is_reference
from masking.detect.shadow import NUMERALS, Shadow, fold_text, read_numerals

_SAYS_AT: Final = re.compile(r"@|[(\[（]at[)\]）]|艾特", re.IGNORECASE)
_WORTH_A_LOOK: Final = re.compile(
    rf"[@＠]|[(\[（][aA][tT]|艾特|微信|薇信|(?i:wechat|weixin|vx|qq)|(?:[\d{NUMERALS}][\W_]{{0,3}}){{7}}"
)
_GROUP: Final = re.compile(r"\d+[Xx](?![0-9A-Za-z])|\d+|(?<=\d[ \-])[Xx](?![0-9A-Za-z])", re.ASCII)
_SEPARATOR: Final = re.compile(r"[ \-./·‐-―_)）]{1,3}")
# A comma joins what is spoken; where figures stand on either side it parts them.
_SPOKEN_SEPARATOR: Final = re.compile(r"[ \-./·‐-―_)）,，、]{1,3}")
_COMMA: Final = re.compile(r"[,，、]")
_SERVICE: Final = frozenset({"400", "800"})
_WIDEST_GAP: Final = 3
_LONGEST_COUNTRY: Final = 9
_COUNTRY: Final = re.compile(r"(?<!\d)\(?(?:\+|00)86\)?[ \-]{0,2}$|(?<!\d)\+$", re.ASCII)
_AT: Final = r" ?(?:@|\(at\)|（at）|\[at\]|艾特) ?"
_DOT: Final = r"(?:\.|。|点|\(dot\)|\[dot\])"
_EMAIL: Final = re.compile(
    r"(?<![A-Za-z0-9._%+\-])[A-Za-z0-9_%+][A-Za-z0-9._%+\-]{0,63}"
    + _AT
    + r"(?:[A-Za-z0-9](?:[A-Za-z0-9\-]{0,61}[A-Za-z0-9])?"
    + _DOT
    + r"){1,8}[A-Za-z]{2,24}",
    re.ASCII | re.IGNORECASE,
)
_PAPERS: Final = re.compile(
    r"(?:护照|護照|通行证|通行證|回乡证|台胞证|居留证|居住证|军官证|passport)(?:号码|号| ?no\.?)?[\s:：是为]{0,3}"
    r"([A-Z]{1,3}\d{6,10})(?![0-9A-Za-z])",
    re.ASCII | re.IGNORECASE,
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
        found += _runs(spoken, _SPOKEN_SEPARATOR, shadow.text)
        found += find_phones(spoken)
    if not found:
        return []
    own = [match.span() for match in _OWN_IDS.finditer(shadow.text)]
    kept = (one for one in found if not any(start <= one.start and one.end <= end for start, end in own))
    return [_placed(one, shadow) for one in settle(kept)]


def _placed(one: Finding, shadow: Shadow) -> Finding:
    return Finding(one.kind, shadow.origin[one.start], shadow.origin[one.end - 1] + 1)


def _plain(text: str) -> Iterator[Finding]:
    yield from _runs(text, _SEPARATOR)
    yield from find_phones(text)
    if _SAYS_AT.search(text):
        for match in _EMAIL.finditer(text):
            yield Finding(FindingKind.EMAIL, *match.span())
    for match in _PAPERS.finditer(text):
        yield Finding(FindingKind.ID_NUMBER, *match.span(1))
    for match in _ACCOUNT.finditer(text):
        yield Finding(FindingKind.ACCOUNT, *match.span(1))


def _runs(text: str, separator: re.Pattern[str], written: str = "") -> Iterator[Finding]:
    """Yield what groups of digits make, alone and together with the groups after them.

    Args:
        text: Where numerals are digits already.
        separator: What may stand between two groups.
        written: The same with its numerals, when they were read.
    """
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
                if _COMMA.search(text, end, group.start) and _in_figures(written, end - 1, group.start):
                    break
                between.append(text[end : group.start])
            parts.append(group.digits)
            length += len(group.digits)
            if length > LONGEST:
                break
            found = _number(text, groups[first].start, parts, between, group) if length >= SHORTEST else None
            if found is not None:
                yield found
            if group.digits[-1] in "Xx":
                break  # a check letter ends its number


def _number(text: str, start: int, parts: list[str], between: list[str], last: _Group) -> Finding | None:
    """What these groups make, with its country code; none when they make nothing or an order's number."""
    end = last.end
    kind = classify(parts, between)
    if kind is None and len(last.digits) > 1 and last.digits[-1] in "Xx":
        end -= 1  # a letter behind a number that is none of its digits
        kind = classify([*parts[:-1], last.digits[:-1]], between)
    # Eleven digits of a mobile are hidden whatever they are called: calling them an order's would be a way round.
    proven = kind is FindingKind.MOBILE or (kind is FindingKind.ID_NUMBER and checks(last.digits))
    if kind is None or (len(parts) == 1 and not proven and is_reference(text, start)):
        return None
    return Finding(kind, _start(text, start, kind), end)


def _in_figures(written: str, *places: int) -> bool:
    return any(written[place].isascii() for place in places)


def _goes_on(text: str, before: _Group, group: _Group, separator: re.Pattern[str]) -> bool:
    """Whether this goes on with a number that is read from its first group: one spelled digit by digit."""
    if before.digits in _SERVICE and text[before.end : group.start] in {"-", " "} and len(group.digits) <= len("8888"):
        return True  # the rest of a company's number
    if len(group.digits) > 1 or len(before.digits) > 1:
        return False
    if before.start and text[before.start - 1].isascii() and text[before.start - 1].isalpha():
        return False
    return separator.fullmatch(text, before.end, group.start) is not None


def _start(text: str, start: int, kind: FindingKind) -> int:
    """Take the country code before a mobile number with it."""
    if kind is not FindingKind.MOBILE:
        return start
    if before := _COUNTRY.search(text, max(0, start - _LONGEST_COUNTRY), start):
        return before.start()
    opened = start > 0 and text[start - 1] in "(（" and text[start + 3 : start + 4] in {")", "）"}
    return start - 1 if opened else start
