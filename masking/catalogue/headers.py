"""Which field a lender's column header means: Chinese or English, numbered, spaced, with its unit, in any case.

Only headers are judged here, never values. A header is a field by its exact alias; it is forbidden by an alias or by a
word inside it, because a file that holds such a column must not come in under a cleverer name. What is neither is
unknown, and the importer refuses it until it is dropped by name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from masking.catalogue.model import Field, ForbiddenKind, ImportKind
from masking.text import fold

_BRACKETS: Final = re.compile(r"[(\[【〔{]([^()\[\]【】〔〕{}]*)[)\]】〕}]")
# Units that do not change the figure. 万元 does: such a header stays unknown rather than be wrong by 10,000.
_HARMLESS_UNITS: Final = frozenset(
    {"元", "人民币", "人民币元", "rmb", "cny", "yuan", "天", "日", "days", "day", "必填", "*"}
)
_PERCENT: Final = frozenset({"%", "percent", "百分比"})
_NOT_WORD: Final = re.compile(r"[\W_]+")
_ORDINAL: Final = re.compile(r"第?(\d{1,2}|[一二三四五六七八九十])")
_NUMERALS: Final = "一二三四五六七八九十"
_MOST: Final = 20


class HeaderOutcome(StrEnum):
    """What a header turned out to be."""

    FIELD = "field"
    FORBIDDEN = "forbidden"
    IGNORABLE = "ignorable"
    BLANK = "blank"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class HeaderMatch:
    """The reading of one header.

    Attributes:
        outcome: What it is.
        field: Name of the field it means, or of the forbidden one; None otherwise.
        forbidden: Why the file must be quarantined; None unless forbidden.
        index: Which of several, from 1.
        percent: The header says that its figures are percentages.
    """

    outcome: HeaderOutcome
    field: str | None = None
    forbidden: ForbiddenKind | None = None
    index: int = 1
    percent: bool = False


class HeaderClash(ValueError):
    """Two fields claim one header, or a field claims one that is forbidden; the argument names it."""


def normalise_header(header: str) -> tuple[str, bool]:
    """Return a header's letters, digits and characters alone, lower-cased, and whether it says percent."""
    text = fold(header).casefold()
    percent = False

    def unit(match: re.Match[str]) -> str:
        nonlocal percent
        inside = match[1].strip()
        percent = percent or inside in _PERCENT
        return "" if inside in _HARMLESS_UNITS or inside in _PERCENT else match[1]

    text = _BRACKETS.sub(unit, text)
    percent = percent or text.rstrip().endswith("%")
    return _NOT_WORD.sub("", text), percent


class Headers:
    """The headers of a whole catalogue, ready to be matched."""

    def __init__(
        self, fields: Iterable[Field], forbidden_words: Mapping[str, ForbiddenKind], ignorable: Iterable[str]
    ) -> None:
        """Index every alias.

        Raises:
            HeaderClash: Two fields of one kind of file claim a header, or a field claims a forbidden one.
        """
        self._words = {normalise_header(word)[0]: kind for word, kind in forbidden_words.items()}
        self._ignorable = {normalise_header(one)[0] for one in ignorable}
        self._forbidden: dict[str, Field] = {}
        self._fields: dict[ImportKind, dict[str, Field]] = {kind: {} for kind in ImportKind}
        among = tuple(fields)
        for field in (one for one in among if one.forbidden):
            for alias in (field.name, field.zh, *field.aliases):
                self._forbidden[normalise_header(alias)[0]] = field
        for field in (one for one in among if one.importable):
            for alias in (field.name, field.zh, field.en, *field.aliases):
                self._claim(field, normalise_header(alias)[0])

    def _claim(self, field: Field, key: str) -> None:
        if not key or key in self._forbidden or key in self._ignorable or self._word_in(key):
            raise HeaderClash(f"{field.name}:{key}")
        for kind in field.kinds:
            if self._fields[kind].setdefault(key, field) is not field:
                raise HeaderClash(f"{field.name}:{key}")

    def _word_in(self, key: str) -> ForbiddenKind | None:
        return next((kind for word, kind in self._words.items() if word in key), None)

    def match(self, header: str, kind: ImportKind = ImportKind.CASES) -> HeaderMatch:
        """Return what a header means in a file of a kind. Total: any text has an answer."""
        key, percent = normalise_header(header)
        if not key:
            return HeaderMatch(HeaderOutcome.BLANK)
        if found := self._fields[kind].get(key):
            return HeaderMatch(HeaderOutcome.FIELD, found.name, percent=percent)
        if key in self._ignorable:
            return HeaderMatch(HeaderOutcome.IGNORABLE)
        return self._barred(key) or self._numbered(key, kind) or HeaderMatch(HeaderOutcome.UNKNOWN)

    def _numbered(self, key: str, kind: ImportKind) -> HeaderMatch | None:
        """Read 联系人2电话 or mobile_2: the header without its number, when the field may stand several times."""
        for match in _ORDINAL.finditer(key):
            rest = key[: match.start()] + key[match.end() :]
            if barred := self._barred(rest):
                return barred
            index = int(match[1]) if match[1].isdigit() else _NUMERALS.index(match[1]) + 1
            found = self._fields[kind].get(rest)
            if found and found.repeats and 1 <= index <= _MOST:
                return HeaderMatch(HeaderOutcome.FIELD, found.name, index=index)
        return None

    def _barred(self, key: str) -> HeaderMatch | None:
        if field := self._forbidden.get(key):
            return HeaderMatch(HeaderOutcome.FORBIDDEN, field.name, field.forbidden)
        if kind := self._word_in(key):
            return HeaderMatch(HeaderOutcome.FORBIDDEN, forbidden=kind)
        return None
