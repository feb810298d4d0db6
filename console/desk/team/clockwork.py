"""Absences that begin and end by the calendar: the cover gets the queue, and loses it with all they saw of it.

An absence that is over is written down as ended, once, in the act that shuts the cover out; a desk that stood still
over midnight does so at its start.
"""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from access.people.absence import SET, end_absence
from access.people.directory import held_rows
from access.store.schema import absence, org_unit
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.staff.losing import reroute
from console.desk.team.covers import shut_out

_EXPIRE = "team:absence:expire"
_WHY = "absence_ended"


def next_due(connection: Connection, since: int) -> int | None:
    """When an absence next begins or ends after an instant; without proofs, only for knowing when to look."""
    moments = (
        connection.execute(select(func.min(at)).where(absence.c.state == SET, at > since)).scalar()
        for at in (absence.c.starts_at, absence.c.ends_at)
    )
    return min((int(at) for at in moments if at is not None), default=None)


def advance(act: Act, since: int) -> None:
    """Do what fell due after an instant."""
    begun = (absence.c.starts_at > since, absence.c.starts_at <= act.now, absence.c.ends_at > act.now)
    for row in held_rows(act.uow, act.proofs, absence, absence.c.state == SET, *begun):
        tell(act, row["unit_id"], row["cover_id"])
    for row in held_rows(act.uow, act.proofs, absence, absence.c.state == SET, absence.c.ends_at <= act.now):
        end_absence(act, _EXPIRE, row)
        over(act, row["unit_id"], row["person_id"], row["cover_id"])


def over(act: Act, unit_id: str, person_id: str, cover_id: str | None) -> None:
    """What follows when an absence that was in force ends: the cover's values, and whose turn an approval is."""
    if cover_id is not None:
        shut_out(act, cover_id, person_id, _WHY)
    headed = select(org_unit.c.id).where(org_unit.c.head_id == person_id)
    if act.db.execute(headed.limit(1)).first() is not None:
        reroute(act)
    tell(act, unit_id, cover_id)


def tell(act: Act, unit_id: str, cover_id: str | None) -> None:
    """Whoever runs the unit sees who is away; the cover's queue changed."""
    act.push("team", unit_id, Audience.of(units=(unit_id,)))
    act.push("queue", unit_id, Audience.of(cover_id))
