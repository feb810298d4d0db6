"""A link between two processes of the service: whole messages over a socket pair, descriptors beside them.

SOCK_SEQPACKET keeps each message whole, so nothing is ever half read. A message outside the schema, or longer than the
limit, ends the link: the two sides are of one build, so the other side is not what it was.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeVar

import msgspec

from console import links
from console.serve.messages import LIMIT, Message, encode

T = TypeVar("T")

_DESCRIPTORS: Final = 3


def pair() -> tuple[socket.socket, socket.socket]:
    """Two ends of a new link, neither inherited by programs that are started."""
    return socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)


class LinkBroken(Exception):
    """The other side is gone, or sent what is no message."""


class LinkGarbled(LinkBroken):
    """It sent what is no message."""


def receive(sock: socket.socket, decoder: msgspec.msgpack.Decoder[T]) -> tuple[T, list[int]]:
    """Read one message and the descriptors beside it, which are the caller's from then on.

    Raises:
        LinkBroken: the other side is gone; LinkGarbled: see there.
        BlockingIOError: there is none yet.
    """
    try:
        came = links.read(sock, decoder, LIMIT, _DESCRIPTORS)
    except links.NoMessage:
        raise LinkGarbled from None
    if came is None:
        raise LinkBroken
    return came


class Link(Generic[T]):
    """One end of a link, in an event loop.

    Args:
        sock: the end; closed with the link.
        decoder: of what the other side says.
        take: called with each message and the descriptors beside it, which it owns.
        lost: called once when the link is over.

    Attributes:
        garbled: the other side said what is no message, which was the end.
    """

    def __init__(
        self,
        sock: socket.socket,
        decoder: msgspec.msgpack.Decoder[T],
        take: Callable[[T, list[int]], None],
        lost: Callable[[], None],
    ) -> None:
        self._sock, self._decoder, self._take, self._lost = sock, decoder, take, lost
        self._loop = asyncio.get_running_loop()
        self._sending = asyncio.Lock()
        self._open = True
        self.garbled = False
        sock.setblocking(False)  # noqa: FBT003 - its only argument
        self._loop.add_reader(sock, self._readable)

    async def send(self, message: Message, descriptors: Sequence[int] = ()) -> None:
        """Hand a message over; waits while the other side does not read. The descriptors stay the caller's.

        Raises:
            LinkBroken: the other side is gone.
        """
        data = encode(message)
        async with self._sending:
            while self._open:
                try:
                    socket.send_fds(self._sock, [data], list(descriptors))
                except BlockingIOError:
                    await self._writable()
                except OSError as gone:
                    raise LinkBroken from gone
                else:
                    return
        raise LinkBroken

    def close(self) -> None:
        """End the link without telling anybody."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._sock)
            self._loop.remove_writer(self._sock)
            self._sock.close()

    async def _writable(self) -> None:
        free = asyncio.Event()
        self._loop.add_writer(self._sock, free.set)
        try:
            await free.wait()
        finally:
            if self._open:
                self._loop.remove_writer(self._sock)

    def _readable(self) -> None:
        try:
            message, descriptors = receive(self._sock, self._decoder)
        except BlockingIOError:
            return
        except LinkBroken as broken:
            self.garbled = isinstance(broken, LinkGarbled)
            self.close()
            self._lost()
            return
        self._take(message, descriptors)
