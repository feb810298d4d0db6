"""Absences: who is away, until when, and who works their queue meanwhile. Read from rows that prove themselves.

Two things follow from one in force, and from nothing else: the cover reaches the absent person's cases as if they
were their own (`Actor.covers`), and what waits for an absent head's approval goes to the deputy at once.
"""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.people.deed import Deed
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, absence, org_unit

DAY: Final = 86_400 * SECOND
LONGEST: Final = 92 * DAY
"""A longer one is a leave, which hands the queue over for good (requirements §4.5)."""

SET: Final = "set"
ENDED: Final = "ended"
_SHOWN: Final = 200


@unique
class AbsenceReason(StrEnum):
    """Why somebody is away; never more than this."""

    VACATION = "vacation"
    SICK = "sick"
    TRAINING = "training"
    OTHER = "other"


def in_force(row: RowMapping, now: int) -> bool:
    """Tell whether an absence that holds counts at this instant."""
    return bool(row["state"] == SET and row["starts_at"] <= now < row["ends_at"])


def absent(uow: UnitOfWork, proofs: RowProofs, person_id: str | None) -> RowMapping | None:
    """Return the absence in force of a person, if they are away now."""
    if person_id is None:
        return None
    return next(iter(_now(uow, proofs, absence.c.person_id == person_id)), None)


def covered_by(uow: UnitOfWork, proofs: RowProofs, person_id: str) -> frozenset[str]:
    """Return whose queues a person works now."""
    return frozenset(row["person_id"] for row in _now(uow, proofs, absence.c.cover_id == person_id))


def absences_of(uow: UnitOfWork, proofs: RowProofs, unit_ids: Collection[str]) -> list[RowMapping]:
    """Return a unit's absences that are in force or to come, the next to begin first."""
    query = (
        select(absence)
        .where(absence.c.unit_id.in_(sorted(unit_ids)), absence.c.ends_at > uow.now, absence.c.state == SET)
        .order_by(absence.c.starts_at, absence.c.id)
        .limit(_SHOWN)
    )
    return proofs.holding(uow, absence, uow.connection.execute(query).mappings().all())


def overlapping(uow: UnitOfWork, proofs: RowProofs, person_id: str, starts_at: int, ends_at: int) -> bool:
    """Tell whether a person is away already at some instant of a period."""
    query = select(absence).where(
        absence.c.person_id == person_id,
        absence.c.state == SET,
        absence.c.ends_at > starts_at,
        absence.c.starts_at < ends_at,
    )
    return bool(proofs.holding(uow, absence, uow.connection.execute(query).mappings().all()))


def add_absence(
    deed: Deed,
    action: str,
    *,
    person_id: str,
    unit_id: str,
    cover_id: str | None,
    reason: AbsenceReason,
    starts_at: int,
    ends_at: int,
) -> str:
    """Write an absence and its event; return its id. Whether it may be is the caller's."""
    new_id = deed.uow.ids.new()
    deed.proofs.insert(
        deed.uow,
        absence,
        {
            "id": new_id,
            "tenant_id": DESK_TENANT,
            "person_id": person_id,
            "unit_id": unit_id,
            "cover_id": cover_id,
            "reason": reason.value,
            "starts_at": starts_at,
            "ends_at": ends_at,
            "state": SET,
            "set_by": deed.actor.person_id if deed.actor is not None else person_id,
        },
        deed.event(
            action,
            object_kind="person",
            object_id=person_id,
            reason=reason.value,
            detail=((DetailKey.STATE, SET), (DetailKey.UNIT_ID, unit_id)),
        ),
    )
    return new_id


def end_absence(deed: Deed, action: str, row: RowMapping) -> None:
    """End an absence now.

    Raises:
        StaleRow: somebody else changed it meanwhile.
    """
    deed.proofs.update(
        deed.uow,
        absence,
        row["id"],
        row["version"],
        {"state": ENDED},
        deed.event(action, object_kind="person", object_id=row["person_id"], detail=((DetailKey.STATE, ENDED),)),
    )


def heads_away_since(connection: Connection, unit_ids: Collection[str], now: int) -> dict[str, int]:
    """Return, for units whose head is or will be away, since when. Without proofs: only for knowing when to look."""
    if not unit_ids:
        return {}
    query = (
        select(org_unit.c.id, absence.c.starts_at)
        .join(absence, absence.c.person_id == org_unit.c.head_id)
        .where(org_unit.c.id.in_(sorted(unit_ids)), absence.c.state == SET, absence.c.ends_at > now)
    )
    found: dict[str, int] = {}
    for row in connection.execute(query):
        found[row.id] = min(row.starts_at, found.get(row.id, row.starts_at))
    return found


def _now(uow: UnitOfWork, proofs: RowProofs, whose: ColumnElement[bool]) -> list[RowMapping]:
    query = select(absence).where(
        whose, absence.c.ends_at > uow.now, absence.c.starts_at <= uow.now, absence.c.state == SET
    )
    rows = uow.connection.execute(query.order_by(absence.c.id)).mappings().all()
    return [row for row in proofs.holding(uow, absence, rows) if in_force(row, uow.now)]
