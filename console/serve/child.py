"""Processes of the desk's own that see numbers: started with their links and nothing else of the desk."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

_ROOT: Final = Path(__file__).resolve().parents[2]
_CLOSE_WITHIN: Final = 20.0


def start(module: str, ends: Sequence[socket.socket], *said: str) -> subprocess.Popen[bytes]:
    """Run a module of ours: its links' descriptors come first among its arguments, its outputs lead nowhere."""
    numbers = [end.fileno() for end in ends]
    packages = [entry for entry in sys.path if entry.endswith("-packages")]
    environment = {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *packages]),
        **{name: os.environ[name] for name in ("PYTHONDONTWRITEBYTECODE",) if name in os.environ},
    }
    return subprocess.Popen(  # noqa: S603 - our own modules
        [sys.executable, "-P", "-m", module, *map(str, numbers), *said],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=numbers,
        env=environment,
        start_new_session=True,
        cwd="/",
    )


def end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Wait until each is over; one that does not end is killed."""
    for process in processes:
        try:
            process.wait(_CLOSE_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
