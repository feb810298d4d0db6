"""The tamper catalogue on both engines: each kind of interference is found, with its position."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, delete, func, insert, select, text, update

from access.audit.checkpoints import Checkpointer
from access.audit.findings import Kind, Verification
from access.audit.notes import parse, sign
from access.audit.tree import Frontier, leaf_hash
from access.audit.verify import verify
from access.audit.witness import Witness
from access.errors import LogBroken, WitnessBroken
from access.ids import UuidIds
from access.store import triggers
from access.store.base import Store, UnitOfWork
from access.store.engine import WRITER_OPTION
from access.store.open import open_store
from access.store.postgres_store import PostgresStore
from access.store.schema import DESK_TENANT, audit_checkpoint, audit_event, audit_head
from access.store.sqlite_store import SqliteStore
from masking.gm import Sm2PrivateKey, sm3
from tests.support.clock import FakeClock
from tests.support.stores import SIGNER, make_event

pytestmark = pytest.mark.clause("C-5.4f", "Y-4.3.1", "design-4")

STRANGER = Sm2PrivateKey(bytes(31) + b"\x09")
EVENTS = 40
FIRST_SIGNED = 16
SECOND_SIGNED = 33


@contextmanager
def writing(store: Store) -> Iterator[Connection]:
    """A transaction past the desk, as the database's owner has it, while the chainer has nothing to do."""
    store.settle()
    with store.engine.connect().execution_options(**{WRITER_OPTION: True}) as connection, connection.begin():
        yield connection


def five(uow: UnitOfWork) -> None:
    for _ in range(5):
        uow.append(make_event(uow))


class Log:
    """A log of 40 events, signed at 16 and at 33."""

    def __init__(self, store: Store, witness: Witness, checkpointer: Checkpointer, clock: FakeClock) -> None:
        self.store = store
        self.witness = witness
        self.checkpointer = checkpointer
        self._clock = clock
        for number in range(1, EVENTS + 1):
            clock.advance(1)
            store.run(lambda uow: uow.append(make_event(uow, person_id=uow.ids.new(), case_id=uow.ids.new())))
            if number in {FIRST_SIGNED, SECOND_SIGNED}:
                self.sign()
        store.settle()

    def sign(self) -> bytes:
        self.store.settle()
        self._clock.advance(1)
        note = self.checkpointer.take()
        assert note is not None
        # The copy is an act of its own, and on PostgreSQL acts run side by side.
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            with self.store.engine.connect() as connection:
                copies = connection.execute(select(audit_checkpoint.c.note)).scalars()
                if note in {bytes(copy) for copy in copies}:
                    return note
        raise AssertionError("the copy of a checkpoint never came")

    def tamper(self, act: Callable[[Connection], object]) -> None:
        """Change the database behind the desk's back, as its owner can, and leave no trigger missing."""
        with writing(self.store) as connection:
            triggers.remove(connection)
            act(connection)
            triggers.install(connection)

    def verify(self) -> Verification:
        return verify(self.store, self.witness, SIGNER.public_key)

    def found(self) -> list[tuple[Kind, int | None]]:
        return [(one.kind, one.position) for one in self.verify().findings]


@pytest.fixture
def log(store: Store, witness: Witness, checkpointer: Checkpointer, clock: FakeClock) -> Log:
    return Log(store, witness, checkpointer, clock)


def row(connection: Connection, seq: int) -> dict[str, Any]:
    return dict(connection.execute(select(audit_event).where(audit_event.c.seq == seq)).mappings().one())


def rebuild_head(connection: Connection) -> None:
    """Make head and leaves fit whatever events are there, as a thorough forger would."""
    frontier = Frontier()
    rows = connection.execute(select(audit_event.c.seq, audit_event.c.body).order_by(audit_event.c.seq)).all()
    for one in rows:
        leaf = leaf_hash(bytes(one.body))
        frontier.extend([leaf])
        connection.execute(update(audit_event).where(audit_event.c.seq == one.seq).values(leaf=leaf))
    connection.execute(update(audit_head).values(size=frontier.size, frontier=frontier.pack()))


