"""Promises to pay against what was paid: kept, still open, or broken.

Payments of a case that were made from the day of the promise up to its due day count towards its oldest promise first,
one that was kept included. A promise is kept when its amount is reached, broken when its due day is over and it was
not. It is judged when a file of repayments names its case and when the clockwork finds its day over; a lender's file
that comes later and says that the money was there in time turns a broken promise into a kept one.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from sqlalchemy import Row, select, update

from access.store.base import UnitOfWork
from access.store.schema import case_file, promise, repayment, staged_change
from console.desk.cases.states import CaseState

_DAY: Final = timedelta(days=1)
_COUNTED: Final = ("open", "kept", "broken")


class Judged(NamedTuple):
    """A promise that changed its state: kept or broken, from what it was before."""

    case_id: str
    promise_id: str
    before: str
    state: str


def settle_promises(uow: UnitOfWork, batch_id: str, today: str) -> list[Judged]:
    """Judge the promises of every case that the batch brought a repayment for; return those that changed.

    Args:
        uow: the publishing act; the repayments are booked.
        batch_id: the batch.
        today: ISO date in the desk's zone.
    """
    cases = select(staged_change.c.case_id).where(
        staged_change.c.batch_id == batch_id, staged_change.c.kind == "repayment"
    )
    promised = select(promise.c.case_id).where(promise.c.state.in_(("open", "broken")), promise.c.case_id.in_(cases))
    ids = uow.connection.execute(promised.distinct().order_by(promise.c.case_id)).scalars().all()
    return [one for case_id in ids for one in judge_case(uow, case_id, today)]


def judge_case(uow: UnitOfWork, case_id: str, today: str) -> list[Judged]:
    """Judge the promises of one case; return those that changed. The case is due for the clockwork then.

    Args:
        uow: the act.
        case_id: the case.
        today: ISO date; a due day before it is over.
    """
    promises = uow.connection.execute(
        select(promise)
        .where(promise.c.case_id == case_id, promise.c.state.in_(_COUNTED))
        .order_by(promise.c.due_on, promise.c.id)
    ).all()
    if all(one.state == "kept" for one in promises):
        return []
    payments = uow.connection.execute(
        select(repayment.c.paid, repayment.c.paid_on)
        .where(repayment.c.case_id == case_id)
        .order_by(repayment.c.paid_on)
    ).all()
    left = [[one.paid, one.paid_on] for one in payments]
    found: list[Judged] = []
    for one in promises:
        wanted = _unpaid(one, left)
        if one.state == "kept":
            continue
        state = "kept" if wanted <= 0 else "broken" if one.due_on < today else one.state
        changed = {"state": state, "ended_at": uow.now} if state != one.state else {}
        uow.connection.execute(
            update(promise)
            .where(promise.c.id == one.id, promise.c.state == one.state)
            .values(paid=one.amount - wanted, **changed)
        )
        if changed:
            found.append(Judged(case_id, one.id, one.state, state))
    if found:
        _set(uow, case_id, "broken" if any(one.state == "broken" for one in found) else "kept")
    return found


def _unpaid(one: Row[tuple[object, ...]], left: list[list[object]]) -> int:
    """What of a promise no payment covers; payments used up for it are taken out of what is left."""
    made_on = datetime.fromtimestamp(one.made_at / 1_000_000, UTC).date()
    # The day of the promise counts in whatever zone the lender books.
    first = (made_on - _DAY).isoformat()
    wanted = int(one.amount)
    for payment in left:
        if first <= str(payment[1]) <= one.due_on and wanted > 0:
            used = min(int(str(payment[0])), wanted)
            payment[0] = int(str(payment[0])) - used
            wanted -= used
    return wanted


def _set(uow: UnitOfWork, case_id: str, state: str) -> None:
    """The case follows, and its place in the queue is due to be written anew."""
    reached = CaseState.BROKEN.value if state == "broken" else CaseState.WORKING.value
    uow.connection.execute(
        update(case_file)
        .where(case_file.c.id == case_id, case_file.c.state.in_((CaseState.PROMISED.value, CaseState.BROKEN.value)))
        .values(state=reached)
    )
    uow.connection.execute(update(case_file).where(case_file.c.id == case_id).values(wake_at=uow.now))
