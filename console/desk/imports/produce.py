"""From a file to a stream of questions and bundles; the same whether it runs in the desk or in a worker.

The rows of cases are dealt out in chunks: of several producers of one file each takes its share and counts past the
rest. Repayments and recalls have one producer, because it must tell what repeats in the file from what is sent again.
A producer asks about its next chunk before it seals the last one, so that reading, sealing and writing overlap.
"""

from __future__ import annotations

from collections.abc import Generator
from datetime import date
from pathlib import Path
from typing import Final

import msgspec

from console.desk.imports import bundle as b
from console.desk.imports.columns import Wishes
from console.desk.imports.faults import FileRefused
from console.desk.imports.fields import CURRENCY, REFERENCE, Kind
from console.desk.imports.filling import Batch, NewIds, SealingKeys
from console.desk.imports.ledger import Ledger
from console.desk.imports.rows import AnyRow, CaseRow
from console.desk.imports.scan import Scan, scan
from console.desk.imports.sealer import Prepared, Sealer
from masking.catalogue import Catalogue

CHUNK: Final = 1500
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
        share: Which producer this is, from 0.
        shares: How many there are.
        encoding: Of a text file, where it is proved already.
    """

    path: str
    kind: Kind
    wishes: Wishes
    today: str
    batch: Batch
    share: int = 0
    shares: int = 1
    encoding: str = ""


def produce(job: FileJob, keys: SealingKeys, ids: NewIds, catalogue: Catalogue) -> Stream:
    """Read, check, seal.

    Yields:
        `Opened`, then for each chunk of this share a `Question` and a `Bundle`, at last `Ended`; None where the next
        answer is to be sent in.
    """
    try:
        today = date.fromisoformat(job.today)
        path, currency = Path(job.path), job.batch.currency
        reading = scan(path, job.kind, catalogue, job.wishes, today, encoding=job.encoding, currency=currency)
        column, reference = reading.plan.bill.shown, reading.plan.shown_for(REFERENCE)
        money = reading.plan.shown_for(CURRENCY)
        yield b.Opened(reading.size, list(reading.plan.mapping), column, reference)
        if job.kind is Kind.CASES:
            yield from _cases(job, reading, Sealer(job.batch, keys, catalogue, ids, column, money))
        else:
            yield from _ledger(job, reading, Ledger(job.batch, keys, ids, column, reference, money))
    except FileRefused as refused:
        yield b.Ended(list(refused.faults), quarantine=refused.quarantine)
        return
    yield b.Ended([])


def _cases(job: FileJob, reading: Scan, sealer: Sealer) -> Stream:
    waiting: tuple[Prepared, b.Bundle] | None = None
    for rows, notes in _chunks(job, reading):
        prepared, question = sealer.prepare([row for row in rows if isinstance(row, CaseRow)])
        question.chunk = notes.chunk
        yield question
        if waiting is not None:
            yield from _sealed(sealer, *waiting)
        waiting = (prepared, notes)
    if waiting is not None:
        yield from _sealed(sealer, *waiting)


def _sealed(sealer: Sealer, prepared: Prepared, notes: b.Bundle) -> Stream:
    answer = yield None
    yield _with_notes(sealer.seal(prepared, answer or b.Answer({}, {})), notes)


def _ledger(job: FileJob, reading: Scan, ledger: Ledger) -> Stream:
    for rows, notes in _chunks(job, reading):
        question = ledger.question(rows)
        question.chunk = notes.chunk
        yield question
        answer = yield None
        yield _with_notes(ledger.book(rows, answer or b.Answer({}, {})), notes)


def _with_notes(bundle: b.Bundle, notes: b.Bundle) -> b.Bundle:
    bundle.faults = sorted([*notes.faults, *bundle.faults], key=lambda fault: fault.row)
    bundle.bad += notes.bad
    bundle.chunk, bundle.done, bundle.skipped = notes.chunk, notes.done, notes.skipped
    return bundle


def _chunks(job: FileJob, reading: Scan) -> Generator[tuple[list[AnyRow], b.Bundle], None, None]:
    """Rows that can be taken, and what is to be said of the others, for each chunk of this share."""
    for chunk, replies in reading.chunks(CHUNK, job.share, job.shares):
        rows: list[AnyRow] = []
        notes = b.Bundle(chunk=chunk, done=reading.done, skipped=reading.table.skipped.rows)
        for row, wrong in replies:
            if row is None:
                notes.bad += 1
                notes.faults += wrong
            else:
                rows.append(row)
        yield rows, notes
