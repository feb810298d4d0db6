"""Pages of the log for those who may read it: newest first, by exact filters, decoded.

Only chained events are shown; on PostgreSQL one that was just appended follows a moment later. Who may read is decided
elsewhere, and reading is itself an event.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from sqlalchemy import Connection, Select, select

from access.audit.events import Event, decode
from access.store.schema import audit_event

PAGE = 50
_TAIL_CHUNK = 1000


class Filter(msgspec.Struct, frozen=True):
    """Which events; every part that is given must fit.

    Attributes:
        person_id: Whose.
        case_id: On which case.
        case_ids: On any of these cases; empty for all.
        action: Exactly this action, or all that begin so when it ends with a colon.
        since: At this instant or later (microseconds UTC).
        until: Before this instant.
    """

    person_id: str | None = None
    case_id: str | None = None
    case_ids: tuple[str, ...] = ()
    action: str | None = None
    since: int | None = None
    until: int | None = None


class Entry(msgspec.Struct, frozen=True):
    """An event and its place in the log, counted from 1."""

    seq: int
    event: Event


class Page(msgspec.Struct, frozen=True):
    """Entries, newest first; `before` continues towards older ones, none at the end."""

    entries: tuple[Entry, ...]
    before: int | None


def page(connection: Connection, wanted: Filter | None = None, *, before: int | None = None, limit: int = PAGE) -> Page:
    """Return the newest events that fit, older than number `before` if given.

    Raises:
        EventRefused: A body is no event of the schema; the log has been tampered with.
    """
    query = _narrow(select(audit_event.c.seq, audit_event.c.body), wanted or Filter())
    if before is not None:
        query = query.where(audit_event.c.seq < before)
    rows = connection.execute(query.order_by(audit_event.c.seq.desc()).limit(limit + 1)).all()
    entries = tuple(Entry(row.seq, decode(bytes(row.body))) for row in rows[:limit])
    return Page(entries, entries[-1].seq if len(rows) > limit else None)


def tail(connection: Connection, after: int = 0) -> Iterator[Entry]:
    """Yield the events after number `after`, oldest first, for rules and forwarding.

    Raises:
        EventRefused: As `page`.
    """
    while True:
        rows = connection.execute(
            select(audit_event.c.seq, audit_event.c.body)
            .where(audit_event.c.seq > after)
            .order_by(audit_event.c.seq)
            .limit(_TAIL_CHUNK)
        ).all()
        for row in rows:
            yield Entry(row.seq, decode(bytes(row.body)))
        if len(rows) < _TAIL_CHUNK:
            return
        after = rows[-1].seq


def _narrow(query: Select[int, bytes], wanted: Filter) -> Select[int, bytes]:
    log = audit_event.c
    if wanted.person_id is not None:
        query = query.where(log.person_id == wanted.person_id)
    if wanted.case_id is not None:
        query = query.where(log.case_id == wanted.case_id)
    if wanted.case_ids:
        query = query.where(log.case_id.in_(wanted.case_ids))
    if wanted.action is not None:
        exact = not wanted.action.endswith(":")
        query = query.where(
            log.action == wanted.action if exact else log.action.startswith(wanted.action, autoescape=True)
        )
    if wanted.since is not None:
        query = query.where(log.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(log.at < wanted.until)
    return query
