"""What the store knows of debtors and bills that a chunk is about: published rows, and this batch's own.

Reads only, on a connection of its own; no writer waits for it. Rows of other batches that are not published do not
exist here, as nowhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec
from sqlalchemy import Connection, and_, or_, select

from access.store.schema import (
    account,
    blind_entry,
    case_file,
    case_seals,
    import_batch,
    repayment,
    staged_case,
    staged_change,
)
from console.desk.imports.bulk import parts
from console.desk.imports.bundle import Answer, KnownBill, KnownCase, Payment, Question
from masking.sealing import FieldCipher, SealContext

_masks: Final = msgspec.msgpack.Decoder(dict[str, str]).decode


def answer(connection: Connection, batch_id: str, display: FieldCipher, question: Question) -> Answer:
    """Answer one chunk's question.

    Args:
        connection: to read on.
        batch_id: the batch that asks; its own rows are seen.
        display: opens display blobs, whose masks the worker adds to.
        question: blind entries.
    """
    known = Answer({}, {})
    # Nearly all of a file is new: what is not there at all is told apart first, by its index alone.
    for some in parts(_present(connection, "case_file", "debtor", question.debtors)):
        known.cases |= _cases(connection, batch_id, display, some)
    for some in parts(_present(connection, "account", "bill", question.bills)):
        for bill, found in _accounts(connection, batch_id, some):
            known.bills.setdefault(bill, []).append(found)
    for some in parts(question.loans):
        for loan, found in _accounts(connection, batch_id, some, by_loan=True):
            known.bills.setdefault(loan, []).append(found)
    if question.references:
        _add_payments(connection, batch_id, [bill for found in known.bills.values() for bill in found])
    return known


def _present(connection: Connection, table: str, column: str, entries: Sequence[bytes]) -> list[bytes]:
    """Those of some blind entries that stand in a column, whatever their row's batch is."""
    found: list[bytes] = []
    for some in parts(entries):
        if connection.dialect.name == "sqlite":
            where, values = f"IN ({', '.join('?' * len(some))})", tuple(some)
        else:
            where, values = "= ANY(%s)", (list(some),)
        query = f'SELECT DISTINCT "{column}" FROM "{table}" WHERE "{column}" {where}'  # noqa: S608 - names of our own
        found += [bytes(entry) for (entry,) in connection.exec_driver_sql(query, values)]
    return found


def _cases(
    connection: Connection, batch_id: str, display: FieldCipher, debtors: Sequence[bytes]
) -> dict[bytes, KnownCase]:
    rows = connection.execute(
        select(
            case_file.c.id,
            case_file.c.debtor,
            case_file.c.tenant_id,
            case_file.c.batch_id,
            case_file.c.wrapped_key,
            case_file.c.display,
            case_file.c.currency,
        )
        .join(import_batch, import_batch.c.id == case_file.c.batch_id)
        .where(
            case_file.c.debtor.in_(debtors),
            case_file.c.wrapped_key.is_not(None),
            or_(import_batch.c.state == "published", case_file.c.batch_id == batch_id),
        )
        .order_by(case_file.c.id)
    ).all()
    if not rows:
        return {}
    ids = [row.id for row in rows]
    seals, staged = _seals(connection, ids), _staged_cases(connection, batch_id, ids)
    known: dict[bytes, KnownCase] = {}
    for row in rows:
        debtor, own = bytes(row.debtor), row.batch_id == batch_id
        if (debtor in known and not own) or row.id not in seals:
            continue
        seen, (version, held) = bytes(row.display), seals[row.id]
        blob, fields = staged.get(row.id, (seen, held))
        context = SealContext(row.tenant_id, "case_file", row.id, row.id, "display", display.key_id)
        known[debtor] = KnownCase(
            case_id=row.id,
            own=own,
            wrapped_key=bytes(row.wrapped_key),
            seals=fields,
            masks=_masks(display.open_blob(blob, context)),
            seen=seen,
            seen_version=version,
            currency=row.currency,
        )
    return known


