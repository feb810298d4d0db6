"""Colleagues: the own team for a supervisor, every account for the admins, compliance and the auditor."""

from __future__ import annotations

from access.people.directory import held_rows, person_row, seats_of
from access.policy import Action, Resource
from access.store.schema import login, org_unit, person
from console.desk.act import Act
from console.desk.api.people import ListPeople, PeopleList, PersonView, ReadPerson
from console.desk.api.session import PersonCard
from console.desk.kernel import handles
from console.desk.staff.views import Staff, person_view

_DESK = Resource(kind="desk")


@handles(ListPeople)
def list_people(act: Act, request: ListPeople) -> PeopleList:
    """People this person may see."""
    del request
    everybody = _everybody(act)
    if not everybody:
        act.require(Action.CASE_QUEUE_LIST_TEAM, Resource(kind="queue", unit_id=act.unit_id))
    act.asked = Action.ACCOUNT_PERSON_LIST
    staff = Staff(act, *(() if everybody else (person.c.unit_id == act.unit_id,)))
    people = staff.cards()
    act.log(Action.ACCOUNT_PERSON_LIST, object_kind="person", object_id="list", rows=len(people))
    return PeopleList(people=people, units=staff.unit_cards())


@handles(ReadPerson)
def read_person(act: Act, request: ReadPerson) -> PersonView:
    """One account; somebody out of reach is answered like nobody."""
    row = person_row(act.uow, act.proofs, request.person_id)
    if not _everybody(act):
        act.require(Action.CASE_QUEUE_LIST_TEAM, Resource(kind="queue", unit_id=act.unit_id))
        row = row if row is not None and row["unit_id"] == act.unit_id else None
    act.asked = Action.ACCOUNT_PERSON_LIST
    if row is None:
        act.refuse("person.not_found", clause="Y-4.2.1")
    act.log(Action.ACCOUNT_PERSON_LIST, object_kind="person", object_id=row["id"], rows=1)
    return person_view(act, row)


def _everybody(act: Act) -> bool:
    """Who keeps accounts, and who may stop anybody, sees them all."""
    keeping = (Action.ACCOUNT_PERSON_LIST, Action.ACCOUNT_SESSION_LIST, Action.ACCOUNT_TRAINING_RECORD)
    return any(act.allowed(action, _DESK).allowed for action in keeping)


def cards(act: Act, state: str = "") -> tuple[PersonCard, ...]:
    """Cards of everybody, or of those in a state, for a demo desk's list of seats; from rows that prove themselves."""
    people = held_rows(act.uow, act.proofs, person, *((person.c.state == state,) if state else ()))
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
