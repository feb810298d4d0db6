"""Roles that end: revoked by somebody, expired by the clock, removed by a recertification.

The calendar never leaves the desk without a system admin, security admin, auditor or compliance officer: the last one's
role is announced fourteen days before its end like every other, and from its end on stands as overdue, for handing over
only (`access.policy.overdue`). That is an alert in the log, at once and every day, and it ends within the minute in
which somebody else who can come in, or the same person anew, holds the role.

What rests on a role ends with it, in the same act: live values and waiting requests of the person, their sessions, what
they delegated or were delegated, their place at the head of a unit. Whoever is told is the desk's concern.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.errors import StaleRow
from access.grants.context import GrantDesk, require, within_act
from access.grants.live import Ended, end_grants
from access.grants.refusals import refuse
from access.people import staff
from access.people.directory import OVERDUE, held_rows, person_row, seats_of
from access.people.sessions import close_sessions_of
from access.policy import Action, Resource
from access.roles.application import EXPIRING_DAYS
from access.roles.delegations import end_all_of
from access.roles.role import Role
from access.roles.separation import OUTLASTING
from access.store.schema import org_unit, role_grant

ACTIVE: Final = "active"
EXPIRED: Final = "expired"
_EXPIRE: Final = "account:role:expire"
_NOTICE: Final = "account:role:notice"
_OVERDUE: Final = "alert:role:overdue"
_DAY: Final = 86_400 * SECOND
_NOTICE_TIME: Final = EXPIRING_DAYS * _DAY
_LOOK_AGAIN: Final = 60 * SECOND
_WHY: Final = "role_changed"
_CLOSED: Final = "revoked"


@dataclass(frozen=True, slots=True)
class Taken:
    """What went with a role.

    Attributes:
        person_id: Whose role it was.
        units: Units whose waiting requests now go to others.
        ended: Grants and requests of the person that ended.
        sessions: Sessions that ended.
    """

    person_id: str
    units: tuple[str, ...] = ()
    ended: Ended = field(default_factory=Ended)
    sessions: tuple[str, ...] = ()
    gone: bool = False
    worked: bool = False


def revoke(desk: GrantDesk, grant_id: str) -> Taken:
    """Take a role away at once (row 39 of the matrix).

    Raises:
        Refused: The policy's codes; `role.not_found`; `roles.revoked_already`.
        StaffRefused: It is the last of an admin role (§3.3-15).
    """
    row = desk.proofs.get(desk.uow, role_grant, grant_id)
    require(desk, Action.ACCOUNT_ROLE_REVOKE, about(desk, row), within_act(desk))
    if row is None:
        refuse("role.not_found", "Y-4.2.1")
    try:
        staff.revoke_role(desk, grant_id)
    except StaleRow:
        refuse("roles.revoked_already", "C-5.4c")
    return rests(desk, row)


def about(desk: GrantDesk, row: RowMapping | None) -> Resource:
    """Return a role grant as the decision sees it: about its holder, in the unit that it reaches or they belong to."""
    person = person_row(desk.uow, desk.proofs, row["person_id"]) if row is not None else None
    if row is None or person is None:
        return Resource.absent("person")
    return Resource(
        kind="person",
        id=person["id"],
        unit_id=row["unit_id"] or person["unit_id"],
        agency_id=person["agency_id"],
        subject_person_id=person["id"],
    )


def rests(desk: GrantDesk, row: RowMapping) -> Taken:
    """End what rested on a role grant that is gone; a role still held by another grant keeps what rests on it."""
    person_id: str = row["person_id"]
    role = Role(row["role"])
    for seat in seats_of(desk.uow, desk.proofs, person_id):
        if seat.role is role and seat.unit_id == row["unit_id"]:
            return Taken(person_id)
    units: set[str] = set()
    if role is Role.SUPERVISOR:
        units |= {one["unit_id"] for one in end_all_of(desk, person_id)}
        units |= _step_down(desk, person_id, row["unit_id"])
        units |= {row["unit_id"]} if row["unit_id"] is not None else set()
    ended = end_grants(desk, person_id=person_id, why=_WHY)
    closed = close_sessions_of(desk, person_id, _CLOSED)
    worked = role in (Role.AGENT, Role.AGENCY_AGENT) and not _works(desk, person_id)
    return Taken(person_id, tuple(sorted(units)), ended, closed, gone=True, worked=worked)


def _works(desk: GrantDesk, person_id: str) -> bool:
    """Tell whether some other seat of the person still works cases."""
    seats = seats_of(desk.uow, desk.proofs, person_id)
    return any(seat.role in (Role.AGENT, Role.AGENCY_AGENT) for seat in seats)


def _step_down(desk: GrantDesk, person_id: str, unit_id: str | None) -> set[str]:
    """Take somebody from the head of the unit whose supervisor they no longer are, and from standing in anywhere."""
    places = (org_unit.c.head_id == person_id) | (org_unit.c.deputy_id == person_id)
    left = {seat.unit_id for seat in seats_of(desk.uow, desk.proofs, person_id) if seat.role is Role.SUPERVISOR}
    found = set()
    for unit in held_rows(desk.uow, desk.proofs, org_unit, places):
        head = None if unit["head_id"] == person_id and unit["id"] == unit_id else unit["head_id"]
        deputy = None if unit["deputy_id"] == person_id and not left else unit["deputy_id"]
        if (head, deputy) != (unit["head_id"], unit["deputy_id"]):
            staff.set_unit_heads(desk, unit["id"], head_id=head, deputy_id=deputy)
            found.add(unit["id"])
    return found


def expire_due(desk: GrantDesk) -> list[Taken]:
    """Write down which roles are over; they counted no more from that instant on anyway."""
    due = (role_grant.c.state == ACTIVE, role_grant.c.valid_until <= desk.now)
    taken = []
    for row in held_rows(desk.uow, desk.proofs, role_grant, *due):
        role = Role(row["role"])
        if role in OUTLASTING and not staff.succeeded(desk, role, row["person_id"]):
            taken.append(_outlast(desk, row))
        else:
            taken.append(_expire(desk, row))
    return taken


def settle_overdue(desk: GrantDesk) -> list[Taken]:
    """End overdue roles that somebody holds again; of the others give the day's alert."""
    taken = []
    for row in held_rows(desk.uow, desk.proofs, role_grant, role_grant.c.state == OVERDUE):
        if staff.succeeded(desk, Role(row["role"]), row["person_id"]):
            taken.append(_expire(desk, row))
        elif desk.now >= row["noticed_at"] + _DAY:
            taken.append(_outlast(desk, row))
    return taken


