"""The chainer: on PostgreSQL, one thread in the whole cluster gives waiting events their place in the log.

It takes what it can see in the outbox in order of event id, numbers it without gaps, hashes it, and moves it, all in
one transaction under an advisory lock; the other desks' chainers find the lock taken and wait. An event is durable in
the outbox from its act's commit on; the chainer only decides its place.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from access.audit.tree import Frontier, leaf_hash
from access.errors import LogUnavailable
from access.store.base import guarded
from access.store.event_rows import EVENT_COPY, OUTBOX_SELECT, event_values

_log = logging.getLogger(__name__)

CHAIN_LOCK: Final = 0x5645494C_4C4F47
"""PostgreSQL's advisory lock of whoever moves events into the log ("VEILLOG")."""
_ROUND: Final = 2_000
_POLL_SECONDS: Final = 0.5
_RETRY_SECONDS: Final = 2.0


class Chainer:
    """Moves events from the outbox into the log.

    Args:
        engine: A PostgreSQL engine; the chainer keeps one of its connections for itself.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._listeners: list[Callable[[int], None]] = []
        self._wake = threading.Event()
        self._closing = False
        self._round_lock = threading.Lock()
        self._thread = threading.Thread(target=self._work, name="veildesk-chainer", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """Say that an event waits."""
        self._wake.set()

    def on_growth(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with the log's size after each round that made it grow."""
        self._listeners.append(listener)

    def settle(self) -> int:
        """Chain everything that waits now, on the caller's thread, and return the log's size.

        Raises:
            LogUnavailable: The database does not answer.
        """
        try:
            while True:
                moved, size = self._round(wait=True)
                if moved < _ROUND:
                    return size
        except (SQLAlchemyError, psycopg.Error) as wrong:
            raise LogUnavailable from wrong

    def close(self) -> None:
        """Chain what waits, as far as the database answers, and stop."""
        self._closing = True
        self._wake.set()
        self._thread.join()

    def _work(self) -> None:
        pause = _POLL_SECONDS
        while True:
            self._wake.wait(pause)
            closing = self._closing
            self._wake.clear()
            pause = _POLL_SECONDS
            try:
                while self._round(wait=closing)[0] == _ROUND:
                    pass
            except (SQLAlchemyError, psycopg.Error) as wrong:
                # Events stay durable in the outbox; they are chained when the database answers again.
                _log.warning("chainer waits: %s", type(wrong).__name__)
                pause = _RETRY_SECONDS
            if closing:
                return

    def _round(self, *, wait: bool) -> tuple[int, int]:
        """Move one round of events; return how many, and the log's size."""
        with self._round_lock, self._engine.connect() as plain:
            connection = plain.execution_options(isolation_level="READ COMMITTED")
            with connection.begin():
                driver = connection.connection.driver_connection
                if not isinstance(driver, psycopg.Connection):
                    raise TypeError
                moved, size = _move(driver, wait=wait)
        if moved:
            for listener in self._listeners:
                guarded(partial(listener, size))
        return moved, size


def _move(driver: psycopg.Connection[Any], *, wait: bool) -> tuple[int, int]:
    if wait:
        driver.execute("SELECT pg_advisory_xact_lock(%s)", (CHAIN_LOCK,))
    elif not _scalar(driver, "SELECT pg_try_advisory_xact_lock(%s)", (CHAIN_LOCK,)):
        return 0, 0
    head = driver.execute("SELECT size, frontier FROM audit_head WHERE id = 1 FOR UPDATE").fetchone()
    if head is None:
        raise psycopg.DataError
    frontier = Frontier(head[0], bytes(head[1]))
    waiting = driver.execute(OUTBOX_SELECT, (_ROUND,)).fetchall()
    if not waiting:
        return 0, frontier.size
    leaves = [leaf_hash(row[-1]) for row in waiting]
    with driver.cursor() as cursor:
        with cursor.copy(EVENT_COPY) as copy:
            for seq, (leaf, row) in enumerate(zip(leaves, waiting, strict=True), frontier.size + 1):
                copy.write_row(event_values(seq, leaf, row))
        cursor.execute("DELETE FROM audit_outbox WHERE event_id = ANY(%s)", ([row[0] for row in waiting],))
        frontier.extend(leaves)
        cursor.execute("UPDATE audit_head SET size = %s, frontier = %s WHERE id = 1", (frontier.size, frontier.pack()))
    return len(waiting), frontier.size


def _scalar(driver: psycopg.Connection[Any], statement: str, values: tuple[Any, ...]) -> Any:  # noqa: ANN401 - SQL
    row = driver.execute(statement.encode(), values).fetchone()
    return row[0] if row else None
