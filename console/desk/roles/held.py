"""Roles that people hold: read by those who look after them, taken away at once by those who may."""

from __future__ import annotations

from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows
from access.policy import Action, Resource
from access.roles.application import standing
from access.roles.ending import revoke
from access.store.schema import role_application, role_grant
from console.desk.act import Act
from console.desk.api.roles import HeldRole, HeldRoles, ListHeldRoles, RevokeRole
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.roles.consequences import carry
from console.desk.roles.views import DAY, Book

_SHOWN_AFTER = 365 * DAY


@handles(ListHeldRoles)
def list_held(act: Act, request: ListHeldRoles) -> HeldRoles:
    """Roles the viewer may read about."""
    return _held(act, request.person_id)


@handles(RevokeRole)
def take_away(act: Act, request: RevokeRole) -> HeldRoles:
    """At once: values, sessions, what waited for the person."""
    act.asked = Action.ACCOUNT_ROLE_REVOKE
    taken = revoke(granting(act), request.grant_id)
    carry(act, taken)
    return _held(act, taken.person_id)


def _held(act: Act, person_id: str) -> HeldRoles:
    where = [role_grant.c.valid_until > act.now - _SHOWN_AFTER]
    if person_id:
        where.append(role_grant.c.person_id == person_id)
    rows = held_rows(act.uow, act.proofs, role_grant, *where)
    book = Book(act)
    seen = [row for row in rows if act.allowed(Action.ACCOUNT_ROLE_LIST, _about(book, row)).allowed]
    if not seen:
        act.require(Action.ACCOUNT_ROLE_LIST, _about(book, rows[0] if rows else None))
    early = _early(act)
    views = [_view(act, book, row, early) for row in seen]
    order = ["overdue", "expiring", "active", "suspended", "expired", "revoked"]
    views.sort(key=lambda view: (order.index(view.standing), view.until, view.staff_no, view.role))
    act.log(Action.ACCOUNT_ROLE_LIST, object_kind="list", rows=len(views))
    return HeldRoles(items=tuple(views))


def _about(book: Book, row: RowMapping | None) -> Resource:
    """A role grant as the decision sees it; `access.roles.ending.about` for many, read once."""
    person = book.people.get(row["person_id"]) if row is not None else None
    if row is None or person is None:
        return Resource.absent("person")
    return Resource(
        kind="person",
        id=person["id"],
        unit_id=row["unit_id"] or person["unit_id"],
        agency_id=person["agency_id"],
        subject_person_id=person["id"],
    )


def _view(act: Act, book: Book, row: RowMapping, early: frozenset[str]) -> HeldRole:
    return HeldRole(
        grant_id=row["id"],
        person_id=row["person_id"],
        person=book.name(row["person_id"]),
        staff_no=book.staff_no(row["person_id"]),
        role=row["role"],
        unit=book.unit(row["unit_id"]),
        standing=standing(row["state"], row["valid_until"], act.now, DAY).value,
        since=row["valid_from"],
        until=row["valid_until"],
        entered_by=book.name(row["requested_by"]),
        approved_by=book.name(row["approved_by"]),
        bootstrap=row["application_id"] in early,
        own=row["person_id"] == act.actor.person_id,
    )


def _early(act: Act) -> frozenset[str]:
    """Applications that went by the bootstrap way."""
    rows = held_rows(act.uow, act.proofs, role_application, role_application.c.bootstrap == 1)
    return frozenset(row["id"] for row in rows)
