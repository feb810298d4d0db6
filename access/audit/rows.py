"""Reads the log's rows in sequence, in chunks, through the driver: one transaction, flat memory, little overhead."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any, Final

import psycopg
from sqlalchemy import Connection

from access.store.schema import audit_event

CHUNK: Final = 4096
_COLUMNS: Final = tuple(column.name for column in audit_event.columns)
_SELECT: Final = f"SELECT {', '.join(_COLUMNS)} FROM audit_event ORDER BY seq"  # noqa: S608 - our own names

LogRow = tuple[Any, ...]
"""seq, event_id, leaf, then `access.store.event_rows.COPIED`, body last."""


def stream(connection: Connection) -> Iterator[list[LogRow]]:
    """Yield the log's rows in chunks, as the connection's transaction sees them."""
    driver = connection.connection.driver_connection
    if isinstance(driver, sqlite3.Connection):
        cursor = driver.execute(_SELECT)
        while rows := cursor.fetchmany(CHUNK):
            yield rows
    elif isinstance(driver, psycopg.Connection):
        with driver.cursor("veildesk_log", withhold=False) as named:
            named.execute(_SELECT.encode(), binary=True)
            while rows := named.fetchmany(CHUNK):
                yield rows
    else:
        raise TypeError
