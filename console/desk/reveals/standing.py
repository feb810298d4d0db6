"""A team's standing approvals: given for a shift, listed, ended. What they let be shown is in `calls.identity`."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.grants import standing
from access.policy import Action
from access.store.schema import org_unit, standing_approval
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.identity import GiveStanding, ListStanding, RevokeStanding, StandingList, StandingView
from console.desk.cases.rows import staff_names
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.granting import granting

_MOST: Final = 100
_KIND: Final = "standing"


@handles(GiveStanding)
def give(act: Act, request: GiveStanding) -> StandingView:
    """For the team that the person runs."""
    act.asked = Action.REVEAL_STANDING_GIVE
    row = standing.give(granting(act), act.unit_id, request.ends_at)
    act.push(_KIND, row["id"], Audience.of(units=(row["unit_id"],)))
    return _views(act, [row])[0]


@handles(RevokeStanding)
def revoke(act: Act, request: RevokeStanding) -> Done:
    """Whoever shows a name under it is told at once."""
    act.asked = Action.REVEAL_STANDING_REVOKE
    row = standing.revoke(granting(act), request.standing_id)
    speaking = {one.person_id for one in act.parts.switchboard.live() if one.unit_id == row["unit_id"]}
    act.push(_KIND, row["id"], Audience.of(*speaking, units=(row["unit_id"],)))
    return Done()


@handles(ListStanding)
def list_standing(act: Act, request: ListStanding) -> StandingList:
    """One's own team's, or all where the person may end all."""
    del request
    unit_id = act.unit_id
    query = select(standing_approval).order_by(standing_approval.c.given_at.desc(), standing_approval.c.id).limit(_MOST)
    everywhere = act.allowed(Action.REVEAL_STANDING_LIST, standing.team_of(None))
    if not everywhere.allowed:
        act.require(Action.REVEAL_STANDING_LIST, standing.team_of(unit_id))
        query = query.where(standing_approval.c.unit_id == unit_id)
    rows = act.proofs.holding(act.uow, standing_approval, act.db.execute(query).mappings().all())
    may_give = act.allowed(Action.REVEAL_STANDING_GIVE, standing.team_of(unit_id)).allowed
    found = StandingList(
        approvals=_views(act, rows),
        may_give=may_give and unit_id is not None and not standing.in_force(granting(act), unit_id),
        at=act.now,
    )
    act.log(Action.REVEAL_STANDING_LIST, object_kind=_KIND, object_id="list", rows=len(rows))
    return found


def _views(act: Act, rows: list[RowMapping] | list[dict[str, object]]) -> tuple[StandingView, ...]:
    people = {str(row[name]) for row in rows for name in ("given_by", "revoked_by") if row[name]}
    names = staff_names(act, set(people))
    wanted = sorted({str(row["unit_id"]) for row in rows})
    units = dict(act.db.execute(select(org_unit.c.id, org_unit.c.name).where(org_unit.c.id.in_(wanted))).all())
    return tuple(_view(act, row, names, units) for row in rows)


def _view(act: Act, row: RowMapping | dict[str, object], names: dict[str, str], units: dict[str, str]) -> StandingView:
    over = row["state"] == "active" and int(str(row["ends_at"])) <= act.now
    state = "over" if over else str(row["state"])
    may = state == "active" and (
        act.allowed(Action.REVEAL_STANDING_REVOKE, standing.team_of(str(row["unit_id"]))).allowed
    )
    return StandingView(
        standing_id=str(row["id"]),
        unit=units.get(str(row["unit_id"]), ""),
        given_by=names.get(str(row["given_by"]), ""),
        given_at=int(str(row["given_at"])),
        ends_at=int(str(row["ends_at"])),
        state=state,
        revoked_by=names.get(str(row["revoked_by"]), "") if row["revoked_by"] else "",
        may_revoke=may,
    )
