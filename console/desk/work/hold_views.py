"""Holds as their viewers see them: of one case, and the list of those that wait for somebody."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Conditions, Resource
from access.roles import Role
from access.store.schema import case_hold
from console.desk.act import Act
from console.desk.api.work import HoldList, HoldView, ListHolds
from console.desk.cases.rows import load_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.kernel import handles
from console.desk.work.changing import RowLike

_MOST: Final = 200
_LIVE: Final = ("asked", "active")
_VERDICTS: Final = {
    "confirm": Action.CASE_HOLD_CONFIRM,
    "reject": Action.CASE_HOLD_CONFIRM,
    "ask_lift": Action.CASE_HOLD_ASK_LIFT,
    "lift": Action.CASE_HOLD_LIFT,
    "withdraw": Action.CASE_HOLD_WITHDRAW,
}


def of_case(act: Act, case: RowMapping) -> tuple[HoldView, ...]:
    """Holds of a case that wait or are in force, those in force first."""
    query = select(case_hold).where(case_hold.c.case_id == case["id"], case_hold.c.state.in_(_LIVE))
    rows = act.parts.proofs.holding(act.uow, case_hold, act.db.execute(query).mappings().all())
    return tuple(hold_view(act, row, case) for row in sorted(rows, key=lambda row: (row["state"], row["placed_at"])))


def about(act: Act, hold: RowLike, case: RowLike) -> tuple[Resource, Conditions]:
    """A hold as the decision sees it: its case, who marked it, who asked to lift it."""
    resource = replace(resource_of(case), requester_id=hold["placed_by"])
    return resource, replace(standing(act, case), hold=hold["reason"], lift_asked_by=hold["lift_asked_by"])


def hold_view(act: Act, row: RowLike, case: RowLike) -> HoldView:
    """One hold, and what this viewer may do about it."""
    names = staff_names(act, {row["placed_by"], row["lift_asked_by"]})
    return HoldView(
        hold_id=row["id"],
        case_id=row["case_id"],
        number=case["number"],
        reason=row["reason"],
        words=row["words"],
        state=row["state"],
        confirmed=row["confirmed_by"] is not None,
        placed_by=names.get(row["placed_by"], ""),
        placed_at=row["placed_at"],
        lift_asked_by=names.get(row["lift_asked_by"] or "", ""),
        may=_may(act, row, case),
        version=row["version"],
    )


def _may(act: Act, row: RowLike, case: RowLike) -> tuple[str, ...]:
    fits = {
        "confirm": row["state"] == "asked" or (row["state"] == "active" and row["confirmed_by"] is None),
        "reject": row["state"] == "asked",
        "ask_lift": row["state"] == "active" and row["lift_asked_by"] is None,
        "lift": row["state"] == "active",
        "withdraw": row["state"] == "asked",
    }
    asked = act.asked
    resource, conditions = about(act, row, case)
    found = tuple(
        verdict
        for verdict, action in _VERDICTS.items()
        if fits[verdict] and act.allowed(action, resource, conditions).allowed
    )
    act.asked = asked
    return found


@handles(ListHolds)
def list_holds(act: Act, request: ListHolds) -> HoldList:
    """Holds of the cases whose holds this person decides on."""
    del request
    everywhere = act.allowed(Action.CASE_HOLD_LIST, Resource(kind="desk"))
    query = select(case_hold).where(case_hold.c.state.in_(_LIVE))
    if not everywhere.allowed:
        act.require(Action.CASE_HOLD_LIST, Resource(kind="queue", unit_id=act.unit_id))
        query = query.where(case_hold.c.unit_id.in_(_units(act)))
    else:
        act.role = everywhere.role
    found = act.db.execute(query.order_by(case_hold.c.placed_at.desc()).limit(_MOST)).mappings().all()
    views: list[HoldView] = []
    for row in act.parts.proofs.holding(act.uow, case_hold, found):
        case = load_case(act, row["case_id"])
        if case is not None:
            views.append(hold_view(act, row, case))
    views.sort(key=lambda view: not _waits(view))
    act.log(Action.CASE_HOLD_LIST, object_kind="queue", object_id="holds", rows=len(views))
    return HoldList(holds=tuple(views))


def _units(act: Act) -> list[str]:
    return sorted({seat.unit_id for seat in act.actor.seats if seat.role is Role.SUPERVISOR and seat.unit_id})


def _waits(view: HoldView) -> bool:
    return not view.confirmed or bool(view.lift_asked_by)
