"""Has another batch published what this one holds as new? Asked as it is published, one batch of a creditor at a time.

A batch may wait for days until somebody approves it, and its file may be loaded again meanwhile. Then the first of the
two that is published is what was loaded; the other is refused and staged afresh, which finds what is known by then: no
second case of one debtor, no second bill, and no payment that is booked twice. A payment is the same by the content of
its file, by the lender's reference, or by loan, day and amount, whichever bill of the loan each of the two was put to.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Select, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from access.store.base import UnitOfWork
from access.store.schema import account, case_file, case_seals, desk_meta, import_batch, repayment, staged_case
from access.store.schema import staged_change as change


class Overtaken(Exception):
    """Another batch published what this one holds as new; it must be staged afresh."""


def serialise(uow: UnitOfWork, tenant_id: str, *, after: int = 0) -> int:
    """Let one act of this kind at a time through, per creditor; on PostgreSQL the loser is repeated by the store.

    Args:
        uow: the act's transaction.
        tenant_id: whose batches.
        after: how much later than the act before it this one is to be at least, microseconds.

    Returns:
        Its instant, never before that of the act that was let through last, whatever host's clock that was.
    """
    key = f"publish:{tenant_id}"
    last = uow.connection.execute(select(desk_meta.c.value).where(desk_meta.c.key == key)).scalar()
    at = max(uow.now, int(last) + after if last is not None else 0)
    insert = sqlite.insert if uow.connection.dialect.name == "sqlite" else postgresql.insert
    uow.connection.execute(
        insert(desk_meta)
        .values(key=key, tenant_id=tenant_id, value=str(at))
        .on_conflict_do_update(index_elements=["key"], set_={"value": str(at)})
    )
    return at


def require_not_overtaken(uow: UnitOfWork, batch_id: str, tenant_id: str, started_at: int) -> None:
    """Refuse a batch that holds as new what was published since it began.

    Raises:
        Overtaken: it does.
    """
    if _found(uow, _REFERENCE.where(change.c.batch_id == batch_id)):
        raise Overtaken
    since = (
        import_batch.c.tenant_id == tenant_id,
        import_batch.c.state == "published",
        import_batch.c.published_at >= started_at,
        import_batch.c.id != batch_id,
    )
    others = list(uow.connection.execute(select(import_batch.c.id).where(*since)).scalars())
    if others and any(_found(uow, check) for check in _checks(batch_id, others)):
        raise Overtaken


def _found(uow: UnitOfWork, check: Select[Any]) -> bool:
    return uow.connection.execute(check.limit(1)).first() is not None


_REFERENCE: Final = select(literal(1)).where(
    change.c.reference.is_not(None), repayment.c.reference == change.c.reference
)
"""A payment of that name is booked, whenever that was."""


def _checks(batch_id: str, others: list[str]) -> Iterator[Select[Any]]:
    """What each finds: that one of the others brought what this batch holds as new."""
    mine, theirs = case_file.alias("mine"), case_file.alias("theirs")
    bill, bill_there = account.alias("bill"), account.alias("bill_there")
    this, other = import_batch.alias("this"), import_batch.alias("other")
    one = select(literal(1))
    # The same file.
    yield one.where(
        this.c.id == batch_id,
        other.c.id.in_(others),
        other.c.source_id == this.c.source_id,
        other.c.kind == this.c.kind,
        other.c.file_digest == this.c.file_digest,
    )
    # A payment of the same loan, day and amount, also where it was put to another bill of the loan.
    yield one.where(
        change.c.batch_id == batch_id,
        change.c.kind == "repayment",
        bill.c.id == change.c.account_id,
        bill_there.c.loan == bill.c.loan,
        bill_there.c.case_id == bill.c.case_id,
        repayment.c.account_id == bill_there.c.id,
        repayment.c.case_id == bill_there.c.case_id,
        repayment.c.batch_id.in_(others),
        repayment.c.paid == change.c.paid,
        repayment.c.paid_on == change.c.paid_on,
    )
    # A case of the same debtor.
    yield one.where(theirs.c.batch_id.in_(others), mine.c.debtor == theirs.c.debtor, mine.c.batch_id == batch_id)
    # The same bill, of a new case or of one on the desk.
    yield one.where(
        mine.c.batch_id == batch_id,
        bill.c.case_id == mine.c.id,
        bill_there.c.bill == bill.c.bill,
        bill_there.c.batch_id.in_(others),
    )
    yield one.where(
        staged_case.c.batch_id == batch_id,
        bill.c.case_id == staged_case.c.case_id,
        bill.c.batch_id == batch_id,
        bill_there.c.bill == bill.c.bill,
        bill_there.c.batch_id.in_(others),
    )
    # The same place of a field.
    yield one.where(
        staged_case.c.batch_id == batch_id,
        case_seals.c.case_id == staged_case.c.case_id,
        case_seals.c.version != staged_case.c.seen_version,
    )
    yield one.where(
        staged_case.c.batch_id == batch_id,
        case_file.c.id == staged_case.c.case_id,
        case_file.c.display != staged_case.c.seen,
    )
