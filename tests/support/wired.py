"""The same screens over the desk's socket instead of within its process: frames, limits, time-outs and all.

`VEILDESK_TEST_WIRE=1` runs every test that asks a running desk for a line so; some tests always run both ways.
"""

from __future__ import annotations

import asyncio
import os
import struct
from collections.abc import AsyncIterator
from typing import Any, TypeVar

import pytest

from console.bootstrap import RunningDesk
from console.client import SocketDesk
from console.desk.api.base import Call, DeskError, Push, Refusal

R = TypeVar("R")

ASKED = os.environ.get("VEILDESK_TEST_WIRE") == "1"
WAYS = ("socket",) if ASKED else ("embedded", "socket")


class WiredLine:
    """A line to a running desk, opened at its first use. Args: the desk; the terminal it is said to come from."""

    def __init__(self, running: RunningDesk, terminal: str) -> None:
        self._path, self._terminal = running.home.socket, terminal
        self._opening = asyncio.Lock()
        self._desk: SocketDesk | None = None
        self._closed = False

    async def _open(self) -> SocketDesk:
        async with self._opening:
            if self._closed:
                raise DeskError(Refusal(code="desk.unreachable"))
            if self._desk is None:
                reader, writer = await asyncio.open_unix_connection(str(self._path))
                hello = self._terminal.encode("ascii", "replace")
                writer.write(struct.pack(">I", len(hello)) + hello)
                self._desk = SocketDesk(reader, writer)
            return self._desk

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """See `Desk.call`."""
        return await (await self._open()).call(request, key=key)

    async def subscribe(self) -> AsyncIterator[Push]:
        """See `Desk.subscribe`."""
        async for push in (await self._open()).subscribe():
            yield push

    async def close(self) -> None:
        """See `Desk.close`."""
        self._closed = True
        if self._desk is not None:
            await self._desk.close()


def over_the_socket(patch: pytest.MonkeyPatch) -> None:
    """From now on a running desk's lines go over its socket; they are closed before the desk stops."""
    opened: list[WiredLine] = []
    stop = RunningDesk.stop

    def line(self: RunningDesk, terminal: str | None = None) -> Any:
        opened.append(WiredLine(self, terminal or "-"))
        return opened[-1]

    async def stopped(self: RunningDesk) -> None:
        for one in opened:
            await one.close()
        await stop(self)

    patch.setattr(RunningDesk, "line", line)
    patch.setattr(RunningDesk, "stop", stopped)
