"""Files of destroyed recordings: written over three times, then removed. The key is destroyed elsewhere, and first.

A file that a crash left goes at the next start.

Without the key what may be left on a disk that keeps old blocks (flash, copy on write) or in a backup is noise.
"""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from sqlalchemy import select

from access.store.schema import call_recording
from console.desk.calls.states import RecordingState
from console.desk.parts import Parts
from masking.scrub import safe_repr

_BLOCK: Final = 1 << 20
_TIMES: Final = 3
_log = logging.getLogger("veildesk.calls")


def begin_removing(parts: Parts, ids: Sequence[str]) -> None:
    """Destroy the files on a thread of their own: in the store's nobody waits for a disk.

    What it does not get to goes at the next start, and until then the witness refuses.
    """
    threading.Thread(target=remove, args=(parts, ids), name="veildesk-shredding", daemon=True).start()


def remove(parts: Parts, ids: Iterable[str]) -> None:
    """Destroy the files of these recordings; one that the disk does not let go stays, and is told in the log."""
    if parts.home is None:
        return
    for one in ids:
        try:
            shred(parts.home.recordings / f"{one}.vdr")
        except OSError as fault:
            # The witness finds it; the next start tries again.
            _log.warning("a destroyed recording's file stays: %s", safe_repr(fault))


def recover(parts: Parts) -> None:
    """Remove the files of recordings whose key is destroyed, which a crash left."""
    if parts.home is None or not parts.home.recordings.is_dir():
        return
    with parts.store.engine.connect() as connection:
        query = select(call_recording.c.id).where(call_recording.c.state == RecordingState.DESTROYED.value)
        gone = set(connection.execute(query).scalars())
    remove(parts, [path.stem for path in parts.home.recordings.glob("*.vdr") if path.stem in gone])


def shred(path: Path) -> None:
    """Destroy a file; nothing to do for one that is not there.

    Raises:
        OSError: the disk does not let it go.
    """
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        size = os.fstat(descriptor).st_size
        for _ in range(_TIMES):
            os.lseek(descriptor, 0, os.SEEK_SET)
            left = size
            while left:
                left -= os.write(descriptor, os.urandom(min(left, _BLOCK)))
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    path.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
