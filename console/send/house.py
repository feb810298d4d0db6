"""The sender as a process of the desk's: started with its link and nothing else, ended with it.

Whoever holds this opens another one when it is gone; what it was asked to send and did not answer for is for the desk
to call by its name.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Callable
from typing import Final, Self

from console.dial import links
from console.dial.outbox import Outbox
from console.send import messages
from console.send.messages import Kept, Open, Provider, Send, ToSender
from console.send.sender import Heard, SenderDown
from console.serve import child
from console.serve.link import pair
from masking.gm import Sm2PublicKey

_OPEN_WITHIN: Final = 60.0
_CLOSE_WITHIN: Final = 20.0


class ProcessSender:
    """The sender in a process of its own. Made by `open`. See `console.send.sender.Sender`.

    Attributes:
        fences: what the kernel granted the process, by name.
        gone: set once it is over.
    """

    def __init__(self, told: Callable[[Heard], None]) -> None:
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._link: socket.socket | None = None
        self._out: Outbox | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._opened: asyncio.Future[Open] = self._loop.create_future()
        self.gone = asyncio.Event()
        self.fences: tuple[str, ...] = ()

    @classmethod
    async def open(cls, told: Callable[[Heard], None], *, user: str = "") -> Self:
        """Start it.

        Args:
            told: called with whatever happens.
            user: `USER:GROUP` in numbers, whom it becomes; nobody else for nothing.

        Raises:
            SenderDown: it did not start.
        """
        sender = cls(told)
        ours, theirs = pair()
        sender._link, sender._out = ours, Outbox(ours, sender._stuck)
        ours.setblocking(False)  # noqa: FBT003 - its only argument
        sender._loop.add_reader(ours, sender._readable)
        try:
            with theirs:
                sender._process = child.start("console.send.process", (theirs,), *([user] if user else []))
            async with asyncio.timeout(_OPEN_WITHIN):
                sender.fences = (await sender._opened).fences
        except (SenderDown, OSError):  # a time-out is one too
            sender._opened.cancel()
            await sender.close()
            raise SenderDown from None
        except asyncio.CancelledError:
            await sender.close()
            raise
        return sender

    @property
    def key(self) -> Sm2PublicKey:
        """See `Sender`."""
        if self._link is None or not self._opened.done():
            raise SenderDown
        return Sm2PublicKey(self._opened.result().key)

    @property
    def process(self) -> int:
        """The process's id."""
        return self._process.pid if self._process is not None else 0

    def use(self, provider: Provider) -> None:
        """See `Sender`."""
        self._say(provider)

    def send(self, order: Send) -> None:
        """See `Sender`."""
        self._say(order)

    def kept(self, number: int) -> None:
        """See `Sender`."""
        self._say(Kept(number=number))

    async def close(self) -> None:
        """See `Sender`."""
        if self._link is not None:
            with contextlib.suppress(OSError):
                self._link.shutdown(socket.SHUT_WR)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_CLOSE_WITHIN):
                    await self.gone.wait()
            self._lost()
        if self._process is not None:
            await asyncio.to_thread(child.end, (self._process,))

    def _say(self, said: ToSender) -> None:
        if self._out is None:
            raise SenderDown
        try:
            self._out.put(messages.encode(said))
        except OSError as fault:
            self._lost()
            raise SenderDown from fault

    def _stuck(self) -> None:
        """A process that does not read any more is as good as gone."""
        if self._process is not None:
            self._process.kill()
        self._lost()

    def _readable(self) -> None:
        if self._link is None:
            return
        try:
            came = links.read(self._link, messages.at_desk)
        except BlockingIOError:
            return
        if came is None:
            self._lost()
        elif isinstance(came[0], Open):
            if not self._opened.done():
                self._opened.set_result(came[0])
        else:
            self._told(came[0])

    def _lost(self) -> None:
        if self._link is not None and self._out is not None:
            self._out.close()
            self._loop.remove_reader(self._link)
            self._link.close()
            self._link = self._out = None
        if not self._opened.done():
            self._opened.set_exception(SenderDown())
        self.gone.set()
