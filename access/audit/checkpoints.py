"""Signs the log's head, now and then, and leaves the note with the witness outside the database.

The time between two checkpoints is the time in which whoever owns the database could still rewrite its newest events
unnoticed. A log that has become shorter than what was signed, or says something else at that size, is never signed
again. The note goes to the witness first and into `audit_checkpoint` afterwards, as a copy for pages and doctor.
"""

from __future__ import annotations

import logging
import threading
from typing import Any, Final

from sqlalchemy import Connection, insert, select
from sqlalchemy.exc import SQLAlchemyError

from access.audit.notes import Checkpoint, sign
from access.audit.tree import Frontier
from access.audit.witness import Noted, Witness
from access.context import Clock
from access.errors import AccessError, LogBroken
from access.store.base import Store, UnitOfWork
from access.store.schema import DESK_TENANT, audit_checkpoint, audit_head
from masking.gm import Sm2PrivateKey, sm3

__all__ = ["Checkpointer", "Witness", "read_head"]

_log = logging.getLogger(__name__)

DEFAULT_ORIGIN: Final = "veildesk"
_EVERY_SECONDS: Final = 10.0
_EVERY_EVENTS: Final = 10_000


def read_head(connection: Connection) -> Frontier:
    """Return the log's committed head."""
    row = connection.execute(select(audit_head.c.size, audit_head.c.frontier).where(audit_head.c.id == 1)).one()
    return Frontier(row.size, bytes(row.frontier))


class Checkpointer:
    """Writes a checkpoint when the log has grown: every so many seconds, every so many events, and at the end.

    Args:
        store: Whose log it is.
        witness: Where notes go.
        signer: The desk's log key.
        clock: Dates the notes.
        origin: The log's name in its notes, without spaces; best with the desk's id.
    """

    def __init__(
        self, store: Store, witness: Witness, signer: Sm2PrivateKey, clock: Clock, *, origin: str = DEFAULT_ORIGIN
    ) -> None:
        self._store = store
        self._witness = witness
        self._signer = signer
        self._clock = clock
        self._origin = origin
        self._lock = threading.Lock()
        self._last = witness.newest()
        self._size = 0
        self._every_events = _EVERY_EVENTS
        self._wake = threading.Event()
        self._closing = False
        self._thread: threading.Thread | None = None

    def start(self, *, every: float = _EVERY_SECONDS, events: int = _EVERY_EVENTS) -> None:
        """Begin to watch the log.

        Args:
            every: Seconds after which a log that has grown is signed.
            events: Number of new events after which it is signed sooner.

        Raises:
            LogBroken: The log is behind its witness: it was cut, or an old copy was put back.
        """
        self._every_events = events
        with self._store.engine.connect() as connection:
            self._refuse_rewritten(read_head(connection))
        self._store.on_growth(self._grown)
        self._thread = threading.Thread(target=self._work, args=(every,), name="veildesk-checkpoints", daemon=True)
        self._thread.start()

    def take(self) -> bytes | None:
        """Sign the log's head now; may be called from anywhere, even inside an act (it sees what is committed).

        Returns:
            The note; the last one when the log has not grown since; none when it is empty.

        Raises:
            LogBroken: The log is behind its witness.
            WitnessBroken: The note could not be made durable.
        """
        with self._lock:
            with self._store.engine.connect() as connection:
                head = read_head(connection)
            last = self._last
            self._refuse_rewritten(head)
            if head.size == 0 or (last is not None and last.checkpoint.size == head.size):
                return None if last is None else last.note
            checkpoint = Checkpoint(
                origin=self._origin,
                size=head.size,
                root=head.root(),
                at=self._clock.now_us(),
                previous=b"" if last is None else sm3(last.note),
            )
            note = sign(checkpoint, self._signer)
            self._witness.append(note)
            self._last = Noted(checkpoint, note)
            self._store.submit(_copy(checkpoint, note))
            return note

    def close(self) -> None:
        """Sign what is there and stop. To be called before the store is closed. Idempotent."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._closing = True
            self._wake.set()
            thread.join()
            self._try(settle=True)

    def _refuse_rewritten(self, head: Frontier) -> None:
        if self._last is None:
            return
        signed = self._last.checkpoint
        if head.size < signed.size or (head.size == signed.size and head.root() != signed.root):
            raise LogBroken(size=head.size, signed=signed.size)

    def _grown(self, size: int) -> None:
        self._size = size
        signed = 0 if self._last is None else self._last.checkpoint.size
        if size - signed >= self._every_events:
            self._wake.set()

    def _work(self, every: float) -> None:
        while not self._closing:
            self._wake.wait(every)
            self._wake.clear()
            self._try()

    def _try(self, *, settle: bool = False) -> None:
        try:
            if settle:
                self._store.settle()
            self.take()
        except (AccessError, SQLAlchemyError) as wrong:
            # The desk goes on: what is not signed yet is still in the log, and verification says so.
            _log.error("checkpoint not written: %s", type(wrong).__name__)


def _copy(checkpoint: Checkpoint, note: bytes) -> Any:  # noqa: ANN401 - an act
    def act(uow: UnitOfWork) -> None:
        there = uow.connection.execute(
            select(audit_checkpoint.c.size).where(audit_checkpoint.c.size == checkpoint.size)
        ).first()
        if there is None:
            uow.connection.execute(
                insert(audit_checkpoint).values(
                    size=checkpoint.size, tenant_id=DESK_TENANT, root=checkpoint.root, note=note, at=checkpoint.at
                )
            )

    return act
