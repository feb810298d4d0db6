"""The team live: who is there, what each has done, what waits; and the same in numbers for a wall.

No customer is in either, and no name at all on the wall. The figures cost the same however many cases there are
(`console.desk.team.counts`); that a screen looked is logged like every reading.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import RowMapping

from access.people.absence import absences_of, absent, in_force
from access.policy import Action
from access.roles import delegations
from console.desk.act import Act
from console.desk.api.team import Member, ReadTeam, ReadWallboard, TeamView, Wallboard
from console.desk.kernel import handles
from console.desk.team import counts
from console.desk.team.days import day_of
from console.desk.team.members import WORKERS, members_of, name_of, require_team, roles_of, unit_of

WALL: Final = ("online", "locked", "away", "worked", "due", "broken", "untouched", "pending", "live")
"""Figures of the wallboard, in order."""


@handles(ReadTeam)
def read_team(act: Act, request: ReadTeam) -> TeamView:
    """Each person of the team, now."""
    del request
    unit_id = require_team(act, Action.TEAM_BOARD_READ)
    unit = unit_of(act, unit_id)
    members = _members(act, unit_id)
    given = delegations.in_force(act.uow, act.proofs, unit_id)
    act.log(Action.TEAM_BOARD_READ, object_kind="unit", object_id=unit_id, rows=len(members))
    return TeamView(
        unit_id=unit_id,
        unit=unit["name"],
        head=name_of(act, unit["head_id"]),
        head_away=given is not None or absent(act.uow, act.proofs, unit["head_id"]) is not None,
        deputy=name_of(act, given["to_id"] if given is not None else unit["deputy_id"]),
        at=act.now,
        members=members,
    )


@handles(ReadWallboard)
def read_wallboard(act: Act, request: ReadWallboard) -> Wallboard:
    """The team in numbers."""
    del request
    unit_id = require_team(act, Action.TEAM_BOARD_READ)
    members = _members(act, unit_id)
    agents = [one for one in members if one.roles and WORKERS & set(one.roles)]
    sums = {
        "online": sum(one.presence in {"online", "call"} for one in agents),
        "locked": sum(one.presence == "locked" for one in agents),
        "away": sum(one.away_until is not None for one in agents),
        **{name: sum(getattr(one, name) for one in members) for name in WALL[3:]},
    }
    act.log(Action.TEAM_BOARD_READ, object_kind="wallboard", object_id=unit_id, rows=len(members))
    return Wallboard(unit=unit_of(act, unit_id)["name"], at=act.now, figures=tuple((name, sums[name]) for name in WALL))


def _members(act: Act, unit_id: str) -> tuple[Member, ...]:
    rows = members_of(act, unit_id)
    ids = {row["id"] for row in rows}
    today = day_of(act.now, act.parts.settings.zone)
    presence = act.parts.hub.presence() | {one.person_id: "call" for one in act.parts.switchboard.live()}
    roles = roles_of(act, ids)
    away = {one["person_id"]: one for one in absences_of(act.uow, act.proofs, (unit_id,)) if in_force(one, act.now)}
    worked, untouched = counts.worked(act.db, ids, today), counts.untouched(act.db, ids)
    due, broken = counts.owed(act.db, ids, today)
    pending, live = counts.pending(act.db, unit_id), counts.live(act.db, ids, act.now)
    unread = counts.unread(act.db, ids)
    names = {row["id"]: f"{row['name']} {row['staff_no']}" for row in rows}

    def cover(absence: RowMapping | None) -> str:
        return names.get(absence["cover_id"] or "", "") if absence is not None else ""

    return tuple(
        Member(
            person_id=row["id"],
            staff_no=row["staff_no"],
            name=row["name"],
            roles=tuple(sorted(str(role) for role in roles.get(row["id"], ()))),
            presence=presence.get(row["id"], "off"),
            worked=worked.get(row["id"], 0),
            due=due.get(row["id"], 0),
            broken=broken.get(row["id"], 0),
            untouched=untouched.get(row["id"], 0),
            pending=pending.get(row["id"], 0),
            live=live.get(row["id"], 0),
            away_until=away[row["id"]]["ends_at"] if row["id"] in away else None,
            cover=cover(away.get(row["id"])),
            unread=unread.get(row["id"], 0),
        )
        for row in rows
    )
