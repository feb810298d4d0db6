"""What an import left behind without being published goes away, chunk by chunk, so that others wait little.

A batch that is refused, abandoned or quarantined is invisible already; sweeping takes its rows, and with them the
wrapped keys, off the disk. Staged changes of a published batch have done their work and go as well.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Table, bindparam, delete, select

from access.errors import AccessError
from access.store.base import Store, UnitOfWork
from access.store.schema import (
    account,
    blind_entry,
    case_file,
    case_seals,
    import_batch,
    staged_blind,
    staged_case,
    staged_change,
)
from masking.case_seals import unpack

ENDED: Final = ("refused", "abandoned", "quarantined")
_PART: Final = 400
_log = logging.getLogger("veildesk.imports")


def sweep(store: Store, batch_id: str) -> int:
    """Delete the rows of one batch that is not to be published; returns how many cases there were.

    Raises:
        LogUnavailable, StoreBusy: the store is shut; what is left is swept another time.
    """
    swept = 0
    while ids := _cases(store, batch_id):
        store.run(lambda uow, some=ids: _drop_cases(uow, some))  # type: ignore[misc]
        swept += len(ids)
    _drop_attached(store, batch_id)
    for table, key in _STAGED:
        _drain(store, table, key, batch_id)
    return swept


def sweep_later(store: Store, batch_id: str) -> None:
    """Sweep a batch from within the writer's own thread: on another one."""

    def work() -> None:
        try:
            sweep(store, batch_id)
        except AccessError as shut:
            # The desk ended meanwhile; what is left is invisible, and swept at the next start.
            _log.warning("sweep put off: %s", shut.code)

    threading.Thread(target=work, name="veildesk-sweep", daemon=True).start()


def sweep_staged(store: Store, batch_id: str) -> None:
    """Delete the staged changes of a published batch."""
    for table, key in _STAGED:
        _drain(store, table, key, batch_id)


def leftovers(store: Store) -> list[str]:
    """Batches that ended without being published and still have rows."""
    with store.engine.connect() as connection:
        ended = connection.execute(select(import_batch.c.id).where(import_batch.c.state.in_(ENDED))).scalars().all()
        return [
            batch_id
            for batch_id in ended
            if any(
                connection.execute(select(table.c.batch_id).where(table.c.batch_id == batch_id).limit(1)).first()
                for table in (case_file, *(one for one, _ in _STAGED))
            )
        ]


def worked_off(store: Store) -> list[str]:
    """Published batches whose staged changes are still there."""
    with store.engine.connect() as connection:
        return [
            batch_id
            for table, _ in _STAGED
            for batch_id in connection.execute(
                select(table.c.batch_id)
                .join(import_batch, import_batch.c.id == table.c.batch_id)
                .where(import_batch.c.state == "published")
                .distinct()
            ).scalars()
        ]


_STAGED: Final[tuple[tuple[Table, tuple[str, ...]], ...]] = (
    (staged_change, ("id",)),
    (staged_blind, ("blind", "case_id")),
    (staged_case, ("case_id",)),
)


def _cases(store: Store, batch_id: str) -> Sequence[str]:
    with store.engine.connect() as connection:
        query = select(case_file.c.id).where(case_file.c.batch_id == batch_id).limit(_PART)
        return connection.execute(query).scalars().all()


def _drop_cases(uow: UnitOfWork, ids: Sequence[str]) -> None:
    query = select(case_seals.c.case_id, case_seals.c.seals).where(case_seals.c.case_id.in_(ids))
    entries = [
        {"entry": seal.blind, "case": row.case_id}
        for row in uow.connection.execute(query)
        for seal in unpack(bytes(row.seals))
        if seal.blind is not None
    ]
    if entries:
        at = (blind_entry.c.blind == bindparam("entry"), blind_entry.c.case_id == bindparam("case"))
        uow.connection.execute(delete(blind_entry).where(*at), entries)
    for table in (case_seals, account):
        uow.connection.execute(delete(table).where(table.c.case_id.in_(ids)))
    uow.connection.execute(delete(case_file).where(case_file.c.id.in_(ids)))


def _drop_attached(store: Store, batch_id: str) -> None:
    """Further loans of cases on the desk; each of these is staged for the loan's sealed number."""
    after = ""
    while True:
        with store.engine.connect() as connection:
            query = (
                select(staged_case.c.case_id)
                .where(staged_case.c.batch_id == batch_id, staged_case.c.case_id > after)
                .order_by(staged_case.c.case_id)
                .limit(_PART)
            )
            ids = connection.execute(query).scalars().all()
        if not ids:
            return
        store.run(lambda uow, some=ids: _drop_accounts(uow, batch_id, some))  # type: ignore[misc]
        after = ids[-1]


def _drop_accounts(uow: UnitOfWork, batch_id: str, cases: Sequence[str]) -> None:
    uow.connection.execute(delete(account).where(account.c.case_id.in_(cases), account.c.batch_id == batch_id))


def _drain(store: Store, table: Table, key: tuple[str, ...], batch_id: str) -> None:
    while store.run(lambda uow: _drop_some(uow, table, key, batch_id)):
        pass


def _drop_some(uow: UnitOfWork, table: Table, key: tuple[str, ...], batch_id: str) -> int:
    columns = [table.c[name] for name in key]
    rows = uow.connection.execute(select(*columns).where(table.c.batch_id == batch_id).limit(_PART)).all()
    for row in rows:
        uow.connection.execute(
            delete(table).where(
                table.c.batch_id == batch_id, *(column == value for column, value in zip(columns, row, strict=True))
            )
        )
    return len(rows)
