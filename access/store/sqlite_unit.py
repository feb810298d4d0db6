"""One act's part of a batch on SQLite, and the connection it runs on; `access.store.sqlite_store` runs the batches."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Final

from sqlalchemy import Engine, Select
from sqlalchemy.exc import DBAPIError

from access.audit.events import Event
from access.audit.tree import leaf_hash
from access.context import Ids
from access.errors import EventRefused, LogUnavailable
from access.store.base import Row
from access.store.engine import WRITER_OPTION, prepare_writer
from access.store.event_rows import SQLITE_INSERT_EVENT, event_values, outbox_values
from access.store.triggers import DUPLICATE_EVENT

_FATAL: Final = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_READONLY,
    }
)
"""Primary result codes after which nothing more of the batch can be trusted to the disk."""


class Writer:
    """The writer's one connection, as SQLAlchemy and as the driver know it."""

    def __init__(self, engine: Engine) -> None:
        self.connection = engine.connect().execution_options(**{WRITER_OPTION: True})
        driver = self.connection.connection.driver_connection
        if not isinstance(driver, sqlite3.Connection):
            raise TypeError
        self.driver = driver
        prepare_writer(driver)

    def close(self) -> None:
        """Give the connection back."""
        self.connection.close()

    def abandon(self) -> None:
        """Let go of a connection that can no longer be trusted."""
        self.connection.invalidate()
        self.connection.close()


class SqliteUnit:
    """The unit of work of one act inside a batch; see `access.store.base.UnitOfWork`."""

    def __init__(self, writer: Writer, size: int, now: int, ids: Ids) -> None:
        self.connection = writer.connection
        self.driver = writer.driver
        self.now = now
        self.ids = ids
        self.leaves: list[bytes] = []
        self.actions: list[Callable[[], None]] = []
        self.lost = False
        self._size = size

    def append(self, event: Event) -> None:
        """Put an event in its place in the log."""
        values = outbox_values(event)
        leaf = leaf_hash(values[-1])
        seq = self._size + len(self.leaves) + 1
        try:
            self.driver.execute(SQLITE_INSERT_EVENT, event_values(seq, leaf, values))
        except sqlite3.Error as wrong:
            if DUPLICATE_EVENT in str(wrong):
                raise EventRefused(field="id") from None
            self.lost = True
            raise LogUnavailable from wrong
        self.leaves.append(leaf)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Keep an action for after the commit."""
        self.actions.append(action)

    def rollback_act(self) -> None:
        """Undo the act so far."""
        try:
            self.driver.execute("ROLLBACK TO act")
        except sqlite3.Error as wrong:
            self.lost = True
            raise LogUnavailable from wrong
        self.leaves.clear()
        self.actions.clear()

    def lock(self, query: Select[Row]) -> Select[Row]:
        """Return the query as it is: the writer is alone."""
        return query


def fatal(wrong: BaseException) -> bool:
    """Whether an error says that nothing more of the batch can be trusted to the disk."""
    cause = wrong.orig if isinstance(wrong, DBAPIError) else wrong
    return isinstance(cause, sqlite3.Error) and (getattr(cause, "sqlite_errorcode", 0) & 0xFF) in _FATAL
