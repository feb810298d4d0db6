"""Acts on both engines: all of it together with its events, or nothing."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from sqlalchemy import func, insert, select, update

from access.audit.events import Event
from access.errors import AccessError, EventRefused, StoreClosed
from access.store.base import Store, UnitOfWork
from access.store.postgres_store import PostgresStore
from access.store.schema import DESK_TENANT, audit_event, audit_outbox, desk_meta
from tests.support.stores import make_event


def note(uow: UnitOfWork, key: str, value: str = "1") -> None:
    uow.connection.execute(insert(desk_meta).values(key=key, tenant_id=DESK_TENANT, value=value))


def keys(store: Store) -> list[str]:
    return store.run(lambda uow: list(uow.connection.execute(select(desk_meta.c.key)).scalars()))


def events(store: Store) -> int:
    def count(uow: UnitOfWork) -> int:
        return sum(
            uow.connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (audit_event, audit_outbox)
        )

    return store.run(count)


@pytest.mark.clause("C-5.4f", "design-4")
def test_act_and_event_are_stored_together(store: Store) -> None:
    def act(uow: UnitOfWork) -> str:
        note(uow, "a")
        uow.append(make_event(uow))
        return "done"

    assert store.run(act) == "done"
    assert keys(store) == ["a"]
    assert events(store) == 1


def test_act_that_raises_leaves_nothing(store: Store) -> None:
    pushed: list[str] = []

    def act(uow: UnitOfWork) -> None:
        note(uow, "a")
        uow.append(make_event(uow))
        uow.after_commit(lambda: pushed.append("no"))
        raise AccessError

    with pytest.raises(AccessError):
        store.run(act)
    assert keys(store) == []
    assert events(store) == 0
    assert pushed == []


def test_one_failing_act_takes_no_other_with_it(store: Store) -> None:
    entered, go = threading.Event(), threading.Event()

    def hold(_uow: UnitOfWork) -> None:
        entered.set()
        assert go.wait(30)

    def good(uow: UnitOfWork) -> None:
        note(uow, f"good-{uow.ids.new()}")
        uow.append(make_event(uow))

    def bad(uow: UnitOfWork) -> None:
        good(uow)
        raise AccessError

    first = store.submit(hold)
    assert entered.wait(30)
    waiting: list[Future[None]] = [store.submit(act) for act in (good, bad, good, bad, good)]
    go.set()
    first.result()
    outcomes = [future.exception() is None for future in waiting]
    assert outcomes == [True, False, True, False, True]
    assert len(keys(store)) == 3
    assert events(store) == 3


def test_rollback_act_undoes_and_goes_on(store: Store) -> None:
    pushed: list[str] = []

    def act(uow: UnitOfWork) -> None:
        note(uow, "undone")
        uow.append(make_event(uow))
        uow.after_commit(lambda: pushed.append("undone"))
        uow.rollback_act()
        note(uow, "kept")
        uow.append(make_event(uow, result="refused", rule="separation.own_request"))
        uow.after_commit(lambda: pushed.append("kept"))

    store.run(act)
    assert keys(store) == ["kept"]
    assert events(store) == 1
    store.run(lambda _uow: None)
    assert pushed == ["kept"]


def test_rollback_act_heals_a_failed_statement(store: Store) -> None:
    def act(uow: UnitOfWork) -> None:
        note(uow, "a")
        with pytest.raises(Exception, match=r"UNIQUE|unique"):
            note(uow, "a")
        uow.rollback_act()
        uow.append(make_event(uow, result="failed"))

    store.run(act)
    assert keys(store) == []
    assert events(store) == 1


def test_what_waits_for_the_commit_cannot_undo_it(store: Store) -> None:
    def explode() -> None:
        raise ValueError

    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        uow.after_commit(explode)

    store.run(act)
    assert events(store) == 1


def test_an_event_enters_the_log_once(store: Store) -> None:
    def act(uow: UnitOfWork) -> None:
        event = make_event(uow)
        uow.append(event)
        with pytest.raises(EventRefused):
            uow.append(event)
        uow.rollback_act()
        uow.append(make_event(uow))

    store.run(act)
    assert events(store) == 1


def test_an_event_already_in_the_log_is_refused(store: Store) -> None:
    """A caller that repeats an act with the event it built before learns so at once."""
    made: list[Event] = []

    def act(uow: UnitOfWork) -> None:
        made.append(make_event(uow))
        uow.append(made[0])

    store.run(act)
    store.settle()
    with pytest.raises(EventRefused):
        store.run(act)
    assert store.settle() == 1


def test_pushes_come_after_the_commit(store: Store) -> None:
    seen: list[int] = []
    done = threading.Event()

    def look() -> None:
        with store.engine.connect() as connection:
            seen.extend(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
                for table in (audit_event, audit_outbox)
            )
        done.set()

    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        uow.after_commit(look)

    store.run(act)
    assert done.wait(30)
    assert sum(seen) == 1


def test_closed_store_takes_no_acts(store: Store) -> None:
    store.close()
    with pytest.raises(StoreClosed):
        store.submit(lambda _uow: None)
    store.close()


@pytest.mark.clause("design-4")
def test_concurrent_counters_lose_nothing(store: Store) -> None:
    """Two agents cannot both take the third call of the day."""
    store.run(lambda uow: note(uow, "calls", "0"))

    def take(uow: UnitOfWork) -> bool:
        row = uow.connection.execute(uow.lock(select(desk_meta).where(desk_meta.c.key == "calls"))).one()
        if int(row.value) >= 3:
            return False
        uow.connection.execute(
            update(desk_meta).where(desk_meta.c.key == "calls").values(value=str(int(row.value) + 1))
        )
        uow.append(make_event(uow))
        return True

    futures = [store.submit(take) for _ in range(24)]
    assert sum(future.result() for future in futures) == 3
    assert events(store) == 3


def test_sequence_has_no_gaps(store: Store) -> None:
    def act(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        uow.append(make_event(uow))
        if int(uow.ids.new(), 16) % 3 == 0:
            raise AccessError

    futures = [store.submit(act) for _ in range(60)]
    written = 2 * sum(future.exception() is None for future in futures)
    if isinstance(store, PostgresStore):
        assert store.settle() == written
    sequence = store.run(lambda uow: list(uow.connection.execute(select(audit_event.c.seq)).scalars()))
    assert sequence == list(range(1, written + 1))


def test_an_act_does_not_wait_for_another(store: Store) -> None:
    with pytest.raises(RuntimeError):
        store.run(lambda _uow: store.run(lambda _inner: None))
