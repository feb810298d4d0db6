"""Bindings of privacy numbers: a case's agent, a number of ours, a customer's own number, until an end.

The customer's number goes to the dialer in a ticket; here it is its place on the case and its entry in the blind index.
On one number an agent has one customer and a customer one agent, so that either who calls it means one case.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Event
from access.policy import Action, Refused, Resource
from access.store.schema import DESK_TENANT, call_binding, call_number
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.cases import FieldRef
from console.desk.api.contact import ContactRef, Means
from console.desk.api.privacy import BINDING_HOURS, BindingList, BindingView, BindNumber, ListBindings, UnbindNumber
from console.desk.calls.bound import (
    REPLACED,
    Row,
    change,
    end,
    event_of,
    held_by,
    number_of,
    same,
    standing_of,
    tell,
)
from console.desk.calls.choosing import choose
from console.desk.calls.numbers import TURN
from console.desk.calls.privacy_states import STANDING, BindingState, Provider
from console.desk.cases.rows import load_case, require_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.contact.gather import OWN, gather
from console.desk.contact.slots import take_turn
from console.desk.contact.wall import HOUR, SECOND
from console.desk.kernel import handles
from console.desk.reveals.opening import ticket_for
from console.dial.axb.said import Bind
from masking.errors import MaskingError
from masking.gm import Sm2PublicKey

RENEW: Final = "call:number:renew"
ANSWER: Final = "call:number:answer"
_TICKET_LASTS: Final = 100 * SECOND


@handles(BindNumber)
def bind(act: Act, request: BindNumber) -> BindingView:
    """Give a debtor's own number a privacy number; the one that it has already, if it has one of this agent's."""
    case = require_case(act, request.case_id, Action.CALL_NUMBER_BIND)
    contact, me = request.contact, act.actor.person_id
    if contact.field != OWN:
        act.refuse("call.bind_own_only")
    if not 1 <= request.hours <= BINDING_HOURS:
        act.refuse("call.hours_unfit", most=str(BINDING_HOURS))
    number = gather(act, case, Means.CALL).number(contact)
    if number is None:
        act.refuse("contact.no_such_number")
    key = act.parts.switchboard.key
    if key is None:
        act.refuse("call.no_line")
    take_turn(act, TURN, DESK_TENANT)
    there = held_by(act, case["id"], contact, me)
    if there is not None and bytes(there["entry"]) != number.entry:
        end(act, there, REPLACED)
        there = None
    if there is not None:
        act.log(Action.CALL_NUMBER_BIND, object_kind="binding", object_id=there["id"], case_id=case["id"], rows=1)
        return _views(act, [there])[0]
    chosen = choose(act, me, number.entry)
    values = {
        "id": act.parts.ids.new(),
        "tenant_id": case["tenant_id"],
        "case_id": case["id"],
        "unit_id": case["unit_id"],
        "agency_id": case["agency_id"],
        "person_id": me,
        "number_id": chosen["id"],
        "field": contact.field,
        "ordinal": contact.ordinal,
        "entry": number.entry,
        "state": BindingState.ASKED.value,
        "why": "",
        "made_at": act.now,
        "expires_at": act.now + request.hours * HOUR,
    }
    event = event_of(act, Action.CALL_NUMBER_BIND, values)
    order = _order(act, values, case, chosen, key, event)
    row = act.proofs.insert(act.uow, call_binding, values, event)
    act.uow.after_commit(lambda: act.parts.switchboard.tell(order))
    tell(act, row)
    return _views(act, [row])[0]


@handles(UnbindNumber)
def unbind(act: Act, request: UnbindNumber) -> Done:
    """End it, here and in the dialer."""
    row = act.proofs.get(act.uow, call_binding, request.binding_id)
    about = Resource.absent("call") if row is None else _resource(row)
    act.require(Action.CALL_NUMBER_RELEASE, about)
    if row is None or row["state"] not in STANDING:
        act.refuse("call.no_such_binding")
    end(act, row)
    return Done()


@handles(ListBindings)
def list_bindings(act: Act, request: ListBindings) -> BindingList:
    """Those of a case that stand."""
    case = require_case(act, request.case_id, Action.CALL_LINE_LIST)
    rows = standing_of(act, call_binding.c.case_id == case["id"])
    act.log(Action.CALL_LINE_LIST, object_kind="binding", object_id="list", case_id=case["id"], rows=len(rows))
    down = act.db.execute(
        select(call_binding)
        .where(call_binding.c.state == BindingState.REFUSED.value, call_binding.c.case_id == case["id"])
        .where(call_binding.c.expires_at > act.now)
        .order_by(call_binding.c.made_at.desc(), call_binding.c.id.desc())
    )
    refused = _views(act, act.proofs.holding(act.uow, call_binding, down.mappings().all()))
    may = act.allowed(Action.CALL_NUMBER_BIND, resource_of(case), standing(act, case)).allowed
    return BindingList(
        bindings=tuple(reversed(_views(act, rows))), at=act.now, refused=tuple(refused), may=("bind",) if may else ()
    )


# -- what the dialer says and needs ----------------------------------------------------------------------------------
def answered(act: Act, binding_id: str, code: str) -> None:
    """The dialer recognises that customer, or says why it cannot."""
    row = act.proofs.get(act.uow, call_binding, binding_id)
    if row is None or row["state"] not in STANDING:
        act.log(ANSWER, object_kind="binding", object_id=binding_id, result="failed", rule="call.no_such_binding")
        return
    if code == "ok" and row["state"] == BindingState.LIVE:
        act.log(ANSWER, object_kind="binding", object_id=binding_id, detail=((DetailKey.CODE, code),))
        return
    change(act, row, BindingState.LIVE if code == "ok" else BindingState.REFUSED, ANSWER, code)


def renewed(act: Act, key: Sm2PublicKey) -> list[Bind]:
    """What a new dialer has to be told: every binding in force, each with a ticket and an event of its own."""
    orders = []
    for row in standing_of(act):
        number, case = number_of(act, row["number_id"]), load_case(act, row["case_id"])
        if number is None or case is None:
            continue
        event = event_of(act, RENEW, row)
        try:
            if not same(act, case, row):
                # Another took its customer's number's place: nobody is recognised by what was bound.
                continue
            orders.append(_order(act, row, case, number, key, event))
        except Refused:
            # Its customer's number is gone from the case; nobody is recognised by it any more.
            continue
        except MaskingError as fault:
            # One case that does not open keeps no other customer from being put through.
            act.log(RENEW, object_kind="binding", object_id=row["id"], result="failed", rule=fault.code)
            continue
        act.uow.append(event)
    return orders


def _order(  # noqa: PLR0917 - whose number, over which of ours, to whom
    act: Act, row: Row, case: RowMapping, number: RowMapping, key: Sm2PublicKey, event: Event
) -> Bind:
    ticket = ticket_for(
        act,
        case,
        FieldRef(name=row["field"], ordinal=row["ordinal"]),
        key,
        call_id=row["id"],
        event_id=event.id,
        ends_at=act.now + _TICKET_LASTS,
    )
    return Bind(
        binding_id=row["id"],
        number_id=row["number_id"],
        number=number["number"],
        ticket=ticket,
        until=row["expires_at"],
        cloud=number["provider"] == Provider.CLOUD,
    )


# -- as they are shown ------------------------------------------------------------------------------------------------
def _views(act: Act, rows: Iterable[Row]) -> list[BindingView]:
    kept = list(rows)
    ids = {row["number_id"] for row in kept}
    numbers = dict(
        act.db.execute(select(call_number.c.id, call_number.c.number).where(call_number.c.id.in_(ids))).all()
    )
    names = staff_names(act, {row["person_id"] for row in kept})
    return [
        BindingView(
            binding_id=row["id"],
            case_id=row["case_id"],
            contact=ContactRef(field=row["field"], ordinal=row["ordinal"]),
            number=numbers.get(row["number_id"], ""),
            holder=names.get(row["person_id"], ""),
            state=row["state"],
            made_at=row["made_at"],
            expires_at=row["expires_at"],
            why=row["why"],
            may=("release",)
            if row["state"] in STANDING and act.allowed(Action.CALL_NUMBER_RELEASE, _resource(row)).allowed
            else (),
        )
        for row in kept
    ]


def _resource(row: Row) -> Resource:
    return Resource(
        kind="call",
        id=row["id"],
        tenant_id=row["tenant_id"],
        requester_id=row["person_id"],
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
    )
