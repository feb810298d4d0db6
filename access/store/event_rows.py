"""How an event becomes a row of the log's tables."""

from __future__ import annotations

from typing import Any, Final

from access.audit.events import Event, encode
from access.store.schema import audit_event, audit_outbox

COPIED: Final = ("tenant_id", "at", "action", "person_id", "case_id", "subject", "subject_version", "result")
"""Fields of an event that stand beside its body, to search by."""

_EVENT_COLUMNS: Final = tuple(column.name for column in audit_event.columns)
_OUTBOX_COLUMNS: Final = tuple(column.name for column in audit_outbox.columns)

EventRow = tuple[Any, ...]


def outbox_values(event: Event) -> EventRow:
    """Return the event's row in the order of `audit_outbox`, canonical body last.

    Raises:
        EventRefused: The event breaks the closed schema.
    """
    body = encode(event)
    return (
        event.id,
        event.tenant_id,
        event.at,
        str(event.action),  # of an enumeration, the bare text
        event.person_id,
        event.case_id,
        event.subject,
        event.subject_version,
        event.result,
        body,
    )


def event_values(seq: int, leaf: bytes, outbox: EventRow) -> EventRow:
    """Return the row in the order of `audit_event`."""
    return (seq, outbox[0], leaf, *outbox[1:])


def _insert(table: str, columns: tuple[str, ...], mark: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join([mark] * len(columns))})"  # noqa: S608 - names


SQLITE_INSERT_EVENT: Final = _insert("audit_event", _EVENT_COLUMNS, "?")
POSTGRES_INSERT_OUTBOX: Final = _insert("audit_outbox", _OUTBOX_COLUMNS, "%s").encode()
OUTBOX_SELECT: Final = (
    f"SELECT {', '.join(_OUTBOX_COLUMNS)} FROM audit_outbox AS waiting"  # noqa: S608 - names
    " WHERE NOT EXISTS (SELECT 1 FROM audit_event WHERE audit_event.event_id = waiting.event_id)"
    " ORDER BY event_id LIMIT %s"
).encode()
"""What the chainer takes next. An event that is in the log already is left lying, for verification to count."""

EVENT_COPY: Final = f"COPY audit_event ({', '.join(_EVENT_COLUMNS)}) FROM STDIN".encode()
