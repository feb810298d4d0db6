"""One session: the screens on a terminal, one socket to the desk, nothing else.

Forked from the zygote with the terminal as its standard streams, the desk's end of the line as descriptor 3, and the
place where the front door puts a new line, should the desk be started anew, as descriptor 5. Who is on a line is
settled elsewhere; this process only asks the desk. What it may still do when it is taken over, see
`console.serve.fences`.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import socket
from typing import Final

from console.client import SocketDesk
from console.serve.later import Later
from console.tui import forgetting
from console.tui.start import show
from console.wire import REPLY_LIMIT

DESK_LINE: Final = 3
LOG: Final = 4
LATER: Final = 5
_SETTLED: Final = 3.0  # seconds until the first screen stands, even on a busy machine


def run(terminal: str, language: str) -> int:
    """Show the desk until its person leaves; returns the exit code."""
    _log_to(LOG)
    forgetting.overwrite_from_now_on()
    os.environ.clear()
    os.environ.update({"TERM": terminal, "LANG": "C.UTF-8"})
    return asyncio.run(_show(language))


async def _show(language: str) -> int:
    line = socket.socket(fileno=DESK_LINE)
    reader, writer = await asyncio.open_connection(sock=line, limit=REPLY_LIMIT)
    # What the screens are made of stays for good; looking for garbage in it would only delay the first frame.
    gc.disable()
    asyncio.get_running_loop().call_later(_SETTLED, _collect_from_now_on)
    desk = SocketDesk(reader, writer)
    return await show(desk, language=language or None, seated=True, again=Later(LATER).line)


def _collect_from_now_on() -> None:
    gc.freeze()
    gc.enable()


def _log_to(descriptor: int) -> None:
    """References of crashes, without values, go to the service's own log; never to the terminal."""
    logging.raiseExceptions = False
    stream = os.fdopen(descriptor, "w", encoding="utf-8", errors="replace", buffering=1)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logging.Formatter("session %(process)d %(name)s: %(message)s"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
