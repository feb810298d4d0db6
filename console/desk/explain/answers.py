"""What somebody may do and see and by which rule, who may see a field, and what an application would change.

All of it is asked of the decision itself, about made-up things in every place (`access.policy.probe`). The questions
are many, so they are asked between two acts, on a thread of their own, of the people as the first act read them.
"""

from __future__ import annotations

from collections.abc import Iterable

from access.people.directory import holders, load_actor, person_row
from access.policy import Action, Actor, Resource, Seat
from access.policy.explain import Gain, Sight, gain, may, sights, why_nothing
from access.policy.probe import Reach
from access.policy.refused import Refused
from access.roles import Role
from access.roles.deciding import absent, visible
from access.roles.records import conflicts, find
from access.store.schema import DESK_TENANT
from console.desk.act import Act, Later
from console.desk.api.explain import (
    Access,
    ActLine,
    ExplainApplication,
    ExplainField,
    ExplainPerson,
    FieldLine,
    Viewer,
    Viewers,
    WhatIf,
)
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.roles.views import DAY, Book


@handles(ExplainPerson)
def explain_person(act: Act, request: ExplainPerson) -> Later[tuple[tuple[Reach, ...], tuple[Sight, ...]]]:
    """One person's acts and fields."""
    row = person_row(act.uow, act.proofs, request.person_id or act.actor.person_id)
    whom = (
        Resource(kind="person", id=row["id"], unit_id=row["unit_id"], subject_person_id=row["id"])
        if row is not None
        else Resource.absent("person")
    )
    act.require(Action.ACCOUNT_ACCESS_EXPLAIN, whom)
    who = load_actor(act.uow, act.proofs, row["id"]) if row is not None else None
    if row is None or who is None:
        act.refuse("person.not_found")
    act.log(Action.ACCOUNT_ACCESS_EXPLAIN, object_kind="person", object_id=row["id"])
    catalogue, now = act.parts.catalogue, act.now

    def finish(second: Act, found: tuple[tuple[Reach, ...], tuple[Sight, ...]]) -> Access:
        second.log(Action.ACCOUNT_ACCESS_EXPLAIN, object_kind="person", object_id=row["id"], rows=len(found[0]))
        code, clause = why_nothing(who) or ("", "")
        return Access(
            person_id=row["id"],
            person=row["name"],
            staff_no=row["staff_no"],
            roles=tuple(sorted(role.value for role in who.roles)),
            why_nothing=code,
            clause=clause,
            acts=acts(found[0]),
            fields=tuple(map(field_line, found[1])),
        )

    return Later(lambda: (may(who, now), sights(catalogue, who, now)), finish)


@handles(ExplainField)
def explain_field(act: Act, request: ExplainField) -> Later[list[tuple[Actor, Sight]]]:
    """Everybody who may see a field, and how."""
    act.require(Action.CATALOGUE_FIELD_READ, Resource(kind="catalogue"))
    name = act.parts.catalogue.field(request.field).name
    ids = {one for role in Role for one in holders(act.uow, act.proofs, role)}
    actors = [one for one in (load_actor(act.uow, act.proofs, each) for each in sorted(ids)) if one is not None]
    act.log(Action.CATALOGUE_FIELD_READ, object_kind="field", object_id=name)
    catalogue, now = act.parts.catalogue, act.now

    def work() -> list[tuple[Actor, Sight]]:
        return [(actor, sight) for actor in actors for sight in sights(catalogue, actor, now, name)]

    def finish(second: Act, found: list[tuple[Actor, Sight]]) -> Viewers:
        second.log(Action.CATALOGUE_FIELD_READ, object_kind="field", object_id=name, rows=len(found))
        book = Book(second)
        people = [
            Viewer(
                person_id=actor.person_id,
                person=book.name(actor.person_id),
                staff_no=book.staff_no(actor.person_id),
                roles=tuple(sorted(role.value for role in actor.roles)),
                line=field_line(sight),
            )
            for actor, sight in found
        ]
        return Viewers(field=name, people=tuple(sorted(people, key=lambda one: (one.line.mask, one.staff_no))))

    return Later(work, finish)


@handles(ExplainApplication)
def explain_application(act: Act, request: ExplainApplication) -> Later[Gain]:
    """What its subject would gain, and what stands against it."""
    act.asked = Action.ACCOUNT_ROLE_LIST
    desk = granting(act)
    row = find(desk, request.application_id)
    if row is None or not visible(desk, act.actor, row):
        raise Refused(absent(desk))
    person = person_row(act.uow, act.proofs, row["person_id"])
    who = load_actor(act.uow, act.proofs, row["person_id"])
    if person is None or who is None:
        act.refuse("person.not_found")
    role = Role(row["role"])
    production = act.parts.profile == "prod"
    against = tuple(breach.code for breach in conflicts(desk, person, role, production=production))
    seat = Seat(role, DESK_TENANT, row["unit_id"], act.now, act.now + row["days"] * DAY)
    act.log(Action.ACCOUNT_ACCESS_EXPLAIN, object_kind="person", object_id=person["id"], approval_id=row["id"])
    catalogue, now = act.parts.catalogue, act.now

    def finish(second: Act, found: Gain) -> WhatIf:
        second.log(Action.ACCOUNT_ACCESS_EXPLAIN, object_kind="person", object_id=person["id"], rows=len(found.acts))
        return WhatIf(
            acts=acts(found.acts),
            fields=tuple(map(field_line, found.fields)),
            lost=acts(found.lost),
            conflicts=against,
        )

    return Later(lambda: gain(catalogue, who, seat, now), finish)


def acts(found: Iterable[Reach]) -> tuple[ActLine, ...]:
    """Acts as lines, each once."""
    lines = {(one.action.value, one.role.value, one.mode.value, one.scope.value, one.rule): one for one in found}
    return tuple(
        ActLine(action=action, role=role, mode=mode, scope=scope, rule=rule)
        for action, role, mode, scope, rule in lines
    )


def field_line(one: Sight) -> FieldLine:
    """A field as a line."""
    return FieldLine(
        field=one.field,
        scope=one.scope.value,
        mask=one.mask.value,
        tier=one.tier.value,
        minutes=one.minutes,
        rule=one.rule,
    )
