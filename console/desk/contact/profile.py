"""Contact rules as data: a profile is a TOML text, read whole or not at all.

A profile is a list of rules, each of one kind with its own figures, each naming the clause it comes from. Every profile
has the rules that no jurisdiction does without (`NEEDED`); what else it has, and with which figures, is its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from datetime import date, time
from functools import lru_cache
from importlib import resources
from typing import Annotated, Final, Literal

import msgspec

from console.desk.api.contact import Means
from console.desk.api.contacts import LAWFUL_SOURCES
from console.desk.api.strategy import RuleFault
from masking.detect import mask_text

Days = Annotated[int, msgspec.Meta(ge=1, le=31)]
Figure = Annotated[int, msgspec.Meta(ge=0, le=999)]
Code = Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{0,23}$")]
Clause = Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9§][A-Za-z0-9§_.:()/ -]{0,47}$")]
Hour = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
Mode = Literal["block", "advice", "off"]
Per = Literal["debtor", "number", "debt"]

EVERY: Final = (Means.CALL, Means.SMS, Means.VISIT)
LINES: Final = 300
_WIDTH: Final = 200
_RULES: Final = 40


class Rule(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """What every rule says. mode: refuse, only advise, or not used. means: what it is for."""

    name: Code
    clause: Clause
    mode: Mode = "block"
    means: tuple[Means, ...] = EVERY


class Workable(Rule, frozen=True, kw_only=True, tag="workable"):
    """The case is being worked: neither settled nor closed nor recalled."""


class Hold(Rule, frozen=True, kw_only=True, tag="hold"):
    """Nothing says that the customer is not to be contacted (停催), a complaint apart."""


class Complaint(Rule, frozen=True, kw_only=True, tag="complaint"):
    """No complaint is open."""


class Stop(Rule, frozen=True, kw_only=True, tag="do_not_contact"):
    """Nobody asked that this number be left alone."""


class Source(Rule, frozen=True, kw_only=True, tag="source"):
    """The number comes from where it lawfully may."""

    sources: tuple[Word, ...] = LAWFUL_SOURCES


class Party(Rule, frozen=True, kw_only=True, tag="party"):
    """Only the debtor, and who stands for the debt by these words for the relation; others behind `lost_contact`."""

    liable: tuple[Word, ...] = ()


class LostContact(Rule, frozen=True, kw_only=True, tag="lost_contact"):
    """A third party may be asked when the debtor cannot be reached, by the attempts on the debtor's own numbers.

    Lost: every number is invalid; or `failed` attempts in a row and another on a later day; or a failed one on each of
    `days` days in a row. A conversation begins the count anew. not_found_days: a number is invalid too that the
    provider did not find on so many days, and never else since; 0: only one that it says nobody has.
    """

    failed: Annotated[int, msgspec.Meta(ge=1, le=30)]
    days: Annotated[int, msgspec.Meta(ge=2, le=14)]
    not_found_days: Annotated[int, msgspec.Meta(ge=0, le=14)] = 3


class QuietHours(Rule, frozen=True, kw_only=True, tag="quiet_hours"):
    """Between these hours only, on the clock where the debtor is; a consent may open others."""

    opens: Hour
    closes: Hour
    consent_lifts: bool = True


class Holidays(Rule, frozen=True, kw_only=True, tag="holidays"):
    """Not on these days where the debtor is."""

    dates: Annotated[tuple[str, ...], msgspec.Meta(max_length=200)] = ()


class Count(Rule, frozen=True, kw_only=True, tag="count"):
    """At most `limit` in so many calendar days where the debtor is, today included; advises from `warn` on.

    of: conversations; attempts that reached nobody; or whatever was placed. per: debtor over all cases of the creditor
    and its agencies, by their ID number or by their own phone number; number; or debt (case). inbound: those the
    customer makes count too.
    """

    of: Literal["connected", "unanswered", "placed"]
    per: Per
    limit: Annotated[int, msgspec.Meta(ge=1, le=999)]
    days: Days = 1
    warn: Figure | None = None
    inbound: bool = False


class Pause(Rule, frozen=True, kw_only=True, tag="pause"):
    """After a conversation or an attempt none for so many calendar days, of which its own is the first."""

    after: Literal["connected", "placed"]
    per: Per
    days: Days
    inbound: bool = False


class Recorder(Rule, frozen=True, kw_only=True, tag="recorder"):
    """What is said can be recorded."""


class Agency(Rule, frozen=True, kw_only=True, tag="agency"):
    """The agency that has the case is one of the creditor's, in date."""


AnyRule = (
    Workable
    | Hold
    | Complaint
    | Stop
    | Source
    | Party
    | LostContact
    | QuietHours
    | Holidays
    | Count
    | Pause
    | Recorder
    | Agency
)

