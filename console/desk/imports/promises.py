"""Promises to pay against what was paid: kept, still open, or broken.

Payments of a case that were made from the day of the promise up to its due day count towards its oldest open promise
first. A promise is kept when its amount is reached, broken when its due day is over and it was not. A due day that is
over without any word from the lender says nothing: a promise is judged when a file of repayments names its case.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import Row, select, update

from access.store.base import UnitOfWork
from access.store.schema import case_file, promise, repayment, staged_change
from console.desk.cases.states import CaseState

_DAY: Final = timedelta(days=1)


def settle_promises(uow: UnitOfWork, batch_id: str, today: str) -> None:
    """Judge the open promises of every case that the batch brought a repayment for.

    Args:
        uow: the publishing act; the repayments are booked.
        batch_id: the batch.
        today: ISO date in the desk's zone.
    """
    cases = select(staged_change.c.case_id).where(
        staged_change.c.batch_id == batch_id, staged_change.c.kind == "repayment"
    )
    rows = uow.connection.execute(
        select(promise)
        .where(promise.c.state == "open", promise.c.case_id.in_(cases))
        .order_by(promise.c.case_id, promise.c.due_on, promise.c.id)
    ).all()
    by_case: dict[str, list[Row[tuple[object, ...]]]] = {}
    for row in rows:
        by_case.setdefault(row.case_id, []).append(row)
    for case_id, promises in by_case.items():
        _judge(uow, case_id, promises, today)


def _judge(uow: UnitOfWork, case_id: str, promises: list[Row[tuple[object, ...]]], today: str) -> None:
    payments = uow.connection.execute(
        select(repayment.c.paid, repayment.c.paid_on)
        .where(repayment.c.case_id == case_id)
        .order_by(repayment.c.paid_on)
    ).all()
    left = [[one.paid, one.paid_on] for one in payments]
    for one in promises:
        made_on = datetime.fromtimestamp(one.made_at / 1_000_000, UTC).date()
        # The day of the promise counts in whatever zone the lender books.
        first = (made_on - _DAY).isoformat()
        wanted = one.amount
        for payment in left:
            if first <= payment[1] <= one.due_on and wanted > 0:
                used = min(payment[0], wanted)
                payment[0] -= used
                wanted -= used
        paid = one.amount - wanted
        state = "kept" if wanted <= 0 else "broken" if one.due_on < today else "open"
        uow.connection.execute(update(promise).where(promise.c.id == one.id).values(paid=paid))
        if state != "open":
            _set(uow, one.id, case_id, state)


def _set(uow: UnitOfWork, promise_id: str, case_id: str, state: str) -> None:
    uow.connection.execute(
        update(promise).where(promise.c.id == promise_id, promise.c.state == "open").values(state=state)
    )
    reached = CaseState.BROKEN.value if state == "broken" else CaseState.WORKING.value
    uow.connection.execute(
        update(case_file)
        .where(case_file.c.id == case_id, case_file.c.state == CaseState.PROMISED.value)
        .values(state=reached)
    )
