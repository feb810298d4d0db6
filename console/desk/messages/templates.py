"""A template's text: words and parameters of a closed list, judged before anybody approves it. Pure.

An agent types no words: an amount comes from the case, a date is a date, the account is the lender's official one from
the settings. So whatever a message says was read by two people, but for a figure and a day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum, unique
from typing import Final

from console.desk.api.strategy import RuleFault
from console.desk.messages.length import LONGEST_PARTS, split
from console.desk.messages.words import sensitive
from masking.detect import mask_text

BODY_LIMIT: Final = 300
"""Longest text of a template, characters."""

CODE: Final = re.compile(r"[a-z][a-z0-9-]{1,23}\Z")
TITLE_LIMIT: Final = 40
_HOLE: Final = re.compile(r"\{([^{}]*)\}")
_TYPED_NUMBER: Final = re.compile(r"\d(?:[\W_]*\d){6}")
_LINK: Final = re.compile(r"(?i)https?:|www\.|[a-z0-9-]+\.(?:com|cn|net|org|top|xyz|link|cc)\b")


@unique
class Parameter(StrEnum):
    """What a message may say that its template does not."""

    AMOUNT = "amount"
    DATE = "date"
    ACCOUNT = "account"


_LONGEST: Final[Mapping[Parameter, str]] = {
    Parameter.AMOUNT: "CNY 999,999,999.99",
    Parameter.DATE: "2026-12-31",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A text that can be sent once its parameters are filled in.

    Attributes:
        pieces: words, and between them parameters.
    """

    pieces: tuple[str | Parameter, ...]

    @property
    def parameters(self) -> frozenset[Parameter]:
        """What has to be filled in."""
        return frozenset(piece for piece in self.pieces if isinstance(piece, Parameter))

    def fill(self, values: Mapping[Parameter, str], signature: str) -> str:
        """The message, who writes it first.

        Raises:
            KeyError: a parameter has no value.
        """
        words = "".join(values[piece] if isinstance(piece, Parameter) else piece for piece in self.pieces)
        return f"{signed(signature)}{words}"

    def longest(self, signature: str, account: str) -> int:
        """The most parts that a message of it can take."""
        return len(split(self.fill({**_LONGEST, Parameter.ACCOUNT: account}, signature)))


def signed(signature: str) -> str:
    """How a message says who writes it."""
    return f"【{signature}】" if signature else ""


def amount(minor: int, currency: str) -> str:
    """An amount of minor units as a message says it, the same in every language."""
    whole, cents = divmod(abs(minor), 100)
    return f"{currency} {'-' if minor < 0 else ''}{whole:,}.{cents:02d}"


def day(at: date) -> str:
    """A date as a message says it."""
    return at.isoformat()


def parse(body: str, *, signature: str = "", account: str = "") -> tuple[Template | None, tuple[RuleFault, ...]]:
    """Read a template's text.

    Args:
        body: the text.
        signature: who writes, from the settings; counts in the length.
        account: the official account, from the settings; counts in the length.

    Returns:
        The template, or none and every fault.
    """
    faults = tuple(_faults(body))
    if faults:
        return None, faults
    template = Template(tuple(_pieces(body)))
    if template.longest(signature, account) > LONGEST_PARTS:
        return None, (_fault("template.too_long", str(LONGEST_PARTS)),)
    return template, ()


def title_faults(title: str) -> tuple[RuleFault, ...]:
    """What is wrong with a template's name."""
    if not title.strip() or len(title) > TITLE_LIMIT or not title.isprintable():
        return (_fault("template.title_unfit", str(TITLE_LIMIT)),)
    return tuple(_said(title))


def _faults(body: str) -> Iterator[RuleFault]:
    if not body.strip():
        yield _fault("template.empty")
        return
    if len(body) > BODY_LIMIT:
        yield _fault("template.too_long", str(LONGEST_PARTS))
        return
    if not body.isprintable():
        yield _fault("template.unprintable")
    for name in dict.fromkeys(_HOLE.findall(body)):
        if name not in set(Parameter):
            yield _fault("template.unknown_parameter", name[:24])
    bare = _HOLE.sub("\n", body)
    if "{" in bare or "}" in bare:
        yield _fault("template.brace")
    if "【" in bare or "】" in bare:
        yield _fault("template.signature")
    yield from _said(body)


def _said(words: str) -> Iterator[RuleFault]:
    bare = _HOLE.sub("\n", words)
    if _LINK.search(bare):
        yield _fault("template.link")
    # Loose: whoever writes to everybody names nobody, so a word too many that looks like a name costs little.
    if _TYPED_NUMBER.search(bare) or any(mask_text(line, loose=True) != line for line in bare.split("\n")):
        yield _fault("template.personal")
    found = sensitive(words)
    if found is not None:
        yield _fault("template.sensitive", found.word)


def _pieces(body: str) -> Iterator[str | Parameter]:
    at = 0
    for hole in _HOLE.finditer(body):
        if hole.start() > at:
            yield body[at : hole.start()]
        yield Parameter(hole[1])
        at = hole.end()
    if at < len(body):
        yield body[at:]


def _fault(code: str, what: str = "") -> RuleFault:
    return RuleFault(line=1, code=code, what=what)