NEEDED: Final = (
    "workable",
    "hold",
    "complaint",
    "do_not_contact",
    "source",
    "party",
    "quiet_hours",
    "recorder",
    "agency",
)
"""Kinds that every profile has, each refusing."""


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A jurisdiction's rules in the order in which they are looked at and shown."""

    code: Code
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    rule: Annotated[tuple[AnyRule, ...], msgspec.Meta(min_length=1, max_length=_RULES)]

    @property
    def rules(self) -> tuple[AnyRule, ...]:
        """The rules."""
        return self.rule

    @property
    def days(self) -> int:
        """How many days back anything may count."""
        return max((one.days for one in self.rule if isinstance(one, Count | Pause)), default=1)


_HEADER: Final = re.compile(r"\s*\[\[\s*rule\s*\]\]")
_AT_LINE: Final = re.compile(r"line (\d+)")
_AT_RULE: Final = re.compile(r"\$\.rule\[(\d+)\](?:\.([a-z_]+))?")
_AT_KEY: Final = re.compile(r"`\$\.([a-z_]+)|field `([a-z_]+)`")


def parse(lines: Sequence[str]) -> tuple[Profile | None, tuple[RuleFault, ...]]:
    """Read a profile's text.

    Returns:
        The profile and no fault, or none and what is wrong, by line.
    """
    if len(lines) > LINES or any(len(line) > _WIDTH for line in lines):
        return None, (RuleFault(line=0, code="rules.too_long"),)
    # Dates are written apart, where they are looked at as dates.
    told = tuple(
        RuleFault(line=at, code="rules.personal")
        for at, line in enumerate(lines, 1)
        if not line.lstrip().startswith("dates") and mask_text(line, loose=True) != line
    )
    if told:
        return None, told
    try:
        data = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as wrong:
        at = _AT_LINE.search(str(wrong))
        return None, (RuleFault(line=int(at[1]) if at else len(lines), code="rules.not_toml"),)
    places = [at for at, line in enumerate(lines, 1) if _HEADER.match(line)]
    try:
        profile = msgspec.convert(data, type=Profile)
    except msgspec.ValidationError as wrong:
        return None, (_fault(str(wrong), places),)
    faults = tuple(_unsound(profile, places))
    return (None, faults) if faults else (profile, ())


def _fault(said: str, places: Sequence[int]) -> RuleFault:
    rule, key = _AT_RULE.search(said), _AT_KEY.search(said)
    line = places[int(rule[1])] if rule and int(rule[1]) < len(places) else 0
    what = (rule[2] if rule else None) or (next((one for one in key.groups() if one), "") if key else "")
    return RuleFault(line=line, code="rules.value", what=what)


def _unsound(profile: Profile, places: Sequence[int]) -> Iterator[RuleFault]:
    """What each value allows and the whole does not."""
    kinds = [_kind(one) for one in profile.rule if one.mode == "block"]
    for kind in NEEDED:
        if kind not in kinds:
            yield RuleFault(line=0, code="rules.missing", what=kind)
    names: set[str] = set()
    for at, one in enumerate(profile.rule):
        line = places[at] if at < len(places) else 0
        if one.name in names:
            yield RuleFault(line=line, code="rules.twice", what=one.name)
        names.add(one.name)
        for key in _unfit(one):
            yield RuleFault(line=line, code="rules.value", what=key)


def _unfit(rule: AnyRule) -> Iterator[str]:
    if _kind(rule) in NEEDED and _kind(rule) not in {"quiet_hours", "recorder"} and set(rule.means) != set(EVERY):
        yield "means"
    if isinstance(rule, QuietHours) and not time.fromisoformat(rule.opens) < time.fromisoformat(rule.closes):
        yield "opens"
    if isinstance(rule, Holidays) and not all(_is_day(one) for one in rule.dates):
        yield "dates"
    if isinstance(rule, Source) and not set(rule.sources) <= set(LAWFUL_SOURCES):
        yield "sources"
    if isinstance(rule, Count) and rule.warn is not None and rule.warn > rule.limit:
        yield "warn"
    if isinstance(rule, Recorder | QuietHours) and Means.CALL not in rule.means:
        yield "means"
    if any(mask_text(word, loose=True) != word for word in getattr(rule, "liable", ())):
        yield "liable"


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _kind(rule: AnyRule) -> str:
    return str(rule.__struct_config__.tag)


kind_of = _kind
"""The kind of a rule, as its text names it."""

SHIPPED: Final = ("cn", "us-reg-f")
"""Profiles that come with the desk; the first decides until another is approved."""


@lru_cache(maxsize=8)
def shipped_lines(code: str) -> tuple[str, ...]:
    """The text of a profile that comes with the desk.

    Raises:
        KeyError: none has that code.
    """
    if code not in SHIPPED:
        raise KeyError(code)
    text = resources.files("console.desk.contact").joinpath("shipped", f"{code}.toml").read_text("utf-8")
    return tuple(text.rstrip("\n").split("\n"))


@lru_cache(maxsize=64)
def read(text: str) -> Profile | None:
    """The profile of a stored text; it was read whole before, so none means another build's grammar."""
    return parse(tuple(text.split("\n")))[0]
