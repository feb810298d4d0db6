"""The TLS edge as it is documented: calls pass it encrypted to a provider that proved its name, or not at all."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from access.context import SECOND, SystemClock
from console.dial.axb.said import Bind, Bound, Rang, Turned
from console.dial.messages import Dial, Moved, TrunkSeen
from console.dial.results import By, Result
from console.settings import CallSettings
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import NEEDLES, hits
from tests.support import sip, sip_callers
from tests.support.edge import NAME, Authority, Edge, free_port
from tests.support.held_up import Stopwatch
from tests.support.sip import HOST, Wire, until
from tests.support.sip_callers import Caller, CallersWire

pytestmark = [
    pytest.mark.debian("sipp", "kamailio"),
    pytest.mark.clause("issue-5"),
    pytest.mark.slow,
]

X = "95013000001"
ROUTED = "[last_Record-Route:]\n"
INVITED = '<recv request="INVITE" rrs="true"/>'
BYE = (
    "<send><![CDATA[\nBYE sip:x@veildesk.test SIP/2.0\n"
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
    "[routes]\nFrom:[$2]\nTo:[$1]\n[last_Call-ID:]\nCSeq: 5 BYE\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>"
)
ACK = (
    "<send><![CDATA[\nACK [next_url] SIP/2.0\n"
    "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
    f"[routes]\nFrom: <sip:{NUMBER}@trunk.test>;tag=[pid]C[call_number]\nTo: <sip:{X}@[remote_ip]>[peer_tag_param]\n"
    "Call-ID: [call_id]\nCSeq: 1 ACK\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>"
)


class Over:
    """A line whose provider is behind the edge. Attributes: trunk: the wire before the customers."""

    def __init__(self, line: Line, folder: Path) -> None:
        self.line, self.folder = line, folder
        self.ours, self.theirs = Authority(), Authority()
        self.folder.mkdir()
        self.ours.write(folder, "edge", "edge.test")
        self.theirs.write(folder, "provider")
        (folder / "edge-ca.pem").write_bytes(self.ours.pem)
        (folder / "provider-ca.pem").write_bytes(self.theirs.pem)
        self.edge: Edge | None = None

    async def open(self, steps: list[str] | None, *, provider: bool = True) -> CallersWire:
        side = free_port(socket.SOCK_DGRAM)
        self.trunk = await CallersWire.open(side)
        self.line.wires.append(self.trunk)
        if steps is not None:
            await self.line.play(self.trunk, steps)
        self.edge = await Edge.open(self.folder, self.line.dialer.port, self.trunk.port, side, provider=provider)
        self.line.dialer.use(self.line.trunk(self.edge.plain, asked_every=1))
        return self.trunk

    async def seen(self, *, up: bool) -> None:
        """Whether the provider is there was told, and is so."""

        def last() -> bool:
            found = [one.up for one in self.line.heard if isinstance(one, TrunkSeen)]
            return found[-1:] == [up]

        await until(last, lambda: f"up: {up}: {self.line.heard}")

    @property
    def passed(self) -> list[bytes]:
        """What went either way between edge and provider."""
        assert self.edge is not None
        return [bytes(self.edge.tap.out), bytes(self.edge.tap.back)]

    async def close(self) -> None:
        if self.edge is not None:
            await self.edge.close()


@pytest_asyncio.fixture
async def over(line: Line, tmp_path: Path) -> AsyncIterator[Over]:
    made = Over(line, tmp_path / "edge")
    try:
        yield made
    finally:
        await made.close()


async def test_a_call_passes_and_whoever_listens_learns_nothing(line: Line, over: Over) -> None:
    phone = await line.phone(sip.answered(9000))
    trunk = await over.open(
        [
            INVITED,
            sip.send("180 Ringing"),
            sip.send("200 OK", headers=ROUTED, body=sip.sdp(9000)),
            sip.acked(),
            sip.nudged(),
            BYE,
            '<recv response="200"/>',
        ]
    )
    await over.seen(up=True)
    call_id = await line.dial()
    await line.state(call_id, "talking")
    await trunk.nudge()
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.ANSWERED, By.CUSTOMER)
    assert await line.peers[-1].finished() == 0
    invite = next(one for one in trunk.to_peer if one.startswith(b"INVITE "))
    assert invite.startswith(f"INVITE sip:+86{NUMBER}@{NAME}".encode())
    assert hits(trunk.to_peer) > 0
    assert hits(over.passed) == 0
    assert b"SIP/2.0" not in b"".join(over.passed)
    assert all(one.startswith(b"\x16\x03") for one in over.passed)
    assert hits(phone.to_peer) == 0


async def test_the_desk_hangs_up_a_ringing_call_and_an_answered_one(line: Line, over: Over) -> None:
    await line.phone(sip.answered(9000))
    trunk = await over.open(sip.ringing())
    await over.seen(up=True)
    call_id = await line.dial()
    await line.state(call_id, "customer_ringing")
    line.dialer.hang_up(call_id)
    assert (await line.ended(call_id)).result is Result.CANCELLED
    assert await line.peers[-1].finished() == 0, "the CANCEL came through"
    await line.phone(sip.answered(9000))
    await line.play(trunk, sip.answered(9000))
    call_id = await line.dial()
    await line.state(call_id, "talking")
    line.dialer.hang_up(call_id)
    assert (await line.ended(call_id)).result is Result.ANSWERED
    assert await line.peers[-1].finished() == 0, "the BYE came through"
    await line.phone(sip.answered(9000))
    await line.play(trunk, sip.refused("486 Busy Here", "Reason: Q.850;cause=17\n"))
    ended = await line.ended(await line.dial())
    assert (ended.result, ended.cause) == (Result.BUSY, 17)


async def test_a_customer_who_calls_in_passes_too(line: Line, over: Over) -> None:
    phone = await line.phone(sip.answered(9000))
    trunk = await over.open(None)
    await over.seen(up=True)
    ends_at = SystemClock().now_us() + 60 * SECOND
    line.dialer.tell(Bind(binding_id="b1", number_id="n1", number=X, ticket=line.ticket("b1"), until=ends_at))
    await until(lambda: any(isinstance(one, Bound) for one in line.heard), "bound")
    talk = sip_callers.talks(X, NUMBER, 9002)
    talk[2:4] = [sip_callers.recv(200, more='rrs="true"'), ACK]
    caller = await asyncio.to_thread(Caller, line.folder / "caller", trunk, talk)
    try:
        await until(lambda: any(isinstance(one, Rang) for one in line.heard), "it rings")
        ring = next(one for one in line.heard if isinstance(one, Rang))
        call_id = await line.prepared()
        line.dialer.dial(Dial(call_id=call_id, phone="ag01", alias="case-7", ring=ring.ring_id, no_reply_seconds=60))
        await line.state(call_id, "talking")
        await until(lambda: any(one.startswith(b"ACK ") for one in trunk.from_peer), "answered")
        line.dialer.hang_up(call_id)
        assert (await line.ended(call_id)).result is Result.ANSWERED
        assert await caller.finished() == 0, "the BYE came through"
        assert (await line.recorded(call_id)).whole
    finally:
        caller.close()
    assert hits(trunk.from_peer) > 0
    assert hits([*over.passed, *phone.to_peer]) == 0


@pytest.mark.parametrize("wrong", ["another authority", "another name", "ended", "no TLS", "nobody"])
async def test_a_provider_that_proves_nothing_is_told_nothing(line: Line, over: Over, wrong: str) -> None:
    if wrong == "another authority":
        Authority().write(over.folder, "provider")
    elif wrong == "another name":
        over.theirs.write(over.folder, "provider", "somebody.else.test")
    elif wrong == "ended":
        over.theirs.write(over.folder, "provider", days=-1)
    plain: list[bytes] = []
    await line.phone(sip.answered(9000))
    trunk = await over.open(None, provider=wrong not in {"no TLS", "nobody"})
    assert over.edge is not None
    server = await _plain(over.edge.tls, plain) if wrong == "no TLS" else None
    await over.seen(up=False)
    call_id = await line.dial()
    ended = await line.ended(call_id)
    assert ended.result is Result.NETWORK_ERROR
    assert trunk.to_peer == []
    assert hits([*over.passed, *plain]) == 0
    assert b"INVITE" not in b"".join([*over.passed, *plain])
    assert hits([over.edge.edge.log.read_bytes()]) == 0
    if wrong not in {"no TLS", "nobody"}:
        assert over.passed[1], "the provider did show its certificate"
    if server is not None:
        server.close()


async def test_a_provider_that_falls_silent_behind_the_edge_is_told_within_six_seconds(line: Line, over: Over) -> None:
    """The edge is there and says so; that the provider does not answer it is what has to be told in time."""
    await line.phone(sip.answered(9000))
    await over.open(None)
    assert over.edge is not None
    line.dialer.use(line.trunk(over.edge.plain, asked_every=CallSettings().asked_every))
    line.heard.clear()
    await over.seen(up=True)
    edge = over.edge.edge.processes
    watch = Stopwatch(*line.dialer.processes.values(), *edge)
    over.edge.tap.passes.clear()
    silent_at = time.monotonic()
    await over.seen(up=False)
    assert watch.taken(silent_at) <= 6.0
    watch = Stopwatch(*line.dialer.processes.values(), *edge)
    call_id = await line.dial()
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.NETWORK_ERROR, By.LINE)
    assert watch.taken() <= 6.0
    assert [one.state for one in line.of(Moved, call_id)][-1] == "customer_calling"
    assert [one.up for one in line.heard if isinstance(one, TrunkSeen)][-1] is False
    over.edge.tap.passes.set()
    await over.seen(up=True)


async def _plain(port: int, kept: list[bytes]) -> asyncio.Server:
    """Somebody at the provider's port who takes whatever comes."""

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        kept.append(await reader.read(1 << 16))
        writer.write(b"SIP/2.0 200 OK\r\n\r\n")
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    return await asyncio.start_server(take, HOST, port)


