"""A desk that is a process of its own, waiting for the front door at a socket: HOME SOCKET SECONDS.

The clock runs ahead by so many seconds, so that a test has a fresh one-time code without waiting for one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path

from access.context import MonotoneGuard, SystemClock
from access.ids import UuidIds
from access.people.passwords import Argon2Parameters, PasswordHasher
from console import bootstrap
from console.home import Home
from console.serve import fences
from console.serve.gate import Gate
from console.serve.service import Address


class Ahead:
    """The machine's clock and some seconds."""

    def __init__(self, seconds: int) -> None:
        self._ahead = seconds * 1_000_000
        self._clock = SystemClock()

    def now_us(self) -> int:
        """Microseconds UTC."""
        return self._clock.now_us() + self._ahead


async def main(home: Path, door: Path, seconds: int) -> None:
    """Be the desk until told to end."""
    clock = MonotoneGuard(Ahead(seconds))
    cheap = PasswordHasher(Argon2Parameters(memory=64, passes=1))
    around = bootstrap.Ambient(clock=clock, ids=UuidIds(clock), hasher=cheap)
    desk = await bootstrap.RunningDesk.start(Home(home), around=around)
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    gate = await Gate.at(
        desk,
        str(door),
        Address("127.0.0.1", 0),
        frozenset({os.geteuid()}),
        lambda said: print(said.port, *said.fences, flush=True),  # noqa: T201 - to the test
    )
    await told.wait()
    await gate.close()
    await desk.stop()


if __name__ == "__main__":
    fences.harden()
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])))
