"""The log: appending with 1, 10 and 100 writers, and verifying, beside raw commits and raw SM3.

Appending goes through the desk's store (one batching writer, Merkle frontier, triggers). Its floor is the same row
written and committed by bare `sqlite3` at the same durability, one commit an event; the peer holds the head's lock
across each commit, as a chain without batching must. Verification is compared with hashing the same bytes only.
"""

from __future__ import annotations

import hashlib
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import Final

from access.audit import verify
from access.audit.checkpoints import Checkpointer
from access.audit.events import Event, Verb, encode
from access.audit.witness import Witness
from access.context import SystemClock
from access.ids import UuidIds
from access.store.base import Store, UnitOfWork
from access.store.engine import open_engine
from access.store.migrations import migrate
from access.store.open import open_store
from access.store.schema import DESK_TENANT
from console.bench.measure import Figure, figure, interleave, seconds
from masking.gm import Sm2PrivateKey, sm3
from masking.gm.selftest import sm3_by_gmssl

WRITERS: Final = (1, 10, 100)
_GMSSL_SAMPLE: Final = 50


def _rate(write: Callable[[], object], writers: int, events: int) -> float:
    """Writes a second with so many threads, each waiting until its write is durable before the next."""
    each = max(1, events // writers)
    start = threading.Barrier(writers + 1)

    def work() -> None:
        start.wait()
        for _ in range(each):
            write()

    threads = [threading.Thread(target=work) for _ in range(writers)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    return each * writers / (time.perf_counter() - began)


class _Bench:
    """A store of its own, and events as the desk writes them."""

    def __init__(self, folder: Path) -> None:
        url = f"sqlite:///{folder / 'log.db'}"
        engine = open_engine(url)
        migrate(engine)
        engine.dispose()
        self.clock = SystemClock()
        self.ids = UuidIds(self.clock)
        self.store: Store = open_store(url, clock=self.clock, ids=self.ids)
        self.person = self.ids.new()
        self.case = self.ids.new()

    def event(self, at: int) -> Event:
        return Event(
            id=self.ids.new(),
            at=at,
            action="case:file:open",
            verb=Verb.USE,
            tenant_id=DESK_TENANT,
            person_id=self.person,
            role="agent",
            source="local",
            terminal="pts/4",
            session_id=self.person,
            purpose="collection",
            object_kind="case",
            object_id=self.case,
            case_id=self.case,
            fields=("full_name", "mobile"),
        )

    def write(self) -> None:
        """One event, durable."""
        self.store.run(self.append)

    def append(self, uow: UnitOfWork) -> None:
        uow.append(self.event(uow.now))


class Bare:
    """Rows of one size in a bare database of the desk's durability, one commit each."""

    def __init__(self, path: Path, body: bytes) -> None:
        self._path = path
        self._body = body
        self._lock = threading.Lock()
        self._writer = self._open()
        self._writer.execute("CREATE TABLE event (seq INTEGER PRIMARY KEY, body BLOB NOT NULL)")

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    def commit(self) -> None:
        """Insert one row and make it durable."""
        with self._lock:
            self._writer.execute("BEGIN IMMEDIATE")
            self._writer.execute("INSERT INTO event (body) VALUES (?)", (self._body,))
            self._writer.execute("COMMIT")

    def close(self) -> None:
        """Let go of the file."""
        self._writer.close()


def run(folder: Path, *, rounds: int = 5, events: int = 400, verified: int = 100_000) -> Iterator[Figure]:
    """Measure the log.

    Args:
        folder: an empty directory, on the disk that matters.
        rounds: rounds of each contender.
        events: events a round and contender when appending.
        verified: size of the log that is verified.
    """
    bench = _Bench(folder)
    bare = Bare(folder / "bare.db", encode(bench.event(bench.clock.now_us())))
    for writers in WRITERS:
        count = events if writers == 1 else events * 4
        medians = interleave(
            rounds,
            {
                "desk": partial(_rate, bench.write, writers, count),
                "bare commit an event": partial(_rate, bare.commit, 1, events),
                "lock across commit": partial(_rate, bare.commit, writers, events),
            },
        )
        yield figure(
            f"log append, {writers} writers",
            "events/s",
            medians,
            value="desk",
            floor="bare commit an event",
            rounds=rounds,
        )
    bare.close()
    yield _verified(bench, folder, rounds, verified)
    bench.store.close()


def _verified(bench: _Bench, folder: Path, rounds: int, size: int) -> Figure:
    waiting: list[Future[None]] = [bench.store.submit(bench.append) for _ in range(size)]
    for future in waiting:
        future.result()
    signer = Sm2PrivateKey.generate()
    witness = Witness(folder / "checkpoints")
    Checkpointer(bench.store, witness, signer, bench.clock).take()
    with bench.store.engine.connect() as connection:
        bodies = [bytes(row[0]) for row in connection.exec_driver_sql("SELECT body FROM audit_event ORDER BY seq")]
    sample = bodies[:_GMSSL_SAMPLE]
    medians = interleave(
        rounds,
        {
            "desk": lambda: len(bodies) / seconds(lambda: verify.verify(bench.store, witness, signer.public_key)),
            "raw SM3 of the bodies": lambda: len(bodies) / seconds(lambda: [sm3(b"\0" + body) for body in bodies]),
            "hashlib SHA-256 of the bodies": lambda: (
                len(bodies) / seconds(lambda: [hashlib.sha256(b"\0" + body).digest() for body in bodies])
            ),
            "gmssl SM3 of the bodies": lambda: (
                len(sample) / seconds(lambda: [sm3_by_gmssl(b"\0" + body) for body in sample])
            ),
        },
    )
    return figure(
        f"log verify, {len(bodies)} events",
        "events/s",
        medians,
        value="desk",
        floor="raw SM3 of the bodies",
        rounds=rounds,
    )