async def test_only_the_provider_comes_in_and_only_over_tls(line: Line, over: Over) -> None:
    await over.open(None)
    assert over.edge is not None
    over.ours.write(over.folder, "stranger")
    over.theirs.write(over.folder, "other", "somebody.else.test")
    # Of whom the edge lets in, the dialer takes customers at their own numbers, and nobody else.
    assert (await _knock(over, "provider")).startswith(b"SIP/2.0 404 ")
    await until(lambda: [one.why for one in line.heard if isinstance(one, Turned)] == ["no_such_number"])
    for stranger in ("stranger", "other", ""):
        assert await _knock(over, stranger) == b"", stranger
    # And nobody but the dialer is heard on loopback.
    wire = await Wire.open(over.edge.plain)
    line.wires.append(wire)
    wire.transport.sendto(_invite("UDP").encode(), (HOST, over.edge.plain))
    wire.transport.sendto(f"INVITE sip:{NUMBER}@x SIP/2.0\r\nVia: {NUMBER}\r\n\r\n".encode(), (HOST, over.edge.plain))
    assert (await _knock(over, "provider")).startswith(b"SIP/2.0 404 ")
    assert wire.to_peer == []
    assert over.trunk.to_peer == []
    log = over.edge.edge.log.read_bytes()
    assert not any(needle in log for needle in NEEDLES)


