"""Files are made in the background, one after the other: progress, stopping, and going on after a crash.

Each export has one file, under a name that its number gives, put in place by one rename; what a killed desk left of it
is thrown away and made again, with the same marks. What is being made shows to nobody. The acts are `recording`'s.
"""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from access.errors import AccessError
from console.desk.act import Act
from console.desk.exports import outbox, recording
from console.desk.exports.gather import Gatherer, Line
from console.desk.exports.records import Row
from console.desk.exports.sheet import Sheet
from console.desk.exports.writers import FORMATS, digest_of, write
from console.desk.parts import Parts
from console.package import locking, sealing
from masking.errors import MaskingError
from masking.gm import Sm2PublicKey
from watermark.visible import export_number

__all__ = ["FORMATS", "Job", "drop_later", "file_name", "path_of", "progress", "recover", "start_later", "stop_all"]

_PRIVATE: Final = 0o600
_FOLDER: Final = 0o700
_log = logging.getLogger("veildesk.exports")
_jobs: dict[str, Job] = {}
_lock = threading.Lock()


class _Stopped(Exception):
    """Nobody wants the file any more, or the desk ends."""


class Job:
    """One file being made. `done` of `total` rows."""

    def __init__(self, parts: Parts, export_id: str) -> None:
        self.parts = parts
        self.export_id = export_id
        self.done = 0
        self.total = 0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="veildesk-export", daemon=True)

    def start(self) -> None:
        """Begin on a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Ask it to stop; it does so at the next page."""
        self._stop.set()

    def wait(self, seconds: float) -> None:
        """Wait for its end, at most so long."""
        self._thread.join(seconds)

    @property
    def alive(self) -> bool:
        """Whether it is still at work."""
        return self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._make()
        except _Stopped:
            _log.info("export %s: stopped", self.export_id)
        except (AccessError, MaskingError, OSError) as wrong:
            self._fail(getattr(wrong, "code", type(wrong).__name__))
        except Exception as wrong:  # noqa: BLE001 - the thread's last line; a message might quote a row
            self._fail(type(wrong).__name__)
        finally:
            with _lock:
                _jobs.pop(self.export_id, None)

    def _fail(self, why: str) -> None:
        _log.warning("export %s failed: %s", self.export_id, why)
        with contextlib.suppress(AccessError):
            # A desk that cannot even write this down finds the export unfinished when it starts again.
            recording.fail(self.parts, self.export_id)

    def _make(self) -> None:
        begun = recording.begin(self.parts, self.export_id)
        if begun is None:
            return
        self.total = begun.total
        row, final = begun.row, path_of(self.parts, begun.row)
        final.parent.mkdir(mode=_FOLDER, parents=True, exist_ok=True)
        folder = self._folder()
        try:
            bare = folder / export_number(row["serial"])
            os.close(os.open(bare, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
            gatherer = Gatherer(self.parts, row, begun.columns)
            rows = self._write(bare, row, begun.sheet, gatherer)
            content, _ = digest_of(bare)
            password = self._locked(bare, row)
            ready = self._sealed(bare, begun, rows)
            self._continue()
            wanted = False
            try:
                ready.rename(final)
                shutil.rmtree(folder, ignore_errors=True)
                made = recording.Made(
                    rows=rows,
                    left_out=gatherer.left_out,
                    size=final.stat().st_size,
                    digest=digest_of(final)[0],
                    content=content,
                    carriers=tuple(begun.sheet.carriers.values()),
                    numbers=self._numbers,
                    password=password,
                )
                wanted = recording.finish(self.parts, self.export_id, made)
            finally:
                # Also where it could not be written down: what no row tells of must not lie there.
                if not wanted:
                    final.unlink(missing_ok=True)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _write(self, bare: Path, row: Row, sheet: Sheet, gatherer: Gatherer) -> int:
        self._numbers: list[int] = []

        def pages() -> Iterator[list[Line]]:
            for page in gatherer.pages():
                self._continue()
                # A row can be traced before it can leak.
                self._numbers += recording.remember(self.parts, sheet, page)
                self.done = min(self.done + len(page), self.total)
                yield page

        rows = write(row["format"], bare, sheet, pages())
        # A printout has lines, and says one customer.
        return min(rows, 1) if row["template"] == "case" else rows

    def _locked(self, bare: Path, row: Row) -> str:
        """Put a locked copy in the file's place, where one was asked for; returns its password, or nothing."""
        if not row["locked"]:
            return ""
        password, copy = locking.draw(), bare.with_suffix(".locked")
        os.close(os.open(copy, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE))
        locking.lock(row["format"], bare, copy, f"{bare.name}.{row['format']}", password)
        self._continue()
        copy.replace(bare)
        return password

    def _sealed(self, bare: Path, begun: recording.Begun, rows: int) -> Path:
        row = begun.row
        if row["recipient_key"] is None:
            if self.parts.profile != "demo":
                raise _Stopped
            return bare
        package = bare.with_name(f"{bare.name}.vdp")
        inside = _inside(row), *digest_of(bare)
        manifest = recording.manifest(row, rows, inside, self.parts.clock.now_us())
        signer = self.parts.keys.log_signer
        sealing.seal(bare, package, manifest, Sm2PublicKey(bytes(row["recipient_key"])), signer)
        bare.unlink()
        return package

    def _folder(self) -> Path:
        folder = _scratch(self.parts) / self.export_id
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=_FOLDER, parents=True)
        return folder

    def _continue(self) -> None:
        if self._stop.is_set():
            raise _Stopped


def file_name(row: Row) -> str:
    """What a file is called: its number and what it is; nothing of a customer."""
    return f"{export_number(row['serial'])}.vdp" if row["recipient_key"] is not None else _inside(row)


def _inside(row: Row) -> str:
    """What the file itself is called."""
    ending = locking.ENDINGS[row["format"]] if row["locked"] else row["format"]
    return f"{export_number(row['serial'])}.{ending}"


def path_of(parts: Parts, row: Row) -> Path:
    """Where a finished file waits on the desk's own disk.

    Raises:
        OSError: This desk has no files.
    """
    if parts.home is None:
        raise FileNotFoundError
    return parts.home.exports / file_name(row)


def progress(export_id: str) -> tuple[int, int]:
    """Rows done, and how many there are; none of none when nothing is being made."""
    with _lock:
        job = _jobs.get(export_id)
    return (job.done, job.total) if job is not None else (0, 0)


def start_later(act: Act, row: Row) -> None:
    """Make the file once the act is committed."""
    parts, export_id = act.parts, row["id"]
    act.uow.after_commit(lambda: _start(parts, export_id))


def drop_later(act: Act, row: Row) -> None:
    """Once the act is committed, stop making the file and destroy what is there of it."""
    parts = act.parts

    def drop() -> None:
        with _lock:
            job = _jobs.get(row["id"])
        if job is not None:
            job.stop()
        remove(parts, row)

    act.uow.after_commit(drop)


def remove(parts: Parts, row: Row) -> None:
    """Destroy an export's file, where it waits and in the outbox."""
    if parts.home is not None:
        for folder in (parts.home.exports, parts.home.outbox):
            (folder / file_name(row)).unlink(missing_ok=True)


def stop_all(parts: Parts, grace: float = 5.0, seconds: float = 10.0) -> None:
    """When the desk ends: let what is nearly made be finished, stop the rest; it goes on when the desk starts again.

    Without the grace, a desk that lives for one command only would never finish a file.
    """
    with _lock:
        mine = [job for job in _jobs.values() if job.parts is parts]
    until = time.monotonic() + grace
    for job in mine:
        job.wait(max(0.0, until - time.monotonic()))
    for job in mine:
        job.stop()
    for job in mine:
        job.wait(seconds)


def recover(parts: Parts) -> None:
    """Go on with what a desk left unfinished when it stopped or was killed."""
    if parts.home is not None:
        shutil.rmtree(_scratch(parts), ignore_errors=True)
        # What was withdrawn, stopped, expired or confirmed just before the desk was killed is destroyed now.
        lying = [(row, file_name(row)) for row in recording.lying(parts)]
        kept = {name for _, name in lying}
        for folder in (parts.home.exports, parts.home.outbox):
            for file in folder.iterdir() if folder.is_dir() else ():
                if file.name not in kept:
                    file.unlink()
        outbox.finish(parts, lying)
    for export_id in recording.unfinished(parts):
        _start(parts, export_id)


def _scratch(parts: Parts) -> Path:
    if parts.home is None:
        raise FileNotFoundError
    return parts.home.temporary / "exports"


def _start(parts: Parts, export_id: str) -> None:
    with _lock:
        if export_id in _jobs:
            return
        job = _jobs[export_id] = Job(parts, export_id)
    job.start()
