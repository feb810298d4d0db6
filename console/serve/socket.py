"""The desk's Unix socket: mode 0600, same user only, one line a connection, frames of `console.wire`.

The peer's user is asked of the kernel (SO_PEERCRED), and another's is refused and logged; who works there is settled by
signing in. What is said on a line is `console.serve.converse`'s.
"""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path
from typing import Final

from access.context import Origin
from console.desk.host import EmbeddedDesk
from console.desk.kernel import Kernel
from console.serve.converse import converse, note_garbled
from console.serve.ends import peer_of
from console.serve.refusals import Refusals
from console.wire import FrameTooLong, read_frame

_HELLO_LIMIT: Final = 64


class SocketDoor:
    """Serves the kernel on a Unix socket until closed."""

    def __init__(self, kernel: Kernel, path: Path) -> None:
        self._kernel = kernel
        self._path = path
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.Task[None]] = set()
        self._refusals = Refusals(kernel)

    async def open(self) -> None:
        """Begin to listen. The caller holds the desk's lock, so a socket left behind is nobody's."""
        self._path.unlink(missing_ok=True)
        listening = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            listening.bind(str(self._path))
        finally:
            os.umask(before)
        self._server = await asyncio.start_unix_server(self._accept, sock=listening)

    async def close(self) -> None:
        """Stop listening, end every line."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._lines):
            task.cancel()
        if self._lines:
            await asyncio.wait(self._lines)
        await self._refusals.close()
        self._path.unlink(missing_ok=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._lines.add(task)
        try:
            user = peer_of(writer.get_extra_info("socket"))
            if user == os.geteuid():
                await self._serve(reader, writer)
            else:
                await self._refusals.say(Origin("local", f"uid/{user}"), "local_user")
        except asyncio.CancelledError:
            # Closing the door ends its lines; nobody waits for this task's result.
            pass
        finally:
            self._lines.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            hello = await read_frame(reader, _HELLO_LIMIT)
        except FrameTooLong:
            desk = self._line("-")
            await note_garbled(desk)
            await desk.close()
            return
        if hello is None:
            return
        terminal = "".join(mark for mark in hello.decode("ascii", "replace") if mark.isprintable())[:32]
        await converse(self._line(terminal or "-"), reader, writer)

    def _line(self, terminal: str) -> EmbeddedDesk:
        return EmbeddedDesk(self._kernel, Origin("local", terminal), asyncio.get_running_loop())
