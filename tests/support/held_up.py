"""How long processes were kept from running by whatever else this machine does: a promise in seconds is not about that.

Linux counts, for each thread, the time that it was ready to run and did not (`/proc/PID/task/TID/schedstat`, its second
figure). Each counts: what a promise is about goes from one thread to the next, and one that waits for another's turn at
the interpreter is not ready by Linux's count.
"""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

_NANO = 1e9


def _waited(process: int) -> dict[str, float]:
    """Seconds that each thread waited so far."""
    found = {}
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                found[thread.name] = int((thread / "schedstat").read_text(encoding="ascii").split()[1]) / _NANO
    return found


class Stopwatch:
    """Runs from when it is made. Args: processes: that are waited for, beside this one."""

    def __init__(self, *processes: int) -> None:
        self._before = {process: _waited(process) for process in (os.getpid(), *processes)}
        self._began = time.monotonic()

    def held_up(self) -> float:
        """Seconds since then in which others ran instead."""
        return sum(
            sum(waited - before.get(thread, 0.0) for thread, waited in _waited(process).items())
            for process, before in self._before.items()
        )

    def taken(self, began: float = 0.0, ended: float = 0.0) -> float:
        """Seconds so far, or between two moments of one clock, without those in which others ran instead."""
        return (ended or time.monotonic()) - (began or self._began) - self.held_up()
