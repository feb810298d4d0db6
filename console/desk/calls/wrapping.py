"""Wrapping a call up: its result, promise, next contact, note, stop and hold in one act; what is not wrapped up yet.

That a call waits for it is told from the books alone: it ended, it used an attempt up, and its caller has recorded
nothing of the case since it began. So nothing needs to be remembered, and a restart forgets nothing. It is decided on
as it was when the phone rang: neither a hold placed meanwhile, nor a case handed on or settled, keeps whoever spoke
from saying what came of it; a promise and the next contact are for whoever works the case.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from sqlalchemy import Select, exists, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Conditions, Resource
from access.store.schema import DESK_TENANT, call_record, case_result, contact_slot
from console.desk.act import Act
from console.desk.api.contact import ContactRef, Means
from console.desk.api.work import Recorded, RecordResult
from console.desk.api.wrapping import ListWraps, LostContactView, ReadWrap, SaveWrap, WrapList, WrapView
from console.desk.calls.listing import resource_of_call
from console.desk.calls.states import CallState
from console.desk.calls.suggesting import SPOKE, suggested
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.contact.facts import Outcome
from console.desk.contact.gather import OWN, gather
from console.desk.contact.live import rules_in_force
from console.desk.contact.lost import lost
from console.desk.contact.profile import LostContact
from console.desk.contact.slots import take_turn
from console.desk.contact.stops import stop_contacted
from console.desk.kernel import handles
from console.desk.work.results import OfCall, keep

KEPT_FOR: Final = 7 * 86_400_000_000
"""Microseconds after which a call that nobody wrapped up is asked about no more."""

_MOST: Final = 100
_USED_UP: Final = tuple(
    one.value for one in (Outcome.CONNECTED, Outcome.UNANSWERED, Outcome.INVALID, Outcome.NOT_FOUND)
)


@handles(SaveWrap)
def save(act: Act, request: SaveWrap) -> Recorded:
    """All of it, or none."""
    call = _own(act, request.call_id, Action.CALL_WRAP_SAVE)
    case = _case(act, call)
    about = _about(call, case)
    take_turn(act, f"person:{call['person_id']}", DESK_TENANT)
    if call["state"] != CallState.ENDED:
        act.refuse("wrap.live")
    if _linked(act, call["id"]):
        act.refuse("wrap.saved")
    if request.code in SPOKE and call["connected_at"] is None:
        act.refuse("wrap.nobody_answered")
    if request.stop:
        stop_contacted(act, case, call["slot_id"], request.stop, about)
    result = RecordResult(
        case_id=case["id"],
        version=request.version,
        code=request.code,
        promise=request.promise,
        next_at=request.next_at,
        note=request.note,
    )
    done = keep(act, result, of=OfCall(call["id"], case, about, worked=_worked(act, case)))
    act.asked = Action.CALL_WRAP_SAVE
    act.log(
        Action.CALL_WRAP_SAVE,
        object_kind="call",
        object_id=call["id"],
        case_id=call["case_id"],
        tenant_id=call["tenant_id"],
        detail=((DetailKey.CODE, request.code), (DetailKey.FROM, call["result"] or "none")),
    )
    return done


@handles(ReadWrap)
def read(act: Act, request: ReadWrap) -> WrapView:
    """One call, with what the log shows of reaching the debtor."""
    call = _own(act, request.call_id, Action.CALL_WRAP_LIST)
    case = _case(act, call)
    due = act.db.execute(_due(act).where(call_record.c.id == call["id"])).first() is not None
    view = _view(act, call, case, due=due)
    if view.worked:
        view = msgspec.structs.replace(view, lost=_lost(act, call, case))
    act.log(
        Action.CALL_WRAP_LIST,
        object_kind="call",
        object_id=call["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        rows=1,
    )
    return view


@handles(ListWraps)
def list_wraps(act: Act, request: ListWraps) -> WrapList:
    """Those of which something may still be recorded."""
    del request
    me = act.actor.person_id
    act.require(
        Action.CALL_WRAP_LIST,
        Resource(kind="call", requester_id=me, unit_id=act.unit_id, agency_id=act.actor.agency_id),
    )
    query = _due(act).order_by(call_record.c.started_at, call_record.c.id).limit(_MOST)
    found: list[WrapView] = []
    for call in act.proofs.holding(act.uow, call_record, act.db.execute(query).mappings().all()):
        case = load_case(act, call["case_id"])
        if case is not None and act.allowed(Action.CASE_RESULT_RECORD, *_about(call, case)).allowed:
            found.append(_view(act, call, case, due=True))
    act.log(Action.CALL_WRAP_LIST, object_kind="call", object_id="list", rows=len(found))
    return WrapList(wraps=tuple(found))


def _due(act: Act) -> Select[Any]:
    """Own calls that are over, used an attempt up, and of whose case nothing was recorded since they began."""
    me = act.actor.person_id
    recorded = exists().where(
        case_result.c.case_id == call_record.c.case_id,
        case_result.c.person_id == me,
        case_result.c.at >= call_record.c.started_at,
    )
    return (
        select(call_record)
        .join(contact_slot, contact_slot.c.id == call_record.c.slot_id)
        .where(
            call_record.c.person_id == me,
            call_record.c.state == CallState.ENDED.value,
            call_record.c.ended_at > act.now - KEPT_FOR,
            contact_slot.c.outcome.in_(_USED_UP),
            ~recorded,
        )
    )


def _own(act: Act, call_id: str, action: Action) -> RowMapping:
    """A call of the person's own; anybody else's is answered as if there were none.

    Raises:
        Refused: the policy's codes, `call.not_found`.
    """
    row = act.proofs.get(act.uow, call_record, call_id)
    if row is None or row["person_id"] != act.actor.person_id:
        act.require(action, Resource.absent("call"))
        act.refuse("call.not_found", clause="Y-4.2.1")
    act.require(action, resource_of_call(row))
    return row


def _case(act: Act, call: RowMapping) -> RowMapping:
    """The case of a call of one's own, for what is to be said of the call.

    Raises:
        Refused: the policy's codes, taken on the call.
    """
    case = load_case(act, call["case_id"])
    if case is None:
        act.require(Action.CASE_RESULT_RECORD, Resource.absent("case"))
        act.refuse("case.not_found", clause="Y-4.2.1")
    act.require(Action.CASE_RESULT_RECORD, *_about(call, case))
    return case


def _about(call: RowMapping, case: RowMapping) -> tuple[Resource, Conditions]:
    """What is decided on: the case as it was the caller's then, kept from whoever has an interest in it by now."""
    resource = Resource(
        kind="case",
        id=case["id"],
        tenant_id=call["tenant_id"],
        assignee_id=call["person_id"],
        unit_id=call["unit_id"],
        agency_id=call["agency_id"],
        barred_ids=resource_of(case).barred_ids,
    )
    return resource, Conditions(workable=True)


