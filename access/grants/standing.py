"""Standing approvals (U1): a supervisor lets a team see, for one shift, the name of whom they have on the line.

Like a grant one is worth nothing by itself: at every showing whoever gave it must still be who may give it, for this
unit, and be somebody else than who looks. It ends by the act's instant alone; nothing needs to have noticed.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.grants.context import HOUR, MINUTE, GrantDesk, actor_of, require, within_act
from access.grants.refusals import refuse
from access.people.directory import held_rows, load_actor
from access.policy import Action, Resource, decide
from access.roles import Role
from access.store.schema import DESK_TENANT, standing_approval
from masking.catalogue import Tier

LONGEST_SHIFT: Final = 12 * HOUR
"""The longest that one may stand, microseconds."""

SHORTEST: Final = MINUTE
_ACTIVE: Final = "active"
_REVOKED: Final = "revoked"


def team_of(unit_id: str | None) -> Resource:
    """A team's standing approvals as the decision sees them."""
    return Resource(kind="standing", unit_id=unit_id)


def give(desk: GrantDesk, unit_id: str | None, ends_at: int) -> dict[str, Any]:
    """Let a team see who is on the line, from now until an instant; one in force is refused, not lengthened.

    Raises:
        Refused: the policy's codes; `standing.shift` for an end that is no end of a shift; `standing.already`.
    """
    actor = actor_of(desk)
    require(desk, Action.REVEAL_STANDING_GIVE, team_of(unit_id), within_act(desk))
    if not desk.now + SHORTEST <= ends_at <= desk.now + LONGEST_SHIFT:
        refuse("standing.shift", "C-5.4d-2", hours=LONGEST_SHIFT // HOUR)
    if unit_id is None or in_force(desk, unit_id):
        refuse("standing.already", "C-5.4d-2")
    row_id = desk.ids.new()
    values = {
        "id": row_id,
        "tenant_id": DESK_TENANT,
        "unit_id": unit_id,
        "tier": Tier.U1.value,
        "state": _ACTIVE,
        "given_by": actor.person_id,
        "given_at": desk.now,
        "ends_at": ends_at,
        "revoked_by": None,
        "revoked_at": None,
    }
    event = desk.event(
        Action.REVEAL_STANDING_GIVE,
        object_kind="standing",
        object_id=row_id,
        minutes=(ends_at - desk.now) // MINUTE,
        detail=((DetailKey.UNIT_ID, unit_id), (DetailKey.TIER, Tier.U1.value)),
    )
    return desk.proofs.insert(desk.uow, standing_approval, values, event)


def revoke(desk: GrantDesk, standing_id: str) -> dict[str, Any]:
    """End one now.

    Raises:
        Refused: the policy's codes, `standing.not_found`, `standing.over`.
    """
    actor = actor_of(desk)
    row = desk.proofs.get(desk.uow, standing_approval, standing_id)
    resource = team_of(row["unit_id"]) if row is not None else Resource.absent("standing")
    require(desk, Action.REVEAL_STANDING_REVOKE, resource, within_act(desk))
    if row is None:
        refuse("standing.not_found", "Y-4.2.1")
    if not _lives(row, desk.now):
        refuse("standing.over", "C-5.4d-2")
    event = desk.event(
        Action.REVEAL_STANDING_REVOKE,
        object_kind="standing",
        object_id=row["id"],
        detail=((DetailKey.UNIT_ID, row["unit_id"]), (DetailKey.TO, _REVOKED)),
    )
    changes = {"state": _REVOKED, "revoked_by": actor.person_id, "revoked_at": desk.now}
    try:
        return desk.proofs.update(desk.uow, standing_approval, row["id"], row["version"], changes, event)
    except StaleRow:
        refuse("standing.over", "C-5.4d-2")


def in_force(desk: GrantDesk, unit_id: str) -> list[RowMapping]:
    """Those of a unit that hold and are in force at this instant, newest first."""
    rows = held_rows(
        desk.uow,
        desk.proofs,
        standing_approval,
        standing_approval.c.unit_id == unit_id,
        standing_approval.c.state == _ACTIVE,
        standing_approval.c.ends_at > desk.now,
    )
    return sorted((row for row in rows if _lives(row, desk.now)), key=lambda row: row["given_at"], reverse=True)


def covering(desk: GrantDesk, unit_id: str | None) -> RowMapping:
    """Return the one that lets the actor see who is on the line of a call of this unit's cases.

    Raises:
        Refused: `standing.none`: there is none, or only one's own, or whoever gave it may not give it any more.
    """
    actor = actor_of(desk)
    rows = in_force(desk, unit_id) if unit_id is not None else []
    others = (row for row in rows if row["given_by"] != actor.person_id and row["tier"] == Tier.U1)
    found = next((row for row in others if _may_still_give(desk, row)), None)
    if found is None:
        refuse("standing.none", "C-5.4d-2", Role.SUPERVISOR)
    return found


def _may_still_give(desk: GrantDesk, row: RowMapping) -> bool:
    giver = load_actor(desk.uow, desk.proofs, row["given_by"])
    if giver is None:
        return False
    return decide(giver, Action.REVEAL_STANDING_GIVE, team_of(row["unit_id"]), within_act(desk), desk.now).allowed


def _lives(row: RowMapping, now: int) -> bool:
    return bool(row["state"] == _ACTIVE and row["given_at"] <= now < row["ends_at"])
