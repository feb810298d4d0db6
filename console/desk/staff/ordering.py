"""What waits for somebody about accounts: seen by those who may settle it, settled once, by another than who asked."""

from __future__ import annotations

from typing import Final

from sqlalchemy.engine import RowMapping

from access.people import departures, factors, lockout, orders, seats, staff
from access.people.directory import held_rows, person_row
from access.people.orders import OrderKind, OrderState
from access.policy import Action, Resource
from access.store.schema import login
from console.desk.act import Act
from console.desk.api.staff import (
    AskReactivation,
    AskReset,
    DecideOrder,
    ListOrders,
    OpenOrders,
    OrderView,
)
from console.desk.kernel import handles
from console.desk.staff.losing import end_reveals, end_sessions
from console.desk.staff.targets import CHECKED, require_person, target, tell
from console.desk.staff.views import departure_view, order_view

_DESK: Final = Resource(kind="desk")
_SETTLED: Final = {
    "approve": OrderState.DONE,
    "refuse": OrderState.REFUSED,
    "withdraw": OrderState.WITHDRAWN,
}


@handles(ListOrders)
def list_orders(act: Act, request: ListOrders) -> OpenOrders:
    """Everything open for who keeps accounts; for a supervisor what concerns the own team."""
    del request
    everything = act.allowed(Action.ACCOUNT_PERSON_LIST, _DESK).allowed
    if not everything:
        act.require(Action.ACCOUNT_PERSON_LIST, Resource(kind="desk", unit_id=act.unit_id))
    ordered = [order_view(act, row) for row in orders.open_orders(act.uow, act.proofs)]
    leaving = [departure_view(act, row) for row in departures.all_under_way(act.uow, act.proofs)]
    mine = {row["id"] for row in departures.all_under_way(act.uow, act.proofs) if row["from_unit_id"] == act.unit_id}
    found = OpenOrders(
        orders=tuple(one for one in ordered if everything or one.unit_id == act.unit_id),
        departures=tuple(one for one in leaving if everything or one.departure_id in mine),
    )
    act.log(Action.ACCOUNT_PERSON_LIST, object_kind="order", rows=len(found.orders) + len(found.departures))
    return found


@handles(AskReactivation)
def ask_reactivation(act: Act, request: AskReactivation) -> OrderView:
    """The first of two people who let a suspended person work again."""
    row = require_person(act, request.person_id, Action.ACCOUNT_PERSON_REACTIVATE)
    if row["state"] != "suspended":
        act.refuse("person.not_suspended", state=row["state"])
    return _asked(act, row, OrderKind.REACTIVATE, request.reason)


@handles(AskReset)
def ask_reset(act: Act, request: AskReset) -> OrderView:
    """The first of two people who take somebody's factors away."""
    row = require_person(act, request.person_id, Action.ACCOUNT_PERSON_RESET)
    if row["state"] in {"left", "frozen"}:
        act.refuse("person.not_active", state=row["state"])
    return _asked(act, row, OrderKind.RESET, request.reason)


def _asked(act: Act, row: RowMapping, kind: OrderKind, reason: str) -> OrderView:
    order = orders.ask(act, kind, act.actor.person_id, reason, person_id=row["id"])
    tell(act, row["id"], row["unit_id"])
    return order_view(act, order)


@handles(DecideOrder)
def decide_order(act: Act, request: DecideOrder) -> OrderView:
    """Settle an order; what it was asked for happens in the same act."""
    order = orders.order_row(act.uow, act.proofs, request.order_id)
    state = _SETTLED.get(request.verdict)
    if state is None:
        act.refuse("order.verdict_unknown")
    subject = person_row(act.uow, act.proofs, order["person_id"]) if order is not None and order["person_id"] else None
    if order is not None and state is OrderState.WITHDRAWN and order["asked_by"] == act.actor.person_id:
        act.asked = Action.ACCOUNT_PERSON_REQUEST
    elif order is not None and order["kind"] == OrderKind.HIRE:
        act.require(Action.ACCOUNT_PERSON_CREATE, _DESK)
        if state is not OrderState.REFUSED:
            # Approving one is making the account, which `MakePerson` does.
            act.refuse("order.make_instead")
    else:
        parties = (order["asked_by"],) if order is not None else ()
        act.require(Action.ACCOUNT_PERSON_CHECK, target(subject, *parties), CHECKED)
        if state is OrderState.WITHDRAWN:
            act.refuse("order.not_yours")
    if order is None:
        act.refuse("order.not_found")
    settled = orders.settle(act, order, state, act.actor.person_id)
    if subject is not None:
        _carry_out(act, OrderKind(order["kind"]), subject, approved=state is OrderState.DONE)
        tell(act, subject["id"], subject["unit_id"])
    else:
        tell(act, order["id"], order["unit_id"])
    return order_view(act, settled)


def _carry_out(act: Act, kind: OrderKind, row: RowMapping, *, approved: bool) -> None:
    if kind is OrderKind.CHECK:
        _checked(act, row, good=approved)
    elif approved and kind is OrderKind.REACTIVATE:
        if row["state"] != "suspended":
            act.refuse("person.not_suspended", state=row["state"])
        staff.change_person(act, row["id"], state="active")
        seats.restore_seats(act, row["id"])
    elif approved and kind is OrderKind.RESET:
        factors.retire(act, row["id"])
        end_sessions(act, row["id"])
        end_reveals(act, row["id"], "factors_reset")
        unlock(act, row["id"])


def _checked(act: Act, row: RowMapping, *, good: bool) -> None:
    """A privileged account is looked at: it may be invited, or never works and keeps nothing."""
    if row["state"] != "pending":
        act.refuse("order.decided_already", state=row["state"])
    staff.change_person(act, row["id"], state="active" if good else "left")
    if not good:
        factors.retire(act, row["id"])
        staff.disable_logins(act, row["id"])


def unlock(act: Act, person_id: str) -> int:
    """Forget the failed attempts under every login of a person; return how many logins were locked."""
    names = [row["name"] for row in held_rows(act.uow, act.proofs, login, login.c.person_id == person_id)]
    locked = [name for name in names if lockout.locked_until(act.uow, name) > act.now]
    for name in names:
        lockout.forget_failures(act.uow, name)
    return len(locked)
