"""What only PostgreSQL has: acts that lose and are called again, several desks on one log, an unreachable server."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from sqlalchemy import func, insert, select, text, update

import access.store.engine
from access.audit.verify import verify
from access.audit.witness import Witness
from access.errors import AccessError, LogUnavailable, StoreBusy
from access.ids import UuidIds
from access.store import triggers
from access.store.base import UnitOfWork
from access.store.chainer import CHAIN_LOCK
from access.store.engine import open_engine
from access.store.open import open_store
from access.store.postgres_store import PostgresStore
from access.store.schema import DESK_TENANT, audit_event, audit_outbox, desk_meta
from tests.support.clock import FakeClock
from tests.support.stores import SIGNER, make_event


@pytest.mark.clause("design-4")
def test_an_act_that_loses_is_called_again_afresh(postgres_url: str, clock: FakeClock, ids: UuidIds) -> None:
    store = PostgresStore(open_engine(postgres_url), clock, ids)
    pushed: list[int] = []
    tries: list[UnitOfWork] = []

    def act(uow: UnitOfWork) -> int:
        tries.append(uow)
        uow.append(make_event(uow))
        number = len(tries)
        uow.after_commit(lambda: pushed.append(number))
        if number < 3:
            raise psycopg.errors.SerializationFailure
        return number

    assert store.run(act) == 3
    assert len({id(uow) for uow in tries}) == 3
    assert store.settle() == 1
    store.run(lambda _uow: None)
    assert pushed == [3]
    store.close()


def test_an_act_that_always_loses_gives_up(postgres_url: str, clock: FakeClock, ids: UuidIds) -> None:
    store = PostgresStore(open_engine(postgres_url), clock, ids)

    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        raise psycopg.errors.DeadlockDetected

    with pytest.raises(StoreBusy):
        store.run(act)
    assert store.settle() == 0
    store.close()


@pytest.mark.clause("design-4")
def test_deadlocked_acts_both_succeed(postgres_url: str, clock: FakeClock, ids: UuidIds) -> None:
    store = PostgresStore(open_engine(postgres_url), clock, ids)

    def setup(uow: UnitOfWork) -> None:
        for key in ("a", "b"):
            uow.connection.execute(insert(desk_meta).values(key=key, tenant_id=DESK_TENANT, value="0"))

    store.run(setup)
    meet = threading.Barrier(2)
    first_time = threading.local()

    def both(first: str, second: str) -> None:
        def act(uow: UnitOfWork) -> None:
            for key in (first, second):
                uow.connection.execute(
                    update(desk_meta).where(desk_meta.c.key == key).values(value=desk_meta.c.value + "x")
                )
                if key == first and not getattr(first_time, "met", False):
                    first_time.met = True
                    meet.wait(30)
            uow.append(make_event(uow))

        store.run(act)

    threads = [threading.Thread(target=both, args=pair) for pair in (("a", "b"), ("b", "a"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    values = store.run(lambda uow: set(uow.connection.execute(select(desk_meta.c.value)).scalars()))
    assert values == {"0xx"}
    assert store.settle() == 2
    store.close()


@pytest.mark.clause("design-2", "C-5.4f")
def test_two_desks_share_one_log(postgres_url: str, witness: Witness, clock: FakeClock) -> None:
    stores = [open_store(postgres_url, clock=clock) for _ in range(2)]
    grown: list[int] = []
    for store in stores:
        store.on_growth(grown.append)
    futures = [store.submit(lambda uow: uow.append(make_event(uow))) for _ in range(60) for store in stores]
    for future in futures:
        future.result()
    assert stores[0].settle() == 120
    assert stores[1].settle() == 120
    with stores[0].engine.connect() as connection:
        sequence = list(connection.execute(select(audit_event.c.seq).order_by(audit_event.c.seq)).scalars())
    assert sequence == list(range(1, 121))
    assert max(grown) == 120
    assert verify(stores[1], witness, SIGNER.public_key).findings == ()
    for store in stores:
        store.close()


@pytest.mark.clause("design-1")
def test_no_server_no_act(clock: FakeClock, ids: UuidIds, postgres_url: str) -> None:
    engine = open_engine(postgres_url)
    store = PostgresStore(engine, clock, ids, threads=2)
    store.run(lambda uow: uow.append(make_event(uow)))
    other = open_engine(postgres_url.rpartition("?")[0] + "?host=/nonexistent")
    store.engine = other
    with pytest.raises(LogUnavailable):
        store.run(lambda uow: uow.append(make_event(uow)))
    other.dispose()
    store.engine = engine
    assert store.settle() == 1
    store.close()


@pytest.mark.clause("design-2")
def test_a_connection_that_died_while_it_rested_costs_no_act(
    postgres_url: str, clock: FakeClock, ids: UuidIds, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fail-over closes every connection; the next act finds a new one."""
    monkeypatch.setattr(access.store.engine, "_IDLE_SECONDS", 0.0)
    store = PostgresStore(open_engine(postgres_url), clock, ids, threads=2)
    for _ in range(4):
        store.run(lambda uow: uow.append(make_event(uow)))
    with psycopg.connect(postgres_url.replace("+psycopg", ""), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    store.run(lambda uow: uow.append(make_event(uow)))
    assert store.settle() == 5
    store.close()


def test_events_of_an_act_that_failed_are_never_chained(postgres_url: str, clock: FakeClock, ids: UuidIds) -> None:
    store = PostgresStore(open_engine(postgres_url), clock, ids)

    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        raise AccessError

    with pytest.raises(AccessError):
        store.run(act)
    assert store.settle() == 0
    store.close()


def test_a_stray_row_in_the_outbox_does_not_stop_the_chain(
    postgres_url: str, witness: Witness, clock: FakeClock, ids: UuidIds
) -> None:
    store = PostgresStore(open_engine(postgres_url), clock, ids)
    store.run(lambda uow: uow.append(make_event(uow)))
    store.settle()
    with store.engine.begin() as connection:
        triggers.remove(connection)
        connection.exec_driver_sql(
            "INSERT INTO audit_outbox (event_id, tenant_id, at, action, result, body)"
            " SELECT event_id, tenant_id, at, action, result, body FROM audit_event"
        )
        triggers.install(connection)
    store.run(lambda uow: uow.append(make_event(uow)))
    assert store.settle() == 2
    assert verify(store, witness, SIGNER.public_key).waiting == 1
    store.close()


@pytest.mark.clause("design-4")
def test_dropping_triggers_waits_for_whoever_chains(postgres_url: str) -> None:
    """Both lock the outbox and the log; a desk that chains while a migration begins must not end in a deadlock."""
    engine = open_engine(postgres_url)

    def drop() -> None:
        with engine.connect() as connection, connection.begin() as transaction:
            triggers.remove(connection)
            transaction.rollback()

    with ThreadPoolExecutor(1) as beside, engine.connect() as chainer, engine.connect() as watcher:
        with chainer.begin():
            chainer.exec_driver_sql(f"SELECT pg_advisory_xact_lock({CHAIN_LOCK})")
            chainer.execute(select(audit_outbox)).all()
            dropping = beside.submit(drop)
            waits = text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            while watcher.execute(waits).scalar_one() == 0:
                watcher.rollback()
                assert not dropping.done()
            chainer.execute(select(audit_event)).all()
        dropping.result(60)
    engine.dispose()


def test_what_was_submitted_is_chained_at_the_close(postgres_url: str, clock: FakeClock, ids: UuidIds) -> None:
    store = PostgresStore(open_engine(postgres_url), clock, ids)
    for _ in range(50):
        store.submit(lambda uow: uow.append(make_event(uow)))
    store.close()
    engine = open_engine(postgres_url)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(audit_event)).scalar_one() == 50
    engine.dispose()
