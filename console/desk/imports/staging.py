"""Bundles into the store, invisibly: every row carries the id of a batch that is not published.

One chunk is one act, small enough that others wait little, and what they waited at most is kept. A new case is written
where it will stay; what a batch brings to a case on the desk waits in the `staged_*` tables.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future, wait
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

from sqlalchemy import bindparam, select, update
from sqlalchemy import case as when
from sqlalchemy.dialects import postgresql, sqlite

from access.store.base import Act, Store, UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import case_file, case_seals, desk_meta, import_batch, staged_case
from console.desk.imports import bulk
from console.desk.imports import bundle as b
from console.desk.imports.faults import KEPT, Fault, unnamed
from console.desk.imports.filling import Batch
from console.desk.imports.lookup import answer
from masking.case_keys import Purpose, unwrap, wrap, wrapped_under
from masking.keys import KeyRing

T = TypeVar("T")
BLINDS_TOGETHER: Final = 20_000
BLINDS_HELD: Final = 2 * BLINDS_TOGETHER
"""Entries are random: in the order of the index, held back until there are many, those of one act are neighbours."""
REJECT_COLUMNS: Final = ("batch_id", "number", "tenant_id", "row", "column", "code", "hint")
_DIGITS: Final = 7
_UNDER_WAY: Final = 3
"""Chunks that wait for the one writer of SQLite, so that those who seal need not; elsewhere order forbids it."""


class Stager:
    """Writes one batch's chunks and answers its questions. Used by one thread.

    Its acts are patient: whatever else is waiting goes first, so that another writer stands behind one of them at most,
    the one that is running when it comes.

    Attributes:
        longest_pause: microseconds that another writer waited at most: of the longest of these acts, to its commit.
        new_cases, new_accounts, changed: rows staged so far.
    """

    def __init__(self, store: Store, proofs: RowProofs, keys: KeyRing, batch: Batch) -> None:
        self._store = store
        self._proofs = proofs
        self._keys = keys
        self._batch = batch
        self.longest_pause = 0
        self.new_cases = self.new_accounts = self.changed = 0
        self.good = self.bad = self.skipped = 0
        self._rejects = self._faults = 0
        self._blinds: list[b.Row] = []
        self._in_order: list[b.Row] = []
        self._under_way: deque[Future[Any]] = deque()
        self._most = _UNDER_WAY if store.engine.dialect.name == "sqlite" else 1

    def answer(self, question: b.Question) -> b.Answer:
        """What is known of a chunk's debtors and bills; chunks written before are seen."""
        with self._store.engine.connect() as connection:
            known = answer(connection, self._batch.batch_id, self._keys.display, question)
        for case in known.cases.values():
            case.wrapped_key = self._current(case.case_id, case.wrapped_key)
        return known

    def _current(self, case_id: str, wrapped: bytes) -> bytes:
        """A case key under the newest key-encryption key, the only one that a worker has."""
        newest, under = self._keys.kek(), wrapped_under(wrapped)
        if under == newest.key_id:
            return wrapped
        tenant_id = self._batch.tenant_id
        key = unwrap(self._keys.kek(under), wrapped, tenant_id, case_id, Purpose.IMPORT)
        return wrap(newest, key, tenant_id, case_id)

    def write(self, bundle: b.Bundle, done: Callable[[], None]) -> None:
        """Stage one chunk, or at least have it stand in line.

        Args:
            bundle: the chunk.
            done: called when it is durable, or when it is known that it will not be; from the store's thread.

        Raises:
            LogUnavailable, StoreBusy: an earlier one could not be made durable; nothing of that one stays.
        """
        counts = (self.good + bundle.good, self.bad + bundle.bad)
        number = self._rejects
        rejects = bundle.faults[: max(KEPT - number, 0)]
        blinds = self._due_blinds(bundle.blinds)

        def act(uow: UnitOfWork) -> None:
            self._write(uow, bundle, blinds)
            self._keep_rejects(uow, rejects, number)
            self._count(uow, bundle, counts)

        self._drain(self._most - 1)
        written = self._store.submit(self._timed(act), patient=True)
        self._under_way.append(written)
        written.add_done_callback(lambda _: done())
        self._rejects += len(rejects)
        self._faults += len(bundle.faults)
        self.good, self.bad = counts
        self.skipped = bundle.skipped
        self.new_cases += len(bundle.cases)
        self.new_accounts += len(bundle.accounts)
        self.changed += len(bundle.changes)

    def finish(self) -> None:
        """Write what was held back; before the batch is published or left to wait.

        Raises:
            LogUnavailable, StoreBusy: it could not be made durable.
        """
        self._drain(0)
        self._in_order = sorted(self._in_order + self._blinds, reverse=True)
        self._blinds = []
        while self._in_order:
            self.timed(partial(_index, self._next_blinds()))
        if self._faults > self._rejects:
            more = [unnamed(self._faults - self._rejects)]
            self.timed(lambda uow: self._keep_rejects(uow, more, self._rejects))

    def _due_blinds(self, new: Sequence[b.Row]) -> list[b.Row]:
        """Entries to be written now, if any."""
        self._blinds += new
        if not self._in_order and len(self._blinds) >= BLINDS_HELD:
            self._in_order, self._blinds = sorted(self._blinds, reverse=True), []
        return self._next_blinds()

    def _next_blinds(self) -> list[b.Row]:
        """The next few in order; taken from the end of the list, which is turned round, because that costs nothing."""
        due = self._in_order[: -BLINDS_TOGETHER - 1 : -1]
        del self._in_order[-BLINDS_TOGETHER:]
        return due

    def timed(self, act: Act[T]) -> T:
        """Run an act and note how long it kept other writers waiting, its commit included."""
        return self._store.submit(self._timed(act), patient=True).result()

    def settle(self) -> None:
        """Wait until nothing of it is under way any more, whatever became of it."""
        wait(self._under_way)
        self._under_way.clear()

    def _drain(self, most: int) -> None:
        while len(self._under_way) > most:
            self._under_way.popleft().result()

    def _timed(self, act: Act[T]) -> Act[T]:
        def noted(uow: UnitOfWork) -> T:
            started = time.monotonic()

            def durable() -> None:
                self.longest_pause = max(self.longest_pause, int((time.monotonic() - started) * 1_000_000))

            reply = act(uow)
            uow.after_commit(durable)
            return reply

        return noted

    def _write(self, uow: UnitOfWork, bundle: b.Bundle, blinds: Sequence[b.Row]) -> None:
        batch_id = self._batch.batch_id
        if bundle.cases:
            bulk.insert(uow, "case_file", b.CASE_COLUMNS, self._numbered(uow, bundle.cases))
        _insert(uow, "account", b.ACCOUNT_COLUMNS, bundle.accounts)
        _insert(uow, "case_seals", b.SEALS_COLUMNS, bundle.seals)
        _index(blinds, uow)
        _insert(uow, "staged_change", b.CHANGE_COLUMNS, bundle.changes)
        _insert(uow, "staged_blind", ("batch_id", *b.BLIND_COLUMNS), [[batch_id, *row] for row in bundle.added_blinds])
        if bundle.added:
            self._stage_cases(uow, bundle.added)
        if bundle.grown:
            _grow(uow, bundle.grown)

    def _keep_rejects(self, uow: UnitOfWork, rejects: Sequence[Fault], number: int) -> None:
        batch = self._batch
        rows = [
            [batch.batch_id, number + place, batch.tenant_id, one.row, one.column, one.code.value, one.hint[:200]]
            for place, one in enumerate(rejects)
        ]
        _insert(uow, "import_reject", REJECT_COLUMNS, rows)

    def _count(self, uow: UnitOfWork, bundle: b.Bundle, counts: tuple[int, int]) -> None:
        uow.connection.execute(
            update(import_batch)
            .where(import_batch.c.id == self._batch.batch_id)
            .values(
                staged_rows=sum(counts),
                good_rows=counts[0],
                bad_rows=counts[1],
                new_cases=import_batch.c.new_cases + len(bundle.cases),
                new_accounts=import_batch.c.new_accounts + len(bundle.accounts),
                changed_accounts=import_batch.c.changed_accounts + len(bundle.changes),
            )
        )

    def _numbered(self, uow: UnitOfWork, cases: Sequence[b.Row]) -> list[b.Row]:
        """The rows with their case numbers and proofs."""
        first, year = reserve_numbers(uow, self._batch.tenant_id, len(cases))
        batch, seal = self._batch, self._proofs.seal
        proven: dict[str, Any] = {
            "tenant_id": batch.tenant_id,
            "batch_id": batch.batch_id,
            "unit_id": batch.unit_id,
            "agency_id": batch.agency_id,
            "assignee_id": None,
            "hold": None,
            "barred": None,
        }
        rows = []
        for place, row in enumerate(cases):
            number = f"C-{year}-{first + place:0{_DIGITS}}"
            proven |= {"id": row[0], "number": number}
            rows.append([*row, number, seal(case_file, proven, version=1, event_id=batch.event_id)])
        return rows

    def _stage_cases(self, uow: UnitOfWork, added: Sequence[b.Row]) -> None:
        insert = sqlite.insert if uow.connection.dialect.name == "sqlite" else postgresql.insert
        statement = insert(staged_case)
        later = {"display": statement.excluded.display, "seals": statement.excluded.seals}
        statement = statement.on_conflict_do_update(index_elements=["batch_id", "case_id"], set_=later)
        uow.connection.execute(
            statement,
            [{"batch_id": self._batch.batch_id, **dict(zip(b.STAGED_COLUMNS, row, strict=True))} for row in added],
        )


