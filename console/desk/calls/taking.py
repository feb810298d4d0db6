"""Who rings at a privacy number: a customer, put through to whoever has the case; an agent's phone, that calls as ever.

A customer's call is the customer's contact, not the desk's: no rule of contacting refuses it, and what counts it is the
rules' own affair (an inbound slot). It is decided on as whoever takes it, written and committed before their phone
rings. Whom nobody can take is on the books too.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import Origin
from access.people.directory import load_actor
from access.people.sessions import online
from access.policy import Action, Refused
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.calling import StartCall
from console.desk.api.contact import ContactRef, Means
from console.desk.calls import secrets, starting, writing
from console.desk.calls.binding import bound_now, of_phone
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.contact import slots
from console.desk.contact.checking import left_on
from console.desk.contact.slots import Slot
from console.desk.line import Line
from console.desk.parts import Parts
from console.dial.axb.said import Rang, Reject, Turned
from console.dial.messages import Dial, Ended
from console.dial.results import By, Result

TURN_AWAY: Final = "call:number:turn_away"
_WHY: Final = {
    "expired": "call.axb_expired",
    "no_such_number": "call.axb_no_such_number",
    "stranger": "call.axb_stranger",
    "unfit": "call.axb_unfit",
}


def turned(act: Act, said: Turned) -> None:
    """Callers whom the dialer turned away by itself."""
    act.log(
        TURN_AWAY,
        object_kind="number",
        object_id=said.number_id or "none",
        result="refused",
        rule=_WHY.get(said.why, "call.axb_stranger"),
        detail=((DetailKey.COUNT, str(min(said.count, 10**6))),),
    )


def rang(parts: Parts, uow: UnitOfWork, said: Rang) -> Reject | None:
    """Somebody rings: make the call, or say how they are turned away; either is on the books."""
    act = Act(uow=uow, parts=parts, line=Line(Origin("local", "phone" if said.phone else "calls")))
    try:
        return _phone(act, said) if said.phone else _customer(act, said)
    except Refused as refused:
        act.uow.rollback_act()
        return _away(act, said, refused.decision.code)


def _customer(act: Act, said: Rang) -> Reject | None:
    binding = bound_now(act, said.binding_id)
    if binding is None:
        return _away(act, said, "call.axb_expired")
    case = load_case(act, binding["case_id"])
    taker = case["assignee_id"] if case is not None else None
    if case is None or taker is None:
        return _away(act, said, "call.axb_nobody")
    act.who = load_actor(act.uow, act.proofs, taker)
    if act.who is None or act.who.state != "active":
        act.who = None
        return _away(act, said, "call.axb_nobody")
    act.require(Action.CALL_LINE_TAKE, resource_of(case), standing(act, case))
    slots.take_turn(act, f"person:{taker}", DESK_TENANT)
    contact = ContactRef(field=binding["field"], ordinal=binding["ordinal"])
    board = act.parts.switchboard
    phones = secrets.active(act, secrets.PHONE, taker)
    phone = str(phones[-1]["name"]) if phones else ""
    busy = starting.busy(act) or board.earphones.of(taker) is not None
    there = bool(phone) and board.present(phone) and starting.recorder_ready(act.parts)
    missed = Result.AGENT_BUSY if busy else None if there else Result.AGENT_UNREACHABLE
    event = act.event(
        Action.CALL_LINE_TAKE,
        object_kind="call",
        object_id=act.parts.ids.new(),
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=(contact.field,),
        detail=((DetailKey.ORDINAL, str(contact.ordinal)),),
    )
    slot = Slot(slots.note_ringing(act, case, contact), act.now, third=False)
    order = Dial(
        call_id=str(event.object_id),
        phone=phone or "none",
        alias=case["number"],
        ring=said.ring_id,
        agent_ring_seconds=act.parts.settings.calls.agent_ring_seconds,
        silent_seconds=act.parts.settings.calls.silent_seconds,
    )
    placed, row = starting.written(act, case, contact, slot, event, order)
    writing.tell(act, row)
    if missed is not None:
        # On the books, and on the agent's list: somebody called and was not put through.
        writing.ended(act, Ended(call_id=order.call_id, result=missed, by=By.LINE))
        writing.recorded(act, order.call_id, writing.Kept(whole=False, seconds=0))
        return Reject(ring_id=said.ring_id, busy=busy)
    left = _left(act, case, contact)
    act.uow.after_commit(lambda: board.place(replace(placed, left=left)))
    return None


def _left(act: Act, case: RowMapping, contact: ContactRef) -> int | None:
    """See `CallView.left`; rules that cannot be read refuse no customer's call, and say nothing of it."""
    try:
        return left_on(act, case, contact, Means.CALL)
    except Refused:
        return None


def _phone(act: Act, said: Rang) -> Reject | None:
    """An agent's own phone called a number of ours: the customer of their own binding is called, by the rules."""
    person_id = next(
        (row["person_id"] for row in secrets.active(act, secrets.PHONE) if row["name"] == said.phone), None
    )
    act.who = load_actor(act.uow, act.proofs, person_id) if person_id else None
    if act.who is None or act.who.state != "active":
        act.who = None
        return _away(act, said, "call.only_rung")
    if not online(act.uow, [act.who.person_id]):
        return _away(act, said, "call.not_signed_in")
    binding = of_phone(act, said.number_id, act.who.person_id)
    if binding is None:
        return _away(act, said, "call.only_rung")
    contact = ContactRef(field=binding["field"], ordinal=binding["ordinal"])
    done = starting.begin(act, StartCall(case_id=binding["case_id"], contact=contact), ring=said.ring_id)
    # A refusal by the rules is logged already, with the rule.
    return Reject(ring_id=said.ring_id) if isinstance(done, Refusal) else None


def _away(act: Act, said: Rang, rule: str) -> Reject:
    act.log(
        TURN_AWAY,
        object_kind="phone" if said.phone else "binding",
        object_id=said.phone or said.binding_id,
        result="refused",
        rule=rule,
    )
    return Reject(ring_id=said.ring_id)
