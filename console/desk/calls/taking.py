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
from access.policy import Action, Actor, Refused
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.calling import StartCall
from console.desk.api.contact import ContactRef, Means
from console.desk.calls import secrets, starting, writing
from console.desk.calls.bound import bound_now, of_phone
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.contact import slots
from console.desk.contact.checking import left_on
from console.desk.contact.slots import Slot
from console.desk.line import Line
from console.desk.parts import Parts
from console.desk.team.covers import hands
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
    if case is None or not _seat_taker(act, case, binding["person_id"]):
        return _away(act, said, "call.axb_nobody")
    act.require(Action.CALL_LINE_TAKE, resource_of(case), standing(act, case))
    slots.take_turn(act, f"person:{act.actor.person_id}", DESK_TENANT)
    contact = ContactRef(field=binding["field"], ordinal=binding["ordinal"])
    board = act.parts.switchboard
    phone = _phone_of(act)
    busy = starting.busy(act) or board.earphones.of(act.actor.person_id) is not None
    there = _there(act, phone) and starting.recorder_ready(act.parts)
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


def _seat_taker(act: Act, case: RowMapping, bound: str) -> bool:
    """Act as who takes the call: whose number it is while they may, else whose case it is or who covers for them.

    Whoever is there comes before whoever is not. False where there is nobody to ask the decision about.
    """
    able: list[Actor] = []
    theirs: list[Actor] = []
    at_work = hands(act, case["assignee_id"])
    for person_id in dict.fromkeys((bound, *at_work)):
        who = load_actor(act.uow, act.proofs, person_id) if person_id else None
        if who is None or who.state != "active":
            continue
        act.who = who
        if act.allowed(Action.CALL_LINE_TAKE, resource_of(case), standing(act, case)).allowed:
            able.append(who)
        elif person_id in at_work:
            theirs.append(who)
    for who in able:
        act.who = who
        if _there(act, _phone_of(act)):
            return True
    act.who = next(iter(able or theirs), None)
    return act.who is not None


def _phone_of(act: Act) -> str:
    phones = secrets.active(act, secrets.PHONE, act.actor.person_id)
    return str(phones[-1]["name"]) if phones else ""


def _there(act: Act, phone: str) -> bool:
    """Whether that person can be rung: signed in, the phone registered."""
    return bool(phone and act.parts.switchboard.present(phone) and online(act.uow, [act.actor.person_id]))


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
