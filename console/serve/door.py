"""The front door: a process that authenticates visitors and moves bytes, and nothing else.

It holds the host's key, no key of the desk and no database. What it is told to open and whom it may let in, it learns
from the desk over one link; who works on a terminal is forked by the zygote over another. When the zygote is gone, it
ends, and with it every session. When the desk is gone, so does a front door that the desk started; one that was told
where the desk's socket is waits for the next desk and hands every session a new line to it.

Run as `python -m console.serve.door DESK ZYGOTE [USER:GROUP]`: each the number of a descriptor or the path of a socket;
and as whom to go on once everything is imported.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import signal
import sys
from typing import Final

from console.serve import ends, fences
from console.serve.doorkeeper import Door

_LATE: Final = ("concurrent.futures.thread", "encodings.idna")
"""What is imported when first needed, which may be when the program's files can no longer be read."""


async def _serve(desk: str, zygote: str) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGHUP):
        with contextlib.suppress(ValueError):
            signal.signal(number, signal.SIG_IGN)
    door = Door(ends.connected(zygote))
    loop.add_signal_handler(signal.SIGTERM, door.over.set)
    if desk.isdecimal():
        door.desk.hold(ends.connected(desk))
    else:
        door.desk.seek(desk)
    await door.over.wait()
    await door.farewell()
    door.desk.close()


def main(desk: str, zygote: str, user: str = "") -> None:
    """Serve until the zygote is gone, or for good the desk."""
    for name in _LATE:
        importlib.import_module(name)
    fences.become_said(user)
    fences.harden()
    asyncio.run(_serve(desk, zygote))


if __name__ == "__main__":
    main(*sys.argv[1:4])
