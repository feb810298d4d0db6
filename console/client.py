"""A line to a desk in another process: the same `Desk` protocol over its Unix socket.

Imported by screens and commands; knows no key, no database and no handler.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import struct
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TypeVar

import msgspec

from console.desk.api.base import Call, DeskError, Push, Refusal
from console.wire import (
    REPLY_LIMIT,
    Answer,
    FrameTooLong,
    Garbled,
    Refuse,
    decode_message,
    decode_reply,
    encode_call,
    read_frame,
)

R = TypeVar("R")

_PUSHES_KEPT = 1024


class SocketDesk:
    """One line to a desk that another process hosts. Make one with `attach`."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self._number = 0
        self._waiting: dict[int, asyncio.Future[msgspec.Raw]] = {}
        self._pushes: asyncio.Queue[Push | None] = asyncio.Queue(_PUSHES_KEPT)
        self._listening = asyncio.create_task(self._listen())

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """See `Desk.call`."""
        if self._listening.done():
            raise DeskError(Refusal(code="desk.unreachable"))
        self._number += 1
        number = self._number
        reply: asyncio.Future[msgspec.Raw] = asyncio.get_running_loop().create_future()
        self._waiting[number] = reply
        try:
            self._writer.write(encode_call(number, key or secrets.token_hex(16), request))
            await self._writer.drain()
            return decode_reply(request, await reply)
        except (ConnectionError, Garbled) as broken:
            raise DeskError(Refusal(code="desk.unreachable")) from broken
        finally:
            self._waiting.pop(number, None)

    async def subscribe(self) -> AsyncIterator[Push]:
        """See `Desk.subscribe`."""
        while (push := await self._pushes.get()) is not None:
            yield push

    async def close(self) -> None:
        """See `Desk.close`."""
        self._listening.cancel()
        await asyncio.wait([self._listening])
        self._writer.close()
        self._end()

    async def _listen(self) -> None:
        try:
            while (body := await read_frame(self._reader, REPLY_LIMIT)) is not None:
                self._receive(body)
        except (FrameTooLong, Garbled):
            # A desk that does not keep to the schema is not the desk.
            self._writer.close()
        finally:
            self._end()

    def _receive(self, body: bytes) -> None:
        message = decode_message(body)
        if isinstance(message, Answer | Refuse):
            waiting = self._waiting.get(message.number)
            if waiting is None or waiting.done():
                return
            if isinstance(message, Answer):
                waiting.set_result(message.reply)
            else:
                waiting.set_exception(DeskError(message.refusal))
            return
        if self._pushes.full():
            self._pushes.get_nowait()
        self._pushes.put_nowait(message.push)

    def _end(self) -> None:
        for waiting in self._waiting.values():
            if not waiting.done():
                waiting.set_exception(DeskError(Refusal(code="desk.unreachable")))
        if self._pushes.full():
            self._pushes.get_nowait()
        self._pushes.put_nowait(None)


async def attach(path: Path) -> SocketDesk:
    """Open a line to the desk whose socket this is.

    Raises:
        DeskError: `desk.unreachable`: nobody listens there.
    """
    try:
        reader, writer = await asyncio.open_unix_connection(str(path))
    except OSError as absent:
        raise DeskError(Refusal(code="desk.unreachable")) from absent
    hello = terminal_name().encode("ascii", "replace")
    writer.write(struct.pack(">I", len(hello)) + hello)
    return SocketDesk(reader, writer)


def terminal_name() -> str:
    """The terminal this process is on, such as `pts/4`, or `-`."""
    try:
        return os.ttyname(sys.stdin.fileno()).removeprefix("/dev/")[:32]
    except (OSError, ValueError, AttributeError):
        return "-"
