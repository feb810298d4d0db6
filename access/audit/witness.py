"""The witness: an append-only file of signed checkpoints, outside the database that they convict.

Notes stand one after another, each followed by an empty line. The file is opened for appending only, never follows a
symbolic link, belongs to the desk alone (0600) and is flushed to the disk after each note. A note torn by a crash is
closed off and skipped; reading says where.
"""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import Final

import msgspec

from access.audit.notes import Checkpoint, parse
from access.errors import WitnessBroken

_END: Final = b"\n\n"
_SIGNATURE: Final = "\u2014 ".encode()
_FLAGS: Final = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE: Final = 0o600
_TAIL: Final = 8192  # bytes that hold the last few notes


class Noted(msgspec.Struct, frozen=True):
    """One note of the file: what it says, and its bytes."""

    checkpoint: Checkpoint
    note: bytes


class Witness:
    """The file of checkpoints.

    Args:
        path: Where it lies; its folder is made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, note: bytes) -> None:
        """Add a note, durably.

        Raises:
            WitnessBroken: The file cannot be written, is a link, or belongs to others too.
        """
        with self._lock:
            try:
                fresh = not self.path.exists()
                self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                descriptor = os.open(self.path, _FLAGS, _MODE)
                try:
                    self._refuse_shared(descriptor)
                    _write(descriptor, self._closing() + note + b"\n")
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
                if fresh:
                    _sync_folder(self.path.parent)
            except OSError as wrong:
                raise WitnessBroken(errno=wrong.errno) from wrong

    def read(self) -> tuple[list[Noted], list[int]]:
        """Return the notes in order, and the numbers (from 1) of pieces that are none: torn or edited.

        Raises:
            WitnessBroken: The file is there but cannot be read.
        """
        return _pieces(self._data(0))

    def newest(self) -> Noted | None:
        """Return the last note, if there is one.

        Raises:
            WitnessBroken: The file is there but cannot be read.
        """
        notes, _faults = _pieces(self._data(_TAIL))
        return notes[-1] if notes else None

    def _data(self, tail: int) -> bytes:
        try:
            with self.path.open("rb") as file:
                if tail:
                    file.seek(max(0, file.seek(0, os.SEEK_END) - tail))
                return file.read()
        except FileNotFoundError:
            return b""
        except OSError as wrong:
            raise WitnessBroken(errno=wrong.errno) from wrong

    @staticmethod
    def _refuse_shared(descriptor: int) -> None:
        state = os.fstat(descriptor)
        if not stat.S_ISREG(state.st_mode) or state.st_uid != os.geteuid() or stat.S_IMODE(state.st_mode) & 0o077:
            raise WitnessBroken(mode=oct(stat.S_IMODE(state.st_mode)))

    def _closing(self) -> bytes:
        """Return what ends a note that a crash tore, so that the next one stands by itself."""
        with self.path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - len(_END)))
            return b"" if size == 0 or file.read() == _END else _END


def _pieces(data: bytes) -> tuple[list[Noted], list[int]]:
    notes: list[Noted] = []
    faults: list[int] = []
    text: bytes | None = None
    number = 0
    for piece in data.split(_END):
        if piece.startswith(_SIGNATURE):
            number += 1
            note = (text or b"") + _END + piece + b"\n"
            found = parse(note)
            if found is None:
                faults.append(number)
            else:
                notes.append(Noted(found, note))
            text = None
            continue
        if text is not None:
            number += 1
            faults.append(number)
        text = piece if piece.strip() else None
    if text is not None:
        faults.append(number + 1)
    return notes, faults


def _write(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
