"""The front door's side of the link to the desk, which may go and come back while visitors stay.

A front door that the service started has one link for life. One that found the desk by the path of its socket looks
for it again when it is gone; what the desk's log must hear of meanwhile is counted and said when it is back.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Sequence
from typing import Final

from console.serve.link import Link, LinkBroken
from console.serve.messages import FromDesk, Message, SideDoor, at_door_from_desk

_EVERY: Final = 0.25  # seconds between two looks for the desk
_KEPT: Final = 1024

Take = Callable[[FromDesk, list[int]], None]


class DeskSide:
    """Args: what is called with each message, when the desk is gone, and when it will not come back."""

    def __init__(self, take: Take, away: Callable[[], None], over: Callable[[], None]) -> None:
        self._take, self._away, self._over = take, away, over
        self._path = ""
        self._link: Link[FromDesk] | None = None
        self._unsaid: dict[tuple[int, str, str], int] = {}
        self._looking: asyncio.Task[None] | None = None

    def hold(self, end: socket.socket) -> None:
        """Use this end; when it is broken, there will be no other."""
        self._link = Link(end, at_door_from_desk, self._take, self._lost)

    def seek(self, path: str) -> None:
        """Find the desk at its socket, now and whenever it is gone."""
        self._path = path
        self._looking = asyncio.get_running_loop().create_task(self._look())

    @property
    def there(self) -> bool:
        """Whether there is a desk that could say something."""
        return self._link is not None

    def close(self) -> None:
        """Look no more."""
        if self._looking is not None:
            self._looking.cancel()
        if self._link is not None:
            self._link.close()

    async def send(self, message: Message, descriptors: Sequence[int] = ()) -> None:
        """Say something to the desk.

        Raises:
            LinkBroken: it is not there.
        """
        if self._link is None:
            raise LinkBroken
        await self._link.send(message, descriptors)

    async def note(self, said: SideDoor) -> None:
        """Have the desk's log hear of a refusal, now or once the desk is back."""
        try:
            await self.send(said)
        except LinkBroken:
            place = said.visit, said.source, said.what
            if place not in self._unsaid and len(self._unsaid) >= _KEPT:
                place = 0, "-", said.what
            self._unsaid[place] = self._unsaid.get(place, 0) + said.count

    async def say_unsaid(self) -> None:
        """What was kept while the desk was away.

        Raises:
            LinkBroken: it is away again; nothing is lost.
        """
        while self._unsaid:
            (visit, source, what), count = next(iter(self._unsaid.items()))
            await self.send(SideDoor(visit=visit, source=source, what=what, count=count))
            left = self._unsaid.pop((visit, source, what)) - count
            if left:
                self._unsaid[visit, source, what] = left

    def _lost(self) -> None:
        self._link = None
        if not self._path:
            self._over()
            return
        self._away()
        self._looking = asyncio.get_running_loop().create_task(self._look())

    async def _look(self) -> None:
        loop = asyncio.get_running_loop()
        while self._link is None:
            end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            end.setblocking(False)  # noqa: FBT003 - its only argument
            with contextlib.suppress(OSError):
                await loop.sock_connect(end, self._path)
                self.hold(end)
                return
            end.close()
            await asyncio.sleep(_EVERY)