def _outlast(desk: GrantDesk, row: RowMapping) -> Taken:
    """Write down that a role is overdue, or still is."""
    days = (desk.now - row["valid_until"]) // _DAY
    event = desk.event(
        _OVERDUE,
        object_kind="person",
        object_id=row["person_id"],
        rule="§3.3-15",
        detail=((DetailKey.ROLE, row["role"]), (DetailKey.COUNT, str(days)), (DetailKey.TO, OVERDUE)),
    )
    changes = {"state": OVERDUE, "noticed_at": desk.now}
    desk.proofs.update(desk.uow, role_grant, row["id"], row["version"], changes, event)
    return Taken(row["person_id"], gone=row["state"] != OVERDUE)


def _expire(desk: GrantDesk, row: RowMapping) -> Taken:
    event = desk.event(
        _EXPIRE,
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.ROLE, row["role"]), (DetailKey.FROM, row["state"]), (DetailKey.TO, EXPIRED)),
    )
    desk.proofs.update(desk.uow, role_grant, row["id"], row["version"], {"state": EXPIRED}, event)
    return rests(desk, row)


def announce_due(desk: GrantDesk) -> list[RowMapping]:
    """Note, once, which roles end within fourteen days; return their rows."""
    due = (
        role_grant.c.state == ACTIVE,
        role_grant.c.noticed_at.is_(None),
        role_grant.c.valid_until <= desk.now + _NOTICE_TIME,
        role_grant.c.valid_until > desk.now,
    )
    rows = held_rows(desk.uow, desk.proofs, role_grant, *due)
    for row in rows:
        days = (row["valid_until"] - desk.now) // _DAY
        event = desk.event(
            _NOTICE,
            object_kind="person",
            object_id=row["person_id"],
            detail=((DetailKey.ROLE, row["role"]), (DetailKey.COUNT, str(days))),
        )
        desk.proofs.update(desk.uow, role_grant, row["id"], row["version"], {"noticed_at": desk.now}, event)
    return rows


def next_due(connection: Connection, since: int) -> int | None:
    """Return when a role next ends or its end is to be announced; without proofs, only for knowing when to look."""
    until = role_grant.c.valid_until
    ends = select(func.min(until)).where(role_grant.c.state == ACTIVE, until > since)
    notices = select(func.min(until)).where(
        role_grant.c.state == ACTIVE, role_grant.c.noticed_at.is_(None), until > since + _NOTICE_TIME
    )
    end, notice = connection.execute(ends).scalar(), connection.execute(notices).scalar()
    found = [int(end)] if end is not None else []
    if notice is not None:
        found.append(int(notice) - _NOTICE_TIME)
    kept = select(role_grant.c.id).where(role_grant.c.state == OVERDUE).limit(1)
    if connection.execute(kept).first() is not None:
        found.append(since + _LOOK_AGAIN)
    return min(found, default=None)
