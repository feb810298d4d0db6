"""The pool of privacy numbers: put in by one, approved by another; taken out by either, since that only forbids."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.store.schema import DESK_TENANT, call_binding, call_number
from console.desk.act import Act
from console.desk.api.privacy import DecideNumber, ListNumbers, NumberList, NumberView, ProposeNumber, RetireNumber
from console.desk.calls.privacy_states import STANDING, NumberState, Provider
from console.desk.cases.rows import staff_names
from console.desk.contact.slots import take_turn
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.dial.axb.bindings import own
from console.dial.axb.said import Unbind

Row = RowMapping | dict[str, Any]
TURN: Final = "privacy-numbers"
"""Whoever gives numbers out or takes them away takes turns."""

_SHORTEST, _LONGEST = 5, 16
_SHOWN: Final = (NumberState.PROPOSED, NumberState.LIVE)


@handles(ListNumbers)
def list_numbers(act: Act, request: ListNumbers) -> NumberList:
    """The pool as it is."""
    del request
    act.require(Action.CALL_NUMBER_READ, _desk(act))
    rows = held_rows(act.uow, act.proofs, call_number, call_number.c.state.in_([one.value for one in _SHOWN]))
    act.log(Action.CALL_NUMBER_READ, object_kind="number", object_id="list", rows=len(rows))
    return NumberList(numbers=tuple(sorted(_views(act, rows), key=lambda one: one.number)))


@handles(ProposeNumber)
def propose(act: Act, request: ProposeNumber) -> NumberView:
    """One more, once somebody else says so."""
    act.require(Action.CALL_NUMBER_PROPOSE, _desk(act))
    number = own(request.number)
    if not (number.isascii() and number.isdigit() and _SHORTEST <= len(number) <= _LONGEST):
        act.refuse("call.number_unfit")
    take_turn(act, TURN, DESK_TENANT)
    query = select(call_number.c.id).where(call_number.c.number == number)
    if act.db.execute(query.where(call_number.c.state.in_([one.value for one in _SHOWN]))).first() is not None:
        act.refuse("call.number_there")
    row_id = act.parts.ids.new()
    values = {
        "id": row_id,
        "tenant_id": DESK_TENANT,
        "number": number,
        "provider": (Provider.CLOUD if request.cloud else Provider.LINE).value,
        "state": NumberState.PROPOSED.value,
        "made_by": act.actor.person_id,
        "made_at": act.now,
        "approved_by": None,
        "ended_by": None,
    }
    row = act.proofs.insert(
        act.uow, call_number, values, act.event(Action.CALL_NUMBER_PROPOSE, object_kind="number", object_id=row_id)
    )
    _tell(act, row_id)
    return _views(act, [row])[0]


@handles(DecideNumber)
def decide(act: Act, request: DecideNumber) -> NumberView:
    """The second key."""
    action = Action.CALL_NUMBER_APPROVE
    row = _require(act, request.number_id, action, request.version)
    if row["state"] != NumberState.PROPOSED:
        act.refuse("call.number_state")
    me = act.actor.person_id
    if request.approve:
        return _step(act, row, NumberState.LIVE, action, approved_by=me)
    return _step(act, row, NumberState.REFUSED, action, ended_by=me)


@handles(RetireNumber)
def retire(act: Act, request: RetireNumber) -> NumberView:
    """Out of the pool; a call to it finds nobody from now on."""
    action = Action.CALL_NUMBER_RETIRE
    row = _require(act, request.number_id, action, request.version)
    if row["state"] != NumberState.LIVE:
        act.refuse("call.number_state")
    if row["provider"] == Provider.CLOUD:
        query = select(call_binding.c.id).where(call_binding.c.state.in_(STANDING), call_binding.c.expires_at > act.now)
        for binding_id in act.db.execute(query.where(call_binding.c.number_id == row["id"])).scalars().all():
            # The provider does not know our pool: it is told to put nobody through any more.
            act.uow.after_commit(partial(act.parts.switchboard.tell, Unbind(binding_id=binding_id)))
    return _step(act, row, NumberState.RETIRED, action, ended_by=act.actor.person_id)


def live_numbers(act: Act) -> list[RowMapping]:
    """Numbers that may be bound and called."""
    return held_rows(act.uow, act.proofs, call_number, call_number.c.state == NumberState.LIVE.value)


def _views(act: Act, rows: Iterable[Row]) -> list[NumberView]:
    kept = list(rows)
    names = staff_names(act, {row[who] for row in kept for who in ("made_by", "approved_by")})
    counted = (
        select(call_binding.c.number_id, func.count())
        .where(call_binding.c.state.in_(STANDING), call_binding.c.expires_at > act.now)
        .group_by(call_binding.c.number_id)
    )
    bound: dict[str, int] = dict(act.db.execute(counted).all())
    return [
        NumberView(
            number_id=row["id"],
            number=row["number"],
            provider=row["provider"],
            state=row["state"],
            made_by=names.get(row["made_by"], ""),
            made_at=row["made_at"],
            approved_by=names.get(row["approved_by"] or "", ""),
            bound=bound.get(row["id"], 0),
            version=row["version"],
        )
        for row in kept
    ]


def _desk(act: Act) -> Resource:
    return Resource(kind="health", unit_id=act.unit_id)


def _require(act: Act, number_id: str, action: Action, version: int) -> RowMapping:
    row = act.proofs.get(act.uow, call_number, number_id)
    parties = (row["made_by"],) if row is not None and action is Action.CALL_NUMBER_APPROVE else ()
    act.require(action, Resource(kind="health", unit_id=act.unit_id, party_ids=parties))
    if row is None:
        act.refuse("call.no_such_number")
    if row["version"] != version:
        act.refuse("call.number_changed")
    return row


def _step(act: Act, row: Row, to: NumberState, action: Action, **changes: object) -> NumberView:
    event = act.event(
        action,
        object_kind="number",
        object_id=row["id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value)),
    )
    after = act.proofs.update(act.uow, call_number, row["id"], row["version"], {"state": to.value, **changes}, event)
    _tell(act, row["id"])
    return _views(act, [after])[0]


def _tell(act: Act, number_id: str) -> None:
    act.push("number", number_id, Audience.of(roles=("system_admin", "security_admin", "auditor")))
