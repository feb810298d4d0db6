"""Rows that prove themselves: nobody who can only write to the database can write a row that says yes.

A table whose `info["proven"]` names columns carries `version`, `event_id` and `proof`. The proof is HMAC-SM3 under the
desk's row key over table, id, version, event id and the proven columns, in MessagePack, whose every item carries its
type and length. A row holds when its proof is right and its version is the newest that the log knows for it; an edited
row, an older one put back, one copied from elsewhere, or one whose newest event is gone counts as absent and is
reported. That the log itself was not changed is proved by `access.audit.verify`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hmac import compare_digest
from operator import itemgetter
from typing import Any, Final, Literal, TypeVar

import msgspec
from sqlalchemy import Connection, Integer, ScalarSelect, Table, func, literal, select, union_all, update
from sqlalchemy.engine import RowMapping

from access.audit.events import Event
from access.errors import RowBroken, StaleRow
from access.store.base import UnitOfWork
from access.store.known import known_versions, logged_events
from access.store.schema import audit_event, audit_outbox
from masking.gm import Sm3Mac

Why = Literal["proof", "version", "event"]
OnBroken = Callable[[str, str, Why], None]
R = TypeVar("R", bound=Mapping[str, Any] | RowMapping)

NEWEST: Final = "newest_version"
"""Label under which a query may bring along `newest_version(table)`."""

_CONTEXT: Final = "veildesk row 1"
_TAG_CONTEXT: Final = "veildesk tag 1"
_TAG_DIGITS: Final = 32
_PROOF_COLUMNS: Final = frozenset({"version", "event_id", "proof"})
_REMEMBERED: Final = 20_000  # pairs of proof and message, some 300 bytes each
_LONGEST_REMEMBERED: Final = 2_000  # bytes; what an export holds is longer, and tracing reads every export
_encode: Final = msgspec.msgpack.Encoder().encode


def proven_columns(table: Table) -> tuple[str, ...]:
    """Return the names that the table's proof covers besides id, version and event.

    Raises:
        KeyError: The table's rows do not prove themselves.
    """
    columns: tuple[str, ...] = table.info["proven"]
    return columns


def subject_of(table: Table, row_id: str) -> str:
    """Return how events name a proven row: ``table:id``."""
    return f"{table.name}:{row_id}"


def newest_version(table: Table) -> ScalarSelect[int]:
    """Return a correlated subquery: the newest version of the outer row that the log knows, NULL for none.

    Label it `NEWEST` in a query of proven rows and `RowProofs.holding` needs no query of its own.
    """
    subject = literal(f"{table.name}:").concat(table.c.id)
    known = union_all(
        *(
            select(func.max(log.c.subject_version).label("version")).where(log.c.subject == subject).correlate(table)
            for log in (audit_event, audit_outbox)
        )
    ).subquery("known")
    return select(func.max(known.c.version)).scalar_subquery()


class RowProofs:
    """Writes and checks rows that prove themselves.

    Args:
        mac: Keyed with the desk's row key (`KeyRing.row_mac`).
        on_broken: Told table, id and why of each row that does not hold: ``proof`` (its content), ``version`` (older or
            newer than the log knows) or ``event`` (the event that wrote it is not in the log).
    """

    def __init__(self, mac: Sm3Mac, on_broken: OnBroken | None = None) -> None:
        self._mac = mac
        self._on_broken = on_broken
        self._proven: dict[bytes, bytes] = {}

    def seal(self, table: Table, values: Mapping[str, Any] | RowMapping, *, version: int, event_id: str) -> bytes:
        """Return the 32-byte proof of a row's content.

        Bulk imports use it directly: rows of version 1 that have no event each hold while the event they name (the
        batch's) is in the log.
        """
        return self._mac.digest(_message(table, values, version, event_id))

    def tag(self, kind: str, data: bytes) -> str:
        """Return 32 hexadecimal digits under which the log may count what must not stand in it itself."""
        return self._mac.digest(_encode((_TAG_CONTEXT, kind, data)))[: _TAG_DIGITS // 2].hex()

    def insert(self, uow: UnitOfWork, table: Table, values: Mapping[str, Any], event: Event) -> dict[str, Any]:
        """Insert version 1 of a row and append its event.

        Args:
            uow: The act.
            table: A proven table.
            values: Every column but version, event_id and proof.
            event: What happened; its subject is set here.

        Returns:
            The whole row as written.
        """
        row = _complete(table, values)
        row |= {
            "version": 1,
            "event_id": event.id,
            "proof": self.seal(table, row, version=1, event_id=event.id),
        }
        uow.connection.execute(table.insert(), row)
        uow.append(_about(event, table, row["id"], 1))
        return row

    def update(  # noqa: PLR0917 - row, expectation, change, event: the order of a compare-and-set
        self,
        uow: UnitOfWork,
        table: Table,
        row_id: str,
        expected_version: int,
        changes: Mapping[str, Any],
        event: Event,
    ) -> dict[str, Any]:
        """Change a row by compare-and-set on its version, and append the event.

        Returns:
            The whole row as written.

        Raises:
            StaleRow: The row is absent or has another version.
            RowBroken: The row does not prove itself; it is reported and left as it is.
        """
        fresh = _complete_changes(table, changes)
        query = uow.lock(select(table).where(table.c.id == row_id))
        current = uow.connection.execute(query).mappings().one_or_none()
        if current is None or current["version"] != expected_version:
            raise StaleRow(table=table.name, id=row_id)
        if not self.holding(uow, table, [current]):
            raise RowBroken(table=table.name, id=row_id)
        row = dict(current) | fresh
        version = expected_version + 1
        row |= {
            "version": version,
            "event_id": event.id,
            "proof": self.seal(table, row, version=version, event_id=event.id),
        }
        written = {name: row[name] for name in (*changes, *_PROOF_COLUMNS)}
        done = uow.connection.execute(
            update(table).where(table.c.id == row_id, table.c.version == expected_version).values(written)
        )
        if done.rowcount != 1:
            raise StaleRow(table=table.name, id=row_id)
        uow.append(_about(event, table, row_id, version))
        return row

    def get(self, source: UnitOfWork | Connection, table: Table, row_id: str) -> RowMapping | None:
        """Return the row of that id if there is one and it holds."""
        connection = _connection(source)
        rows = connection.execute(select(table).where(table.c.id == row_id)).mappings().all()
        held = self.holding(connection, table, rows)
        return held[0] if held else None

    def holding(self, source: UnitOfWork | Connection, table: Table, rows: Sequence[R]) -> list[R]:
        """Return the rows that hold, in their order; the others are reported and count as absent.

        Args:
            source: The act, or a connection on which the rows were read in the same transaction.
            table: The proven table they came from.
            rows: Mappings with at least id, version, event_id, proof and the proven columns; with `NEWEST` (see
                `newest_version`) no query is needed for most rows.
        """
        if not rows:
            return []
        connection = _connection(source)
        newest = self._newest(connection, table, rows)
        held: list[R] = []
        unlogged: list[tuple[R, str]] = []
        pick, name = _picker(table), str(table.name)
        for row in rows:
            row_id, version, event_id, proof, *proven = pick(row)
            message = _encode((_CONTEXT, name, row_id, version, event_id, *proven))
            if not isinstance(proof, bytes) or not self._proves(proof, message):
                self._report(name, row_id, "proof")
            elif (known := newest.get(row_id)) is None:
                if version == 1:
                    unlogged.append((row, event_id))
                    held.append(row)
                else:
                    self._report(name, row_id, "event")
            elif version == known:
                held.append(row)
            else:
                self._report(name, row_id, "version")
        return self._without_event(connection, name, held, unlogged) if unlogged else held

    def _proves(self, proof: bytes, message: bytes) -> bool:
        """Whether the proof is this message's; a pair that was right before is not computed again."""
        if self._proven.get(proof) == message:
            return True
        if not compare_digest(self._mac.digest(message), proof):
            return False
        if len(message) <= _LONGEST_REMEMBERED:
            if len(self._proven) >= _REMEMBERED:
                self._proven.clear()
            self._proven[proof] = message
        return True

    def _without_event(
        self, connection: Connection, name: str, held: list[R], unlogged: Sequence[tuple[R, str]]
    ) -> list[R]:
        """Take away rows of version 1 that no event names and whose own event is not in the log either."""
        logged = logged_events(connection, {event_id for _row, event_id in unlogged})
        gone = {row["id"] for row, event_id in unlogged if event_id not in logged}
        for row_id in sorted(gone):
            self._report(name, row_id, "event")
        return [row for row in held if row["id"] not in gone] if gone else held

    def _report(self, table: str, row_id: str, why: Why) -> None:
        if self._on_broken is not None:
            self._on_broken(table, row_id, why)

    @staticmethod
    def _newest(connection: Connection, table: Table, rows: Sequence[R]) -> dict[str, int | None]:
        if NEWEST in rows[0]:
            return {row["id"]: row[NEWEST] for row in rows}
        prefix = f"{table.name}:"
        found = known_versions(connection, [prefix + row["id"] for row in rows])
        return {subject[len(prefix) :]: version for subject, version in found.items()}


@cache
def _picker(table: Table) -> Callable[[Any], tuple[Any, ...]]:
    """Return what takes a row apart: id, version, event id, proof, proven columns."""
    return itemgetter("id", "version", "event_id", "proof", *proven_columns(table))


def _message(table: Table, values: Mapping[str, Any] | RowMapping, version: int, event_id: str) -> bytes:
    proven = [values[name] for name in table.info["proven"]]
    return _encode((_CONTEXT, str(table.name), values["id"], version, event_id, *proven))


def _complete(table: Table, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a value for every column but the proof's, as the database will give it back."""
    names = {column.name for column in table.columns} - _PROOF_COLUMNS
    strange = set(values) - names
    if strange:
        raise KeyError(*sorted(strange))
    return {name: _plain(table, name, values.get(name)) for name in names}


def _complete_changes(table: Table, changes: Mapping[str, Any]) -> dict[str, Any]:
    strange = set(changes) & (_PROOF_COLUMNS | {"id"}) | set(changes) - {column.name for column in table.columns}
    if strange:
        raise KeyError(*sorted(strange))
    return {name: _plain(table, name, value) for name, value in changes.items()}


def _plain(table: Table, name: str, value: object) -> object:
    """Give a value the type in which it will be read back, since the proof covers types."""
    if isinstance(value, bool) and isinstance(table.c[name].type, Integer):
        return int(value)
    if isinstance(value, str) and type(value) is not str:
        return str(value)
    return value


def _about(event: Event, table: Table, row_id: str, version: int) -> Event:
    return msgspec.structs.replace(event, subject=subject_of(table, row_id), subject_version=version)


def _connection(source: UnitOfWork | Connection) -> Connection:
    return source if isinstance(source, Connection) else source.connection
