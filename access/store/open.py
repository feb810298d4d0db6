"""Opens the store that a URL names."""

from __future__ import annotations

from access.audit.checkpoints import LogKeys
from access.context import Clock
from access.ids import Ids
from access.store.base import Store
from access.store.engine import is_sqlite, open_engine
from access.store.migrations import require_current
from access.store.postgres_store import PostgresStore
from access.store.sqlite_store import SqliteStore


def open_store(url: str, *, log: LogKeys, clock: Clock, ids: Ids) -> Store:
    """Open a migrated database for acts.

    Args:
        url: ``sqlite:///path`` or ``postgresql+psycopg://…``.
        log: What the log's checkpoints are signed with and where they go.
        clock: The desk's clock.
        ids: Names what acts make.

    Raises:
        StoreUrlRefused: The URL names another engine.
        SchemaTooOld: The database waits for `access.store.migrations.migrate`.
        SchemaTooNew: It is beyond this program.
        LogBroken: The log's head and its events disagree.
    """
    engine = open_engine(url)
    require_current(engine)
    if is_sqlite(engine):
        return SqliteStore(engine, clock, ids)
    return PostgresStore(engine, clock, ids)
