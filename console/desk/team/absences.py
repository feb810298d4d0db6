"""Who of the team is away, until when, and who works the queue meanwhile.

The cover reaches the absent person's cases by the one decision (`Actor.covers`), for the days of the absence and no
longer, and never passes them on. What the cover still holds in clear when an absence is called off ends with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from sqlalchemy.engine import RowMapping

from access.errors import StaleRow
from access.people.absence import (
    LONGEST,
    SET,
    AbsenceReason,
    absences_of,
    absent,
    add_absence,
    end_absence,
    in_force,
    overlapping,
)
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import absence, person
from console.desk.act import Act
from console.desk.api.team import (
    AbsenceList,
    AbsenceView,
    Cover,
    CoverList,
    EndAbsence,
    ListAbsences,
    ListCovers,
    SetAbsence,
)
from console.desk.kernel import handles
from console.desk.strategy.fitness import NOT_IN_DATE, unfitness
from console.desk.team.clockwork import over, tell
from console.desk.team.days import begin_of, day_of
from console.desk.team.members import members_of, name_of, require_member, require_team, roles_of

_QUEUES: Final = frozenset({Role.AGENT, Role.SUPERVISOR, Role.AGENCY_AGENT})


@handles(ListAbsences)
def list_absences(act: Act, request: ListAbsences) -> AbsenceList:
    """In force and to come."""
    del request
    unit_id = require_team(act, Action.TEAM_BOARD_READ)
    return _listed(act, unit_id, Action.TEAM_BOARD_READ)


@handles(ListCovers)
def list_covers(act: Act, request: ListCovers) -> CoverList:
    """Whose queues this person works now."""
    del request
    me = act.actor
    own = Resource(kind="queue", assignee_id=me.person_id, unit_id=me.unit_id, agency_id=me.agency_id)
    act.require(Action.CASE_QUEUE_LIST_OWN, own)
    found = [(row, absent(act.uow, act.proofs, row["id"])) for row in _people(act, me.covers)]
    covers = tuple(
        Cover(person_id=row["id"], staff_no=row["staff_no"], person=row["name"], until=away["ends_at"])
        for row, away in found
        if away is not None
    )
    act.log(Action.CASE_QUEUE_LIST_OWN, object_kind="absence", object_id="covered", rows=len(covers))
    return CoverList(covers=covers)


@handles(SetAbsence)
def set_absence(act: Act, request: SetAbsence) -> AbsenceList:
    """Note one."""
    unit_id = require_team(act, Action.TEAM_ABSENCE_SET)
    member = require_member(act, unit_id, request.person_id)
    if request.reason not in set(AbsenceReason):
        act.refuse("absence.reason_unknown")
    starts_at, ends_at = _period(act, request.first_day, request.last_day)
    if overlapping(act.uow, act.proofs, member["id"], starts_at, ends_at):
        act.refuse("absence.overlaps")
    if _covers_meanwhile(act, unit_id, member["id"], starts_at, ends_at):
        act.refuse("absence.is_covering")
    cover = _cover(act, member, request.cover_id, (starts_at, ends_at))
    add_absence(
        act,
        Action.TEAM_ABSENCE_SET,
        person_id=member["id"],
        unit_id=unit_id,
        cover_id=cover,
        reason=AbsenceReason(request.reason),
        starts_at=starts_at,
        ends_at=ends_at,
    )
    tell(act, unit_id, cover)
    return _listed(act, unit_id)


@handles(EndAbsence)
def call_off(act: Act, request: EndAbsence) -> AbsenceList:
    """End one now."""
    unit_id = require_team(act, Action.TEAM_ABSENCE_SET)
    row = act.proofs.get(act.uow, absence, request.absence_id)
    if row is None or row["unit_id"] != unit_id or row["state"] != SET:
        act.refuse("absence.not_found", clause="Y-4.2.1")
    if row["version"] != request.seen_version:
        raise StaleRow(table=absence.name, id=row["id"])
    end_absence(act, Action.TEAM_ABSENCE_SET, row)
    if in_force(row, act.now):
        over(act, unit_id, row["person_id"], row["cover_id"])
    else:
        tell(act, unit_id, row["cover_id"])
    return _listed(act, unit_id)


def _period(act: Act, first: str, last: str) -> tuple[int, int]:
    zone = act.parts.settings.zone
    try:
        first_day, last_day = dt.date.fromisoformat(first), dt.date.fromisoformat(last)
    except ValueError:
        act.refuse("absence.days_unfit")
    if not day_of(act.now, zone) <= first_day <= last_day < dt.date.max:
        act.refuse("absence.days_unfit")
    starts_at = max(act.now, begin_of(first_day, zone))
    ends_at = begin_of(last_day + dt.timedelta(days=1), zone)
    if ends_at - starts_at > LONGEST:
        act.refuse("absence.too_long")
    return starts_at, ends_at


def _covers_meanwhile(act: Act, unit_id: str, person_id: str, starts_at: int, ends_at: int) -> bool:
    return any(
        one["cover_id"] == person_id and one["starts_at"] < ends_at and starts_at < one["ends_at"]
        for one in absences_of(act.uow, act.proofs, (unit_id,))
    )


def _cover(act: Act, member: RowMapping, cover_id: str | None, days: tuple[int, int]) -> str | None:
    """Whoever shall work the queue: another of the team, there for all of it, who works cases."""
    if cover_id is None:
        return None
    cover = require_member(act, member["unit_id"], cover_id)
    if cover["id"] == member["id"]:
        act.refuse("absence.cover_self", clause="§3.3-13")
    if cover["state"] != "active" or not _QUEUES & roles_of(act, {cover["id"]}).get(cover["id"], set()):
        act.refuse("absence.cover_unfit", clause="Y-4.2.1")
    if cover["agency_id"] != member["agency_id"]:
        act.refuse("absence.cover_unfit", clause="§3.3-3")
    unfit = unfitness(act, cover["id"], None)
    if unfit is not None and unfit.code == NOT_IN_DATE:
        act.refuse(unfit.code, clause=unfit.clause, ask=unfit.ask)
    if overlapping(act.uow, act.proofs, cover["id"], *days):
        act.refuse("absence.cover_away")
    return str(cover["id"])


def _people(act: Act, ids: Collection[str]) -> list[RowMapping]:
    return held_rows(act.uow, act.proofs, person, person.c.id.in_(sorted(ids))) if ids else []


def _listed(act: Act, unit_id: str, action: Action | None = None) -> AbsenceList:
    rows = absences_of(act.uow, act.proofs, (unit_id,))
    people = {row["id"]: row for row in members_of(act, unit_id)}
    if action is not None:
        act.log(action, object_kind="absence", object_id="list", rows=len(rows))
    return AbsenceList(
        absences=tuple(
            AbsenceView(
                absence_id=row["id"],
                person_id=row["person_id"],
                staff_no=people[row["person_id"]]["staff_no"],
                person=people[row["person_id"]]["name"],
                cover=name_of(act, row["cover_id"]),
                reason=row["reason"],
                starts_at=row["starts_at"],
                ends_at=row["ends_at"],
                version=row["version"],
            )
            for row in rows
            if row["person_id"] in people
        )
    )
