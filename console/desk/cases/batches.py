"""Which import batches are published, by rows that prove themselves.

A case exists for anybody only once its batch is published, so the batch's row says yes like a grant does: a state
written past the desk publishes nothing. Published is final, so a batch is proven once and remembered.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import import_batch

R = TypeVar("R", bound=Mapping[str, Any] | RowMapping)


@dataclass(slots=True)
class PublishedBatches:
    """Batches that proved to be published since the desk started."""

    _proven: set[str] = field(default_factory=set)

    def only(self, uow: UnitOfWork, proofs: RowProofs, rows: Sequence[R]) -> list[R]:
        """Return the rows whose `batch_id` names a published batch that holds, in their order."""
        unknown = {row["batch_id"] for row in rows} - self._proven
        if unknown:
            query = select(import_batch).where(import_batch.c.id.in_(unknown), import_batch.c.state == "published")
            found = uow.connection.execute(query).mappings().all()
            self._proven.update(row["id"] for row in proofs.holding(uow, import_batch, found))
        return [row for row in rows if row["batch_id"] in self._proven]
