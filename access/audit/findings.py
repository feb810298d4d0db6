"""What verification can find, and what it returns."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec


class Kind(StrEnum):
    """One kind of thing wrong with a log, or worth saying about it."""

    BODY_UNREADABLE = "body_unreadable"
    """The event's body is no event of the schema."""
    CHECKPOINT_DIFFERS = "checkpoint_differs"
    """The database's copy of a checkpoint says something else than the witness."""
    CHECKPOINT_UNCOPIED = "checkpoint_uncopied"
    """The witness holds a checkpoint that the database has no copy of (a crash between the two)."""
    CLOCK_REWIND = "clock_rewind"
    """The event is dated well before one that stands earlier in the log."""
    COLUMN_CHANGED = "column_changed"
    """A searchable column says something else than the event's body: the row hides or misplaces the event."""
    EVENT_CHANGED = "event_changed"
    """The event's body does not have the hash that the log kept."""
    EVENT_DUPLICATED = "event_duplicated"
    """The same event stands in the log twice."""
    EVENTS_MISSING = "events_missing"
    """The sequence has a gap."""
    HEAD_DIFFERS = "head_differs"
    """The log's head does not fit its events."""
    NEVER_SIGNED = "never_signed"
    """No checkpoint covers the log yet."""
    ROLLED_BACK = "rolled_back"
    """The whole database is older than what the witness saw: an old copy was put back."""
    ROOT_DIFFERS = "root_differs"
    """Events up to a checkpoint are not those that were signed: changed, inserted, reordered or rewritten."""
    SIGNATURE_WRONG = "signature_wrong"
    """A checkpoint was not signed by the desk's log key."""
    TAIL_CUT = "tail_cut"
    """Events that a checkpoint covers are gone from the end."""
    TRIGGER_MISSING = "trigger_missing"
    """A trigger that keeps the log append-only is missing or changed."""
    WAITING = "waiting"
    """Events are durable but not chained yet (PostgreSQL)."""
    WITNESS_CUT = "witness_cut"
    """The database knows a signed checkpoint that the witness has lost."""
    WITNESS_EDITED = "witness_edited"
    """The witness's notes do not follow from each other."""
    WITNESS_MISSING = "witness_missing"
    """The witness is gone or unreadable though checkpoints were signed."""
    WITNESS_TORN = "witness_torn"
    """A piece of the witness is no note: a crash tore it. An edited note breaks the links as well."""


NOTICES: Final = frozenset(
    {Kind.CHECKPOINT_UNCOPIED, Kind.CLOCK_REWIND, Kind.NEVER_SIGNED, Kind.WAITING, Kind.WITNESS_TORN}
)
"""What is said but does not fail a verification."""


class Finding(msgspec.Struct, frozen=True):
    """One thing found.

    Attributes:
        kind: What it is.
        position: Sequence number of the (first) event concerned, none where it concerns the whole.
        detail: Numbers that narrow it down, such as ``12..40`` for a range of events, or a trigger's name.
    """

    kind: Kind
    position: int | None
    detail: str = ""


class Verification(msgspec.Struct, frozen=True):
    """What verifying a log brought.

    Attributes:
        events: Events recomputed.
        checkpoints: Checkpoints compared.
        waiting: Events not chained yet.
        root: Root of the tree over all events.
        seconds: How long it took.
        findings: What is wrong.
        notices: What is worth knowing but wrong with nothing.
    """

    events: int
    checkpoints: int
    waiting: int
    root: bytes
    seconds: float
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings
