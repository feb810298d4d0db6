"""The documented TLS edge before agents' phones, run as it stands, and a phone of our own that speaks TLS.

Each phone passes a tap of its own that keeps each byte, so what leaves the machine is seen as a listener sees it.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import re
import shutil
import socket
import ssl
from pathlib import Path
from typing import Self

from tests.support.edge import DOCUMENTED, Authority, Kamailio, Tap, free_port
from tests.support.sip import HOST, PATIENCE, md5

NAME = "phones.test"


class PhonesEdge:
    """Attributes: plain: where the dialer speaks to; tls: where phones do; authority: the file of who vouches."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.authority = folder, folder / "ca.pem"
        ours = Authority()
        ours.write(folder, "phones", NAME)
        self.authority.write_bytes(ours.pem)
        self.plain, self.tls = free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
        self.taps: list[Tap] = []

    async def open(self, dialer: int) -> Self:
        """Run it. dialer: the dialer's port."""
        shutil.copy(DOCUMENTED / "phones.cfg", self.folder)
        said = (DOCUMENTED / "phones-edge.cfg").read_text(encoding="utf-8")
        for documented, here in (
            ("127.0.0.1:5072", f"{HOST}:{self.plain}"),
            ("EDGE_DIALER_PORT 5060", f"EDGE_DIALER_PORT {dialer}"),
            ("sip:127.0.0.1:5060", f"sip:{HOST}:{dialer}"),
            ("tls:10.0.0.5:5063", f"tls:{HOST}:{self.tls}"),
            ("/etc/kamailio/phones.", str(self.folder / "phones.")),
            ("EDGE_STDERR no", "EDGE_STDERR yes"),
            ("EDGE_CHILDREN 4", "EDGE_CHILDREN 1"),
        ):
            assert documented in said
            said = said.replace(documented, here)
        (self.folder / "phones-edge.cfg").write_text(said, encoding="utf-8")
        self.edge = Kamailio(self.folder, self.folder / "phones.cfg")
        await self.edge.listens(self.plain, self.tls)
        return self

    async def tap(self) -> Tap:
        """Another way to it, listened at."""
        tap = await Tap(self.tls).open()
        self.taps.append(tap)
        return tap

    @property
    def passed(self) -> list[bytes]:
        """What went either way between phones and edge."""
        return [bytes(one) for tap in self.taps for one in (tap.out, tap.back) if one]

    async def close(self) -> None:
        await asyncio.to_thread(self.edge.close)
        for tap in self.taps:
            await tap.close()


class TlsPhone:
    """A phone that says over TLS whatever it is told to. Attributes: came: every message, in order; port: its own."""

    def __init__(self, name: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.name = name
        self.came: list[str] = []
        self.port: int = writer.get_extra_info("sockname")[1]
        self._reader, self._writer = reader, writer
        self._task = asyncio.ensure_future(self._read())
        self._number = itertools.count(1)
        self._more = asyncio.Event()

    @classmethod
    async def open(cls, name: str, port: int, authority: Path) -> Self:
        """Connect, having verified the edge. Raises: OSError."""
        context = ssl.create_default_context(cafile=str(authority))
        return cls(name, *await asyncio.open_connection(HOST, port, ssl=context, server_hostname=NAME))

    async def _read(self) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            while True:
                head = (await self._reader.readuntil(b"\r\n\r\n")).decode()
                length = re.search(r"(?mi)^Content-Length:\s*(\d+)", head)
                body = await self._reader.readexactly(int(length[1])) if length else b""
                self.came.append(head + body.decode())
                self._more.set()

    async def ask(self, method: str, uri: str, *, contact: str = "", more: str = "", body: str = "") -> str:
        """Ask something; the final answer."""
        number = next(self._number)
        self._writer.write(
            f"{method} {uri} SIP/2.0\nVia: SIP/2.0/TLS {HOST}:9;branch=z9hG4bK{id(self)}x{number};rport\n"
            f"From: <sip:{self.name}@veildesk>;tag=1\nTo: <{uri}>\nCall-ID: {self.name}-{id(self)}-{number}\n"
            f"CSeq: {number} {method}\nMax-Forwards: 70\nContact: {contact or f'<sip:{self.name}@{HOST}:9>'}\n"
            f"{more}Content-Length: {len(body)}\n\n{body}".replace("\n", "\r\n").encode()
        )
        async with asyncio.timeout(PATIENCE):
            while True:
                for one in self.came:
                    if f"CSeq: {number} {method}" in one and re.match(r"SIP/2.0 [2-6]", one):
                        return one
                self._more.clear()
                await self._more.wait()

    async def register(self, password: str) -> str:
        """Register, with the proof that is asked for; the answer."""
        uri, to = f"sip:{self.name}@veildesk", "Expires: 60\n"
        nonce = re.search(r'nonce="([^"]+)"', await self.ask("REGISTER", uri, more=to))
        assert nonce
        return await self.ask("REGISTER", uri, more=to + self._proof("REGISTER", uri, nonce[1], password))

    def _proof(self, method: str, uri: str, nonce: str, password: str) -> str:
        secret = md5(f"{self.name}:veildesk:{password}")
        proof = md5(f"{secret}:{nonce}:00000001:abc:auth:{md5(f'{method}:{uri}')}")
        return (
            f'Authorization: Digest username="{self.name}", realm="veildesk", nonce="{nonce}", uri="{uri}", '
            f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="abc"\n'
        )

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._writer.close()
        with contextlib.suppress(OSError):
            await self._writer.wait_closed()
