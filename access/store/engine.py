"""Engines: how the desk connects to SQLite and PostgreSQL, and nothing else.

SQLite connections run in WAL with full synchronisation, overwrite what they delete (`secure_delete`), and leave
transactions to SQLAlchemy: pysqlite's own BEGIN is switched off and the engine emits it. A connection with the
execution option ``veildesk_writer`` begins IMMEDIATE. PostgreSQL connections run REPEATABLE READ, so that one act sees
one moment; `access.store.postgres_store` repeats acts that lose against another.
"""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from access.errors import StoreUrlRefused

WRITER_OPTION: Final = "veildesk_writer"

_BUSY_MS: Final = 5_000
_CACHE_KIB: Final = 128 * 1024
_READER_CACHE_KIB: Final = 16 * 1024
_IDLE_SECONDS: Final = 1.0
_USED: Final = "veildesk_used"
_CHECKPOINT_PAGES: Final = 10_000


def open_engine(url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for ``sqlite:///path`` or ``postgresql+psycopg://…``.

    A SQLite file is created readable by its owner only.

    Args:
        url: The database URL. Several PostgreSQL hosts may stand in it, as libpq reads them.
        pool_size: Connections kept open at most.

    Raises:
        StoreUrlRefused: The URL is malformed or names another engine.
    """
    try:
        parsed = make_url(url)
    except Exception as wrong:
        raise StoreUrlRefused from wrong
    if parsed.drivername in {"sqlite", "sqlite+pysqlite"}:
        return _open_sqlite(parsed, pool_size)
    if parsed.drivername in {"postgresql", "postgresql+psycopg"}:
        return _open_postgres(parsed, pool_size)
    raise StoreUrlRefused(driver=parsed.drivername)


def _open_postgres(url: URL, pool_size: int) -> Engine:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=pool_size,
        max_overflow=0,
        isolation_level="REPEATABLE READ",
        hide_parameters=True,
    )
    event.listen(engine, "checkin", _note_use)
    event.listen(engine, "checkout", _ping_idle)
    return engine


def _note_use(_connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    record.info[_USED] = time.monotonic()


def _ping_idle(connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
    """Ask a connection that has rested whether it still lives; a busy one would pay a quarter more an act."""
    if time.monotonic() - record.info.get(_USED, 0.0) < _IDLE_SECONDS:
        return
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg.Error as wrong:
        raise DisconnectionError from wrong


def is_sqlite(engine: Engine | Connection) -> bool:
    """Tell which of the two engines this is."""
    return engine.dialect.name == "sqlite"


def _open_sqlite(url: URL, pool_size: int) -> Engine:
    if not url.database or url.database == ":memory:":
        raise StoreUrlRefused(driver="sqlite:memory")
    path = Path(url.database)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    engine = create_engine(
        url,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"check_same_thread": False, "cached_statements": 512},
        hide_parameters=True,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: ConnectionPoolEntry) -> None:
    if not isinstance(connection, sqlite3.Connection):
        raise TypeError
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout = {_BUSY_MS}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "secure_delete = ON",
        "foreign_keys = ON",
        "recursive_triggers = ON",
        "trusted_schema = OFF",
        f"cache_size = -{_READER_CACHE_KIB}",
        "temp_store = MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get(WRITER_OPTION):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("BEGIN")


def prepare_writer(connection: sqlite3.Connection) -> None:
    """Give the one writer its large page cache, and let it carry the write-ahead log over less often."""
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute(f"PRAGMA wal_autocheckpoint = {_CHECKPOINT_PAGES}")
