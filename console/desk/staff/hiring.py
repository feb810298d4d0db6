"""New accounts: a supervisor asks, the system admin makes and invites, the security admin checks privileged ones."""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.engine import RowMapping

from access.people import enrolment, orders, staff
from access.people.directory import held_rows, unit_row
from access.people.factors import PASSWORD, TOTP, active_factor
from access.people.orders import OrderKind, OrderState
from access.policy import Action, Resource
from access.store.schema import login, person
from console.desk.act import Act
from console.desk.api.staff import Invitation, InvitePerson, MakePerson, OrderView, PersonMade, RequestPerson
from console.desk.kernel import handles
from console.desk.staff.targets import require_person, tell
from console.desk.staff.views import card_of, order_view
from masking.text import scrub

_STAFF_NO: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,15}")
_LOGIN: Final = re.compile(r"[a-z][a-z0-9._-]{1,31}")
_NAME: Final = 40


@handles(RequestPerson)
def request_person(act: Act, request: RequestPerson) -> OrderView:
    """Put a wish for a new colleague before the system admin."""
    act.require(Action.ACCOUNT_PERSON_REQUEST, Resource(kind="desk", unit_id=act.unit_id))
    _check_form(act, request.staff_no, request.name, request.login)
    row = orders.ask(
        act,
        OrderKind.HIRE,
        act.actor.person_id,
        request.reason,
        staff_no=request.staff_no,
        name=request.name.strip(),
        login=request.login,
        unit_id=act.unit_id,
    )
    tell(act, row["id"], act.unit_id)
    return order_view(act, row)


@handles(MakePerson)
def make_person(act: Act, request: MakePerson) -> PersonMade:
    """Make an account without any role; it can be invited at once, a privileged one when it was checked."""
    act.require(Action.ACCOUNT_PERSON_CREATE, Resource(kind="desk"))
    _check_form(act, request.staff_no, request.name, request.login)
    order = _ordered(act, request.order_id) if request.order_id else None
    unit = unit_row(act.uow, act.proofs, request.unit_id)
    if unit is None:
        act.refuse("unit.not_found")
    name = request.name.strip()
    alike = held_rows(act.uow, act.proofs, person, person.c.name == name)
    person_id = staff.create_person(
        act,
        staff_no=request.staff_no,
        name=name,
        unit_id=unit["id"],
        agency_id=unit["id"] if unit["kind"] == "agency" else None,
        state="pending" if request.privileged else "active",
    )
    staff.create_login(act, person_id, request.login, act.parts.settings.language)
    if request.privileged:
        orders.ask(act, OrderKind.CHECK, act.actor.person_id, "", person_id=person_id, privileged=1)
    if order is not None:
        orders.settle(act, order, OrderState.DONE, act.actor.person_id, person_id=person_id)
    tell(act, person_id, unit["id"])
    return PersonMade(card=card_of(act, _row(act, person_id)), namesakes=tuple(row["staff_no"] for row in alike))


@handles(InvitePerson)
def invite_person(act: Act, request: InvitePerson) -> Invitation:
    """A one-time code to hand over by another channel. Whoever has factors gets new ones only by a reset of two."""
    row = require_person(act, request.person_id, Action.ACCOUNT_PERSON_INVITE)
    if row["state"] != "active":
        act.refuse("person.not_active", state=row["state"])
    if any(active_factor(act.uow, act.proofs, row["id"], kind) is not None for kind in (PASSWORD, TOTP)):
        act.refuse("person.has_factors")
    names = held_rows(act.uow, act.proofs, login, login.c.person_id == row["id"], login.c.state == "active")
    if not names:
        act.refuse("person.no_login")
    code = enrolment.issue(act, row["id"])
    act.log(Action.ACCOUNT_PERSON_INVITE, object_kind="person", object_id=row["id"])
    tell(act, row["id"], row["unit_id"])
    until = enrolment.valid_until(act.uow, act.proofs, row["id"])
    return Invitation(login=names[0]["name"], code=code, valid_until=until or act.now)


def _ordered(act: Act, order_id: str) -> RowMapping:
    row = orders.order_row(act.uow, act.proofs, order_id)
    if row is None or row["kind"] != OrderKind.HIRE:
        act.refuse("order.not_found")
    if row["asked_by"] == act.actor.person_id:
        act.refuse("separation.own_request", clause="§3.3-1")
    return row


def _check_form(act: Act, staff_no: str, name: str, login_name: str) -> None:
    if _STAFF_NO.fullmatch(staff_no) is None:
        act.refuse("person.staff_no_unfit")
    if _LOGIN.fullmatch(login_name) is None:
        act.refuse("person.login_unfit")
    if not 0 < len(name.strip()) <= _NAME or scrub(name) != name:
        act.refuse("person.name_unfit")


def _row(act: Act, person_id: str) -> RowMapping:
    row = act.proofs.get(act.uow, person, person_id)
    if row is None:
        act.refuse("person.not_found", clause="Y-4.2.1")
    return row
