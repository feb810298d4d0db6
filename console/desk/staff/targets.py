"""Whom an act of this room is about, as the decision sees it; and who is told that something about her changed."""

from __future__ import annotations

from sqlalchemy.engine import RowMapping

from access.people.directory import person_row
from access.policy import Action, Conditions, Resource
from access.roles import Role
from console.desk.act import Act
from console.desk.hub import Audience

_KEEPERS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR, Role.COMPLIANCE)
CHECKED = Conditions(privileged=True)
"""What the security admin checks: privileged accounts, resets, returns."""


def target(row: RowMapping | None, *parties: str | None) -> Resource:
    """A person as what is acted on; `parties` had a part in it already and so do not decide it."""
    if row is None:
        return Resource.absent("person")
    return Resource(
        kind="person",
        id=row["id"],
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
        subject_person_id=row["id"],
        party_ids=tuple(party for party in parties if party),
        state=row["state"],
    )


def require_person(
    act: Act, person_id: str, action: Action, *parties: str | None, conditions: Conditions | None = None
) -> RowMapping:
    """The person, if this actor may do this to her.

    Raises:
        Refused: `person.not_found` for who is missing, broken or outside every scope, all alike; else the policy's.
    """
    row = person_row(act.uow, act.proofs, person_id)
    act.require(action, target(row, *parties), conditions)
    if row is None:
        act.refuse("person.not_found", clause="Y-4.2.1")
    return row


def tell(act: Act, person_id: str, unit_id: str | None) -> None:
    """Push a change of somebody's account to those who look after accounts."""
    roles = tuple(str(role) for role in _KEEPERS)
    act.push("people", person_id, Audience.of(units=(unit_id,), roles=roles))
