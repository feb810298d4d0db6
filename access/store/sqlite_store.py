"""The store on SQLite: one writer thread that takes all waiting acts into one transaction.

Each act runs in a savepoint of its own, so that one that raises takes nothing with it but itself. Events get their
place in the log as they are appended. One COMMIT makes the whole batch durable; only then do futures resolve. When the
log or the commit fails, every act of the batch fails with `LogUnavailable` and nothing of it stays.

The line is ordered by when an act should have its turn: at once, or for a patient one some seconds later. So whoever
comes while patient acts wait stands behind the one that is running, and behind no other; and a writer that is never
idle still comes to them.
"""

from __future__ import annotations

import itertools
import logging
import math
import queue
import sqlite3
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any, Final, Generic, NamedTuple, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from access.audit.tree import Frontier
from access.context import Clock, Ids
from access.errors import LogBroken, LogUnavailable, StoreClosed
from access.store.base import Act, guarded
from access.store.sqlite_unit import SqliteUnit, Writer, fatal

T = TypeVar("T")

_log = logging.getLogger(__name__)

_BATCH_ACTS: Final = 256
_BATCH_SECONDS: Final = 0.025
_PATIENCE_SECONDS: Final = 5.0
_HEAD: Final = "SELECT size, frontier, (SELECT coalesce(max(seq), 0) FROM audit_event) FROM audit_head WHERE id = 1"


class _Lost(Exception):
    """The batch's transaction cannot go on."""


class _Job(Generic[T]):
    """An act and the future that its caller holds."""

    def __init__(self, act: Act[T], *, patient: bool) -> None:
        self.act = act
        self.patient = patient
        self.future: Future[T] = Future()


class _Turn(NamedTuple):
    """A place in the line: when its turn should come, then who came first. No job: the end."""

    at: float
    serial: int
    job: _Job[Any] | None


class _Batch:
    """Acts that share one commit."""

    def __init__(self, jobs: list[_Job[Any]]) -> None:
        self.jobs = jobs
        self.done: list[tuple[_Job[Any], Any, list[Callable[[], None]]]] = []
        self.grown: int | None = None
        self.full = False
        self._until = time.monotonic() + _BATCH_SECONDS

    @property
    def open(self) -> bool:
        """Whether another act may still join."""
        return not self.full and len(self.jobs) < _BATCH_ACTS and time.monotonic() < self._until