def renumber(connection: Connection, first: int, by: int) -> None:
    """Shift all events from one on, by way of numbers that nobody uses."""
    far = 1_000_000
    connection.execute(update(audit_event).where(audit_event.c.seq >= first).values(seq=audit_event.c.seq + far))
    connection.execute(update(audit_event).where(audit_event.c.seq >= far).values(seq=audit_event.c.seq - (far - by)))


def changed(body: bytes) -> bytes:
    assert b'"pts/3"' in body
    return body.replace(b'"pts/3"', b'"pts/9"')


def test_an_honest_log_verifies(log: Log) -> None:
    seen = log.verify()
    assert seen.findings == ()
    assert seen.ok
    assert (seen.events, seen.checkpoints) == (EVENTS, 2)
    with log.store.engine.connect() as connection:
        leaves = list(connection.execute(select(audit_event.c.leaf).order_by(audit_event.c.seq)).scalars())
    frontier = Frontier()
    frontier.extend([bytes(leaf) for leaf in leaves])
    assert seen.root == frontier.root()


@pytest.mark.parametrize("seq", [1, 16, 17, 33, 34, 40])
def test_edited_event(log: Log, seq: int) -> None:
    log.tamper(
        lambda connection: connection.execute(
            update(audit_event)
            .where(audit_event.c.seq == seq)
            .values(body=changed(bytes(row(connection, seq)["body"])))
        )
    )
    assert log.found() == [(Kind.EVENT_CHANGED, seq)]


def edit_with_hashes(seq: int) -> Callable[[Connection], None]:
    def act(connection: Connection) -> None:
        body = changed(bytes(row(connection, seq)["body"]))
        connection.execute(update(audit_event).where(audit_event.c.seq == seq).values(body=body))
        rebuild_head(connection)

    return act


@pytest.mark.parametrize(("seq", "first"), [(1, 1), (16, 1), (17, 17), (33, 17)])
def test_edited_event_with_all_hashes_rewritten(log: Log, seq: int, first: int) -> None:
    log.tamper(edit_with_hashes(seq))
    seen = log.verify()
    assert [(one.kind, one.position) for one in seen.findings] == [(Kind.ROOT_DIFFERS, first)]
    low, high = map(int, seen.findings[0].detail.split(".."))
    assert low <= seq <= high


@pytest.mark.parametrize("seq", [1, 20, 33])
def test_deleted_event(log: Log, seq: int) -> None:
    log.tamper(lambda connection: connection.execute(delete(audit_event).where(audit_event.c.seq == seq)))
    assert (Kind.EVENTS_MISSING, seq) in log.found()


@pytest.mark.parametrize(("seq", "first"), [(1, 1), (20, 17), (33, 17)])
def test_deleted_event_with_the_rest_moved_up(log: Log, seq: int, first: int) -> None:
    def act(connection: Connection) -> None:
        connection.execute(delete(audit_event).where(audit_event.c.seq == seq))
        renumber(connection, seq, -1)
        rebuild_head(connection)

    log.tamper(act)
    assert log.found() == [(Kind.ROOT_DIFFERS, first)]


def forged(connection: Connection, like: int, seq: int) -> dict[str, Any]:
    values = row(connection, like)
    event_id = "f" * 32
    body = bytes(values["body"]).replace(values["event_id"].encode(), event_id.encode())
    return values | {"seq": seq, "event_id": event_id, "body": body, "leaf": leaf_hash(body)}


def test_inserted_event(log: Log) -> None:
    def act(connection: Connection) -> None:
        values = forged(connection, 20, 20)
        renumber(connection, 20, 1)
        connection.execute(insert(audit_event).values(values))
        rebuild_head(connection)

    log.tamper(act)
    assert log.found() == [(Kind.ROOT_DIFFERS, FIRST_SIGNED + 1)]


