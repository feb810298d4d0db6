"""Colleagues: the own team for a supervisor, every account for the admins and the auditor."""

from __future__ import annotations

from access.people.directory import held_rows, seats_of
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
    """Cards of a unit's people, or of all; everything on them from rows that prove themselves."""
    where = (person.c.unit_id == unit_id,) if unit_id is not None else ()
    people = held_rows(act.uow, act.proofs, person, *where)
    names = {row["person_id"]: row["name"] for row in held_rows(act.uow, act.proofs, login)}
    units = {row["id"]: row["name"] for row in held_rows(act.uow, act.proofs, org_unit)}
    return tuple(
        PersonCard(
            person_id=row["id"],
            staff_no=row["staff_no"],
            name=row["name"],
            login=names[row["id"]],
            roles=tuple(sorted({str(seat.role) for seat in seats_of(act.uow, act.proofs, row["id"])})),
            unit=units.get(row["unit_id"], ""),
        )
        for row in sorted(people, key=lambda row: row["staff_no"])
        if row["id"] in names
    )
