"""Agreeing to a filing, one after the other, each another person in the role whose turn it is; or refusing it."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.policy import Action, Refused, Resource
from access.roles import Role
from access.store.schema import special_decision
from console.desk.act import Act
from console.desk.api.special import DecideSpecial, SpecialFiling
from console.desk.kernel import handles
from console.desk.special.filing import said
from console.desk.special.records import Row, agreed, chain_of, conditions, decisions, find, next_step, resource, step
from console.desk.special.states import OPEN_WITHIN, FilingState, agreed_state
from console.desk.special.views import view
from masking.detect import mask_text
from masking.text import scrub

_WORDS: Final = 200


@handles(DecideSpecial)
def decide(act: Act, request: DecideSpecial) -> SpecialFiling:
    """One step of the chain."""
    row = find(act, request.filing_id)
    if row is None:
        act.require(Action.SPECIAL_FILING_APPROVE, Resource.absent("special"))
        act.refuse("special.not_found", clause="Y-4.2.1")
    given = decisions(act, row["id"])
    turn = next_step(act, row, given)
    if turn is None:
        # Whoever may not even know of it is told what they are told of one that is not there.
        act.require(Action.SPECIAL_FILING_LIST, resource(act, row, given), conditions(act, row, given))
        act.refuse("special.state")
    action, role = turn
    _require(act, row, action, role, seen=request.version)
    words = said(act, request.words) if not request.approve else mask_text(scrub(request.words), loose=True)[:_WORDS]
    place = len(given) + 1
    try:
        _note(act, row, action, (place, role, "approve" if request.approve else "refuse", words))
        if not request.approve:
            after = step(act, row, FilingState.REJECTED, action, ended_at=act.now, ended_by=act.actor.person_id)
            return view(act, after)
        to = agreed_state(place, len(chain_of(row)))
        if to is not FilingState.APPROVED:
            return view(act, step(act, row, to, action))
        if not agreed(act, row):
            act.refuse("special.not_agreed", clause="§3.3-6")
        return view(act, step(act, row, to, action, open_by=act.now + OPEN_WITHIN))
    except StaleRow:
        act.refuse("special.state")


def _require(act: Act, row: Row, action: Action, role: Role, *, seen: int) -> None:
    """Decide in the role whose turn it is; a person's other roles bind them and do not serve here."""
    about, given = resource(act, row), conditions(act, row, seen=seen)
    decision = act.allowed(action, about, given)
    if decision.allowed and decision.role is not role:
        whole = act.who
        if whole is not None:
            act.who = replace(whole, seats=tuple(seat for seat in whole.seats if seat.role is role))
        try:
            act.require(action, about, given)
        finally:
            act.who = whole
        return
    act.require(action, about, given)
    if act.role is not role:
        raise Refused(replace(decision, allowed=False, role=None, code="role.denied", clause="§3.2-12"))


def _note(act: Act, row: Row, action: Action, said_now: tuple[int, Role, str, str]) -> None:
    place, role, verdict, words = said_now
    row_id = act.parts.ids.new()
    act.proofs.insert(
        act.uow,
        special_decision,
        {
            "id": row_id,
            "tenant_id": row["tenant_id"],
            "filing_id": row["id"],
            "place": place,
            "role": role.value,
            "person_id": act.actor.person_id,
            "verdict": verdict,
            "words": words,
            "at": act.now,
        },
        act.event(
            action,
            role=role.value,
            object_kind="special",
            object_id=row["id"],
            case_id=row["case_id"],
            tenant_id=row["tenant_id"],
            approval_id=row_id,
            fields=(row["field"],),
            minutes=row["minutes"],
            detail=((DetailKey.VERDICT, verdict), (DetailKey.COUNT, str(place))),
        ),
    )
