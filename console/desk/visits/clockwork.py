"""What ends without anybody's doing: plans that nobody agreed to, visits that nobody set out on."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from access.store.schema import visit_plan
from console.desk.act import Act
from console.desk.parts import Parts
from console.desk.visits.records import state_of, step
from console.desk.visits.states import VisitState

_OPEN: Final = (VisitState.PLANNED.value, VisitState.APPROVED.value)
_ENDS: Final = {VisitState.LAPSED: "visit:plan:lapse", VisitState.UNDONE: "visit:plan:miss"}


def due(parts: Parts, now: int) -> list[str]:
    """Ids of visits whose hours are over: cheap, for the clock."""
    query = select(visit_plan.c.id).where(visit_plan.c.state.in_(_OPEN), visit_plan.c.until_at <= now)
    with parts.store.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def end(act: Act, visit_id: str) -> None:
    """End one whose hours are over; nothing when they are not, or somebody was quicker."""
    row = act.proofs.get(act.uow, visit_plan, visit_id)
    if row is None:
        return
    to = state_of(row, act.now)
    if to in _ENDS and to != row["state"]:
        step(act, row, to, _ENDS[to], ended_at=act.now)