def test_appended_event_without_a_head(log: Log) -> None:
    log.tamper(lambda connection: connection.execute(insert(audit_event).values(forged(connection, 5, EVENTS + 1))))
    assert log.found() == [(Kind.HEAD_DIFFERS, None)]


def test_reordered_events(log: Log) -> None:
    def act(connection: Connection) -> None:
        for seq, to in ((20, 900), (21, 20), (900, 21)):
            connection.execute(update(audit_event).where(audit_event.c.seq == seq).values(seq=to))

    log.tamper(act)
    assert (Kind.ROOT_DIFFERS, FIRST_SIGNED + 1) in log.found()
    assert (Kind.HEAD_DIFFERS, None) in log.found()


def test_duplicated_event(log: Log) -> None:
    """The same body under another id in the column: the column gives it away."""

    def act(connection: Connection) -> None:
        values = row(connection, 12) | {"seq": EVENTS + 1, "event_id": "e" * 32}
        connection.execute(insert(audit_event).values(values))
        rebuild_head(connection)

    log.tamper(act)
    assert log.found() == [(Kind.COLUMN_CHANGED, EVENTS + 1)]


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("tenant_id", "1" * 32),
        ("at", 5),
        ("action", "desk:other:act"),
        ("person_id", "2" * 32),
        ("person_id", None),
        ("case_id", "3" * 32),
        ("case_id", None),
        ("subject", f"role_grant:{'4' * 32}"),
        ("subject_version", 7),
        ("result", "refused"),
        ("event_id", "5" * 32),
    ],
)
def test_column_edited_to_hide_an_event(log: Log, column: str, value: object) -> None:
    log.tamper(
        lambda connection: connection.execute(update(audit_event).where(audit_event.c.seq == 8).values({column: value}))
    )
    assert log.found() == [(Kind.COLUMN_CHANGED, 8)]


def test_unreadable_body(log: Log) -> None:
    log.tamper(
        lambda connection: connection.execute(
            update(audit_event).where(audit_event.c.seq == 8).values(body=b"{\xff", leaf=leaf_hash(b"{\xff"))
        )
    )
    assert (Kind.BODY_UNREADABLE, 8) in log.found()
    assert (Kind.ROOT_DIFFERS, 1) in log.found()


@pytest.mark.parametrize("keep", [0, 10, 16, 32])
def test_cut_tail(log: Log, keep: int) -> None:
    log.tamper(lambda connection: connection.execute(delete(audit_event).where(audit_event.c.seq > keep)))
    assert (Kind.TAIL_CUT, keep + 1) in log.found()


def test_cut_tail_after_the_last_checkpoint(log: Log) -> None:
    """Younger than any checkpoint: the head still knows."""
    log.tamper(lambda connection: connection.execute(delete(audit_event).where(audit_event.c.seq > 36)))
    assert (Kind.TAIL_CUT, 37) in log.found()


def test_cut_tail_with_head_and_copies_fitted(log: Log) -> None:
    def act(connection: Connection) -> None:
        connection.execute(delete(audit_event).where(audit_event.c.seq > 20))
        connection.execute(delete(audit_checkpoint).where(audit_checkpoint.c.size > 20))
        rebuild_head(connection)

    log.tamper(act)
    assert log.found() == [(Kind.ROLLED_BACK, 21)]
    with pytest.raises(LogBroken):
        log.checkpointer.take()


