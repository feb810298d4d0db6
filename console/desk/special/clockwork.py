"""What ends without anybody's doing: filings that nobody decided or opened in time, numbers whose minutes are over.

Whoever opens, decides or reviews judges by the instant anyhow; this only writes down what is so, and tells the screens.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import and_, or_, select

from access.store.schema import special_filing
from console.desk.act import Act
from console.desk.parts import Parts
from console.desk.special.records import state_of, step
from console.desk.special.states import WAITING, FilingState

_ENDS: Final = {
    FilingState.EXPIRED: "special:contact:expire",
    FilingState.LAPSED: "special:filing:lapse",
    FilingState.TIMED_OUT: "special:filing:time_out",
}


def due(parts: Parts, now: int) -> list[str]:
    """Ids of filings whose time is over: cheap, for the clock."""
    table = special_filing.c
    query = select(table.id).where(
        or_(
            and_(table.state.in_([one.value for one in WAITING]), table.wait_until <= now),
            and_(table.state == FilingState.APPROVED.value, table.open_by <= now),
            and_(table.state == FilingState.ACTIVE.value, table.ends_at <= now),
        )
    )
    with parts.store.engine.connect() as connection:
        return list(connection.execute(query).scalars())


def end(act: Act, filing_id: str) -> None:
    """End one whose time is over; nothing when it is not, or somebody was quicker."""
    row = act.proofs.get(act.uow, special_filing, filing_id)
    if row is None:
        return
    to = state_of(row, act.now)
    if to != row["state"] and to in _ENDS:
        step(act, row, to, _ENDS[to], ended_at=act.now)
