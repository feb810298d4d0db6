"""The socket at which a desk of its own waits for the front door, and whoever may come to it.

One front door at a time: a second one waits while the first is there. Only processes of the users named are listened
to; another's is refused and logged.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Self

from access.context import Origin
from console.bootstrap import RunningDesk
from console.desk.api.base import DeskError, Refusal
from console.desk.kernel import Kernel
from console.serve import ends, host_key
from console.serve.link import LinkBroken
from console.serve.messages import Listening, Open
from console.serve.reception import Reception
from console.serve.refusals import Refusals
from console.serve.service import Address, order_of


class Gate:
    """Waits for front doors, one after the other.

    Args:
        kernel: the desk.
        listening: the socket; closed with the gate.
        order: what a front door is told.
        users: whose processes may be the front door.
        told: called with what a front door says when it is open.
    """

    def __init__(
        self,
        kernel: Kernel,
        listening: socket.socket,
        order: Open,
        users: frozenset[int],
        told: Callable[[Listening], None],
    ) -> None:
        self._kernel, self._socket, self._order, self._users, self._told = kernel, listening, order, users, told
        self.reception: Reception | None = None
        self._refusals = Refusals(kernel)
        listening.setblocking(False)  # noqa: FBT003 - its only argument
        self._waiting = asyncio.get_running_loop().create_task(self._wait())

    @classmethod
    async def at(
        cls, desk: RunningDesk, said: str, address: Address, users: frozenset[int], told: Callable[[Listening], None]
    ) -> Self:
        """Wait at a path, or with `handed` at the socket that this process was started with.

        Raises:
            DeskError: `serve.not_opened`: nothing can listen there.
        """
        await asyncio.to_thread(host_key.ensure, desk.home)
        try:
            listening = ends.handed_socket() if said == "handed" else ends.listening_socket(Path(said))
        except (OSError, ValueError):
            listening = None
        if listening is None:
            raise DeskError(Refusal(code="serve.not_opened", params={"address": said}))
        return cls(desk.kernel, listening, order_of(desk, address), users, told)

    async def close(self) -> None:
        """End every visit and stop waiting."""
        self._waiting.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._waiting
        await self._refusals.close()
        self._socket.close()

    async def _wait(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            link, _ = await loop.sock_accept(self._socket)
            user = ends.peer_of(link)
            if user in self._users:
                await self._serve(link)
            else:
                link.close()
                await self._refusals.say(Origin("local", f"uid/{user}"), "local_user")

    async def _serve(self, link: socket.socket) -> None:
        gone = asyncio.Event()
        self.reception = Reception(self._kernel, link, gone.set)
        try:
            with contextlib.suppress(LinkBroken):
                self._told(await self.reception.open(self._order))
                await gone.wait()
        finally:
            await self.reception.close()
            self.reception = None
