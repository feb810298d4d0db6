"""Holds (停催): marked, asked for, confirmed, taken back, lifted. The case's own proven row has the reason in force.

Who may do what is the decision's (`access.policy.holds`, row 22 of the matrix). Rows that do not prove themselves count
as holds in force: what is broken stays shut.
"""

from __future__ import annotations

from typing import Any, Final, NoReturn

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import RowBroken, StaleRow
from access.policy import Action, Conditions, Resource
from access.policy.holds import STOPS, HoldReason, strongest
from access.store.schema import case_hold
from console.desk.act import Act
from console.desk.api.work import DecideHold, HoldView, PlaceHold
from console.desk.cases.rows import load_case, require_case, resource_of
from console.desk.cases.states import CaseState, workable
from console.desk.conditions import standing
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.team.covers import hands
from console.desk.work.changing import RowLike, change_case
from console.desk.work.ended_reveals import end_for
from console.desk.work.hold_views import about, hold_view
from console.desk.work.promises import state_by_promises
from masking.detect import mask_text
from masking.text import scrub

_WORDS: Final = 200
_STATE: Final = "case:state:change"
_VERDICTS: Final = {
    "ask_lift": Action.CASE_HOLD_ASK_LIFT,
    "confirm": Action.CASE_HOLD_CONFIRM,
    "lift": Action.CASE_HOLD_LIFT,
    "reject": Action.CASE_HOLD_CONFIRM,
    "withdraw": Action.CASE_HOLD_WITHDRAW,
}


@handles(PlaceHold)
def place(act: Act, request: PlaceHold) -> HoldView:
    """Mark a reason not to contact the customer, or ask for it."""
    if request.reason not in set(HoldReason):
        act.refuse("hold.reason_unknown")
    reason = HoldReason(request.reason)
    row = require_case(act, request.case_id, Action.CASE_HOLD_STOP if reason in STOPS else Action.CASE_HOLD_ASK)
    words = mask_text(scrub(request.words))[:_WORDS]
    hold, _case = _mark(act, row, reason, words, (resource_of(row), standing(act, row)))
    return hold_view(act, hold, row)


def mark(
    act: Act, row: RowLike, reason: HoldReason, about: tuple[Resource, Conditions] | None = None
) -> dict[str, Any]:
    """Mark what a result says; one there is already is left. Returns the case as it is now.

    about: what is decided on, where that is a call and not the case as it is now.
    """
    if _live(act, row["id"], reason) is not None:
        return dict(row)
    at = about or (resource_of(row), standing(act, row))
    act.require(Action.CASE_HOLD_STOP if reason in STOPS else Action.CASE_HOLD_ASK, *at)
    return _mark(act, row, reason, "", at)[1]


