"""Asking to reveal fields of a case, taking a request back, and one's own requests."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.grants import requests
from access.grants.reasons import ReasonCode, fits, serves_contact
from access.grants.states import RequestState
from access.policy import Action, Refused, Resource, condition_met, reveal_rule
from access.store.schema import reveal_request
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.api.reveal import (
    Approver,
    AskReveal,
    GetRevealOptions,
    ListMyReveals,
    MyReveals,
    RequestView,
    RevealOption,
    RevealOptions,
    WithdrawReveal,
)
from console.desk.cases.display import open_display, parse_slot, slot
from console.desk.cases.rows import require_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.contact.reach import standing_in_full
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.notes.spans import hidden, require_hidden
from console.desk.notes.visible import NOTE
from console.desk.reveals.granting import granting
from console.desk.reveals.views import request_view, slots, staff
from masking.catalogue import Tier

_WEEK: Final = 7 * 86_400 * 1_000_000
_SHOWN: Final = 50
_HELD: Final = "held."
_NOBODY: Final = "-"
"""Stands for some approver where only whether there is one counts."""


@handles(GetRevealOptions)
def options(act: Act, request: GetRevealOptions) -> RevealOptions:
    """Which fields may be asked for, for how long, and who would decide."""
    row = require_case(act, request.case_id, Action.REVEAL_REQUEST_LIST_OWN)
    case = resource_of(row)
    _require_askable(act, row)
    offered: list[RevealOption] = []
    tiers: set[tuple[Tier, bool]] = set()
    notes = tuple(slot(NOTE, one.ordinal) for one in hidden(act, row))
    conditions = standing_in_full(act, row)
    for one in (*open_display(act.parts, row), *notes):
        name, ordinal = parse_slot(one)
        found = reveal_rule(act.parts.catalogue, name, act.actor, case, conditions, act.now)
        if found is None or not condition_met(found[0], conditions):
            continue
        rule, _ = found
        tiers.add((rule.tier, act.parts.catalogue.field(name).third_party))
        ref = FieldRef(name=name, ordinal=ordinal)
        fitting = tuple(str(code) for code in _reasons_for(row) if fits(code, rule.condition))
        option = RevealOption(field=ref, tier=str(rule.tier), max_minutes=rule.minutes, reasons=fitting)
        offered.append(option)
    seats = {
        (seat.person_id, seat.role, seat.deputy)
        for tier, third_party in tiers
        for seat in requests.approvers_for(granting(act), case, tier=tier, third_party=third_party)
    }
    names = staff_names(act, {person for person, _, _ in seats})
    online = act.parts.hub.present()
    act.log(Action.REVEAL_REQUEST_LIST_OWN, object_kind="case", object_id=row["id"], rows=len(offered))
    return RevealOptions(
        options=tuple(offered),
        reasons=tuple(code for code in _reasons(act) if code in _reasons_for(row)),
        approvers=tuple(
            Approver(
                staff_no=staff(act, person)[0],
                name=names.get(person, ""),
                role=str(role),
                online=person in online,
                deputy=deputy,
            )
            for person, role, deputy in sorted(seats, key=lambda seat: (seat[2], str(seat[1]), seat[0]))
        ),
        quota_left=requests.quota_left(granting(act), Tier.U2),
        words_for=(str(ReasonCode.OTHER), str(Tier.U3)),
    )


def _require_askable(act: Act, row: RowMapping) -> None:
    """Say at once, not only when the form is filled in, that a hold lets nothing of this case be asked for.

    Raises:
        Refused: the hold's code.
    """
    if row["hold"] is None:
        return
    # As if everything else were given: what is left to refuse it is the hold.
    given = replace(standing(act, row), tier=str(Tier.U2), quota_left=1, approver_ids=(_NOBODY,), contact=False)
    asked = act.asked
    decision = act.allowed(Action.REVEAL_REQUEST_ASK, resource_of(row), given)
    if not decision.allowed and decision.code.startswith(_HELD):
        raise Refused(decision)
    act.asked = asked


def _reasons_for(row: RowMapping) -> tuple[ReasonCode, ...]:
    """For what a value of this case may be asked for: on a held one for nothing that serves contact."""
    return tuple(code for code in ReasonCode if row["hold"] is None or not serves_contact(code))


def _reasons(act: Act) -> tuple[str, ...]:
    used = (
        act.db.execute(
            select(reveal_request.c.reason)
            .where(reveal_request.c.requester_id == act.actor.person_id)
            .order_by(reveal_request.c.asked_at.desc())
            .limit(1)
        )
        .scalars()
        .all()
    )
    return tuple(dict.fromkeys([*used, *(str(one) for one in ReasonCode)]))


@handles(AskReveal)
def ask(act: Act, request: AskReveal) -> RequestView:
    """Put a request before those who may decide it."""
    case = require_case(act, request.case_id, Action.REVEAL_REQUEST_LIST_OWN)
    require_hidden(act, case, request.fields)
    act.asked = Action.REVEAL_REQUEST_ASK
    row = requests.ask(
        granting(act),
        act.parts.catalogue,
        resource_of(case),
        standing_in_full(act, case),
        slots(request.fields),
        request.reason,
        request.words,
        request.minutes,
    )
    tell_deciders(act, row)
    return request_view(act, row)


def tell_deciders(act: Act, row: RowMapping | dict[str, Any]) -> None:
    """Push a change of a request to the asker and to everybody whose inbox holds it or held it a moment ago."""
    seats = requests.approvers_for(
        granting(act), row, row["tier"], bool(row["third_party"]), requester_id=row["requester_id"]
    )
    told = [
        seat.person_id
        for seat in seats
        if (not seat.deputy or row["escalated_at"] is not None)
        and (seat.stage == 1 or row["state"] != RequestState.PENDING)
    ]
    act.push("request", row["id"], Audience.of(row["requester_id"], *told))


@handles(WithdrawReveal)
def withdraw(act: Act, request: WithdrawReveal) -> RequestView:
    """Take back an own request nobody decided yet."""
    act.asked = Action.REVEAL_REQUEST_WITHDRAW
    row = requests.withdraw(granting(act), request.request_id)
    tell_deciders(act, row)
    return request_view(act, row)


@handles(ListMyReveals)
def mine(act: Act, request: ListMyReveals) -> MyReveals:
    """Own requests of seven days."""
    # Whoever asks only within a task asked within a task of their own.
    me = act.actor.person_id
    own = Resource(kind="queue", assignee_id=me, unit_id=act.unit_id, task_person_id=me)
    act.require(Action.REVEAL_REQUEST_LIST_OWN, own)
    query = (
        select(reveal_request)
        .where(reveal_request.c.requester_id == act.actor.person_id, reveal_request.c.asked_at > act.now - _WEEK)
        .order_by(reveal_request.c.asked_at.desc())
        .limit(_SHOWN)
    )
    if request.case_id is not None:
        query = query.where(reveal_request.c.case_id == request.case_id)
    rows = act.parts.proofs.holding(act.uow, reveal_request, act.db.execute(query).mappings().all())
    act.log(Action.REVEAL_REQUEST_LIST_OWN, object_kind="inbox", rows=len(rows))
    return MyReveals(requests=tuple(request_view(act, row) for row in rows))
