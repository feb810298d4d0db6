"""Events: the closed schema of everything the log may say, and its canonical bytes.

An event holds time, person, role, source address, terminal, session, action, object, purpose, result and approval
(design §4, requirements C-5.4f, Y-4.3.1, R-43b), refusals included: ids, codes and counts, never personal data.
Whatever does not fit the schema is refused before it reaches a transaction. Canonical bytes are JSON in declared order
with defaults left out; a default, once released, never changes.

`STRING_FIELDS` lists every field that may hold text, with the shape it must have; a field outside the list fails the
build. What `detail` may add is closed as well: `access.audit.details`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from enum import StrEnum
from functools import lru_cache
from operator import attrgetter
from typing import Final, Literal, get_args

import msgspec

from access.audit.details import COUNT_KEYS, DIGEST_KEYS, ID_KEYS, DetailKey
from access.errors import EventRefused
from masking.detect import find

__all__ = ["STRING_FIELDS", "DetailKey", "Event", "Result", "Verb", "check", "decode", "encode"]

Result = Literal["ok", "refused", "failed"]


class Verb(StrEnum):
    """What is done to the data, in the words of the Measures for data security in banking (requirement R-3)."""

    COLLECT = "collect"
    DELETE = "delete"
    DESTROY = "destroy"
    PROCESS = "process"
    PROVIDE = "provide"
    PUBLISH = "publish"
    SHARE = "share"
    STORE = "store"
    TRANSFER = "transfer"
    TRANSMIT = "transmit"
    USE = "use"


_ID: Final = re.compile(r"[0-9a-f]{32}\Z")
_COUNT: Final = re.compile(r"[0-9]{1,10}\Z")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}\Z")
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.#-]{0,47}\Z")
_ACTION: Final = re.compile(r"(?=.{3,64}\Z)[a-z][a-z_-]*(:[a-z_-]+){1,3}\Z")
_OBJECT: Final = re.compile(r"[A-Za-z0-9_.:#@-]{1,64}\Z")
_PLACE: Final = re.compile(r"[A-Za-z0-9_.:/\[\]%@-]{1,64}\Z")
_RULE: Final = re.compile(r"[A-Za-z0-9§][A-Za-z0-9§_.:/ -]{0,63}\Z")
_SUBJECT: Final = re.compile(r"[a-z_]{1,31}:[0-9a-f]{32}\Z")
# Letters of any script, digits and plain punctuation: no control, bidirectional or invisible characters.
_TEXT: Final = re.compile(r"[\w .,:;#@/+()\[\]<>=%§·、，。：；（）-]{1,80}\Z")
_DIGIT_RUN: Final = re.compile(r"\d(?:[ .-]?\d){6}")
_UNDOTTED_RUN: Final = re.compile(r"\d(?:[ -]?\d){6}")  # an address's dots are no spelling of a number

CASE_NUMBER: Final = re.compile(r"C-20[0-9]{2}-[0-9]{7}\Z")
"""How the desk numbers cases: a counter of its own, however many digits it has."""

STRING_FIELDS: Final[dict[str, re.Pattern[str]]] = {
    "id": _ID,
    "person_id": _ID,
    "role": _CODE,
    "unit_id": _ID,
    "source": _PLACE,
    "terminal": _PLACE,
    "session_id": _ID,
    "action": _ACTION,
    "object_kind": _CODE,
    "object_id": _OBJECT,
    "tenant_id": _ID,
    "case_id": _ID,
    "purpose": _CODE,
    "reason": _CODE,
    "rule": _RULE,
    "approval_id": _ID,
    "subject": _SUBJECT,
}
"""Every field that may hold text, and its shape. `fields` holds `_CODE` words, `detail` what its key says."""

_SHAPES: Final = {**STRING_FIELDS, "fields": _CODE}
_HARMLESS: Final = frozenset({_ID, _SUBJECT, _ACTION})

_NUMBER_LIMITS: Final = {"at": 2**62, "minutes": 100_000, "level": 9, "rows": 10**10, "subject_version": 2**31}


class Event(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, tag_field="v", tag="vd1"):
    """One line of the log.

    Attributes:
        id: The event's own id.
        at: Microseconds since 1970 in UTC.
        action: ``scope:resource:action``.
        verb: What the act does to data (requirement R-3).
        tenant_id: Creditor concerned, or the desk's own tenant.
        result: Whether it was done, refused by a rule, or failed.
        person_id: Who; none for the desk itself.
        role: The role that allowed it, or that asked.
        unit_id: The person's team or agency.
        source: Network address, or ``local``.
        terminal: Terminal or process.
        session_id: The person's session.
        object_kind: What kind of thing was acted on.
        object_id: Which one: an id, a field name, a setting's name.
        case_id: Case concerned.
        purpose: Why data was opened (a code).
        reason: Reason given (a code).
        rule: Rule or clause that decided, for refusals above all.
        approval_id: Request or decision that approved it.
        fields: Names of the fields concerned.
        minutes: Minutes granted.
        level: Highest data level touched (1..3).
        rows: Number of rows or customers shown, changed or handed out.
        subject: ``table:id`` of the proven row that this event wrote.
        subject_version: That row's version after the act.
        detail: Further facts, each under a key of `DetailKey`.
    """

    id: str
    at: int
    action: str
    verb: Verb
    tenant_id: str
    result: Result = "ok"
    person_id: str | None = None
    role: str | None = None
    unit_id: str | None = None
    source: str | None = None
    terminal: str | None = None
    session_id: str | None = None
    object_kind: str | None = None
    object_id: str | None = None
    case_id: str | None = None
    purpose: str | None = None
    reason: str | None = None
    rule: str | None = None
    approval_id: str | None = None
    fields: tuple[str, ...] = ()
    minutes: int | None = None
    level: int | None = None
    rows: int | None = None
    subject: str | None = None
    subject_version: int | None = None
    detail: tuple[tuple[DetailKey, str], ...] = ()


_encoder: Final = msgspec.json.Encoder()
_decoder: Final = msgspec.json.Decoder(Event)
_texts: Final[Callable[[Event], tuple[object, ...]]] = attrgetter(*STRING_FIELDS)
_RESULTS: Final = frozenset(get_args(Result))


def encode(event: Event) -> bytes:
    """Return the canonical bytes of an event, checked against the closed schema.

    Raises:
        EventRefused: A value does not have the shape its field must have, or may be personal data. The error names the
            field, never the value.
    """
    try:
        check(event)
        return _encoder.encode(event)
    except TypeError:
        raise EventRefused(field="body") from None


def decode(body: bytes) -> Event:
    """Read canonical bytes back.

    Raises:
        EventRefused: They are not an event of this schema.
    """
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError) as wrong:
        raise EventRefused(field="body") from wrong


def check(event: Event) -> None:
    """Refuse an event that breaks the closed schema.

    Raises:
        EventRefused: As `encode`.
    """
    for name, value in zip(STRING_FIELDS, _texts(event), strict=True):
        if value is not None:
            _accept(name, value)
    _check_plain(event)
    for field in event.fields:
        _accept("fields", field)
    for key, value in event.detail:
        _accept_detail(key, value)


def _check_plain(event: Event) -> None:
    """Check what is not text; annotations bind no caller."""
    if type(event.verb) is not Verb:
        raise EventRefused(field="verb")
    if event.result not in _RESULTS:
        raise EventRefused(field="result")
    for name, limit in _NUMBER_LIMITS.items():
        number: object = getattr(event, name)
        if number is not None and not (type(number) is int and 0 <= number < limit):
            raise EventRefused(field=name)


@lru_cache(maxsize=8192, typed=True)
def _accept(name: str, value: object) -> None:
    """Pass a text that fits its field. Most texts come again and again; one that is refused is not kept."""
    shape = _SHAPES[name]
    if not isinstance(value, str) or shape.match(value) is None:
        raise EventRefused(field=name)
    if name == "source":
        personal = _UNDOTTED_RUN.search(value) is not None
    else:
        of_ours = name == "object_id" and CASE_NUMBER.match(value) is not None
        personal = shape not in _HARMLESS and not of_ours and _may_be_personal(value)
    if personal:
        raise EventRefused(field=name)


@lru_cache(maxsize=1024, typed=True)
def _accept_detail(key: object, value: object) -> None:
    if not isinstance(key, DetailKey) or not isinstance(value, str):
        raise EventRefused(field="detail")
    shape = _ID if key in ID_KEYS else _COUNT if key in COUNT_KEYS else _DIGEST if key in DIGEST_KEYS else _TEXT
    if shape.match(value) is None or (shape is _TEXT and (_may_be_personal(value) or find(value))):
        raise EventRefused(field="detail", key=key)


def _may_be_personal(text: str) -> bool:
    """Seven digits or more, spaced or not, may be a number of a person; an id of ours may not."""
    return _DIGIT_RUN.search(text) is not None and _ID.match(text) is None
