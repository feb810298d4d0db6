"""Who is on the line: the field that the catalogue lets be shown in a call (U1), while that call is answered.

Everything is judged at the act's instant: one's own call, on the books and on the line as answered; the debtor's own
number; the case still one's own, no hold on it; the catalogue's rule; and a standing approval for the case's team that
somebody else gave. The event joins the transaction first, the value leaves with the reply after the commit, and the
call's end tells every screen to hide it. Asking counts in no quota.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants import standing as approvals
from access.grants.context import MINUTE
from access.policy import Action, Resource, reveal_rule
from access.store.schema import call_record
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.api.identity import Identity, ShowIdentity
from console.desk.calls.states import CallState
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.contact.gather import OWN
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.reveals.opening import open_field
from masking.case_keys import Purpose
from masking.catalogue import Tier

FIELD: Final = FieldRef(name="full_name", ordinal=1)
"""The catalogue's only field that a call lets be shown."""

_CLAUSE: Final = "C-5.4d-2"


@handles(ShowIdentity)
def show(act: Act, request: ShowIdentity) -> Identity:
    """The name of whom the call's case is about."""
    act.asked = Action.CASE_FIELD_IDENTIFY
    call = _answered(act, request.call_id)
    case = load_case(act, call["case_id"])
    if case is None:
        act.require(Action.CASE_FIELD_IDENTIFY, Resource.absent("case"))
        act.refuse("case.not_found", clause="Y-4.2.1")
    resource = resource_of(case)
    conditions = replace(standing(act, case), in_call=True, fields=(FIELD.name,))
    found = reveal_rule(act.parts.catalogue, FIELD.name, act.actor, resource, conditions, act.now)
    tier = found[0].tier if found is not None else Tier.U0
    decision = act.require(Action.CASE_FIELD_IDENTIFY, resource, replace(conditions, tier=tier.value))
    if found is None or tier is not Tier.U1:
        act.refuse("tier.in_call_only", clause=_CLAUSE)
    approval = approvals.covering(granting(act), call["unit_id"])
    minutes = found[0].minutes
    act.log(
        Action.CASE_FIELD_IDENTIFY,
        object_kind="call",
        object_id=call["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=(FIELD.name,),
        minutes=minutes,
        level=3,
        rows=1,
        approval_id=approval["id"],
        role=decision.role.value if decision.role is not None else None,
        detail=((DetailKey.TIER, tier.value),),
    )
    value = open_field(act, case, FIELD, Purpose.REVEAL)
    return Identity(
        call_id=call["id"],
        case_id=case["id"],
        field=FIELD,
        value=value,
        ends_at=min(act.now + minutes * MINUTE, approval["ends_at"]),
        now=act.now,
    )


def _answered(act: Act, call_id: str) -> RowMapping:
    """One's own call to the debtor, answered on the books and still on the line.

    Raises:
        Refused: `identity.no_call` in every other moment; `identity.third_party` for somebody else's number.
    """
    row = act.proofs.get(act.uow, call_record, call_id)
    live = act.parts.switchboard.find(call_id)
    mine = act.actor.person_id
    if (
        row is None
        or row["person_id"] != mine
        or row["state"] != CallState.CONNECTED
        or live is None
        or live.person_id != mine
        or live.connected_at is None
    ):
        act.refuse("identity.no_call", clause=_CLAUSE)
    if row["third"] or row["field"] != OWN:
        act.refuse("identity.third_party", clause="S-5-4")
    return row
