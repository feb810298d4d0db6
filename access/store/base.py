"""The ports: what the rest of the desk may ask of a store, whichever engine stands behind it.

A store runs acts. An act is a function of a unit of work that reads, writes and appends events; either all of it is
durable together with its events, or nothing of it happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, Protocol, TypeVar

from sqlalchemy import Connection, Engine, Select

from access.audit.events import Event
from access.context import Ids

_log = logging.getLogger(__name__)

T = TypeVar("T")
Row = TypeVar("Row", bound=tuple[Any, ...])


class UnitOfWork(Protocol):
    """One act's transaction. Valid only while the act runs, on the act's own thread."""

    @property
    def connection(self) -> Connection:
        """The connection to read and write through. Never commit or roll back on it."""
        ...

    @property
    def driver(self) -> Any:  # noqa: ANN401 - sqlite3.Connection or psycopg.Connection
        """The driver's own connection, for bulk statements inside the same transaction."""
        ...

    @property
    def now(self) -> int:
        """The act's one instant, in microseconds since 1970 in UTC."""
        ...

    @property
    def ids(self) -> Ids:
        """Names new rows and events."""
        ...

    def append(self, event: Event) -> None:
        """Put an event into the log, in the same transaction.

        Raises:
            EventRefused: The event breaks the closed schema; the act goes on.
            LogUnavailable: The log cannot take it; the act is lost.
        """
        ...

    def after_commit(self, action: Callable[[], None]) -> None:
        """Run `action` once the act is durable; never when it is not. It must not raise or block."""
        ...

    def rollback_act(self) -> None:
        """Undo everything this act did so far, its events and `after_commit` actions too, and go on afresh."""
        ...

    def lock(self, query: Select[Row]) -> Select[Row]:
        """Return the query so that it locks the rows it finds until the act ends."""
        ...


Act = Callable[[UnitOfWork], T]


class Store(Protocol):
    """Runs acts. Thread-safe."""

    @property
    def engine(self) -> Engine:
        """The engine, for reads outside any act: verification, pages of the log, health."""
        ...

    def submit(self, act: Act[T], *, patient: bool = False) -> Future[T]:
        """Queue an act; the future resolves after its commit, or with what the act raised.

        Where acts stand in one line, a patient one lets others go first, for some seconds at most, and shares no commit
        that another waits for. Patient acts keep their order among themselves.

        The act may be called more than once (PostgreSQL repeats an act that lost against another), so it has no
        effect but through its unit of work.

        Raises:
            StoreClosed: The store takes no more acts.
        """
        ...

    def run(self, act: Act[T]) -> T:
        """Submit and wait. Never to be called from inside an act.

        Raises:
            LogUnavailable: The log or the database could not make it durable; nothing of the act stays.
            StoreBusy: PostgreSQL: the act lost against others every time.
        """
        ...

    def on_growth(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with the log's new size after it has grown. It must not raise or block."""
        ...

    def settle(self) -> int:
        """Give every event committed by now its place in the log; return the log's size.

        Raises:
            LogUnavailable: The database does not answer.
        """
        ...

    def close(self) -> None:
        """Finish what was submitted, then let go of the database. Idempotent."""
        ...


def guarded(action: Callable[[], None]) -> None:
    """Run what waits for a commit. The act is durable by then: a failure here is logged and undoes nothing."""
    try:
        action()
    except Exception:  # noqa: BLE001 - whatever it is, it comes too late
        _log.exception("an action after commit failed")
