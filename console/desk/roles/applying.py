"""Applying for a role, the step that is somebody's turn, taking an application back."""

from __future__ import annotations

from typing import Any

from access.people import staff
from access.policy import Action, Resource
from access.roles import Role, seatable
from access.roles.application import LONGEST_DAYS, LONGEST_DAYS_AGENCY, OPEN
from access.roles.applying import Wanted, apply, withdraw
from access.roles.deciding import take_step
from access.roles.line import bootstrap
from access.roles.records import where
from access.roles.role import UNSEATED
from access.store.schema import role_application
from console.desk.act import Act
from console.desk.api.roles import (
    ApplicationList,
    ApplicationView,
    Apply,
    Choices,
    DecideApplication,
    ListApplications,
    ListChoices,
    MakeUnit,
    WithdrawApplication,
)
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.roles.consequences import WATCHING, tell_roles
from console.desk.roles.views import Book, application_view, readable, unit_views


@handles(Apply)
def apply_for(act: Act, request: Apply) -> ApplicationView:
    """Put an application before whoever is next."""
    act.asked = Action.ACCOUNT_ROLE_APPLY
    row = apply(
        granting(act),
        Wanted(
            person_id=request.person_id or act.actor.person_id,
            role=request.role,
            unit_id=request.unit_id or None,
            days=request.days,
            words=request.words,
            head=request.head,
        ),
        production=act.parts.profile == "prod",
    )
    return _told(act, row)


@handles(DecideApplication)
def decide(act: Act, request: DecideApplication) -> ApplicationView:
    """Pass it on, or refuse it with a reason."""
    act.asked = Action.ACCOUNT_ROLE_LIST
    row = take_step(
        granting(act), request.application_id, request.verdict, request.reason, seen_version=request.seen_version
    )
    return _told(act, row)


@handles(WithdrawApplication)
def take_back(act: Act, request: WithdrawApplication) -> ApplicationView:
    """Withdraw an open application."""
    act.asked = Action.ACCOUNT_ROLE_WITHDRAW
    return _told(act, withdraw(granting(act), request.application_id))


def _told(act: Act, row: dict[str, Any]) -> ApplicationView:
    book = Book(act)
    tell_roles(act, row["person_id"], (row["unit_id"],))
    act.push("roles", row["id"], Audience.of(row["applicant_id"], *book.could_take(row)))
    return application_view(act, book, row)


@handles(ListApplications)
def list_applications(act: Act, request: ListApplications) -> ApplicationList:
    """What the viewer may read: what waits for them first, then what is open, then what is over."""
    act.require(Action.ACCOUNT_ROLE_LIST, Resource(kind="person", subject_person_id=act.actor.person_id))
    open_only = (role_application.c.state.in_([state.value for state in OPEN]),) if request.only_open else ()
    book = Book(act)
    rows = readable(act, where(granting(act), *open_only))
    views = [application_view(act, book, row) for row in rows]
    views.sort(key=lambda view: (not view.mine, not view.next))
    early = bootstrap(act.uow)
    act.log(Action.ACCOUNT_ROLE_LIST, object_kind="list", rows=len(views))
    return ApplicationList(
        items=tuple(views), bootstrap_until=early.until if early.open else None, lacking=early.lacking
    )


@handles(ListChoices)
def list_choices(act: Act, request: ListChoices) -> Choices:
    """Roles and units."""
    del request
    act.require(Action.ACCOUNT_ROLE_LIST, Resource(kind="person", subject_person_id=act.actor.person_id))
    act.log(Action.ACCOUNT_ROLE_LIST, object_kind="list", rows=len(Role))
    return _choices(act)


@handles(MakeUnit)
def make_unit(act: Act, request: MakeUnit) -> Choices:
    """A department or team with nobody in it: it gives nobody anything."""
    act.require(Action.ACCOUNT_UNIT_CREATE, Resource(kind="desk"))
    name = " ".join(request.name.split())
    book = Book(act)
    if request.kind not in ("department", "team") or not 0 < len(name) <= _NAME:
        act.refuse("unit.unfit")
    if request.parent_id and request.parent_id not in book.units:
        act.refuse("unit.not_found")
    if any(unit["name"] == name for unit in book.units.values()):
        act.refuse("unit.name_taken")
    top = next((unit["id"] for unit in book.units.values() if unit["parent_id"] is None), None)
    staff.create_unit(act, kind=request.kind, name=name, parent_id=request.parent_id or top)
    act.push("people", "units", Audience.of(roles=WATCHING))
    return _choices(act)


_NAME = 40


def _choices(act: Act) -> Choices:
    return Choices(
        roles=tuple(role.value for role in Role if seatable(role)),
        unseated={role.value: reason for role, reason in UNSEATED.items()},
        units=unit_views(Book(act)),
        longest_days=LONGEST_DAYS,
        longest_days_agency=LONGEST_DAYS_AGENCY,
    )
