"""Opens the store that a URL names."""

from __future__ import annotations

from access.context import Clock, Ids
from access.ids import UuidIds
from access.store.base import Store
from access.store.engine import is_sqlite, open_engine
from access.store.migrations import require_current
from access.store.postgres_store import PostgresStore
from access.store.sqlite_store import SqliteStore


def open_store(url: str, *, clock: Clock, ids: Ids | None = None) -> Store:
    """Open a migrated database for acts.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
        clock: The desk's clock.
        ids: Names what acts make; UUIDv7 by the clock when none are given.

    Raises:
        StoreUrlRefused: The URL names another engine.
        SchemaTooOld: The database waits for `access.store.migrations.migrate`.
        SchemaTooNew: It is beyond this program.
        LogBroken: The log's head and its events disagree.
    """
    engine = open_engine(url)
    try:
        require_current(engine)
        kind = SqliteStore if is_sqlite(engine) else PostgresStore
        return kind(engine, clock, ids or UuidIds(clock))
    except BaseException:
        engine.dispose()
        raise
