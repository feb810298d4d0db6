"""Pages of the log, and the checkpointer's own clockwork, on both engines."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import text

from access.audit.checkpoints import Checkpointer
from access.audit.read import Filter, page, tail
from access.audit.verify import verify
from access.audit.witness import Witness
from access.ids import UuidIds
from access.store.base import Store, UnitOfWork
from tests.support.clock import FakeClock
from tests.support.stores import SIGNER, make_event

pytestmark = pytest.mark.clause("C-5.4f", "Y-4.3.1")


@pytest.fixture
def people(ids: UuidIds) -> list[str]:
    return [ids.new() for _ in range(3)]


@pytest.fixture
def filled(store: Store, clock: FakeClock, people: list[str]) -> Store:
    """Thirty events, one a second, by three people on two cases."""
    cases = ["a" * 32, "b" * 32]
    for number in range(30):
        clock.advance(1)

        def act(uow: UnitOfWork, number: int = number) -> None:
            action = "case:file:open" if number % 5 else "case:field:reveal"
            event = make_event(uow, action, person_id=people[number % 3], case_id=cases[number % 2])
            uow.append(event)

        store.run(act)
    store.settle()
    return store


def test_pages_run_newest_first_without_gap_or_overlap(filled: Store) -> None:
    seen: list[int] = []
    before: int | None = None
    with filled.engine.connect() as connection:
        while True:
            found = page(connection, before=before, limit=7)
            seen += [entry.seq for entry in found.entries]
            before = found.before
            if before is None:
                break
    assert seen == list(range(30, 0, -1))


def test_filters_are_exact_and_join(filled: Store, people: list[str]) -> None:
    with filled.engine.connect() as connection:
        whole = page(connection, limit=100).entries

        def seqs(wanted: Filter) -> list[int]:
            return [entry.seq for entry in page(connection, wanted, limit=100).entries]

        start = whole[-1].event.at
        assert seqs(Filter(person_id=people[1])) == [e.seq for e in whole if e.event.person_id == people[1]]
        assert seqs(Filter(case_id="a" * 32)) == [e.seq for e in whole if e.event.case_id == "a" * 32]
        assert seqs(Filter(action="case:field:reveal")) == [
            e.seq for e in whole if e.event.action == "case:field:reveal"
        ]
        assert seqs(Filter(action="case:f")) == []
        assert seqs(Filter(action="case:")) == [e.seq for e in whole]
        assert seqs(Filter(action="c%:")) == []
        assert seqs(Filter(since=start + 5_000_000, until=start + 9_000_000)) == [9, 8, 7, 6]
        assert seqs(Filter(person_id=people[0], case_id="b" * 32, action="case:file:open")) == [
            e.seq
            for e in whole
            if (e.event.person_id, e.event.case_id, e.event.action) == (people[0], "b" * 32, "case:file:open")
        ]


def test_tail_runs_oldest_first(filled: Store) -> None:
    with filled.engine.connect() as connection:
        assert [entry.seq for entry in tail(connection)] == list(range(1, 31))
        assert [entry.seq for entry in tail(connection, 27)] == [28, 29, 30]
        assert list(tail(connection, 30)) == []


def test_every_filtered_page_uses_an_index(filled: Store) -> None:
    if filled.engine.dialect.name != "sqlite":
        return
    with filled.engine.connect() as connection:
        for column in ("person_id", "case_id"):
            plan = connection.execute(
                text(f"EXPLAIN QUERY PLAN SELECT seq FROM audit_event WHERE {column} = 'x' ORDER BY seq DESC LIMIT 50")  # noqa: S608 - two names
            ).all()
            assert any("USING" in row[3] and f"ix_audit_event_{column.removesuffix('_id')}" in row[3] for row in plan)
            assert not any("TEMP B-TREE" in row[3] for row in plan)


def wait_for(condition: threading.Event) -> None:
    assert condition.wait(60)


@pytest.mark.clause("design-4")
def test_a_growing_log_is_signed_by_number_of_events(
    filled: Store, witness: Witness, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    append = Witness.append

    def noticing(self: Witness, note: bytes) -> None:
        append(self, note)
        written.set()

    monkeypatch.setattr(Witness, "append", noticing)
    signer = Checkpointer(filled, witness, SIGNER, clock)
    signer.start(every=3600, events=5)
    for _ in range(5):
        filled.run(lambda uow: uow.append(make_event(uow)))
    wait_for(written)
    signer.close()
    signer.close()
    newest = witness.newest()
    assert newest is not None
    assert newest.checkpoint.size == 35
    assert verify(filled, witness, SIGNER.public_key).findings == ()


@pytest.mark.clause("design-4")
def test_a_growing_log_is_signed_by_time(
    filled: Store, witness: Witness, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = threading.Event()
    append = Witness.append

    def noticing(self: Witness, note: bytes) -> None:
        append(self, note)
        written.set()

    monkeypatch.setattr(Witness, "append", noticing)
    signer = Checkpointer(filled, witness, SIGNER, clock)
    signer.start(every=0.01)
    wait_for(written)
    filled.run(lambda uow: uow.append(make_event(uow)))
    signer.close()
    newest = witness.newest()
    assert newest is not None
    assert newest.checkpoint.size == 31


def test_a_checkpoint_can_be_taken_inside_an_act(filled: Store, witness: Witness, clock: FakeClock) -> None:
    signer = Checkpointer(filled, witness, SIGNER, clock)
    note = filled.run(lambda _uow: signer.take())
    newest = witness.newest()
    assert newest is not None
    assert newest.note == note
    assert newest.checkpoint.size == 30


def test_the_checkpointer_outlives_a_witness_that_fails(filled: Store, witness: Witness, clock: FakeClock) -> None:
    signer = Checkpointer(filled, witness, SIGNER, clock)
    signer.start(every=3600)
    witness.path.mkdir(parents=True)
    signer._try()
    witness.path.rmdir()
    signer.close()
    assert witness.newest() is not None
