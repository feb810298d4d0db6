"""Who of a unit works cases, how many each holds, the most each may hold, and who can be given none at the moment.

The most is what the supervisor set for the person, else what the unit's live strategy says, else the desk's setting.
Who can be given none says why (`console.desk.strategy.fitness`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import func, select

from access.people.absence import absences_of, in_force
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import capacity, case_file, person, role_grant
from console.desk.act import Act
from console.desk.api.assign import ListLoads, Load, LoadList, SetCapacity
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import published
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.strategy.fitness import AWAY, Unfit, unfitness
from console.desk.strategy.live import live_rules

_WORKERS: Final = frozenset({Role.AGENT, Role.AGENCY_AGENT, Role.SUPERVISOR})
_HERE: Final = ("active", "suspended", "frozen")
_SEATED: Final = ("active", "suspended")
_MOST: Final = 9999


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the unit whose role works cases.

    Attributes:
        person_id: Who. staff_no: their number. name: theirs. agency_id: of outsourced staff.
        agent: holds a role whose work cases are; a supervisor is given cases by hand only.
        open: cases held. most: the most they may hold. own_most: it was set for the person.
        unfit: why they can be given none at the moment, in bulk or by a strategy; none: they can.
    """

    person_id: str
    staff_no: str
    name: str
    agency_id: str | None
    agent: bool
    open: int
    most: int
    own_most: bool = False
    unfit: Unfit | None = None

    @property
    def stopped(self) -> bool:
        """Whether they may not work cases at all, as opposed to being away or well."""
        return self.unfit is not None and self.unfit.code != AWAY


def members(act: Act, unit_id: str | None) -> dict[str, Member]:
    """The unit's people with a role that works cases, by id, in the order of their numbers.

    Who is suspended, away or untrained is among them, with why they can be given nothing: it is said, not left out.
    """
    if unit_id is None:
        return {}
    people = held_rows(act.uow, act.proofs, person, person.c.unit_id == unit_id, person.c.state.in_(_HERE))
    roles = _roles(act, [row["id"] for row in people])
    away = {
        row["person_id"]: row["ends_at"]
        for row in absences_of(act.uow, act.proofs, (unit_id,))
        if in_force(row, act.now)
    }
    working = [row for row in people if roles.get(row["id"])]
    ids = [row["id"] for row in working]
    held, own = open_cases(act, ids), _own(act, ids)
    rules = live_rules(act, unit_id)
    usual = act.parts.settings.assign.capacity
    return {
        row["id"]: Member(
            person_id=row["id"],
            staff_no=row["staff_no"],
            name=row["name"],
            agency_id=row["agency_id"],
            agent=bool(roles[row["id"]] - {Role.SUPERVISOR}),
            open=held.get(row["id"], 0),
            most=own.get(row["id"], usual if rules is None else rules.most(row["staff_no"], usual)),
            own_most=row["id"] in own,
            unfit=unfitness(act, row["id"], away.get(row["id"])),
        )
        for row in sorted(working, key=lambda row: row["staff_no"])
    }


def open_cases(act: Act, ids: list[str]) -> dict[str, int]:
    """How many published cases that are worked each of these people holds; who holds none is left out."""
    query = (
        select(case_file.c.assignee_id, func.count())
        .where(WORKED, case_file.c.assignee_id.in_(ids), published())
        .group_by(case_file.c.assignee_id)
    )
    return {row[0]: row[1] for row in act.db.execute(query)} if ids else {}


def pool_size(act: Act, unit_id: str) -> int:
    """How many published cases of the unit nobody has."""
    query = select(func.count()).where(
        WORKED, case_file.c.assignee_id.is_(None), case_file.c.unit_id == unit_id, published()
    )
    return int(act.db.execute(query).scalar_one())


def load_of(member: Member, gets: int = 0, gives: int = 0) -> Load:
    """A member as shown."""
    return Load(
        person_id=member.person_id,
        staff_no=member.staff_no,
        name=member.name,
        open=member.open,
        gets=gets,
        gives=gives,
        most=member.most,
        own_most=member.own_most,
        unfit=member.unfit.code if member.unfit is not None else "",
        until=member.unfit.until if member.unfit is not None else None,
    )


@handles(ListLoads)
def list_loads(act: Act, request: ListLoads) -> LoadList:
    """The own team's."""
    del request
    unit_id = act.unit_id
    act.require(Action.CASE_ASSIGNMENT_CHANGE, Resource(kind="queue", unit_id=unit_id, agency_id=act.actor.agency_id))
    found = _loads(act, unit_id)
    act.log("case:load:list", object_kind="person", object_id="loads", rows=len(found.people))
    return found


@handles(SetCapacity)
def set_capacity(act: Act, request: SetCapacity) -> LoadList:
    """The most open cases one member may hold."""
    row = act.proofs.get(act.uow, person, request.person_id)
    about = Resource(kind="person", id=row["id"], unit_id=row["unit_id"]) if row is not None else None
    act.require(Action.CASE_CAPACITY_SET, about or Resource.absent("person"))
    if row is None:
        act.refuse("person.not_found", clause="Y-4.2.1")
    if request.most is not None and not 0 <= request.most <= _MOST:
        act.refuse("assign.capacity_unfit", most=str(_MOST))
    _write(act, row["id"], -1 if request.most is None else request.most)
    act.push("queue", row["id"], Audience.of(units=(row["unit_id"],)))
    return _loads(act, row["unit_id"])


def _write(act: Act, person_id: str, most: int) -> None:
    event = act.event(Action.CASE_CAPACITY_SET, object_kind="person", object_id=person_id, rows=max(0, most))
    before = act.proofs.get(act.uow, capacity, person_id)
    if before is not None:
        values: Mapping[str, Any] = {"most": most, "set_by": act.actor.person_id}
        act.proofs.update(act.uow, capacity, person_id, before["version"], values, event)
        return
    values = {"id": person_id, "tenant_id": event.tenant_id, "most": most, "set_by": act.actor.person_id}
    act.proofs.insert(act.uow, capacity, values, event)


def _loads(act: Act, unit_id: str | None) -> LoadList:
    people = members(act, unit_id)
    return LoadList(
        people=tuple(load_of(one) for one in people.values()),
        pool=pool_size(act, unit_id) if unit_id is not None else 0,
    )


def _own(act: Act, ids: list[str]) -> dict[str, int]:
    rows = held_rows(act.uow, act.proofs, capacity, capacity.c.id.in_(ids)) if ids else []
    return {row["id"]: row["most"] for row in rows if row["most"] >= 0}


def _roles(act: Act, ids: list[str]) -> dict[str, set[Role]]:
    """Roles that work cases, by person; also those suspended with their holder, since whether they count is decided."""
    where = (role_grant.c.person_id.in_(ids), role_grant.c.state.in_(_SEATED), role_grant.c.role.in_(_WORKERS))
    found: dict[str, set[Role]] = {}
    for row in held_rows(act.uow, act.proofs, role_grant, *where) if ids else ():
        if row["valid_from"] <= act.now < row["valid_until"]:
            found.setdefault(row["person_id"], set()).add(Role(row["role"]))
    return found
