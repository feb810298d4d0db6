"""Promises to pay against what was paid: kept, still open, or broken.

Payments of a case that were made from the day of the promise up to its due day, and that nobody here knew of when it
was made, count towards its oldest promise first, one that was kept included: what was known then was off the amount
already. Days are those of the case's zone. A promise is kept when its amount is reached, broken when its due day is
over and it was not. It is judged when a file of repayments names its case and when the clockwork finds its day over; a
lender's file that comes later and says that the money was there in time turns a broken promise into a kept one.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy import Row, select, update

from access.store.base import UnitOfWork
from access.store.schema import case_file, import_batch, promise, repayment, staged_change
from console.desk.cases.states import CaseState
from console.desk.work.calendar import today

_COUNTED: Final = ("open", "kept", "broken")


class _Payment:
    """A payment, and what of it no promise has used up. since: when it came to be known here; none: just now."""

    __slots__ = ("left", "paid_on", "payment_id", "since")

    def __init__(self, payment_id: str, left: int, paid_on: str, since: int | None) -> None:
        self.payment_id = payment_id
        self.left = left
        self.paid_on = paid_on
        self.since = since

    def counts(self, one: Row[tuple[object, ...]]) -> bool:
        """Whether it was made for a promise: within its days, and not known before it."""
        if not today(one.made_at, one.zone).isoformat() <= self.paid_on <= one.due_on:
            return False
        # Of one instant, whichever has the later id came later.
        return self.since is None or (self.since, self.payment_id) > (one.made_at, one.id)


class Judged(NamedTuple):
    """A promise that changed its state: kept or broken, from what it was before."""

    case_id: str
    promise_id: str
    before: str
    state: str


def settle_promises(uow: UnitOfWork, batch_id: str) -> list[Judged]:
    """Judge the promises of every case that the batch brought a repayment for; return those that changed.

    Args:
        uow: the publishing act; the repayments are booked.
        batch_id: the batch.
    """
    cases = select(staged_change.c.case_id).where(
        staged_change.c.batch_id == batch_id, staged_change.c.kind == "repayment"
    )
    promised = select(promise.c.case_id).where(promise.c.state.in_(("open", "broken")), promise.c.case_id.in_(cases))
    ids = uow.connection.execute(promised.distinct().order_by(promise.c.case_id)).scalars().all()
    return [one for case_id in ids for one in judge_case(uow, case_id)]


def judge_case(uow: UnitOfWork, case_id: str) -> list[Judged]:
    """Judge the promises of one case; return those that changed. The case is due for the clockwork then.

    Args:
        uow: the act.
        case_id: the case.
    """
    promises = uow.connection.execute(
        select(promise, case_file.c.zone)
        .join(case_file, case_file.c.id == promise.c.case_id)
        .where(promise.c.case_id == case_id, promise.c.state.in_(_COUNTED))
        .order_by(promise.c.due_on, promise.c.id)
    ).all()
    if all(one.state == "kept" for one in promises):
        return []
    payments = uow.connection.execute(
        select(repayment.c.id, repayment.c.paid, repayment.c.paid_on, import_batch.c.published_at)
        .join(import_batch, import_batch.c.id == repayment.c.batch_id)
        .where(repayment.c.case_id == case_id)
        .order_by(repayment.c.paid_on, repayment.c.id)
    ).all()
    left = [_Payment(*one) for one in payments]
    found: list[Judged] = []
    for one in promises:
        wanted = _unpaid(one, left)
        if one.state == "kept":
            continue
        state = "kept" if wanted <= 0 else "broken" if one.due_on < today(uow.now, one.zone).isoformat() else one.state
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


def _unpaid(one: Row[tuple[object, ...]], left: list[_Payment]) -> int:
    """What of a promise no payment covers; payments used up for it are taken out of what is left."""
    wanted = int(one.amount)
    for payment in left:
        if wanted > 0 and payment.counts(one):
            used = min(payment.left, wanted)
            payment.left -= used
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
