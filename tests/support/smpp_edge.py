"""The documented TLS edge of messages, run as it stands: stunnel on loopback before a provider that speaks TLS.

Everything between the two passes a tap that keeps each byte, so what leaves the machine is seen as a listener sees it.
"""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import subprocess
from pathlib import Path
from typing import BinaryIO, Self

from tests.support.edge import DOCUMENTED, Tap, listening
from tests.support.sip import HOST, until
from tests.support.smsc import free_port

NAME = "smpp.provider.test"


class Front:
    """The provider's own TLS before its SMPP. Attributes: port; plain: what came out of it for the provider."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.plain = bytearray()
        self.port = free_port()

    async def open(self, folder: Path, newest: ssl.TLSVersion | None) -> Self:
        """Listen, again too. newest: the highest version that it speaks; None: no TLS at all."""
        context = None
        if newest is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(folder / "provider.pem", folder / "provider.key")
            context.maximum_version = newest
        self._server = await asyncio.start_server(self._take, HOST, self.port, ssl=context)
        return self

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        try:
            there, back = await asyncio.open_connection(HOST, self._to)
            try:
                await asyncio.gather(_pass(reader, back, self.plain), _pass(there, writer, bytearray()))
            finally:
                back.transport.abort()
        finally:
            writer.transport.abort()

    async def close(self) -> None:
        if self._server is not None:
            self._server.close()
        # Who was let in a moment ago has a task in the next turn; what was broken off is gone by the one after.
        for _ in range(5):
            for task in tuple(self._tasks):
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            await asyncio.sleep(0)


async def _pass(source: asyncio.StreamReader, target: asyncio.StreamWriter, kept: bytearray) -> None:
    try:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                kept += data
                target.write(data)
                await target.drain()
    finally:
        target.transport.abort()


def _run(config: Path, out: BinaryIO) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["stunnel4", config], stdin=subprocess.DEVNULL, stdout=out, stderr=out)


class SmppEdge:
    """Both sides. Attributes: port: where the sender speaks to; log: what stunnel said; tap, front."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.log, self.port = folder, folder / "smpp.log", free_port()

    async def open(self, smsc: int, newest: ssl.TLSVersion | None = ssl.TLSVersion.TLSv1_3) -> Self:
        """Run both with the certificates that lie in the folder: `provider`, `provider-ca.pem`."""
        self.front = await Front(smsc).open(self.folder, newest)
        self.tap = await Tap(self.front.port).open()
        said = (DOCUMENTED / "smpp.conf").read_text(encoding="utf-8")
        for documented, here in (
            ("setuid = stunnel4\nsetgid = stunnel4\n", ""),
            ("accept = 127.0.0.1:2775", f"accept = {HOST}:{self.port}"),
            ("203.0.113.10:3550", f"{HOST}:{self.tap.port}"),
            ("smpp.provider.example", NAME),
            ("/etc/stunnel/provider-ca.pem", str(self.folder / "provider-ca.pem")),
        ):
            assert documented in said
            said = said.replace(documented, here)
        config = self.folder / "smpp.conf"
        config.write_text(said, encoding="utf-8")
        with self.log.open("wb") as out:
            self.process = await asyncio.to_thread(_run, config, out)
        await until(lambda: self.process.poll() is not None or self.port in listening(), "stunnel listens")
        assert self.process.poll() is None, self.log.read_text(encoding="utf-8", errors="replace")
        return self

    @property
    def passed(self) -> list[bytes]:
        """What went either way between edge and provider."""
        return [bytes(self.tap.out), bytes(self.tap.back)]

    async def close(self) -> None:
        self.process.terminate()
        await asyncio.to_thread(self.process.wait)
        await self.tap.close()
        await self.front.close()