def _worked(act: Act, case: RowMapping) -> bool:
    return act.allowed(Action.CASE_RESULT_RECORD, resource_of(case), standing(act, case)).allowed


def _linked(act: Act, call_id: str) -> bool:
    return act.db.execute(select(case_result.c.id).where(case_result.c.call_id == call_id)).first() is not None


def _view(act: Act, call: RowMapping, case: RowMapping, *, due: bool) -> WrapView:
    answered = call["connected_at"] is not None
    third = bool(call["third"])
    return WrapView(
        call_id=call["id"],
        case_id=call["case_id"],
        number=case["number"],
        contact=ContactRef(field=call["field"], ordinal=call["ordinal"]),
        third=third,
        result=call["result"] or "",
        answered=answered,
        talked=call["talked_ms"] // 1000,
        code=suggested(call["result"] or "", answered=answered, third=third),
        started_at=call["started_at"],
        ended_at=call["ended_at"],
        saved=_linked(act, call["id"]),
        due=due,
        worked=_worked(act, case),
        version=case["version"],
    )


def _lost(act: Act, call: RowMapping, case: RowMapping) -> LostContactView | None:
    """What shows whether the debtor can be reached, of the number that was called."""
    known, profile = gather(act, case, Means.CALL), rules_in_force(act).profile
    rule = next((one for one in profile.rules if isinstance(one, LostContact)), None)
    number = known.number(ContactRef(field=call["field"], ordinal=call["ordinal"]))
    if rule is None or number is None or call["field"] != OWN:
        return None
    found = lost(rule, known.facts(number), act.now)
    return LostContactView(holds=found.holds, failed=found.failed, limit=rule.failed)
