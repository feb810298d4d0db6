"""Processes of the desk's own, front door and zygote, dialer, media and senders: started with their links alone."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Sequence
from typing import Final

from console import children

_CLOSE_WITHIN: Final = 20.0


def start(module: str, ends: Sequence[socket.socket], *said: str) -> subprocess.Popen[bytes]:
    """Run a module that sees numbers: nothing it might say leaves it but by its links. See `run`."""
    return run(module, ends, *said, errors=subprocess.DEVNULL)


def run(
    module: str, ends: Sequence[socket.socket], *said: str, errors: int | None = None, **more: str
) -> subprocess.Popen[bytes]:
    """Run a module of ours.

    Args:
        module: its name.
        ends: of its links; their descriptors come first among its arguments.
        said: its further arguments.
        errors: where its standard error leads; with none, where ours does. Its output leads nowhere.
        more: of its environment.
    """
    numbers = [end.fileno() for end in ends]
    return subprocess.Popen(  # noqa: S603 - our own modules
        children.order(module, *numbers, *said),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=errors,
        pass_fds=numbers,
        env=children.surroundings(**more),
        start_new_session=True,
        cwd=children.WHERE,
    )


def end(processes: Sequence[subprocess.Popen[bytes]], within: float = _CLOSE_WITHIN) -> None:
    """Wait until each is over, so many seconds; one that does not end is killed."""
    for process in processes:
        try:
            process.wait(within)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
