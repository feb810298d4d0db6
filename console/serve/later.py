"""Where a session gets its next line from when the desk it talked to is gone: from the front door, unasked.

The session has nothing to say on this socket. The front door, which knows whose terminal the session works on, puts a
fresh line to the desk into it once there is a desk again, or closes it when there will be none.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from typing import Final

from console.client import SocketDesk
from console.desk.api.base import DeskError, Refusal
from console.links import close_all
from console.wire import REPLY_LIMIT

_WAIT: Final = 1.5  # seconds a try lasts, so that the screen can count tries
_WORD: Final = b"line"


def pair() -> tuple[socket.socket, socket.socket]:
    """The front door's end and the session's."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


def hand_over(way: socket.socket, line: socket.socket) -> None:
    """Put a line into the session's hands. The line stays the caller's.

    Raises:
        OSError: the session is gone, or has not taken the ones before.
    """
    socket.send_fds(way, [_WORD], [line.fileno()], socket.MSG_DONTWAIT)


class Later:
    """The session's end. Args: its descriptor."""

    def __init__(self, descriptor: int) -> None:
        self._way = socket.socket(fileno=descriptor)
        self._way.setblocking(False)  # noqa: FBT003 - its only argument

    async def line(self) -> SocketDesk:
        """The next line.

        Raises:
            DeskError: `desk.unreachable`: none yet; `session.ended`: there will be none.
        """
        taken = self._take()
        if taken is None:
            await self._readable()
            taken = self._take()
        if taken is None:
            raise DeskError(Refusal(code="desk.unreachable"))
        reader, writer = await asyncio.open_connection(sock=taken, limit=REPLY_LIMIT)
        return SocketDesk(reader, writer)

    async def _readable(self) -> None:
        loop, ready = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._way, ready.set)
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(ready.wait(), _WAIT)
        finally:
            loop.remove_reader(self._way)

    def _take(self) -> socket.socket | None:
        """The newest line there is; those before it are of desks that are gone too."""
        newest: int | None = None
        while True:
            try:
                word, descriptors, _, _ = socket.recv_fds(self._way, len(_WORD), 1)
            except BlockingIOError:
                break
            except OSError:
                word, descriptors = b"", []
            if not word:
                close_all(() if newest is None else (newest,))
                raise DeskError(Refusal(code="session.ended"))
            for descriptor in descriptors:
                close_all(() if newest is None else (newest,))
                newest = descriptor
        if newest is None:
            return None
        os.set_inheritable(newest, False)  # noqa: FBT003 - its only argument
        return socket.socket(fileno=newest)