def reserve_numbers(uow: UnitOfWork, tenant_id: str, count: int) -> tuple[int, int]:
    """Take `count` case numbers of the tenant's counter; returns the first and the year they are in."""
    year = datetime.fromtimestamp(uow.now / 1_000_000, UTC).year
    key = f"case-number:{tenant_id}:{year}"
    query = uow.lock(select(desk_meta.c.value).where(desk_meta.c.key == key))
    found = uow.connection.execute(query).scalar_one_or_none()
    if found is None:
        uow.connection.execute(desk_meta.insert().values(key=key, tenant_id=tenant_id, value=str(count)))
        return 1, year
    uow.connection.execute(update(desk_meta).where(desk_meta.c.key == key).values(value=str(int(found) + count)))
    return int(found) + 1, year


def _index(blinds: Sequence[b.Row], uow: UnitOfWork) -> None:
    _insert(uow, "blind_entry", b.BLIND_COLUMNS, blinds)


def _insert(uow: UnitOfWork, table: str, columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> None:
    if rows:
        bulk.insert(uow, table, columns, rows)


def _grow(uow: UnitOfWork, grown: Sequence[b.Growth]) -> None:
    days: Any = bindparam("days")
    longer = case_file.c.days_past_due < days
    uow.connection.execute(
        update(case_file)
        .where(case_file.c.id == bindparam("case"))
        .values(
            accounts=case_file.c.accounts + bindparam("accounts_more"),
            due=case_file.c.due + bindparam("due_more"),
            days_past_due=when((longer, days), else_=case_file.c.days_past_due),
            priority=case_file.c.priority + when((longer, days - case_file.c.days_past_due), else_=0),
            display=bindparam("blob", type_=case_file.c.display.type),
        ),
        [
            {
                "case": one.case_id,
                "accounts_more": one.accounts,
                "due_more": one.due,
                "days": one.days_past_due,
                "blob": one.display,
            }
            for one in grown
        ],
    )
    uow.connection.execute(
        update(case_seals).where(case_seals.c.case_id == bindparam("case")).values(seals=bindparam("fields")),
        [{"case": one.case_id, "fields": one.seals} for one in grown],
    )
