"""What proven rows make of a person: the actor, the holders of a role, the unit with head and deputy.

Rows that do not hold count as absent, so a person, login, role or unit that somebody wrote past the desk does not
exist here. Of role grants only those count that two other people than the holder put there and that are in force.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Table, select
from sqlalchemy.engine import RowMapping

from access.people.absence import covered_by
from access.people.sessions import session_open
from access.policy import Actor, Seat
from access.roles import Role, seatable
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import login, org_unit, person, role_grant

OVERDUE: Final = "overdue"
"""State of a role that is past its end and stays because nobody else holds it (`access.policy.overdue`)."""

__all__ = [
    "OVERDUE",
    "Actor",
    "agreement_in_force",
    "find_login",
    "held_rows",
    "holders",
    "load_actor",
    "person_row",
    "seats_of",
    "unit_row",
]


def load_actor(
    uow: UnitOfWork,
    proofs: RowProofs,
    person_id: str,
    *,
    login_id: str | None = None,
    session_id: str | None = None,
) -> Actor | None:
    """Return the person as an actor, from rows that hold; none when there is no such person.

    Args:
        uow: The act; its instant decides which seats and which training are in force.
        proofs: Checks the rows.
        person_id: Whom.
        login_id: Login used; when given it must be this person's and active.
        session_id: Session acted in; when given it must be this person's and still open.
    """
    row = person_row(uow, proofs, person_id)
    if row is None:
        return None
    if login_id is not None and not _login_active(uow, proofs, login_id, person_id):
        return None
    if session_id is not None and not session_open(uow, session_id, person_id):
        return None
    return Actor(
        person_id=person_id,
        login_id=login_id,
        session_id=session_id,
        seats=seats_of(uow, proofs, person_id),
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
        state=row["state"],
        trained=(row["trained_until"] or 0) > uow.now,
        covers=covered_by(uow, proofs, person_id),
        confidentiality=agreement_in_force(row, uow.now),
    )


def agreement_in_force(row: RowMapping, now: int) -> bool:
    """Tell whether a person's row says that a confidentiality agreement is signed and has not run out."""
    signed, until = row["confidentiality_signed_at"] or 0, row["confidentiality_until"]
    return 0 < signed <= now and (until is None or now < until)


def held_rows(uow: UnitOfWork, proofs: RowProofs, table: Table, *where: ColumnElement[bool]) -> list[RowMapping]:
    """Return the rows of a proven table that meet the conditions and hold, by id."""
    rows = uow.connection.execute(select(table).where(*where).order_by(table.c.id)).mappings().all()
    return proofs.holding(uow, table, rows)


def person_row(uow: UnitOfWork, proofs: RowProofs, person_id: str) -> RowMapping | None:
    """Return the person's proven row."""
    return proofs.get(uow, person, person_id)


def unit_row(uow: UnitOfWork, proofs: RowProofs, unit_id: str | None) -> RowMapping | None:
    """Return the unit's proven row, with head and deputy."""
    return None if unit_id is None else proofs.get(uow, org_unit, unit_id)


def find_login(uow: UnitOfWork, proofs: RowProofs, name: str) -> RowMapping | None:
    """Return the active login of that name."""
    found = held_rows(uow, proofs, login, login.c.name == name)
    return found[0] if found and found[0]["state"] == "active" else None


def seats_of(uow: UnitOfWork, proofs: RowProofs, person_id: str) -> tuple[Seat, ...]:
    """Return the person's seats in force, and those kept past their end, in the roles' order."""
    kept = role_grant.c.state.in_(("active", OVERDUE))
    rows = held_rows(uow, proofs, role_grant, role_grant.c.person_id == person_id, kept)
    seats = [_seat(row) for row in rows if _counts(row, uow.now)]
    order = list(Role)
    return tuple(sorted(seats, key=lambda seat: (order.index(seat.role), seat.tenant_id, seat.unit_id or "")))


def holders(uow: UnitOfWork, proofs: RowProofs, role: Role, unit_id: str | None = None) -> tuple[str, ...]:
    """Return the active people who hold a role in force, by id; with a unit only those whose seat reaches it."""
    where = [role_grant.c.role == role.value, role_grant.c.state == "active"]
    if unit_id is not None:
        where.append(role_grant.c.unit_id == unit_id)
    rows = [row for row in held_rows(uow, proofs, role_grant, *where) if _counts(row, uow.now)]
    ids = sorted({row["person_id"] for row in rows})
    people = held_rows(uow, proofs, person, person.c.id.in_(ids)) if ids else []
    return tuple(row["id"] for row in people if row["state"] == "active")


def _counts(row: RowMapping, now: int) -> bool:
    known = row["role"] in set(Role) and seatable(Role(row["role"]))
    in_force = row["valid_from"] <= now and (row["state"] == OVERDUE or now < row["valid_until"])
    others = {row["requested_by"], row["approved_by"]} - {row["person_id"]}
    return known and in_force and len(others) > 1


def _seat(row: RowMapping) -> Seat:
    return Seat(
        role=Role(row["role"]),
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        valid_from=row["valid_from"],
        valid_until=row["valid_until"],
        overdue=row["state"] == OVERDUE,
    )


def _login_active(uow: UnitOfWork, proofs: RowProofs, login_id: str, person_id: str) -> bool:
    row = proofs.get(uow, login, login_id)
    return row is not None and row["person_id"] == person_id and row["state"] == "active"
