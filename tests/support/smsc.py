"""A provider that speaks SMPP, of other hands than ours: the server of the `smpp34` package, told what to answer."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable
from dataclasses import dataclass, field

import smpp34

from tests.support.sip import until

HOST = "127.0.0.1"

Decide = Callable[[smpp34.SubmitSmEvent], str | int | None]
"""The id that a part is taken under, the status that it is refused with, or nothing at all."""


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


@dataclass
class Smsc:
    """See the module. came: every part in order; decide: what to say to the next."""

    port: int = field(default_factory=free_port)
    decide: Decide | None = None
    came: list[smpp34.SubmitSmEvent] = field(default_factory=list)
    silent: list[smpp34.SubmitSmEvent] = field(default_factory=list)
    bound: list[smpp34.Esme] = field(default_factory=list)
    _server: smpp34.Server | None = None
    _task: asyncio.Task[None] | None = None

    async def open(self) -> Smsc:
        self._server = smpp34.Server(HOST, self.port, system_id="PEER")
        await self._server.start()
        self._task = asyncio.ensure_future(self._serve(self._server))
        return self

    async def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._server is not None:
            await self._server.stop()
        self._server = self._task = None
        self.bound.clear()
        self.silent.clear()

    async def _serve(self, server: smpp34.Server) -> None:
        while True:
            came = await server.next()
            if isinstance(came, smpp34.Esme):
                self.bound.append(came)
            elif isinstance(came, smpp34.SubmitSmEvent):
                self.came.append(came)
                said = self.decide(came) if self.decide is not None else f"ID-{len(self.came)}"
                if said is None:
                    # Kept: one that is let go of is refused.
                    self.silent.append(came)
                elif isinstance(said, int):
                    came.reject(said)
                else:
                    came.accept(said)

    @property
    def texts(self) -> list[str]:
        """The text of each part without its header."""
        return [text_of(one) for one in self.came]

    async def report(
        self, name: str, stat: str = "DELIVRD", *, reference: int = 0, tlvs: tuple[smpp34.Tlv, ...] = (), text: str = ""
    ) -> bool:
        """Deliver a report, from the customer's number as providers do; whether it was taken."""
        said = (
            text or f"id:{name} sub:001 dlvrd:001 submit date:261123093000 done date:261123093001 stat:{stat} err:000"
        )
        more = [*tlvs, *([smpp34.Tlv(0x0204, reference.to_bytes(2, "big"))] if reference else [])]
        with contextlib.suppress(smpp34.SmppError, OSError):
            done = await self.bound[-1].deliver_sm(
                "10690000", said.encode(), source_addr="8613800138000", esm_class=0x04, tlvs=more
            )
            return bool(done.is_success)
        return False


class Relay:
    """A wire to a provider that can be cut. Attributes: port."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._ends: set[asyncio.StreamWriter] = set()
        self._server: asyncio.Server | None = None
        self.port = free_port()

    async def open(self) -> Relay:
        self._server = await asyncio.start_server(self._take, HOST, self.port)
        return self

    async def cut(self) -> None:
        """Nobody is there any more, from one moment to the next."""
        assert self._server is not None
        self._server.close()
        for end in tuple(self._ends):
            end.transport.abort()
        await until(lambda: not self._ends, "cut")

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection(HOST, self._to)
        await asyncio.gather(self._pass(reader, back), self._pass(there, writer))

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._ends.add(writer)
        try:
            with contextlib.suppress(OSError):
                while data := await reader.read(4096):
                    writer.write(data)
                    await writer.drain()
        finally:
            self._ends.discard(writer)
            writer.transport.abort()


def text_of(part: smpp34.SubmitSmEvent) -> str:
    """A part's own text."""
    data = bytes(part.short_message)
    return (data[data[0] + 1 :] if part.esm_class & 0x40 else data).decode("utf-16-be")
