"""A dialer of two processes, a registered phone, and what is needed to call through them."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest_asyncio

from access.context import SECOND, SystemClock
from console.dial.dialer import DialerDown, Heard
from console.dial.house import SipDialer
from console.dial.messages import Dial, Ended, Moved, Recorded, Trunk
from console.dial.registrar import secret_of
from console.dial.ticket import Ticket, issue
from masking.case_keys import Kek, Purpose, new_case_key, unwrap, wrap
from masking.recording import RecordingKey, new_recording_key
from masking.sealing import SealContext
from tests.support.sip import HOST, PATIENCE, Peer, Wire, until

NUMBER = "13800138000"
WHERE = SealContext("t1", "case_seals", "c1/phone-1", "c1", "phone", 1)
PRESENTED = "057100000000"

T = TypeVar("T")


@dataclass
class Line:
    """Everything for one call after another. heard: whatever the dialer said."""

    folder: Path
    heard: list[Heard] = field(default_factory=list)
    dialer: SipDialer = field(init=False)
    wires: list[Wire] = field(default_factory=list)
    peers: list[Peer] = field(default_factory=list)
    keys: dict[str, RecordingKey] = field(default_factory=dict)
    count: int = 0

    async def wire(self, steps: list[str] | None = None) -> Wire:
        wire = await Wire.open(self.dialer.port)
        self.wires.append(wire)
        if steps is not None:
            await self.play(wire, steps)
        return wire

    async def play(self, wire: Wire, steps: list[str]) -> Peer:
        peer = await asyncio.to_thread(Peer, self.folder / f"peer-{len(self.peers)}", steps)
        self.peers.append(peer)
        wire.peer = (HOST, peer.port)
        return peer

    async def phone(self, steps: list[str], name: str = "ag01") -> Wire:
        """A registered softphone that will do as it is told."""
        self.dialer.allow(name, secret_of(name, "secret"))
        wire = await self.wire()
        await wire.register(name, "secret")
        await self.play(wire, steps)
        return wire

    async def customer(self, steps: list[str] | None, **trunk: object) -> Wire:
        """What the provider is; nobody at all for None."""
        wire = await self.wire(steps)
        self.dialer.use(self.trunk(wire.port, **trunk))
        return wire

    def trunk(self, port: int, **more: object) -> Trunk:
        """How the provider is reached; a loaded machine may take long to answer unless that is what is asked."""
        more.setdefault("no_reply_seconds", 60)
        return Trunk(host=HOST, port=port, domain="trunk.test", presented=PRESENTED, **more)  # type: ignore[arg-type]

    async def prepared(self) -> str:
        self.count += 1
        call_id = f"call-{self.count}"
        self.keys[call_id] = new_recording_key(f"rec-{self.count}")
        descriptor = os.open(self.file(call_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            assert await self.dialer.prepare(call_id, self.keys[call_id], descriptor)
        finally:
            os.close(descriptor)
        return call_id

    def file(self, call_id: str) -> Path:
        return self.folder / f"{call_id}.vdr"

    def ticket(self, call_id: str, number: str = NUMBER) -> Ticket:
        kek = Kek(b"k" * 16, 1)
        made = new_case_key()
        case_key = unwrap(kek, wrap(kek, made, "t1", "c1"), "t1", "c1", Purpose.DIAL)
        ends_at = SystemClock().now_us() + 60 * SECOND
        sealed = made.cipher().seal(number, WHERE)
        return issue(case_key, self.dialer.key, WHERE, sealed, call_id=call_id, event_id="ev", ends_at=ends_at)

    async def dial(self, *, number: str = NUMBER, phone: str = "ag01", ring: int = 45, agent_ring: int = 30) -> str:
        call_id = await self.prepared()
        self.dialer.dial(self.order(call_id, self.ticket(call_id, number), phone, ring, agent_ring))
        return call_id

    def order(self, call_id: str, ticket: Ticket, phone: str = "ag01", ring: int = 45, agent_ring: int = 30) -> Dial:
        return Dial(
            call_id=call_id,
            ticket=ticket,
            phone=phone,
            alias="case-7",
            ring_seconds=ring,
            agent_ring_seconds=agent_ring,
            no_reply_seconds=60,
        )

    def of(self, kind: type[T], call_id: str) -> list[T]:
        return [one for one in self.heard if isinstance(one, kind) and getattr(one, "call_id", "") == call_id]

    async def state(self, call_id: str, state: str) -> None:
        await until(lambda: state in [one.state for one in self.of(Moved, call_id)], lambda: f"{state}: {self.heard}")

    async def ended(self, call_id: str) -> Ended:
        await until(lambda: self.of(Ended, call_id), lambda: f"no end: {self.heard}")
        (ended,) = self.of(Ended, call_id)
        return ended

    async def recorded(self, call_id: str) -> Recorded:
        await until(lambda: self.of(Recorded, call_id), lambda: f"not recorded: {self.heard}")
        (recorded,) = self.of(Recorded, call_id)
        return recorded


async def opened(folder: Path, told: Callable[[Heard], None] | None = None, *, bridges: bool = True) -> Line:
    line = Line(folder)
    tell = told or line.heard.append

    def heard(said: Heard) -> None:
        tell(said)
        # As the desk does once it has written down that the customer answered.
        if bridges and isinstance(said, Moved) and said.state == "customer_answered":
            with contextlib.suppress(DialerDown):
                line.dialer.bridge(said.call_id)

    line.dialer = await SipDialer.open(heard, HOST)
    return line


async def closed(line: Line) -> None:
    await line.dialer.close()
    for peer in line.peers:
        peer.close()
    for wire in line.wires:
        wire.close()
    # The wires' sockets are closed by the loop's next turn.
    async with asyncio.timeout(PATIENCE):
        await asyncio.sleep(0)
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def line(tmp_path: Path) -> AsyncIterator[Line]:
    line = await opened(tmp_path)
    try:
        yield line
    finally:
        await closed(line)
