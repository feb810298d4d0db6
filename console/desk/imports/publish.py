"""A staged batch becomes visible in one short transaction, or nothing of it does.

New cases appear because one row, the batch, changes its state. What the batch brings to cases on the desk is applied
set by set: figures, repayments, recalls, further contact data, totals. Publishing is serialised per creditor; a batch
that another one has overtaken is refused before it can make two cases of one debtor (`overtaken`).
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import and_, exists, func, literal, null, or_, select, union, update
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from access.store.base import UnitOfWork
from access.store.schema import (
    account,
    blind_entry,
    case_file,
    case_seals,
    import_batch,
    repayment,
    staged_blind,
    staged_case,
    staged_change,
)
from console.desk.cases.states import CaseState
from console.desk.imports.overtaken import require_not_overtaken
from console.desk.imports.promises import Judged, settle_promises

_BLIND: Final = ("blind", "case_id", "tenant_id")


def apply(uow: UnitOfWork, batch_id: str, tenant_id: str, started_at: int) -> list[Judged]:
    """Apply what the batch brings to cases on the desk. The caller was let through and changes the batch's state.

    Returns:
        Promises that its repayments kept or that they show broken.

    Raises:
        Overtaken: what the batch holds as new is not new any more.
    """
    require_not_overtaken(uow, batch_id, tenant_id, started_at)
    if not _anything(uow, batch_id):
        return []
    _contact_data(uow, batch_id)
    _figures(uow, batch_id)
    _repayments(uow, batch_id)
    _recalls(uow, batch_id)
    _totals(uow, batch_id)
    return settle_promises(uow, batch_id)


def _anything(uow: UnitOfWork, batch_id: str) -> bool:
    """Whether the batch brings anything to cases that are on the desk."""
    return any(
        uow.connection.execute(select(literal(1)).where(table.c.batch_id == batch_id).limit(1)).first() is not None
        for table in (staged_change, staged_case, staged_blind)
    )


def _contact_data(uow: UnitOfWork, batch_id: str) -> None:
    insert = sqlite.insert if uow.connection.dialect.name == "sqlite" else postgresql.insert
    uow.connection.execute(
        update(case_seals)
        .where(case_seals.c.case_id == staged_case.c.case_id, staged_case.c.batch_id == batch_id)
        .values(seals=staged_case.c.seals, version=case_seals.c.version + 1)
    )
    uow.connection.execute(
        insert(blind_entry)
        .from_select(
            list(_BLIND), select(*(staged_blind.c[name] for name in _BLIND)).where(staged_blind.c.batch_id == batch_id)
        )
        .on_conflict_do_nothing()
    )
    uow.connection.execute(
        update(case_file)
        .where(case_file.c.id == staged_case.c.case_id, staged_case.c.batch_id == batch_id)
        .values(display=staged_case.c.display)
    )


def _figures(uow: UnitOfWork, batch_id: str) -> None:
    """New figures of known bills. A bill that was settled or recalled and is sent again is open again."""
    new = staged_change
    uow.connection.execute(
        update(account)
        .where(account.c.id == new.c.account_id, new.c.batch_id == batch_id, new.c.kind == "figures")
        .values(
            principal=func.coalesce(new.c.principal, account.c.principal),
            interest=func.coalesce(new.c.interest, account.c.interest),
            fees=func.coalesce(new.c.fees, account.c.fees),
            due=new.c.due,
            days_past_due=new.c.days_past_due,
            state=when((new.c.due > 0, "open"), else_="settled"),
        )
    )


def _repayments(uow: UnitOfWork, batch_id: str) -> None:
    mine = and_(staged_change.c.batch_id == batch_id, staged_change.c.kind == "repayment")
    names = ["id", "tenant_id", "case_id", "account_id", "batch_id", "paid", "paid_on", "reference"]
    uow.connection.execute(
        repayment.insert().from_select(names, select(*(staged_change.c[name] for name in names)).where(mine))
    )
    sums = (
        select(
            staged_change.c.account_id,
            func.sum(staged_change.c.paid).label("paid"),
            func.max(staged_change.c.paid_on).label("paid_on"),
        )
        .where(mine)
        .group_by(staged_change.c.account_id)
        .subquery()
    )
    rest = account.c.due - sums.c.paid
    last = (
        select(staged_change.c.paid)
        .where(mine, staged_change.c.account_id == account.c.id, staged_change.c.paid_on == sums.c.paid_on)
        .order_by(staged_change.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    newer = or_(account.c.last_paid_on.is_(None), account.c.last_paid_on <= sums.c.paid_on)
    uow.connection.execute(
        update(account)
        .where(account.c.id == sums.c.account_id)
        .values(
            due=when((rest > 0, rest), else_=0),
            state=when((rest > 0, account.c.state), else_="settled"),
            days_past_due=when((rest > 0, account.c.days_past_due), else_=0),
            last_paid=when((newer, last), else_=account.c.last_paid),
            last_paid_on=when((newer, sums.c.paid_on), else_=account.c.last_paid_on),
        )
    )


def _recalls(uow: UnitOfWork, batch_id: str) -> None:
    uow.connection.execute(
        update(account)
        .where(
            account.c.id == staged_change.c.account_id,
            staged_change.c.batch_id == batch_id,
            staged_change.c.kind == "recall",
        )
        .values(state="recalled")
    )


def _totals(uow: UnitOfWork, batch_id: str) -> None:
    """Amount, days and state of every case on the desk that the batch touches, from its open accounts."""
    touched = union(
        select(staged_change.c.case_id).where(staged_change.c.batch_id == batch_id),
        # Further loans of cases on the desk.
        select(staged_case.c.case_id)
        .join(account, and_(account.c.case_id == staged_case.c.case_id, account.c.batch_id == batch_id))
        .where(staged_case.c.batch_id == batch_id),
    ).subquery()
    seen = and_(
        account.c.case_id == case_file.c.id,
        or_(
            account.c.batch_id == batch_id,
            exists().where(import_batch.c.id == account.c.batch_id, import_batch.c.state == "published"),
        ),
    )

    def of(value: Any, *only: Any) -> Any:  # noqa: ANN401 - SQL expressions
        return select(value).where(seen, *only).correlate(case_file).scalar_subquery()

    still_open = account.c.state == "open"
    days = of(func.coalesce(func.max(account.c.days_past_due), 0), still_open)
    count = of(func.count(), still_open)
    recalled = of(func.count(), account.c.state == "recalled")
    everything = of(func.count())
    resting = case_file.c.state.in_((CaseState.SETTLED.value, CaseState.RECALLED.value))
    again = when((case_file.c.assignee_id.is_(null()), CaseState.NEW.value), else_=CaseState.WORKING.value)
    uow.connection.execute(
        update(case_file)
        .where(case_file.c.id.in_(select(touched.c.case_id)))
        .values(
            # Amounts of two currencies are never added up.
            due=of(func.coalesce(func.sum(account.c.due), 0), still_open, account.c.currency == case_file.c.currency),
            accounts=everything,
            days_past_due=days,
            # Its place in the queue but for the days stays what it was.
            priority=case_file.c.priority - case_file.c.days_past_due + days,
            state=when(
                (case_file.c.state == CaseState.CLOSED.value, case_file.c.state),
                (and_(count == 0, recalled > 0), CaseState.RECALLED.value),
                (count == 0, CaseState.SETTLED.value),
                (resting, again),
                else_=case_file.c.state,
            ),
            # The clockwork writes its place anew where it comes back to work.
            wake_at=when((and_(count > 0, resting), uow.now), else_=case_file.c.wake_at),
        )
    )
