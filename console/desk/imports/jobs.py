"""One import from its first byte to its last event, on a thread of its own.

Obtain and verify the file, begin the batch, read and stage it chunk by chunk, then publish, let wait, or refuse; each
write is an act of its own that names who started the import. Whatever goes wrong ends in a state that the report tells,
with nothing of the batch to be seen.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from access.errors import AccessError
from access.policy import Refused, Resource
from console.desk.api.imports import ImportReport
from console.desk.hub import Audience
from console.desk.imports import bundle as b
from console.desk.imports import drop, quarantine, running
from console.desk.imports.afterwards import after_publish, destroy
from console.desk.imports.columns import Wishes
from console.desk.imports.ending import Ending
from console.desk.imports.faults import Code, FileRefused, whole_file
from console.desk.imports.fields import Kind
from console.desk.imports.filling import Batch
from console.desk.imports.intake import Intake, consume
from console.desk.imports.order import Order
from console.desk.imports.overtaken import Overtaken
from console.desk.imports.produce import FileJob, produce
from console.desk.imports.reports import shown
from console.desk.imports.staging import Stager
from console.desk.imports.tally import SHOWN, Tally
from console.desk.imports.unchanged import Unchanged
from console.desk.imports.workbook import looks_like_workbook
from console.desk.imports.worker import WorkerLost, work
from console.desk.parts import Parts
from console.desk.strategy.fitness import NOT_IN_DATE
from masking.detect import mask_text

_INLINE_BYTES: Final = 400_000
_ATTEMPTS: Final = 3
_WORKERS: Final = 2
_PUSH_SECONDS: Final = 0.25
_log = logging.getLogger("veildesk.imports")


class _Cancelled(Exception):
    """The person who started it, or the desk, wants no more of it."""


@dataclass(slots=True)
class Job:
    """A running or finished import. `report` may be asked from any thread."""

    parts: Parts
    order: Order
    state: str = "running"
    batch_id: str | None = None
    tally: Tally = field(default_factory=Tally)
    longest_pause: int = 0
    left: tuple[str, ...] = ()
    _file: Path | None = None
    _cancel: threading.Event = field(default_factory=threading.Event)
    _started: float = field(default_factory=time.monotonic)
    _ended: float = 0.0
    _pushed: float = 0.0
    _thread: threading.Thread | None = None

    @property
    def resource(self) -> Resource:
        """The import as the decision sees it."""
        order = self.order
        return Resource(kind="batch", id=order.job_id, tenant_id=order.tenant_id, unit_id=order.unit_id)

    @property
    def file_name(self) -> str:
        """The file's name, personal data masked."""
        name = self.order.request.drop or (self.order.path.name if self.order.path else "")
        return mask_text("".join(char for char in name if char.isprintable()), loose=True)[:200]

    def report(self) -> ImportReport:
        """How far it is, or how it ended."""
        tally, order = self.tally, self.order
        return ImportReport(
            job_id=order.job_id,
            batch_id=self.batch_id,
            source=order.source_name,
            kind=order.kind.value,
            file_name=self.file_name,
            state=self.state,
            done=tally.done,
            total=tally.total,
            rows=tally.good + tally.bad,
            good_rows=tally.good,
            bad_rows=tally.bad,
            new_cases=tally.new_cases,
            new_accounts=tally.new_accounts,
            changed_accounts=tally.changed,
            skipped_rows=tally.skipped,
            mapping=tally.mapping,
            faults=shown(tally.faults[:SHOWN]),
            faults_total=tally.faults_total,
            faults_unnamed=self._unnamed(),
            kept_until=0 if self.state == "running" else quarantine.until(self.parts, order.job_id),
            left=self.left,
            seconds=(self._ended or time.monotonic()) - self._started,
            longest_pause=self.longest_pause,
        )

    def _unnamed(self) -> int:
        """Faults that nobody will be told of one by one; without a batch only those shown at once are."""
        kept = self.tally.faults if self.batch_id is not None else self.tally.faults[:SHOWN]
        return self.tally.faults_total - len(kept) if self.state != "running" else 0

    def start(self) -> None:
        """Begin on a thread of its own."""
        running.remember(self)
        self._thread = threading.Thread(target=self._run, name="veildesk-import", daemon=True)
        self._thread.start()

    def cancel(self) -> None:
        """Ask it to stop; it does so at the next chunk."""
        self._cancel.set()

    def wait(self, seconds: float) -> None:
        """Wait for its end, at most so long."""
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        ending = Ending(self.parts, self.order)
        try:
            state = self._carry_out(ending)
        except FileRefused as refused:
            self.tally.note(list(refused.faults))
            state = ending.refuse(self.tally, quarantine=refused.quarantine)
        except _Cancelled:
            state = ending.abandon("cancelled")
        except Exception as wrong:  # noqa: BLE001 - the thread's last line; a message might quote a row
            level = logging.WARNING if isinstance(wrong, AccessError | WorkerLost | OSError) else logging.ERROR
            what = wrong.code if isinstance(wrong, AccessError) else type(wrong).__name__
            _log.log(level, "import %s failed: %s", self.order.job_id, what)
            state = self._fallen(ending)
        finally:
            self._tidy()
        self._ended = time.monotonic()
        self.state = state
        self._push(force=True)

    def _fallen(self, ending: Ending) -> str:
        """After an error: what the batch's row says is what happened."""
        fate = ending.fate()
        if fate == "published":
            self._clear_up(ending)
        return fate if fate in {"published", "waiting"} else ending.abandon("failed")

    def _clear_up(self, ending: Ending) -> None:
        request = self.order.request
        self.left = after_publish(ending, self.longest_pause, self._file if request.destroy or request.drop else None)

    def _carry_out(self, ending: Ending) -> str:
        path = self._file = self._obtain()
        unchanged = Unchanged(path)
        digest = drop.digest_of(path)
        key = self.order.public_key if self.order.standing else None
        if key and drop.proven(path, key, digest) and ending.published_before(digest):
            # A desk that was killed before it had destroyed the file finds it again; nobody asked for it twice.
            destroy(ending, path, Code.FILE_LOADED_BEFORE.value)
            raise whole_file(Code.FILE_LOADED_BEFORE)
        self.tally.total = path.stat().st_size
        dry = self.order.request.dry_run
        for _ in range(_ATTEMPTS):
            self.tally.restart()
            if not dry:
                self.batch_id = ending.begin(digest, self.tally.total, self.file_name)
            if self.order.request.drop and self.order.public_key:
                drop.verify(path, self.order.public_key, digest)
            batch = self._batch(ending)
            stager = Stager(self.parts.store, self.parts.proofs, self.parts.keys, batch)
            try:
                with unchanged:
                    self._read(path, batch, stager, dry=dry)
            finally:
                stager.settle()
                self.longest_pause = max(self.longest_pause, stager.longest_pause)
            if dry:
                ending.dry_run(self.tally)
                return "dry"
            self._require_good()
            stager.finish()
            if not self.order.registered:
                return ending.let_wait(self.tally)
            try:
                return self._publish(ending, stager)
            except Overtaken:
                # Another file brought some of these debtors meanwhile: they are known now, so read it again.
                ending.abandon("overtaken")
        raise whole_file(Code.FILE_OVERTAKEN)

    def _obtain(self) -> Path:
        order = self.order
        if order.path is not None:
            return order.path
        home = self.parts.home
        if home is None:
            raise whole_file(Code.FILE_UNREADABLE)
        return drop.take(home.drop / order.source_name, order.request.drop, home.temporary / "imports" / order.job_id)

    def _batch(self, ending: Ending) -> Batch:
        order, settings = self.order, self.parts.settings
        return Batch(
            batch_id=order.job_id if self.batch_id is None else self.batch_id,
            event_id=ending.event_id,
            tenant_id=order.tenant_id,
            source_id=order.source_id,
            unit_id=order.unit_id,
            agency_id=order.agency_id,
            currency=settings.currency,
            zone=settings.zone,
        )

    def _read(self, path: Path, batch: Batch, stager: Stager, *, dry: bool) -> None:
        request, parts = self.order.request, self.parts
        today = datetime.fromtimestamp(parts.clock.now_us() / 1_000_000, UTC).astimezone(ZoneInfo(batch.zone)).date()
        wishes = Wishes(asked=request.mapping, dropped=request.dropped, remembered=self.order.remembered)
        job = FileJob(str(path), self.order.kind, wishes, today.isoformat(), batch)
        keys = parts.keys.export_for_worker()
        intake = Intake(stager.answer, lambda bundle, done: self._take(bundle, done, stager, dry=dry))
        if self.tally.total <= _INLINE_BYTES:
            consume(produce(job, keys, parts.ids, parts.catalogue), intake, self._hear)
        else:
            # A workbook is held in memory whole: once, not twice. What repeats in a ledger only one reader can tell.
            alone = self.order.kind is not Kind.CASES or looks_like_workbook(path)
            shares = 1 if alone else min(_WORKERS, os.cpu_count() or 1)
            work(job, keys, shares, intake, self._hear)

    def _hear(self, message: b.Message) -> bool:
        if isinstance(message, b.Opened):
            self.tally.mapping, self.tally.bill_column = tuple(message.mapping), message.bill_column
            self.tally.reference_column = message.reference_column
        if not isinstance(message, b.Ended):
            return False
        if message.failed:
            raise WorkerLost(message.failed)
        if message.faults:
            raise FileRefused(*message.faults, quarantine=message.quarantine)
        return True

    def _take(self, bundle: b.Bundle, done: Callable[[], None], stager: Stager, *, dry: bool) -> None:
        if self._cancel.is_set():
            raise _Cancelled
        self.tally.add(bundle)
        # Once a fault dooms the whole file, the rest is only read for its faults.
        if dry or (self.tally.faults_total and not self.order.request.accept_good):
            self.tally.correct(bundle)
            done()
        else:
            stager.write(bundle, done)
        self._push()

    def _require_good(self) -> None:
        if self.tally.faults_total and not (self.order.request.accept_good and self.tally.good):
            faults, self.tally.faults = self.tally.faults, []
            self.tally.faults_total -= len(faults)
            raise FileRefused(*faults)

    def _publish(self, ending: Ending, stager: Stager) -> str:
        try:
            ending.publish(self.tally, stager)
        except Refused as refused:
            if refused.code != NOT_IN_DATE:
                raise
            raise whole_file(Code.FILE_AGENCY_NOT_IN_DATE) from refused
        finally:
            self.longest_pause = max(self.longest_pause, stager.longest_pause)
        self._clear_up(ending)
        return "published"

    def _tidy(self) -> None:
        self.tally.let_go()
        home = self.parts.home
        if self.order.request.drop and home is not None:
            try:
                drop.destroy_all(home.temporary / "imports" / self.order.job_id)
            except OSError as wrong:
                _log.warning("import %s: its private copy remains: %s", self.order.job_id, type(wrong).__name__)

    def _push(self, *, force: bool = False) -> None:
        now = time.monotonic()
        if force or now - self._pushed > _PUSH_SECONDS:
            self._pushed = now
            audience = Audience.of(self.order.line.person_id, units=(self.order.unit_id,))
            self.parts.hub.publish("import", self.order.job_id, audience)