def _mark(
    act: Act, row: RowLike, reason: HoldReason, words: str, at: tuple[Resource, Conditions]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write the hold and the case; returns both. Refused where the reason is in force or asked for already."""
    if _live(act, row["id"], reason) is not None:
        act.refuse("hold.already")
    may_place = act.allowed(Action.CASE_HOLD_PLACE, *at).allowed
    action = Action.CASE_HOLD_STOP if reason in STOPS else Action.CASE_HOLD_PLACE if may_place else Action.CASE_HOLD_ASK
    act.require(action, *at)
    state = "asked" if action is Action.CASE_HOLD_ASK else "active"
    values = {
        "id": act.parts.ids.new(),
        "tenant_id": row["tenant_id"],
        "case_id": row["id"],
        "unit_id": row["unit_id"],
        "reason": str(reason),
        "words": words,
        "state": state,
        "placed_by": act.actor.person_id,
        "placed_at": act.now,
        # Whoever may decide on holds has looked by placing it; a stop is looked at by another person all the same.
        "confirmed_by": act.actor.person_id if action is Action.CASE_HOLD_PLACE else None,
        "confirmed_at": act.now if action is Action.CASE_HOLD_PLACE else None,
    }
    event = _event(act, row, action, values["id"], reason, (DetailKey.TO, state))
    hold = act.parts.proofs.insert(act.uow, case_hold, values, event)
    _tell(act, row)
    return hold, _settle(act, row)


@handles(DecideHold)
def decide(act: Act, request: DecideHold) -> HoldView:
    """Confirm, reject, take back what one asked for, ask to lift, lift."""
    if request.verdict not in _VERDICTS:
        act.refuse("hold.verdict_unknown")
    action = _VERDICTS[request.verdict]
    hold = act.parts.proofs.get(act.uow, case_hold, request.hold_id)
    case = load_case(act, hold["case_id"]) if hold is not None else None
    if hold is None or case is None:
        act.require(action, Resource.absent("case"))
        _missing(act)
    resource, conditions = about(act, hold, case)
    act.require(action, resource, conditions)
    if hold["version"] != request.version:
        act.refuse("hold.changed")
    changes = _step(act, hold, request.verdict)
    event = _event(
        act,
        case,
        action,
        hold["id"],
        HoldReason(hold["reason"]),
        (DetailKey.VERDICT, request.verdict),
        (DetailKey.FROM, hold["state"]),
        (DetailKey.TO, changes.get("state", hold["state"])),
    )
    try:
        fresh = act.parts.proofs.update(act.uow, case_hold, hold["id"], hold["version"], changes, event)
    except RowBroken:
        raise
    except StaleRow:
        act.refuse("hold.changed")
    _settle(act, case)
    _tell(act, case)
    return hold_view(act, fresh, case)


def _missing(act: Act) -> NoReturn:
    act.refuse("case.not_found", clause="Y-4.2.1")


def _step(act: Act, hold: RowLike, verdict: str) -> dict[str, Any]:
    """What a verdict makes of a hold.

    Raises:
        Refused: `hold.not_now`: not of one in this state.
    """
    who, now, state = act.actor.person_id, act.now, hold["state"]
    steps: dict[tuple[str, str], dict[str, Any]] = {
        ("asked", "confirm"): {"state": "active", "confirmed_by": who, "confirmed_at": now},
        ("asked", "reject"): {"state": "rejected", "ended_by": who, "ended_at": now},
        ("asked", "withdraw"): {"state": "withdrawn", "ended_by": who, "ended_at": now},
        ("active", "lift"): {"state": "lifted", "ended_by": who, "ended_at": now},
    }
    if hold["confirmed_by"] is None:
        steps["active", "confirm"] = {"confirmed_by": who, "confirmed_at": now}
    if hold["lift_asked_by"] is None:
        steps["active", "ask_lift"] = {"lift_asked_by": who, "lift_asked_at": now}
    changes = steps.get((state, verdict))
    if changes is None:
        act.refuse("hold.not_now")
    return changes


def _live(act: Act, case_id: str, reason: HoldReason) -> RowMapping | None:
    query = select(case_hold).where(
        case_hold.c.case_id == case_id, case_hold.c.reason == str(reason), case_hold.c.state.in_(("asked", "active"))
    )
    return act.db.execute(query).mappings().first()


def _settle(act: Act, row: RowLike) -> dict[str, Any]:
    """Write into the case what its holds come to now. Returns the case."""
    rows = act.db.execute(select(case_hold).where(case_hold.c.case_id == row["id"])).mappings().all()
    proven = {one["id"] for one in act.parts.proofs.holding(act.uow, case_hold, rows)}
    active = {
        HoldReason(one["reason"])
        for one in rows
        if one["reason"] in set(HoldReason) and (one["state"] == "active" or one["id"] not in proven)
    }
    found = strongest(frozenset(active))
    hold = str(found) if found is not None else None
    state = row["state"]
    if not workable(state):
        pass  # what is worked no more stays so, held or not
    elif hold is not None:
        state = CaseState.HOLD.value
    elif state == CaseState.HOLD.value:
        state = state_by_promises(act, row["id"]).value
    if found is not None and hold != row["hold"]:
        end_for(act, row, found)
    event = act.event(
        _STATE,
        object_kind="case",
        object_id=row["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        reason=hold,
        detail=(
            (DetailKey.FROM, "held" if row["hold"] is not None else "open"),
            (DetailKey.TO, "held" if hold is not None else "open"),
        ),
    )
    return change_case(act, row, {"hold": hold, "state": state}, event)


def _event(
    act: Act, row: RowLike, action: Action, hold_id: str, reason: HoldReason, *detail: tuple[DetailKey, str]
) -> Any:  # noqa: ANN401 - an event
    return act.event(
        action,
        object_kind="hold",
        object_id=hold_id,
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        reason=str(reason),
        detail=detail,
    )


def _tell(act: Act, row: RowLike) -> None:
    act.push(
        "hold", row["id"], Audience.of(*hands(act, row["assignee_id"]), units=(row["unit_id"],), roles=("compliance",))
    )