def _seals(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[int, bytes]]:
    """Version and seals of some cases as they stand on the desk."""
    found: dict[str, tuple[int, bytes]] = {}
    for part in parts(ids):
        for row in connection.execute(select(case_seals).where(case_seals.c.case_id.in_(part))):
            found[row.case_id] = (row.version, bytes(row.seals))
    return found


def _staged_cases(connection: Connection, batch_id: str, ids: Sequence[str]) -> Mapping[str, tuple[bytes, bytes]]:
    """Display blob and seals of those that this batch changes already."""
    query = select(staged_case.c.case_id, staged_case.c.display, staged_case.c.seals).where(
        staged_case.c.batch_id == batch_id, staged_case.c.case_id.in_(ids)
    )
    return {row.case_id: (bytes(row.display), bytes(row.seals)) for row in connection.execute(query)}


def _accounts(
    connection: Connection, batch_id: str, entries: Sequence[bytes], *, by_loan: bool = False
) -> list[tuple[bytes, KnownBill]]:
    by = account.c.loan if by_loan else account.c.bill
    query = (
        select(
            by.label("entry"),
            account.c.id,
            account.c.case_id,
            account.c.batch_id,
            account.c.row,
            account.c.state,
            account.c.currency,
            case_file.c.currency.label("case_currency"),
            case_file.c.debtor,
        )
        .join(import_batch, import_batch.c.id == account.c.batch_id)
        .join(case_file, case_file.c.id == account.c.case_id)
        .where(or_(import_batch.c.state == "published", account.c.batch_id == batch_id))
        .order_by(account.c.id)
    )
    if by_loan:
        # The loan number's entry leads to the case, and from there to the account.
        query = query.join(
            blind_entry, and_(blind_entry.c.case_id == account.c.case_id, blind_entry.c.blind == account.c.loan)
        ).where(blind_entry.c.blind.in_(entries))
    else:
        query = query.where(by.in_(entries))
    rows = connection.execute(query).all()
    staged = _staged(connection, batch_id, [row.id for row in rows if row.batch_id != batch_id])
    return [
        (
            bytes(row.entry),
            KnownBill(
                account_id=row.id,
                case_id=row.case_id,
                debtor=bytes(row.debtor) if row.debtor is not None else None,
                own=row.batch_id == batch_id,
                row=row.row,
                state=row.state,
                currency=row.currency if row.currency == row.case_currency else f"{row.currency}/{row.case_currency}",
                staged=staged.get(row.id, 0),
            ),
        )
        for row in rows
    ]


def _staged(connection: Connection, batch_id: str, accounts: Sequence[str]) -> dict[str, int]:
    """Data rows of this batch that change accounts already."""
    if not accounts:
        return {}
    query = select(staged_change.c.account_id, staged_change.c.row).where(
        staged_change.c.batch_id == batch_id, staged_change.c.account_id.in_(accounts)
    )
    found: dict[str, int] = {}
    for account_id, row in connection.execute(query):
        found.setdefault(account_id, row)
    return found


def _add_payments(connection: Connection, batch_id: str, bills: Sequence[KnownBill]) -> None:
    """Tell of some bills what was paid for them, on the desk and by this batch so far."""
    of: dict[str, list[KnownBill]] = {}
    for bill in bills:
        of.setdefault(bill.account_id, []).append(bill)
    names = ("account_id", "reference", "paid", "paid_on")
    for cases in parts(list({bill.case_id for bill in bills})):
        booked = select(*(repayment.c[name] for name in names)).where(repayment.c.case_id.in_(cases))
        for account_id, *payment in connection.execute(booked):
            for bill in of.get(account_id, ()):
                bill.payments.append(Payment(bytes(payment[0]), *payment[1:]))
    for accounts in parts(list(of)):
        staged = select(*(staged_change.c[name] for name in names), staged_change.c.row).where(
            staged_change.c.batch_id == batch_id,
            staged_change.c.account_id.in_(accounts),
            staged_change.c.kind == "repayment",
        )
        for account_id, *payment in connection.execute(staged):
            for bill in of[account_id]:
                bill.payments.append(Payment(bytes(payment[0]), *payment[1:]))
