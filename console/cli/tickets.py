"""The ten-minute ticket that spares the next command its factors: one file a desk, 0600, in the user's own runtime dir.

The ticket is sealed by the desk and says nothing by itself; whoever can read this file is the user, or root.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from pathlib import Path
from typing import Final

from console.home import Home

_PRIVATE: Final = 0o077


def _folder() -> Path:
    runtime = os.environ.get("XDG_RUNTIME_DIR")
    base = Path(runtime) if runtime and Path(runtime).is_dir() else Path(tempfile.gettempdir())
    return base / f"veildesk-{os.geteuid()}"


def _path(home: Home) -> Path:
    name = hashlib.sha256(os.fsencode(home.root)).hexdigest()[:24]
    return _folder() / f"{name}.ticket"


def _ours(path: Path) -> bool:
    """Whether a file or folder is the user's own and closed to others."""
    try:
        state = path.lstat()
    except OSError:
        return False
    return state.st_uid == os.geteuid() and not stat.S_ISLNK(state.st_mode) and not state.st_mode & _PRIVATE


def keep(home: Home, login: str, ticket: str) -> None:
    """Keep a ticket for this desk; an unsafe folder keeps nothing."""
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    if not _ours(folder):
        return
    path = _path(home)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"login": login, "ticket": ticket}, file)


def load(home: Home, login: str) -> str:
    """The kept ticket, empty when there is none for this login (or for anybody, where no login is named)."""
    path = _path(home)
    if not (_ours(path.parent) and _ours(path)):
        return ""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        mine = not login or kept["login"] == login
        return str(kept["ticket"]) if mine else ""
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def forget(home: Home) -> None:
    """Drop a ticket that the desk no longer takes."""
    path = _path(home)
    if _ours(path.parent):
        path.unlink(missing_ok=True)
