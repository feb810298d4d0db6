"""What the log knows of proven rows: the newest version of each, and whether an event is in it.

Asked for each page of rows, so the statements go to the driver as they stand. On SQLite nothing ever waits in the
outbox. On PostgreSQL one act sees one moment (REPEATABLE READ), so an event that the chainer moves meanwhile is still
seen in exactly one of the two tables.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any, Final

from sqlalchemy import Connection

_SQLITE_VERSIONS: Final = (
    "SELECT subject, max(subject_version) FROM audit_event"
    " WHERE subject IN (SELECT value FROM json_each(?)) GROUP BY subject"
)
_SQLITE_EVENTS: Final = "SELECT event_id FROM audit_event WHERE event_id IN (SELECT value FROM json_each(?))"
_POSTGRES_VERSIONS: Final = (
    "SELECT subject, max(version) FROM ("
    "SELECT subject, max(subject_version) AS version FROM audit_event WHERE subject = ANY(%s) GROUP BY subject"
    " UNION ALL SELECT subject, subject_version FROM audit_outbox WHERE subject = ANY(%s)"
    ") AS known GROUP BY subject"
)
_POSTGRES_EVENTS: Final = (
    "SELECT event_id FROM audit_event WHERE event_id = ANY(%s)"
    " UNION ALL SELECT event_id FROM audit_outbox WHERE event_id = ANY(%s)"
)


def known_versions(connection: Connection, subjects: Collection[str]) -> dict[str, int]:
    """Return the newest version that the log knows of each subject (``table:id``); unknown ones are left out."""
    statement = _SQLITE_VERSIONS if _is_sqlite(connection) else _POSTGRES_VERSIONS
    return dict(connection.exec_driver_sql(statement, _values(connection, subjects)).all())


def logged_events(connection: Connection, event_ids: Collection[str]) -> set[str]:
    """Return those of the events that are in the log."""
    statement = _SQLITE_EVENTS if _is_sqlite(connection) else _POSTGRES_EVENTS
    return set(connection.exec_driver_sql(statement, _values(connection, event_ids)).scalars())


def _is_sqlite(connection: Connection) -> bool:
    return connection.dialect.name == "sqlite"


def _values(connection: Connection, names: Collection[str]) -> tuple[Any, ...]:
    if _is_sqlite(connection):
        return (json.dumps(list(names)),)
    return (list(names), list(names))
