"""From a file to a stream of questions and bundles; the same whether it runs in the desk or in a worker.

Chunk k+1 is read and asked about before chunk k is sealed, so that reading, sealing and writing overlap. The consumer
answers questions in order and writes bundles in order.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from console.desk.imports import bundle as b
from console.desk.imports.columns import Wishes
from console.desk.imports.faults import Fault, FileRefused
from console.desk.imports.fields import Kind
from console.desk.imports.filling import Batch, NewIds, SealingKeys
from console.desk.imports.ledger import Ledger
from console.desk.imports.rows import CaseRow
from console.desk.imports.scan import Scan, scan
from console.desk.imports.sealer import Prepared, Sealer
from masking.catalogue import Catalogue

CHUNK: Final = 800
"""Rows of one chunk: one act of the writer, one question, one commit."""

Stream = Generator[b.Message | None, b.Answer | None, None]


class FileJob(msgspec.Struct, frozen=True, array_like=True):
    """What is to be read and how.

    Attributes:
        path: The file.
        kind: What it brings.
        wishes: Columns asked for.
        today: ISO date, for days past due that the lender did not count.
        batch: What its rows have in common.
    """

    path: str
    kind: Kind
    wishes: Wishes
    today: str
    batch: Batch


def produce(job: FileJob, keys: SealingKeys, ids: NewIds, catalogue: Catalogue) -> Stream:
    """Read, check, seal.

    Yields:
        `Opened`, then for each chunk a `Question` and a `Bundle`, at last `Ended`; None where the next answer is to be
        sent in.
    """
    try:
        reading = scan(Path(job.path), job.kind, catalogue, job.wishes, date.fromisoformat(job.today))
        column = reading.plan.bill.shown
        yield b.Opened(reading.size, list(reading.plan.mapping), column)
        if job.kind is Kind.CASES:
            yield from _cases(reading, Sealer(job.batch, keys, catalogue, ids, column))
        else:
            yield from _ledger(reading, Ledger(job.batch, keys, ids, column))
    except FileRefused as refused:
        yield b.Ended(list(refused.faults), quarantine=refused.quarantine)
        return
    yield b.Ended([])


def _cases(reading: Scan, sealer: Sealer) -> Stream:
    waiting: tuple[Prepared, b.Bundle] | None = None
    for rows, notes in _chunks(reading):
        cases = [row for row in rows if isinstance(row, CaseRow)]
        prepared, question = sealer.prepare(cases)
        yield question
        if waiting is not None:
            yield from _sealed(sealer, *waiting)
        waiting = (prepared, notes)
    if waiting is not None:
        yield from _sealed(sealer, *waiting)


def _sealed(sealer: Sealer, prepared: Prepared, notes: b.Bundle) -> Stream:
    answer = yield None
    sealed = sealer.seal(prepared, answer or b.Answer({}, {}))
    yield _with_notes(sealed, notes)


def _ledger(reading: Scan, ledger: Ledger) -> Stream:
    for rows, notes in _chunks(reading):
        yield ledger.question(rows)
        answer = yield None
        yield _with_notes(ledger.book(rows, answer or b.Answer({}, {})), notes)


def _with_notes(bundle: b.Bundle, notes: b.Bundle) -> b.Bundle:
    bundle.faults = sorted([*notes.faults, *bundle.faults], key=lambda fault: fault.row)
    bundle.bad += notes.bad
    bundle.done, bundle.skipped = notes.done, notes.skipped
    return bundle


def _chunks(reading: Scan) -> Generator[tuple[list[object], b.Bundle], None, None]:
    """Rows that can be taken, and what is to be said of the others, some hundred at a time."""
    rows: list[object] = []
    faults: list[Fault] = []
    bad = 0
    for row, wrong in reading.rows():
        if row is None:
            bad += 1
            faults += wrong
        else:
            rows.append(row)
        if len(rows) + bad >= CHUNK:
            yield rows, _notes(reading, faults, bad)
            rows, faults, bad = [], [], 0
    if rows or bad:
        yield rows, _notes(reading, faults, bad)


def _notes(reading: Scan, faults: list[Fault], bad: int) -> b.Bundle:
    return b.Bundle(faults=faults, bad=bad, done=reading.done, skipped=reading.table.skipped.rows)