def test_old_copy_put_back(sqlite_url: str, witness: Witness, clock: FakeClock, ids: UuidIds, tmp_path: Path) -> None:
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    store = open_store(sqlite_url, clock=clock, ids=ids)
    signer = Checkpointer(store, witness, SIGNER, clock)
    store.run(five)
    signer.take()
    store.close()
    shutil.copy(path, tmp_path / "backup.db")
    store = open_store(sqlite_url, clock=clock, ids=ids)
    store.run(five)
    Checkpointer(store, witness, SIGNER, clock).take()
    store.close()
    for extra in ("-wal", "-shm"):
        path.with_name(path.name + extra).unlink(missing_ok=True)
    shutil.copy(tmp_path / "backup.db", path)
    store = open_store(sqlite_url, clock=clock, ids=ids)
    seen = verify(store, witness, SIGNER.public_key)
    assert [(one.kind, one.position, one.detail) for one in seen.findings] == [(Kind.ROLLED_BACK, 6, "6..10")]
    with pytest.raises(LogBroken):
        Checkpointer(store, witness, SIGNER, clock).start()
    store.close()


def test_lost_write_ahead_log(
    sqlite_url: str, witness: Witness, clock: FakeClock, ids: UuidIds, tmp_path: Path
) -> None:
    """A torn or lost tail of the files is a log behind its witness."""
    path = Path(sqlite_url.removeprefix("sqlite:///"))
    store = open_store(sqlite_url, clock=clock, ids=ids)
    store.run(five)
    Checkpointer(store, witness, SIGNER, clock).take()
    shutil.copy(path, tmp_path / "torn.db")  # without its -wal
    store.close()
    store = open_store(f"sqlite:///{tmp_path / 'torn.db'}", clock=clock, ids=ids)
    seen = verify(store, witness, SIGNER.public_key)
    assert [(one.kind, one.position, one.detail) for one in seen.findings] == [(Kind.ROLLED_BACK, 1, "1..5")]
    with pytest.raises(LogBroken):
        Checkpointer(store, witness, SIGNER, clock).start()
    store.close()


def test_everything_rewritten_with_the_current_key(log: Log) -> None:
    """Events, hashes, head and the database's copies of the checkpoints, all consistent, all signed by the log key."""

    def act(connection: Connection) -> None:
        edit_with_hashes(3)(connection)
        leaves = [
            bytes(leaf) for leaf in connection.execute(select(audit_event.c.leaf).order_by(audit_event.c.seq)).scalars()
        ]
        previous = b""
        for one in connection.execute(select(audit_checkpoint).order_by(audit_checkpoint.c.size)).mappings().all():
            said = parse(bytes(one["note"]))
            assert said is not None
            frontier = Frontier()
            frontier.extend(leaves[: said.size])
            forged_note = type(said)(said.origin, said.size, frontier.root(), said.at, previous)
            note = sign(forged_note, SIGNER)
            previous = sm3(note)
            connection.execute(
                update(audit_checkpoint)
                .where(audit_checkpoint.c.size == said.size)
                .values(root=frontier.root(), note=note)
            )

    log.tamper(act)
    assert set(log.found()) == {
        (Kind.ROOT_DIFFERS, 1),
        (Kind.CHECKPOINT_DIFFERS, FIRST_SIGNED),
        (Kind.CHECKPOINT_DIFFERS, SECOND_SIGNED),
    }


def test_copy_of_a_checkpoint_edited(log: Log) -> None:
    log.tamper(
        lambda connection: connection.execute(
            update(audit_checkpoint).where(audit_checkpoint.c.size == FIRST_SIGNED).values(root=bytes(32))
        )
    )
    assert log.found() == [(Kind.CHECKPOINT_DIFFERS, FIRST_SIGNED)]


def test_missing_trigger(log: Log) -> None:
    with writing(log.store) as connection:
        triggers.remove(connection)
    kinds = {kind for kind, _position in log.found()}
    assert kinds == {Kind.TRIGGER_MISSING}


def test_filtered_view_in_the_log_s_place(log: Log) -> None:
    """Whoever owns the database can rename the table and show a view that hides rows."""
    with writing(log.store) as connection:
        triggers.remove(connection)
        connection.execute(text("ALTER TABLE audit_event RENAME TO hidden_event"))
        connection.execute(text("CREATE VIEW audit_event AS SELECT * FROM hidden_event WHERE seq NOT IN (12, 35)"))
    found = log.found()
    assert (Kind.EVENTS_MISSING, 12) in found
    assert (Kind.EVENTS_MISSING, 35) in found
    assert any(kind is Kind.TRIGGER_MISSING for kind, _position in found)


