"""The store on PostgreSQL: a pool of threads, one transaction an act.

Transactions are REPEATABLE READ: an act sees one moment, and one that would act on a moment gone by fails and is called
again. Events wait in `audit_outbox`, in the act's own transaction; `access.store.chainer` gives them their place. A
connection that breaks during COMMIT leaves open whether the act was stored: the caller gets `LogUnavailable` and
repeats it under its idempotency key.
"""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, Final, TypeVar

import psycopg
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, Select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from access.audit.events import Event
from access.context import Clock, Ids
from access.errors import EventRefused, LogBroken, LogUnavailable, StoreBusy, StoreClosed
from access.store.base import Act, Row, guarded
from access.store.chainer import Chainer
from access.store.event_rows import POSTGRES_INSERT_OUTBOX, outbox_values

T = TypeVar("T")

_log = logging.getLogger(__name__)

_THREADS: Final = 8
_ATTEMPTS: Final = 12
_PAUSE_SECONDS: Final = 0.002
_PAUSE_LIMIT: Final = 0.1
_LOST_RACE: Final = ("40001", "40P01")  # serialization_failure, deadlock_detected


class _PostgresUnit:
    """The unit of work of one act; see `access.store.base.UnitOfWork`."""

    def __init__(self, connection: Connection, now: int, ids: Ids) -> None:
        self.connection = connection
        self.now = now
        self.ids = ids
        self.actions: list[Callable[[], None]] = []
        self.events = 0
        self.lost: BaseException | None = None

    @property
    def driver(self) -> psycopg.Connection[Any]:
        driver = self.connection.connection.driver_connection
        if not isinstance(driver, psycopg.Connection):
            raise TypeError
        return driver

    def append(self, event: Event) -> None:
        values = outbox_values(event)
        try:
            self.driver.execute(POSTGRES_INSERT_OUTBOX, values)
        except psycopg.errors.UniqueViolation:
            raise EventRefused(field="id") from None
        except psycopg.Error as wrong:
            self.lost = wrong
            raise LogUnavailable from wrong
        self.events += 1

    def after_commit(self, action: Callable[[], None]) -> None:
        self.actions.append(action)

    def rollback_act(self) -> None:
        try:
            self.driver.rollback()
        except psycopg.Error as wrong:
            self.lost = wrong
            raise LogUnavailable from wrong
        self.actions.clear()
        self.events = 0

    def lock(self, query: Select[Row]) -> Select[Row]:
        return query.with_for_update()


class PostgresStore:
    """A store over PostgreSQL; see `access.store.base.Store`.

    Args:
        engine: From `open_engine`, already migrated, with at least `threads` + 2 connections.
        clock: Gives each act its instant.
        ids: Names what acts make.
        threads: How many acts run at once.

    Raises:
        LogBroken: The log's head and its events disagree.
    """

    def __init__(self, engine: Engine, clock: Clock, ids: Ids, *, threads: int = _THREADS) -> None:
        self.engine = engine
        self._clock = clock
        self._ids = ids
        self._closed = False
        self._gate = threading.Lock()
        with engine.connect() as connection:
            size, newest = connection.exec_driver_sql(
                "SELECT size, (SELECT coalesce(max(seq), 0) FROM audit_event) FROM audit_head WHERE id = 1"
            ).one()
        if size != newest:
            raise LogBroken(size=size, newest=newest)
        self._chainer = Chainer(engine)
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="veildesk-act")

    def submit(self, act: Act[T], *, patient: bool = False) -> Future[T]:
        """Queue an act for the pool, where none stands in another's way."""
        del patient
        with self._gate:
            if self._closed:
                raise StoreClosed
            return self._pool.submit(self._perform, act)

    def run(self, act: Act[T]) -> T:
        """Submit and wait."""
        if threading.current_thread().name.startswith("veildesk-act"):
            msg = "an act cannot wait for another act"
            raise RuntimeError(msg)
        return self.submit(act).result()

    def on_growth(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with the log's size after the chainer made it grow."""
        self._chainer.on_growth(listener)

    def settle(self) -> int:
        """Chain what waits in the outbox now and return the log's size."""
        return self._chainer.settle()

    def close(self) -> None:
        """Finish the acts, chain their events, close the connections."""
        with self._gate:
            self._closed = True
        self._pool.shutdown(wait=True)
        self._chainer.close()
        self.engine.dispose()

    def _perform(self, act: Act[T]) -> T:
        for attempt in range(_ATTEMPTS):
            try:
                return self._attempt(act)
            except (SQLAlchemyError, psycopg.Error, LogUnavailable) as wrong:
                if not _lost_race(wrong):
                    raise
            pause = min(_PAUSE_LIMIT, _PAUSE_SECONDS * 2**attempt)
            threading.Event().wait(pause * secrets.randbelow(1000) / 1000)
        raise StoreBusy(attempts=_ATTEMPTS)

    def _attempt(self, act: Act[T]) -> T:
        try:
            with self.engine.connect() as connection, connection.begin():
                unit = _PostgresUnit(connection, self._clock.now_us(), self._ids)
                reply = act(unit)
                if unit.lost is not None:
                    raise LogUnavailable from unit.lost
                # PostgreSQL answers COMMIT of a failed transaction with a silent ROLLBACK.
                if unit.driver.info.transaction_status is TransactionStatus.INERROR:
                    raise LogUnavailable
        except (SQLAlchemyError, psycopg.Error) as wrong:
            if _lost_race(wrong) or not _unavailable(wrong):
                raise
            _log.error("log unavailable: %s", type(wrong).__name__)
            raise LogUnavailable from wrong
        if unit.events:
            self._chainer.wake()
        for action in unit.actions:
            guarded(action)
        return reply


def _cause(wrong: BaseException) -> BaseException | None:
    return wrong.orig if isinstance(wrong, DBAPIError) else wrong


def _lost_race(wrong: BaseException) -> bool:
    at: BaseException | None = wrong
    while at is not None:
        cause = _cause(at)
        if isinstance(cause, psycopg.Error) and cause.sqlstate in _LOST_RACE:
            return True
        at = at.__cause__
    return False


def _unavailable(wrong: BaseException) -> bool:
    """Whether the server, its disk or the way to it failed, rather than the statement."""
    cause = _cause(wrong)
    if not isinstance(cause, psycopg.Error):
        return isinstance(wrong, PoolTimeout)
    if cause.sqlstate is None:
        return isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError | psycopg.InternalError)
    # Classes of SQLSTATE: connection, resources, operator intervention, system, internal; read-only transaction.
    return cause.sqlstate[:2] in {"08", "53", "57", "58", "XX"} or cause.sqlstate == "25006"
