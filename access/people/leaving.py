"""The last thirty days of somebody who leaves (requirements §4.5): looked at closely, whatever came before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.context import SECOND
from access.people.departures import LEAVE, DepartureState
from access.people.directory import held_rows
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import departure

WATCHED: Final = 30 * 86_400 * SECOND


def window(row: Mapping[str, Any] | RowMapping, now: int) -> tuple[int, int]:
    """Return the thirty days before somebody goes or went, as first instant and first instant after.

    Args:
        row: The departure.
        now: When they go where no day was said.
    """
    ends = row["carried_out_at"] or row["freeze_at"] or now
    return ends - WATCHED, ends + 1


def watched(uow: UnitOfWork, proofs: RowProofs, person_id: str, at: int) -> bool:
    """Tell whether an instant lies in the last thirty days of somebody whose leaving was noted and not taken back."""
    leaves = (
        departure.c.person_id == person_id,
        departure.c.kind == LEAVE,
        departure.c.state != DepartureState.WITHDRAWN.value,
    )
    spans = (window(row, uow.now) for row in held_rows(uow, proofs, departure, *leaves))
    return any(first <= at < after for first, after in spans)
