"""What was answered is stored: after kill -9, when the disk is full, when the log cannot be written."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, text

from access.audit.checkpoints import Checkpointer
from access.audit.verify import verify
from access.audit.witness import Witness
from access.errors import AccessError, LogUnavailable
from access.ids import UuidIds
from access.store.base import Store, UnitOfWork
from access.store.engine import open_engine
from access.store.open import open_store
from access.store.schema import DESK_TENANT, audit_event, desk_meta
from access.store.sqlite_store import SqliteStore
from tests.support.clock import FakeClock
from tests.support.stores import SIGNER, make_event

_ROOT = Path(__file__).resolve().parents[2]


def run_and_kill(url: str, name: str, after: int) -> dict[str, str]:
    """Let a process write until it has been told of `after` acts, kill it, and return all it was told of."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.store.crash_worker", url, name],
        cwd=_ROOT,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(after)]
        process.kill()
        lines += process.stdout.readlines()
    return dict(line.split() for line in lines if line.endswith("\n"))


@pytest.mark.slow
@pytest.mark.clause("C-5.4f", "design-4")
def test_kill_leaves_every_answered_act(store_url: str, witness: Witness, clock: FakeClock, ids: UuidIds) -> None:
    chance = random.Random(7)  # noqa: S311 - when to kill
    told: dict[str, str] = {}
    for turn in range(3):
        told |= run_and_kill(store_url, f"t{turn}", chance.randrange(1, 400))
    store = open_store(store_url, clock=clock, ids=ids)
    try:
        store.settle()
        with store.engine.connect() as connection:
            keys = set(connection.execute(select(desk_meta.c.key)).scalars())
            events = set(connection.execute(select(audit_event.c.event_id)).scalars())
        assert told.keys() <= keys
        assert set(told.values()) <= events
        # Neither an act without its event nor an event without its act.
        assert len(keys) == len(events)
        Checkpointer(store, witness, SIGNER, clock).take()
        seen = verify(store, witness, SIGNER.public_key)
        assert seen.findings == ()
        assert seen.events == len(events)
    finally:
        store.close()


def fill(uow: UnitOfWork) -> None:
    uow.connection.execute(insert(desk_meta).values(key=uow.ids.new(), tenant_id=DESK_TENANT, value="x" * 60_000))
    uow.append(make_event(uow))


def counts(store: Store) -> tuple[int, int]:
    with store.engine.connect() as connection:
        return (
            connection.execute(select(func.count()).select_from(desk_meta)).scalar_one(),
            connection.execute(select(func.count()).select_from(audit_event)).scalar_one(),
        )


@pytest.mark.clause("C-5.4f", "design-1")
def test_full_disk_stops_everything_and_heals(
    sqlite_url: str, witness: Witness, clock: FakeClock, ids: UuidIds
) -> None:
    engine = open_engine(sqlite_url, pool_size=10)
    store = SqliteStore(engine, clock, ids)
    room = {"pages": 0}

    def limit(uow: UnitOfWork) -> None:
        uow.connection.exec_driver_sql(f"PRAGMA max_page_count = {room['pages']}")

    with engine.connect() as connection:
        room["pages"] = connection.exec_driver_sql("PRAGMA page_count").scalar_one() + 64
    store.run(fill)
    store.run(limit)
    before = counts(store)
    told: list[str] = []

    def pushing(uow: UnitOfWork) -> None:
        fill(uow)
        uow.after_commit(lambda: told.append("pushed"))

    hold = threading.Event()
    first = store.submit(lambda _uow: hold.wait(30))
    futures = [store.submit(pushing) for _ in range(40)]
    hold.set()
    outcomes = [first.exception(), *(future.exception() for future in futures)]
    lost = [outcome for outcome in outcomes if outcome is not None]
    assert lost
    assert all(isinstance(outcome, LogUnavailable) for outcome in lost)
    after = counts(store)
    stored = len([outcome for outcome in outcomes[1:] if outcome is None])
    assert after == (before[0] + stored, before[1] + stored)
    assert len(told) == stored
    # The writer dropped the connection that had failed; its limit went with it, as when room is made again.
    store.run(fill)
    assert counts(store) == (after[0] + 1, after[1] + 1)
    Checkpointer(store, witness, SIGNER, clock).take()
    assert verify(store, witness, SIGNER.public_key).ok
    store.close()


@pytest.mark.clause("design-1")
def test_a_log_that_takes_no_event_takes_no_act(sqlite_store: SqliteStore) -> None:
    """A trigger in the log's way stands for anything that keeps an event from being written."""
    sqlite_store.run(fill)
    block = "CREATE TRIGGER blocked BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no'); END"
    sqlite_store.run(lambda uow: uow.connection.exec_driver_sql(block))
    before = counts(sqlite_store)

    def swallowing(uow: UnitOfWork) -> str:
        try:
            fill(uow)
        except AccessError:
            return "as if nothing had happened"
        return "stored"

    with pytest.raises(LogUnavailable):
        sqlite_store.run(swallowing)
    assert counts(sqlite_store) == before
    sqlite_store.run(lambda uow: uow.connection.exec_driver_sql("DROP TRIGGER blocked"))
    sqlite_store.run(fill)
    assert counts(sqlite_store) == (before[0] + 1, before[1] + 1)


@pytest.mark.clause("design-1")
def test_a_locked_database_is_a_missing_log(sqlite_store: SqliteStore) -> None:
    sqlite_store.run(fill)
    before = counts(sqlite_store)
    sqlite_store.run(lambda uow: uow.connection.exec_driver_sql("PRAGMA busy_timeout = 1"))
    with sqlite_store.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        with pytest.raises(LogUnavailable):
            sqlite_store.run(fill)
    assert counts(sqlite_store) == before
    sqlite_store.run(fill)


@pytest.mark.clause("C-5.4f")
def test_an_act_that_breaks_off_its_transaction_is_lost(store: Store) -> None:
    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        uow.driver.rollback()

    if isinstance(store, SqliteStore):
        with pytest.raises(LogUnavailable):
            store.run(act)
    store.run(lambda uow: uow.append(make_event(uow)))
    store.settle()
    with store.engine.connect() as connection:
        assert connection.execute(select(func.max(audit_event.c.seq))).scalar_one() == 1


@pytest.mark.clause("design-1")
def test_a_swallowed_error_does_not_pass_for_success(store: Store) -> None:
    """PostgreSQL would answer the commit of a failed transaction with a silent rollback."""
    if isinstance(store, SqliteStore):
        return

    def act(uow: UnitOfWork) -> str:
        uow.append(make_event(uow))
        with pytest.raises(Exception, match="does not exist"):
            uow.connection.execute(text("SELECT nothing"))
        return "stored"

    with pytest.raises(LogUnavailable):
        store.run(act)


@pytest.mark.clause("design-4")
def test_lost_connection_is_a_missing_log(store: Store) -> None:
    if isinstance(store, SqliteStore):
        return

    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        uow.connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    with pytest.raises(LogUnavailable):
        store.run(act)
    store.run(lambda uow: uow.append(make_event(uow)))
    assert store.settle() == 1


def test_the_writer_outlives_whatever_an_act_does(store: Store) -> None:
    def leave(_uow: UnitOfWork) -> None:
        raise SystemExit

    future = store.submit(leave)
    assert isinstance(future.exception(), SystemExit)
    store.run(lambda uow: uow.append(make_event(uow)))
    assert store.settle() == 1
