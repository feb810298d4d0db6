"""The desk as a running thing: lines open, calls go in, replies and pushes come out.

Embedded, a screen holds an `EmbeddedDesk` in the same process; attached, `console.serve.socket` holds one for it and
moves frames. Both go through the same kernel and the same encoded replies, so neither can do what the other cannot.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from typing import TypeVar

from access.context import Origin
from console.desk.api.base import AnyCall, Call, DeskError, Push, Refusal
from console.desk.api.session import SignOut
from console.desk.kernel import Kernel
from console.desk.line import Line, Pace, place
from console.wire import decode_reply

R = TypeVar("R")

_PUSHES_KEPT = 1024


class EmbeddedDesk:
    """One line to the desk from within its own process. Args: paced: calls come from another one, so not too fast."""

    def __init__(self, kernel: Kernel, origin: Origin, loop: asyncio.AbstractEventLoop, *, paced: bool = True) -> None:
        self._kernel = kernel
        self._loop = loop
        self._pushes: asyncio.Queue[Push | None] = asyncio.Queue(_PUSHES_KEPT)
        self._closed = False
        number = kernel.parts.hub.join(self._deliver)
        pace = Pace() if paced else None
        self.line = Line(Origin(origin.source, place(origin.terminal)), number, pace=pace)

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """See `Desk.call`."""
        return decode_reply(request, await self.encoded(request, key or secrets.token_hex(16)))

    async def encoded(self, request: AnyCall, key: str) -> bytes:
        """The reply as bytes, for a socket to pass on.

        Raises:
            DeskError: refused or failed.
        """
        if self._closed:
            raise DeskError(Refusal(code="desk.unreachable"))
        outcome = await self._kernel.carry_out(self.line, request, key)
        if self._somebody_left_behind():
            # Closed while a sign-in was under way: its session would be open with nobody there.
            await self._kernel.carry_out(self.line, SignOut(), secrets.token_hex(16))
        if isinstance(outcome, Refusal):
            raise DeskError(outcome)
        return outcome

    async def by_itself(self, request: AnyCall) -> bytes:
        """What is asked on the line by the desk and not by who is on it.

        Raises:
            DeskError: as `encoded`.
        """
        return await EmbeddedDesk.encoded(self, request, secrets.token_hex(16))

    def _somebody_left_behind(self) -> bool:
        return self._closed and self.line.sitting is not None

    async def subscribe(self) -> AsyncIterator[Push]:
        """See `Desk.subscribe`."""
        while (push := await self._pushes.get()) is not None:
            yield push

    async def close(self) -> None:
        """See `Desk.close`."""
        if self._closed:
            return
        self._closed = True
        await self._kernel.leave(self.line)
        self._end_pushes()

    def _deliver(self, push: Push) -> None:
        # Called from the writer's thread after a commit.
        if push.kind == "session":
            # Whoever lost something is read afresh at the very next call, not within the second.
            self.line.known = None
        self._loop.call_soon_threadsafe(self._queue, push)

    def _queue(self, push: Push) -> None:
        if self._pushes.full():
            # A screen that does not listen loses the oldest pushes; each only says "read again".
            self._pushes.get_nowait()
        self._pushes.put_nowait(push)

    def _end_pushes(self) -> None:
        if self._pushes.full():
            self._pushes.get_nowait()
        self._pushes.put_nowait(None)
