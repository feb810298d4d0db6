"""Delegated approvals (requirements §3.3-13): who decides in a unit head's place, for a week at most.

Rows that do not prove themselves count as absent. A delegation gives nothing by itself: whoever decides by it must hold
the same role by a seat of their own, and is judged by the one decision as the unit's deputy.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.errors import AccessError
from access.grants.counter import bump
from access.people.deed import Deed
from access.people.directory import held_rows, holders, person_row, unit_row
from access.policy import Action
from access.roles.role import Role
from access.roles.separation import Breach, delegation_fits
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, delegation

DAY: Final = 86_400 * SECOND
ACTIVE: Final = "active"
ENDED: Final = "ended"
_END: Final = "account:delegation:end"
_COUNTER: Final = "delegation"
_TOP: Final = 12  # units above one another; more is a ring


class DelegationRefused(AccessError):
    """Approvals may not be delegated so; the code is the rule's."""

    default_code = "delegation.refused"


def in_force(uow: UnitOfWork, proofs: RowProofs, unit_id: str | None) -> RowMapping | None:
    """Return the delegation of a unit's approvals that counts now, given by the head that the unit has now."""
    if unit_id is None:
        return None
    now = uow.now
    rows = held_rows(
        uow,
        proofs,
        delegation,
        delegation.c.unit_id == unit_id,
        delegation.c.state == ACTIVE,
        delegation.c.starts_at <= now,
        delegation.c.ends_at > now,
    )
    unit = unit_row(uow, proofs, unit_id) if rows else None
    return next((row for row in rows if unit is not None and unit["head_id"] == row["from_id"]), None)


def delegations(uow: UnitOfWork, proofs: RowProofs, *, unit_id: str | None = None) -> list[RowMapping]:
    """Return the delegations in force or to come, of one unit or of all."""
    where = [delegation.c.state == ACTIVE, delegation.c.ends_at > uow.now]
    if unit_id is not None:
        where.append(delegation.c.unit_id == unit_id)
    return held_rows(uow, proofs, delegation, *where)


def superiors(uow: UnitOfWork, proofs: RowProofs, person_id: str) -> frozenset[str]:
    """Return who heads the units that a person belongs to, up to the topmost."""
    row = person_row(uow, proofs, person_id)
    unit = unit_row(uow, proofs, row["unit_id"]) if row is not None else None
    found: set[str] = set()
    for _ in range(_TOP):
        if unit is None:
            break
        if unit["head_id"] is not None:
            found.add(unit["head_id"])
        unit = unit_row(uow, proofs, unit["parent_id"])
    return frozenset(found - {person_id})


def delegate(deed: Deed, unit_id: str, *, to_id: str, starts_at: int, ends_at: int) -> str:
    """Hand the approvals of a unit's head to a named person; return the delegation's id.

    Args:
        deed: The head's own act.
        unit_id: Their unit.
        to_id: Who decides meanwhile.
        starts_at: First instant, microseconds UTC; not in the past.
        ends_at: First instant no longer.

    Raises:
        DelegationRefused: `delegation.not_head`, `delegation.exists`, or the rule's code.
    """
    uow, proofs = deed.uow, deed.proofs
    from_id = deed.actor.person_id if deed.actor is not None else ""
    unit = unit_row(uow, proofs, unit_id)
    if unit is None or not from_id or unit["head_id"] != from_id:
        raise DelegationRefused("delegation.not_head", clause="§3.3-13")
    bump(uow, _COUNTER)  # two at once come one after the other, so that no chain is made unseen
    rows = held_rows(uow, proofs, delegation, delegation.c.state == ACTIVE, delegation.c.ends_at > uow.now)
    meanwhile = [row for row in rows if row["starts_at"] < ends_at and starts_at < row["ends_at"]]
    breach = delegation_fits(
        from_id,
        to_id,
        (ends_at - max(starts_at, uow.now)) / DAY if starts_at >= uow.now - SECOND else 0,
        equal_role=to_id in holders(uow, proofs, Role.SUPERVISOR),
        lends=any(row["from_id"] == to_id for row in meanwhile),
        borrows=any(row["to_id"] == from_id for row in meanwhile),
    )
    _keep(breach)
    if any(row["unit_id"] == unit_id for row in meanwhile):
        raise DelegationRefused("delegation.exists", clause="§3.3-13")
    new_id = uow.ids.new()
    values = {
        "id": new_id,
        "tenant_id": DESK_TENANT,
        "unit_id": unit_id,
        "from_id": from_id,
        "to_id": to_id,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "state": ACTIVE,
    }
    event = deed.event(
        Action.ACCOUNT_DELEGATION_CHANGE,
        object_kind="person",
        object_id=to_id,
        detail=((DetailKey.STATE, ACTIVE), (DetailKey.UNIT_ID, unit_id)),
    )
    proofs.insert(uow, delegation, values, event)
    return new_id


def end(deed: Deed, row: RowMapping) -> None:
    """End a delegation now.

    Raises:
        StaleRow: Somebody else changed it meanwhile.
    """
    event = deed.event(
        _END,
        object_kind="person",
        object_id=row["to_id"],
        detail=((DetailKey.STATE, ENDED), (DetailKey.UNIT_ID, row["unit_id"])),
    )
    deed.proofs.update(deed.uow, delegation, row["id"], row["version"], {"state": ENDED}, event)


def end_all_of(deed: Deed, person_id: str) -> list[RowMapping]:
    """End whatever a person delegated or was delegated; return those rows."""
    mine = (delegation.c.from_id == person_id) | (delegation.c.to_id == person_id)
    rows = held_rows(deed.uow, deed.proofs, delegation, mine, delegation.c.state == ACTIVE)
    for row in rows:
        end(deed, row)
    return rows


def next_due(connection: Connection, since: int) -> int | None:
    """Return when a delegation next begins or ends; without proofs, only for knowing when to look."""
    columns = (delegation.c.starts_at, delegation.c.ends_at)
    queries = (select(func.min(at)).where(delegation.c.state == ACTIVE, at > since) for at in columns)
    found = [connection.execute(query).scalar() for query in queries]
    return min((int(at) for at in found if at is not None), default=None)


def _keep(breach: Breach | None) -> None:
    if breach is not None:
        raise DelegationRefused(breach.code, clause=breach.clause)
