"""Where a desk keeps its things: one directory, readable by its owner only.

keys/ is apart from data/ so that a copy of one is worth nothing without the other; witness/ holds what convicts a
rewritten database. Nothing else of the project writes a path of its own making.
"""

from __future__ import annotations

import fcntl
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PRIVATE: Final = 0o700
_SOCKET_PATH_LIMIT: Final = 100  # sun_path holds 108 bytes


class HomeRefused(Exception):
    """The directory cannot serve as a desk's home.

    Attributes:
        code: `home.missing`, `home.exists`, `home.open_to_others`, `home.path_too_long`, `home.in_use`.
    """

    def __init__(self, code: str, path: Path) -> None:
        super().__init__(code)
        self.code = code
        self.params = {"path": str(path)}


@dataclass(frozen=True, slots=True)
class Home:
    """The paths below a desk's directory."""

    root: Path

    @property
    def settings(self) -> Path:
        """What an operator may edit."""
        return self.root / "desk.toml"

    @property
    def keys(self) -> Path:
        """Key ring and, with the file provider, the master key."""
        return self.root / "keys"

    @property
    def database(self) -> Path:
        """The embedded database; unused when the settings name a PostgreSQL."""
        return self.root / "data" / "desk.db"

    @property
    def witness(self) -> Path:
        """Signed checkpoints of the log, append only."""
        return self.root / "witness" / "checkpoints"

    @property
    def socket(self) -> Path:
        """The desk's door for screens and commands of this machine."""
        return self.root / "run" / "desk.sock"

    @property
    def lock(self) -> Path:
        """Held by the one process that is the desk."""
        return self.root / "run" / "desk.lock"

    @property
    def logs(self) -> Path:
        """Operational log, masked."""
        return self.root / "logs" / "desk.log"

    @property
    def drop(self) -> Path:
        """Where registered lenders put files, one directory each."""
        return self.root / "drop"

    @property
    def quarantine(self) -> Path:
        """Files of drops that could not be taken, one directory an import; kept for hours, then destroyed."""
        return self.root / "quarantine"

    @property
    def reports(self) -> Path:
        """Masked reject reports."""
        return self.root / "reports"

    @property
    def temporary(self) -> Path:
        """Scratch space; empty when nothing runs."""
        return self.root / "tmp"

    @property
    def exports(self) -> Path:
        """Finished exports that nobody has fetched yet."""
        return self.root / "exports"

    @property
    def outbox(self) -> Path:
        """Exports that were fetched, for as long as they may be taken from here."""
        return self.root / "outbox"

    @property
    def recordings(self) -> Path:
        """What was said in calls, sealed second by second."""
        return self.root / "recordings"

    def create(self) -> None:
        """Make the directories.

        Raises:
            HomeRefused: something is there already, or the path is too long for a socket.
        """
        if len(os.fsencode(self.socket)) > _SOCKET_PATH_LIMIT:
            raise HomeRefused("home.path_too_long", self.root)
        if self.root.exists() and any(self.root.iterdir()):
            raise HomeRefused("home.exists", self.root)
        for path in (
            self.root,
            self.keys,
            self.database.parent,
            self.witness.parent,
            self.socket.parent,
            self.logs.parent,
            self.drop,
            self.reports,
            self.exports,
            self.outbox,
            self.recordings,
            self.temporary,
        ):
            path.mkdir(mode=_PRIVATE, parents=True, exist_ok=True)
            path.chmod(_PRIVATE)

    def check(self) -> None:
        """Refuse a home that is missing or that others can enter.

        Raises:
            HomeRefused: which of the two.
        """
        if not self.settings.is_file():
            raise HomeRefused("home.missing", self.root)
        for path in (self.root, self.keys):
            mode = path.stat()
            if mode.st_uid != os.geteuid() or stat.S_IMODE(mode.st_mode) & 0o077:
                raise HomeRefused("home.open_to_others", path)


class DeskLock:
    """Held for the life of the one desk process of a home; the kernel frees it however that process ends."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Become the desk of this home.

        Raises:
            HomeRefused: another process is.
        """
        descriptor = os.open(self._home.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as taken:
            os.close(descriptor)
            raise HomeRefused("home.in_use", self._home.root) from taken
        self._descriptor = descriptor

    def release(self) -> None:
        """Stop being the desk."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
