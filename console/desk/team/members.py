"""Whose team it is and who belongs to it; everything from rows that prove themselves."""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows, unit_row
from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import person, role_grant
from console.desk.act import Act

WORKERS: Final = frozenset({Role.AGENT, Role.AGENCY_AGENT})
_GONE: Final = "left"


def require_team(act: Act, action: Action) -> str:
    """The unit that the person runs, once the decision allows this for it.

    Raises:
        Refused: the policy's codes.
    """
    unit_id = act.unit_id
    act.require(action, team(act, unit_id))
    if unit_id is None:
        act.refuse("team.none", clause="Y-4.2.1")
    return unit_id


def team(act: Act, unit_id: str | None) -> Resource:
    """A unit's people as the decision sees them."""
    return Resource(kind="queue", unit_id=unit_id, agency_id=act.actor.agency_id)


def members_of(act: Act, unit_id: str) -> list[RowMapping]:
    """The unit's people but those who left, by staff number."""
    rows = held_rows(act.uow, act.proofs, person, person.c.unit_id == unit_id, person.c.state != _GONE)
    return sorted(rows, key=lambda row: str(row["staff_no"]))


def require_member(act: Act, unit_id: str, person_id: str) -> RowMapping:
    """One of the unit's people.

    Raises:
        Refused: `team.not_member`: nobody of that id, or somebody of another unit; both answered alike.
    """
    row = act.proofs.get(act.uow, person, person_id)
    if row is None or row["unit_id"] != unit_id or row["state"] == _GONE:
        act.refuse("team.not_member", clause="Y-4.2.1")
    return row


def roles_of(act: Act, person_ids: set[str]) -> dict[str, set[Role]]:
    """Roles in force of several people, read at once; for showing and counting, never for deciding."""
    if not person_ids:
        return {}
    where = (role_grant.c.person_id.in_(sorted(person_ids)), role_grant.c.state == "active")
    found: dict[str, set[Role]] = {}
    for row in held_rows(act.uow, act.proofs, role_grant, *where):
        if row["valid_from"] <= act.now < row["valid_until"] and row["role"] in set(Role):
            found.setdefault(row["person_id"], set()).add(Role(row["role"]))
    return found


def name_of(act: Act, person_id: str | None) -> str:
    """A person's name and staff number; empty for nobody."""
    row = act.proofs.get(act.uow, person, person_id) if person_id else None
    return f"{row['name']} {row['staff_no']}" if row is not None else ""


def unit_of(act: Act, unit_id: str) -> RowMapping:
    """The unit's row.

    Raises:
        Refused: `team.none`: it is gone or does not hold.
    """
    row = unit_row(act.uow, act.proofs, unit_id)
    if row is None:
        act.refuse("team.none", clause="Y-4.2.1")
    return row
