"""Patient acts on SQLite: whoever comes goes first, and waits for none of those that only wait themselves."""

from __future__ import annotations

import threading

import pytest

from access.store import sqlite_store as module
from access.store.base import Act, UnitOfWork
from access.store.sqlite_store import SqliteStore
from tests.support.stores import make_event

pytestmark = pytest.mark.clause("issue-2")


class Turns:
    """Acts that note when they have their turn, behind one that holds the writer until told."""

    def __init__(self, store: SqliteStore) -> None:
        self.seen: list[str] = []
        self._store = store
        self._go_on = threading.Event()
        begun = threading.Event()

        def hold(_: UnitOfWork) -> None:
            begun.set()
            assert self._go_on.wait(60)

        self.held = store.submit(hold, patient=True)
        assert begun.wait(60)

    def act(self, name: str) -> Act[None]:
        def act(uow: UnitOfWork) -> None:
            self.seen.append(name)
            uow.append(make_event(uow))
            uow.after_commit(lambda: self.seen.append(f"{name} durable"))

        return act

    def release(self) -> None:
        self._go_on.set()


def test_whoever_comes_goes_before_those_who_wait(sqlite_store: SqliteStore) -> None:
    turns = Turns(sqlite_store)
    patient = [sqlite_store.submit(turns.act(name), patient=True) for name in ("first", "second")]
    other = sqlite_store.submit(turns.act("other"))
    turns.release()
    for one in (turns.held, *patient, other):
        one.result(60)
    assert turns.seen == ["other", "other durable", "first", "first durable", "second", "second durable"]


def test_after_some_seconds_a_patient_act_has_its_turn(
    sqlite_store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", -3600.0)
    turns = Turns(sqlite_store)
    other = sqlite_store.submit(turns.act("other"))
    patient = sqlite_store.submit(turns.act("patient"), patient=True)
    turns.release()
    for one in (turns.held, patient, other):
        one.result(60)
    assert [name for name in turns.seen if not name.endswith("durable")] == ["patient", "other"]


def test_a_store_that_closes_finishes_patient_acts_too(sqlite_store: SqliteStore) -> None:
    turns = Turns(sqlite_store)
    patient = sqlite_store.submit(turns.act("patient"), patient=True)
    turns.release()
    sqlite_store.close()
    patient.result(0)
    assert turns.seen == ["patient", "patient durable"]
