"""Handing a unit head's approvals to a named person for a few days, and technical posts."""

from __future__ import annotations

from access.people.directory import held_rows, person_row
from access.policy import Action, Resource
from access.roles import Role, TechnicalPost, posts_compatible
from access.roles.delegations import delegate, delegations, end
from access.roles.records import posts_of
from access.store.schema import DESK_TENANT, delegation, org_unit, technical_post
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.roles import Deputies, DeputyView, EndDeputy, ListDeputies, RecordPost, SetDeputy
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.roles.consequences import tell_roles
from console.desk.roles.views import Book
from console.desk.staff.losing import reroute


@handles(SetDeputy)
def set_deputy(act: Act, request: SetDeputy) -> Deputies:
    """The head's own act: nobody hands on what is another's."""
    unit_id = request.unit_id or _headed(act) or act.unit_id
    act.require(Action.ACCOUNT_DELEGATION_CHANGE, Resource(kind="inbox", unit_id=unit_id))
    if unit_id is None:
        act.refuse("delegation.not_head", clause="§3.3-13")
    starts_at = max(request.starts_at, act.now) if request.starts_at else act.now
    delegate(act, unit_id, to_id=request.person_id, starts_at=starts_at, ends_at=request.ends_at)
    _tell(act, request.person_id, unit_id)
    return _all(act)


@handles(EndDeputy)
def end_deputy(act: Act, request: EndDeputy) -> Deputies:
    """Whoever leads the unit may."""
    row = act.proofs.get(act.uow, delegation, request.delegation_id)
    resource = Resource(kind="inbox", unit_id=row["unit_id"]) if row is not None else Resource.absent("inbox")
    act.require(Action.ACCOUNT_DELEGATION_CHANGE, resource)
    if row is None or row["state"] != "active":
        act.refuse("delegation.not_found")
    end(act, row)
    _tell(act, row["to_id"], row["unit_id"])
    return _all(act)


@handles(ListDeputies)
def list_deputies(act: Act, request: ListDeputies) -> Deputies:
    """Who stands in for whom."""
    del request
    act.require(Action.ACCOUNT_DELEGATION_LIST, Resource(kind="inbox", unit_id=act.unit_id))
    found = _all(act)
    act.log(Action.ACCOUNT_DELEGATION_LIST, object_kind="list", rows=len(found.items))
    return found


def _headed(act: Act) -> str | None:
    """The unit that the actor heads, where it is one."""
    rows = held_rows(act.uow, act.proofs, org_unit, org_unit.c.head_id == act.actor.person_id)
    return rows[0]["id"] if len(rows) == 1 else None


def _tell(act: Act, person_id: str, unit_id: str) -> None:
    reroute(act)
    tell_roles(act, person_id, (unit_id,))
    act.push("team", unit_id, Audience.of(person_id, units=(unit_id,)))


def _all(act: Act) -> Deputies:
    book, asked = Book(act), act.asked
    views = []
    for row in delegations(act.uow, act.proofs):
        here = Resource(kind="inbox", unit_id=row["unit_id"])
        if act.allowed(Action.ACCOUNT_DELEGATION_LIST, here).allowed or row["to_id"] == act.actor.person_id:
            views.append(
                DeputyView(
                    delegation_id=row["id"],
                    unit_id=row["unit_id"],
                    unit=book.unit(row["unit_id"]),
                    from_person=book.name(row["from_id"]),
                    to_person=book.name(row["to_id"]),
                    to_staff_no=book.staff_no(row["to_id"]),
                    starts_at=row["starts_at"],
                    ends_at=row["ends_at"],
                    mine=act.allowed(Action.ACCOUNT_DELEGATION_CHANGE, here).allowed,
                )
            )
    act.asked = asked
    return Deputies(items=tuple(views))


@handles(RecordPost)
def record_post(act: Act, request: RecordPost) -> Done:
    """Note what somebody does for the program itself; it gives nothing and excludes business roles in production."""
    row = person_row(act.uow, act.proofs, request.person_id)
    whom = (
        Resource(kind="person", id=row["id"], unit_id=row["unit_id"]) if row is not None else Resource.absent("person")
    )
    act.require(Action.ACCOUNT_POST_RECORD, whom)
    if row is None:
        act.refuse("person.not_found")
    if request.kind and request.kind not in set(TechnicalPost):
        act.refuse("roles.post_unknown")
    held = posts_of(granting(act), row["id"])
    kept = [one for one in held if one["kind"] == request.kind]
    event_of = {"object_kind": "person", "object_id": row["id"]}
    if request.kind:
        roles = {seat for seat in Role if _holds(act, row["id"], seat)}
        posts = {TechnicalPost(request.kind), *(TechnicalPost(one["kind"]) for one in held)}
        breach = posts_compatible(posts, roles, production=act.parts.profile == "prod")
        if breach is not None:
            act.refuse(breach.code, clause=breach.clause)
    for one in held:
        if one not in kept:
            event = act.event(Action.ACCOUNT_POST_RECORD, **event_of)
            act.proofs.update(act.uow, technical_post, one["id"], one["version"], {"state": "ended"}, event)
    if request.kind and not kept:
        values = {
            "id": act.uow.ids.new(),
            "tenant_id": DESK_TENANT,
            "person_id": row["id"],
            "kind": request.kind,
            "state": "active",
        }
        act.proofs.insert(act.uow, technical_post, values, act.event(Action.ACCOUNT_POST_RECORD, **event_of))
    if not act.logged:
        act.log(Action.ACCOUNT_POST_RECORD, **event_of)
    tell_roles(act, row["id"])
    return Done()


def _holds(act: Act, person_id: str, role: Role) -> bool:
    book = Book(act)
    who = book.actor(person_id)
    return who is not None and role in who.roles
