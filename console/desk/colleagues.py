"""Colleagues: the own team for a supervisor, every account for the admins and the auditor."""

from __future__ import annotations

from sqlalchemy import select

from access.people.directory import load_actor
from access.policy import Action, Resource
from access.store.schema import login, org_unit, person
from console.desk.act import Act
from console.desk.api.people import ListPeople, PeopleList
from console.desk.api.session import PersonCard
from console.desk.kernel import handles


@handles(ListPeople)
def list_people(act: Act, request: ListPeople) -> PeopleList:
    """People this person may see."""
    del request
    everybody = act.allowed(Action.ACCOUNT_PERSON_LIST, Resource(kind="desk"))
    if not everybody.allowed:
        act.require(Action.CASE_QUEUE_LIST_TEAM, Resource(kind="queue", unit_id=act.unit_id))
    act.asked = Action.ACCOUNT_PERSON_LIST
    people = cards(act, None if everybody.allowed else act.unit_id)
    act.log(Action.ACCOUNT_PERSON_LIST, object_kind="person", object_id="list", rows=len(people))
    return PeopleList(people=people)


def cards(act: Act, unit_id: str | None) -> tuple[PersonCard, ...]:
    """Cards of a unit's people, or of all; roles from rows that prove themselves."""
    query = (
        select(
            person.c.id, person.c.staff_no, person.c.name, login.c.name.label("login"), org_unit.c.name.label("unit")
        )
        .join(login, login.c.person_id == person.c.id)
        .join(org_unit, org_unit.c.id == person.c.unit_id)
        .order_by(person.c.staff_no)
    )
    if unit_id is not None:
        query = query.where(person.c.unit_id == unit_id)
    return tuple(
        PersonCard(
            person_id=row.id,
            staff_no=row.staff_no,
            name=row.name,
            login=row.login,
            roles=_roles(act, row.id),
            unit=row.unit,
        )
        for row in act.db.execute(query)
    )


def _roles(act: Act, person_id: str) -> tuple[str, ...]:
    actor = load_actor(act.uow, act.parts.proofs, person_id)
    if actor is None:
        return ()
    return tuple(sorted({str(seat.role) for seat in actor.seats if seat.valid_from <= act.now < seat.valid_until}))
