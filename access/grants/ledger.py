"""Counting in the log, where nobody can take anything back: a row deleted or changed by SQL alters no count.

A *tally* is a subject of the log that is no row's: each event under it carries the next version, so the newest few are
found at once however long the tally is. Acts that add to one queue on a counter (`access.grants.counter`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Select, select, union_all

from access.audit.events import Event, decode
from access.context import SECOND
from access.store.base import UnitOfWork
from access.store.schema import audit_event, audit_outbox

_LOGS: Final = (audit_event, audit_outbox)
_MARGIN: Final = 3600 * SECOND  # how far ids, instants and places in the log may disagree about what came first


@dataclass(frozen=True, slots=True)
class Entry:
    """One event under a tally.

    Attributes:
        version: Its running number, from 1.
        event: The event.
    """

    version: int
    event: Event


def newest(uow: UnitOfWork, tally: str, most: int = 1) -> list[Entry]:
    """Return the newest events under a tally, newest first."""
    found = union_all(
        *(select(log.c.subject_version.label("version"), log.c.body).where(log.c.subject == tally) for log in _LOGS)
    ).subquery()
    query = select(found.c.version, found.c.body).order_by(found.c.version.desc()).limit(most)
    return [Entry(row.version, decode(bytes(row.body))) for row in uow.connection.execute(query)]


def count_since(uow: UnitOfWork, tally: str, since: int, enough: int) -> int:
    """Return how many events under a tally are later than an instant; counting stops at `enough`."""
    return sum(entry.event.at > since for entry in newest(uow, tally, enough))


def next_version(uow: UnitOfWork, tally: str) -> int:
    """Return the version that the next event under a tally carries."""
    found = newest(uow, tally)
    return found[0].version + 1 if found else 1


def done_since(uow: UnitOfWork, person_id: str, action: str, since: int) -> list[Event]:
    """Return the events of a person later than an instant that wrote a row by this action, in no order."""
    begin = f"{max(0, since - _MARGIN) // 1000:012x}"
    first = select(audit_event.c.seq).where(audit_event.c.event_id >= begin).order_by(audit_event.c.event_id).limit(1)
    seq = uow.connection.execute(first).scalar()
    queries: Sequence[Select[bytes]] = (
        select(audit_event.c.body).where(
            audit_event.c.person_id == person_id,
            audit_event.c.seq >= (seq or 0),
            audit_event.c.action == action,
            audit_event.c.subject.is_not(None),
        ),
        select(audit_outbox.c.body).where(
            audit_outbox.c.person_id == person_id,
            audit_outbox.c.action == action,
            audit_outbox.c.subject.is_not(None),
        ),
    )
    bodies = [body for query in queries for body in uow.connection.execute(query).scalars()]
    return [event for event in (decode(bytes(body)) for body in bodies) if event.at > since]