def _invite(transport: str) -> str:
    return (
        f"INVITE sip:{NUMBER}@{HOST} SIP/2.0\r\nVia: SIP/2.0/{transport} {HOST}:9;branch=z9hG4bK{id(object())};rport"
        "\r\n"
        f"From: <sip:{NUMBER}@x>;tag=1\r\nTo: <sip:x@{HOST}>\r\nCall-ID: knock-{id(object())}\r\nCSeq: 1 INVITE\r\n"
        f"Contact: <sip:x@{HOST}:9>\r\nMax-Forwards: 70\r\nContent-Length: 0\r\n\r\n"
    )


async def _knock(over: Over, stem: str) -> bytes:
    """The first answer to an INVITE from outside; nothing where the edge hears none."""
    assert over.edge is not None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.load_verify_locations(over.folder / "edge-ca.pem")
    if stem:
        context.load_cert_chain(over.folder / f"{stem}.pem", over.folder / f"{stem}.key")
    try:
        reader, writer = await asyncio.open_connection(HOST, over.edge.secure, ssl=context)
    except OSError:
        return b""
    try:
        writer.write(_invite("TLS").encode())
        await writer.drain()
        async with asyncio.timeout(5 if stem == "other" else sip.PATIENCE):
            return await reader.read(1 << 16)
    except (OSError, TimeoutError):
        return b""
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