def test_witness_removed(log: Log) -> None:
    log.witness.path.unlink()
    assert log.found() == [(Kind.WITNESS_MISSING, None)]


def test_witness_removed_and_events_edited(log: Log) -> None:
    log.witness.path.unlink()
    log.tamper(edit_with_hashes(20))
    assert set(log.found()) == {(Kind.WITNESS_MISSING, None), (Kind.ROOT_DIFFERS, FIRST_SIGNED + 1)}


def notes_of(witness: Witness) -> list[bytes]:
    return [noted.note for noted in witness.read()[0]]


def write_notes(witness: Witness, notes: list[bytes]) -> None:
    witness.path.write_bytes(b"".join(note + b"\n" for note in notes))


def test_witness_cut(log: Log) -> None:
    write_notes(log.witness, notes_of(log.witness)[:1])
    assert log.found() == [(Kind.WITNESS_CUT, SECOND_SIGNED)]


def test_witness_lost_its_beginning(log: Log) -> None:
    write_notes(log.witness, notes_of(log.witness)[1:])
    kinds = {kind for kind, _position in log.found()}
    assert kinds == {Kind.WITNESS_EDITED, Kind.WITNESS_CUT}


def test_witness_lost_a_note_in_the_middle(log: Log) -> None:
    log.sign()
    notes = notes_of(log.witness)
    write_notes(log.witness, [notes[0], notes[2]])
    assert set(log.found()) == {(Kind.WITNESS_EDITED, FIRST_SIGNED), (Kind.WITNESS_CUT, SECOND_SIGNED)}


def test_note_edited(log: Log) -> None:
    notes = notes_of(log.witness)
    said = parse(notes[1])
    assert said is not None
    write_notes(log.witness, [notes[0], notes[1].replace(f"time {said.at}".encode(), b"time 5")])
    found = log.found()
    assert (Kind.SIGNATURE_WRONG, SECOND_SIGNED) in found


def test_note_of_a_stranger(log: Log) -> None:
    said = parse(notes_of(log.witness)[1])
    assert said is not None
    log.witness.append(sign(type(said)(said.origin, EVENTS, bytes(32), said.at, b""), STRANGER))
    assert log.found() == [(Kind.SIGNATURE_WRONG, EVENTS)]


def test_forked_view(log: Log) -> None:
    """The key signed two logs of one size."""
    notes = notes_of(log.witness)
    said = parse(notes[1])
    assert said is not None
    log.witness.append(sign(type(said)(said.origin, said.size, bytes(32), said.at, sm3(notes[1])), SIGNER))
    assert (Kind.WITNESS_EDITED, SECOND_SIGNED) in log.found()


def test_a_former_key_still_counts(log: Log, clock: FakeClock) -> None:
    renewed = Checkpointer(log.store, log.witness, STRANGER, clock, origin="veildesk/test")
    log.store.settle()
    renewed.take()
    log.store.run(lambda _uow: None)
    assert verify(log.store, log.witness, [SIGNER.public_key, STRANGER.public_key]).findings == ()
    assert verify(log.store, log.witness, STRANGER.public_key).findings == ()
    assert not verify(log.store, log.witness, SIGNER.public_key).ok


def test_torn_note_is_said_and_survived(log: Log) -> None:
    with log.witness.path.open("ab") as file:
        file.write(b"veildesk/test\n39\nAAAA")
    seen = log.verify()
    assert seen.findings == ()
    assert [one.kind for one in seen.notices] == [Kind.WITNESS_TORN]
    log.store.run(lambda uow: uow.append(make_event(uow)))
    log.sign()
    seen = log.verify()
    assert seen.findings == ()
    assert seen.checkpoints == 3


