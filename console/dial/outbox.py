"""What is said over a link whose other side reads more slowly for a moment: kept in its order until it is read.

A burst is no reason to part: the kernel holds less than two hundred messages of a link, and a process that just began
may have more to be told. One that reads nothing at all for `STILL` seconds is as good as gone.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final

from console.links import close_all

STILL: Final = 10.0
"""Seconds in which something of what waits has to be read."""


class Outbox:
    """What waits for one link.

    Args:
        link: non-blocking; stays the caller's.
        lost: called once nothing was read for too long, or while something waits and the other side is gone.
    """

    def __init__(self, link: socket.socket, lost: Callable[[], None]) -> None:
        self._link, self._lost = link, lost
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[bytes, list[int]]] = deque()
        self._watch: asyncio.TimerHandle | None = None

    def put(self, data: bytes, descriptors: Sequence[int] = ()) -> None:
        """Send a message, or keep it until it can be; the descriptors stay the caller's.

        Raises:
            OSError: the other side is gone.
        """
        if not self._waiting:
            try:
                socket.send_fds(self._link, [data], descriptors)
            except BlockingIOError:
                self._loop.add_writer(self._link, self._writable)
                self._look_again()
            else:
                return
        self._waiting.append((data, [os.dup(one) for one in descriptors]))

    def close(self) -> None:
        """Forget what waits."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
            self._loop.remove_writer(self._link)
        while self._waiting:
            close_all(self._waiting.popleft()[1])

    def _writable(self) -> None:
        self._look_again()
        try:
            while self._waiting:
                data, descriptors = self._waiting[0]
                socket.send_fds(self._link, [data], descriptors)
                self._waiting.popleft()
                close_all(descriptors)
        except BlockingIOError:
            return
        except OSError:
            self._give_up()
            return
        self.close()

    def _look_again(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
        self._watch = self._loop.call_later(STILL, self._give_up)

    def _give_up(self) -> None:
        self.close()
        self._lost()