class SqliteStore:
    """A store over one SQLite file; see `access.store.base.Store`.

    Args:
        engine: From `open_engine`, already migrated.
        clock: Gives each act its instant.
        ids: Names what acts make.

    Raises:
        LogBroken: The log's head and its events disagree.
    """

    def __init__(self, engine: Engine, clock: Clock, ids: Ids) -> None:
        self.engine = engine
        self._clock = clock
        self._ids = ids
        self._jobs: queue.PriorityQueue[_Turn] = queue.PriorityQueue()
        self._serial = itertools.count()
        self._listeners: list[Callable[[int], None]] = []
        self._closed = False
        self._gate = threading.Lock()
        with engine.connect() as connection:
            size, frontier, newest = connection.exec_driver_sql(_HEAD).one()
        if size != newest or len(frontier) != 32 * int(size).bit_count():
            raise LogBroken(size=size, newest=newest)
        self._thread = threading.Thread(target=self._write, name="veildesk-writer", daemon=True)
        self._thread.start()

    def submit(self, act: Act[T], *, patient: bool = False) -> Future[T]:
        """Queue an act for the writer."""
        job = _Job(act, patient=patient)
        with self._gate:
            if self._closed:
                raise StoreClosed
            turn = time.monotonic() + (_PATIENCE_SECONDS if patient else 0)
            self._jobs.put(_Turn(turn, next(self._serial), job))
        return job.future

    def run(self, act: Act[T]) -> T:
        """Submit and wait."""
        if threading.current_thread() is self._thread:
            msg = "an act cannot wait for another act"
            raise RuntimeError(msg)
        return self.submit(act).result()

    def on_growth(self, listener: Callable[[int], None]) -> None:
        """Call `listener` with the log's size after each batch that made it grow."""
        self._listeners.append(listener)

    def settle(self) -> int:
        """Return the log's size; events have their place from their commit on."""
        try:
            with self.engine.connect() as connection:
                return int(connection.exec_driver_sql(_HEAD).one()[0])
        except DBAPIError as wrong:
            raise LogUnavailable from wrong

    def close(self) -> None:
        """Finish the queue, stop the writer, close the file."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._jobs.put(_Turn(math.inf, next(self._serial), None))
        self._thread.join()
        self.engine.dispose()

    def _write(self) -> None:
        writer: Writer | None = None
        more = True
        while more:
            first = self._jobs.get().job
            if first is None:
                break
            batch = _Batch([first])
            try:
                if writer is None:
                    writer = Writer(self.engine)
                more = self._run_batch(batch, writer)
            except Exception as wrong:  # noqa: BLE001 - the batch's callers get the answer, the writer lives on
                _fail(batch, wrong)
                if writer is not None:
                    writer.abandon()
                    writer = None
            else:
                self._settle(batch)
        if writer is not None:
            writer.close()

    def _run_batch(self, batch: _Batch, writer: Writer) -> bool:
        """Run and commit one batch, which grows while it runs; return whether more may come after it."""
        more = True
        with writer.connection.begin():
            frontier = _load_head(writer.driver)
            leaves: list[bytes] = []
            at = 0
            while at < len(batch.jobs):
                self._run_job(batch, batch.jobs[at], writer, frontier.size, leaves)
                at += 1
                if more and batch.open:
                    more = self._take_waiting(batch)
            if leaves:
                frontier.extend(leaves)
                _store_head(writer.driver, frontier)
                batch.grown = frontier.size
        return more

    def _take_waiting(self, batch: _Batch) -> bool:
        """Let one waiting act share the commit; return False at the end of the store's life."""
        try:
            turn = self._jobs.get_nowait()
        except queue.Empty:
            return True
        if turn.job is None:
            return False
        if turn.job.patient:
            # It is long: those who wait for this commit do not wait for it too.
            batch.full = True
            self._jobs.put(turn)
        else:
            batch.jobs.append(turn.job)
        return True

    def _run_job(self, batch: _Batch, job: _Job[Any], writer: Writer, size: int, leaves: list[bytes]) -> None:
        """Run one act in its savepoint; its leaves join those of the batch, whose tree had `size` before."""
        if not job.future.set_running_or_notify_cancel():
            return
        driver = writer.driver
        driver.execute("SAVEPOINT act")
        unit: SqliteUnit | None = None
        try:
            unit = SqliteUnit(writer, size + len(leaves), self._clock.now_us(), self._ids)
            reply = job.act(unit)
        except BaseException as wrong:
            if (unit is not None and unit.lost) or fatal(wrong) or not driver.in_transaction:
                raise _Lost from wrong
            driver.execute("ROLLBACK TO act")
            driver.execute("RELEASE act")
            job.future.set_exception(wrong)
            return
        if unit.lost or not driver.in_transaction:
            raise _Lost
        driver.execute("RELEASE act")
        leaves += unit.leaves
        batch.done.append((job, reply, unit.actions))

    def _settle(self, batch: _Batch) -> None:
        for job, reply, actions in batch.done:
            # First what follows from the act, then its answer: whoever has the answer finds it so, as on PostgreSQL.
            for action in actions:
                guarded(action)
            job.future.set_result(reply)
        if batch.grown is not None:
            for listener in self._listeners:
                guarded(partial(listener, batch.grown))


def _load_head(driver: sqlite3.Connection) -> Frontier:
    size, frontier, newest = driver.execute(_HEAD).fetchone()
    if size != newest:
        raise _Lost
    return Frontier(size, frontier)


def _store_head(driver: sqlite3.Connection, frontier: Frontier) -> None:
    driver.execute("UPDATE audit_head SET size = ?, frontier = ? WHERE id = 1", (frontier.size, frontier.pack()))


def _fail(batch: _Batch, wrong: BaseException) -> None:
    _log.error("log unavailable, %d acts lost: %s", len(batch.jobs), type(wrong.__cause__ or wrong).__name__)
    for job in batch.jobs:
        if not job.future.done():
            job.future.set_exception(LogUnavailable(acts=len(batch.jobs)))