def test_unsigned_log_says_so(store: Store, witness: Witness) -> None:
    assert verify(store, witness, SIGNER.public_key).notices == ()
    store.run(lambda uow: uow.append(make_event(uow)))
    store.settle()
    seen = verify(store, witness, SIGNER.public_key)
    assert seen.ok
    assert [one.kind for one in seen.notices] == [Kind.NEVER_SIGNED]


def test_clock_rewind_is_said(log: Log, clock: FakeClock) -> None:
    clock.advance(-4000)
    log.store.run(lambda uow: uow.append(make_event(uow)))
    log.store.settle()
    seen = log.verify()
    assert seen.ok
    assert [(one.kind, one.position) for one in seen.notices] == [(Kind.CLOCK_REWIND, EVENTS + 1)]


def test_events_not_chained_are_said(log: Log) -> None:
    if not isinstance(log.store, PostgresStore):
        assert log.verify().waiting == 0
        return
    log.store.settle()
    with log.store.engine.begin() as connection:
        # Another desk of the cluster holds the chain.
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": 0x5645494C_4C4F47})
        log.store.run(lambda uow: uow.append(make_event(uow)))
        seen = log.verify()
        assert seen.ok
        assert seen.waiting == 1
        assert [(one.kind, one.detail) for one in seen.notices] == [(Kind.WAITING, "1")]
    log.store.settle()
    assert log.verify().events == EVENTS + 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET at = 0",
        "DELETE FROM audit_event",
        "DELETE FROM audit_checkpoint",
        "UPDATE audit_checkpoint SET at = 0",
    ],
)
def test_the_database_itself_refuses(log: Log, statement: str) -> None:
    log.store.settle()
    with pytest.raises(Exception, match="append-only"):
        log.store.run(lambda uow: uow.connection.execute(text(statement)))
    assert log.verify().ok


def test_truncate_and_the_outbox_are_refused(log: Log) -> None:
    if isinstance(log.store, SqliteStore):
        replace = "INSERT OR REPLACE INTO audit_event SELECT * FROM audit_event WHERE seq = 3"
        with pytest.raises(Exception, match=r"in the log already|out of sequence"):
            log.store.run(lambda uow: uow.connection.execute(text(replace)))
        return
    for table in ("audit_event", "audit_checkpoint", "audit_outbox"):
        with pytest.raises(Exception, match="append-only"):
            log.store.run(lambda uow, table=table: uow.connection.execute(text(f"TRUNCATE {table}")))  # type: ignore[misc]

    def lose(uow: UnitOfWork) -> None:
        uow.append(make_event(uow))
        uow.connection.execute(text("DELETE FROM audit_outbox"))

    with pytest.raises(Exception, match="not in the log yet"):
        log.store.run(lose)


def test_a_log_that_contradicts_itself_does_not_open(log: Log, store_url: str, clock: FakeClock, ids: UuidIds) -> None:
    log.tamper(lambda connection: connection.execute(delete(audit_event).where(audit_event.c.seq > 36)))
    with pytest.raises(LogBroken):
        open_store(store_url, clock=clock, ids=ids)


def test_signing_is_refused_where_the_witness_is_not_safe(log: Log) -> None:
    log.witness.path.chmod(0o644)
    log.store.run(lambda uow: uow.append(make_event(uow)))
    log.store.settle()
    with pytest.raises(WitnessBroken):
        log.checkpointer.take()


def test_a_checkpoint_is_written_once_a_size(log: Log) -> None:
    log.sign()
    count = len(notes_of(log.witness))
    assert log.sign() == notes_of(log.witness)[-1]
    assert len(notes_of(log.witness)) == count
    # Copies are acts of their own; closing waits for all of them.
    log.store.close()
    with log.store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(audit_checkpoint)).scalar_one() == count
        assert connection.execute(select(audit_checkpoint.c.tenant_id)).scalars().first() == DESK_TENANT
