"""Many proven rows changed in one act: what `RowProofs.update` does to one, with two statements for hundreds.

All or none: one row that is stale or does not hold ends the act. Each row has its own event, as if changed alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from sqlalchemy import Table, bindparam, select, update

from access.audit.events import Event
from access.errors import RowBroken, StaleRow
from access.store.base import UnitOfWork
from access.store.proof import RowProofs, subject_of

_CHUNK: Final = 500
_PROOF: Final = ("version", "event_id", "proof")


@dataclass(frozen=True, slots=True)
class Change:
    """One row's part.

    Attributes:
        row_id: Which row.
        version: The version it must have.
        values: New values by column, plain as the database gives them back; the same columns for every row of a call.
        event: What happened to it; its subject is set when it is written.
    """

    row_id: str
    version: int
    values: Mapping[str, Any]
    event: Event


def update_many(uow: UnitOfWork, proofs: RowProofs, table: Table, changes: Sequence[Change]) -> None:
    """Change rows by compare-and-set on their versions, and append their events in order.

    Raises:
        StaleRow: A row is absent or has another version.
        RowBroken: A row does not prove itself.
        ValueError: The changes do not name the same columns.
    """
    names = set(changes[0].values) if changes else set()
    if any(set(change.values) != names for change in changes):
        raise ValueError(table.name)
    ordered = sorted(changes, key=lambda change: change.row_id)
    for start in range(0, len(ordered), _CHUNK):
        _chunk(uow, proofs, table, ordered[start : start + _CHUNK], names)
    for change in changes:
        subject = subject_of(table, change.row_id)
        uow.append(msgspec.structs.replace(change.event, subject=subject, subject_version=change.version + 1))


def _chunk(uow: UnitOfWork, proofs: RowProofs, table: Table, changes: Sequence[Change], names: set[str]) -> None:
    query = select(table).where(table.c.id.in_([change.row_id for change in changes])).order_by(table.c.id)
    found = {row["id"]: row for row in uow.connection.execute(uow.lock(query)).mappings()}
    held = {row["id"] for row in proofs.holding(uow, table, list(found.values()))}
    written: list[dict[str, Any]] = []
    for change in changes:
        row = found.get(change.row_id)
        if row is None or row["version"] != change.version:
            raise StaleRow(table=table.name, id=change.row_id)
        if change.row_id not in held:
            raise RowBroken(table=table.name, id=change.row_id)
        version, event_id = change.version + 1, change.event.id
        proof = proofs.seal(table, dict(row) | dict(change.values), version=version, event_id=event_id)
        written.append(
            {"row_id": change.row_id, **change.values, "version": version, "event_id": event_id, "proof": proof}
        )
    statement = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values({name: bindparam(name) for name in (*sorted(names), *_PROOF)})
    )
    uow.connection.execute(statement, written)
