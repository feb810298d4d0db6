"""Real SIP peers on loopback: sipp plays phones and customers; a wire before each keeps every packet that passes.

The wire's port is what the dialer knows, so whatever is sent to a leg is seen here, wherever the peer says it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import re
import secrets
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Self, cast

HOST = "127.0.0.1"
PATIENCE = 60.0
_LOOKS = 3

_OK_LINES = "[last_Via:]\n[last_From:]\n[last_To:];tag=[pid]T[call_number]\n[last_Call-ID:]\n[last_CSeq:]\n"
_CONTACT = "Contact: <sip:[local_ip]:[local_port]>\n"
RECV_INVITE = '<recv request="INVITE"/>'
RECV_ACK = '<recv request="ACK"/>'
RECV_BYE = '<recv request="BYE"/>'


def sdp(port: int, *, types: str = "8 101", extra: str = "", name: str = "-") -> str:
    """A description of one stream of speech."""
    return (
        f"v=0\no={name} 1 1 IN IP4 {HOST}\ns={name}\n{extra}c=IN IP4 {HOST}\nt=0 0\n"
        f"m=audio {port} RTP/AVP {types}\na=rtpmap:8 PCMA/8000\na=rtpmap:101 telephone-event/8000\n"
    )


def send(status: str, *, headers: str = "", body: str = "", retrans: bool = True) -> str:
    """A step that answers the last request."""
    described = "Content-Type: application/sdp\n" if body else ""
    resent = ' retrans="500"' if retrans and status >= "2" else ""
    return (
        f"<send{resent}><![CDATA[\nSIP/2.0 {status}\n{_OK_LINES}{_CONTACT}{headers}{described}"
        f"Content-Length: [len]\n\n{body}\n]]></send>"
    )


def bye_ok() -> str:
    return RECV_BYE + send("200 OK", retrans=False)


def ask(method: str, number: int, *, headers: str = "", body: str = "") -> str:
    """A step that asks something in the call; the ACK before it was received by `acked`."""
    return (
        f"<send><![CDATA[\n{method} sip:x@[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\nFrom:[$2]\nTo:[$1]\n[last_Call-ID:]\n"
        f"CSeq: {number} {method}\nMax-Forwards: 70\n{_CONTACT}{headers}Content-Length: [len]\n\n{body}\n]]></send>"
    )


def acked() -> str:
    """A step that receives the ACK and keeps who is who for `ask`."""
    return (
        '<recv request="ACK"><action>'
        '<ereg regexp=".*" search_in="hdr" header="From:" assign_to="1"/>'
        '<ereg regexp=".*" search_in="hdr" header="To:" assign_to="2"/></action></recv>'
    )


def pause(milliseconds: int) -> str:
    return f'<pause milliseconds="{milliseconds}"/>'


def answered(port: int) -> list[str]:
    """Rings, answers, and waits to be hung up."""
    return [RECV_INVITE, send("180 Ringing"), send("200 OK", body=sdp(port)), RECV_ACK, bye_ok()]


def refused(status: str, headers: str = "") -> list[str]:
    """Refuses."""
    return [RECV_INVITE, send(status, headers=headers), RECV_ACK]


def ringing() -> list[str]:
    """Rings until cancelled."""
    return [
        RECV_INVITE,
        # The CANCEL's answer must not be the INVITE's, so what that came with is kept.
        '<nop><action><assignstr assign_to="9" value="x"/></action></nop><Reference variables="9"/>',
        send("180 Ringing"),
        '<recv request="CANCEL"/>',
        send("200 OK", retrans=False),
    ]


def nudged() -> str:
    """A step that waits for `Wire.nudge`."""
    return '<recv request="MESSAGE"/>'


class Peer:
    """One sipp playing one scenario, once or for so many calls, behind a wire."""

    def __init__(self, folder: Path, steps: list[str], *, calls: int = 1, seconds: int = 90) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / "scenario.xml"
        used = "".join(f'<Reference variables="{n}"/>' for n in ("1", "2") if f'assign_to="{n}"' in "".join(steps))
        script.write_text(
            '<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="peer">\n'
            + "\n".join(steps)
            + f"\n{used}\n</scenario>\n"
        )
        self.process = subprocess.Popen(
            [
                *("sipp", "-sf", str(script), "-i", HOST, "-m", str(calls), "-nostdin", "-timeout", str(seconds)),
                # Left to itself it takes the first of 5060 on, where somebody else's peer was a moment ago and what
                # is still sent to that one comes.
                *("-p", str(free_port())),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )
        self.port = _port_of(self.process)

    async def finished(self) -> int:
        """The scenario's exit code: 0 when everything came as it should."""
        return await asyncio.wait_for(asyncio.to_thread(self.process.wait), PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def free_port() -> int:
    """One that nobody has now, and that the system gives nobody who asks for any (32,768 and up)."""
    while True:
        port = 20_000 + secrets.randbelow(12_000)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock, contextlib.suppress(OSError):
            sock.bind((HOST, port))
            return port


def sockets_of(process: int) -> dict[int, str]:
    """The sockets that a process holds, by descriptor; nothing of one that may not be looked at."""
    found = {}
    with contextlib.suppress(PermissionError):
        for link in Path(f"/proc/{process}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                inode = re.fullmatch(r"socket:\[(\d+)\]", str(link.readlink()))
                if inode:
                    found[int(link.name)] = inode[1]
    return found


def ports_of(process: int) -> dict[int, int]:
    """The UDP ports that a process holds, by descriptor; nothing of one that may not be looked at."""
    sockets = sockets_of(process)
    ports = {}
    # The table is read in parts, and one of it slips through wherever others open and close theirs meanwhile.
    for _ in range(_LOOKS):
        for line in Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]:
            ports[line.split()[9]] = int(line.split()[1].rpartition(":")[2], 16)
    return {number: ports[inode] for number, inode in sockets.items() if inode in ports}


def _port_of(process: subprocess.Popen[bytes]) -> int:
    """The SIP port that sipp has: it opens that one before those of its media."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        first = min(sockets_of(process.pid), default=-1)
        found = ports_of(process.pid)
        if len(found) >= 3 and first in found:  # its own, and two for media
            return found[first]
        time.sleep(0.02)
    raise AssertionError(process.poll())


class Wire(asyncio.DatagramProtocol):
    """A port of its own before a peer. Attributes: to_peer, from_peer: every packet; came: when to_peer's came."""

    def __init__(self, dialer_port: int) -> None:
        self.dialer = (HOST, dialer_port)
        self.peer: tuple[str, int] | None = None
        self.to_peer: list[bytes] = []
        self.came: list[float] = []
        self.from_peer: list[bytes] = []
        self.answers: asyncio.Queue[bytes] = asyncio.Queue()
        self.port = self.number = 0

    @classmethod
    async def open(cls, dialer_port: int) -> Self:
        wire = cls(dialer_port)
        loop = asyncio.get_running_loop()
        await loop.create_datagram_endpoint(lambda: wire, local_addr=(HOST, 0))
        return wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if addr != self.dialer:
            self.from_peer.append(data)
            self.transport.sendto(data, self.dialer)
            return
        self.to_peer.append(data)
        self.came.append(time.monotonic())
        if self.peer is not None:
            self.transport.sendto(data, self.peer)
        else:
            self.answers.put_nowait(data)

    async def request(self, text: str) -> str:
        """Send a request of our own, again and again until it is answered; for while there is no peer."""
        found = re.search(r"^CSeq: .*$", text, re.MULTILINE)
        assert found
        while True:
            self.transport.sendto(text.replace("\n", "\r\n").encode(), self.dialer)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(2):
                    while found[0] not in (answer := (await self.answers.get()).decode()):
                        pass
                    return answer

    def answer(self, asked: str, status: str, headers: str = "", body: str = "") -> None:
        """Answer a request ourselves, where there is no peer. body: a description of speech, if any."""
        kept = "".join(
            f"{line}{';tag=wire' if line.lower().startswith('to:') and 'tag=' not in line else ''}\r\n"
            for line in asked.splitlines()
            if line.lower().startswith(("via:", "from:", "to:", "call-id:", "cseq:"))
        )
        if body:
            headers += f"Contact: <sip:{HOST}:{self.port}>\r\nContent-Type: application/sdp\r\n"
        text = f"SIP/2.0 {status}\r\n{kept}{headers}Content-Length: {len(body)}\r\n\r\n{body}"
        self.transport.sendto(text.encode(), self.dialer)

    async def nudge(self) -> None:
        """Tell a peer that waits for it (`nudged`) to go on, in the call that it is in."""
        assert self.peer is not None
        await until(lambda: any(one.startswith(b"ACK ") for one in self.to_peer), "the peer waits")
        invite = next(one for one in self.to_peer if one.startswith(b"INVITE "))
        call_id = re.search(rb"(?mi)^Call-ID:\s*(\S+)", invite)
        assert call_id
        self.transport.sendto(
            f"MESSAGE sip:x@{HOST} SIP/2.0\r\nVia: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bKnudge\r\n"
            f"From: <sip:n@{HOST}>;tag=n\r\nTo: <sip:x@{HOST}>\r\nCall-ID: {call_id[1].decode()}\r\n"
            f"CSeq: 1 MESSAGE\r\nContent-Length: 0\r\n\r\n".encode(),
            self.peer,
        )

    async def register(self, name: str, password: str, *, code: str = "200") -> None:
        """Register as a softphone does, until it is answered so: what the desk says of phones comes on another way."""
        async with asyncio.timeout(PATIENCE):
            while not (await self._register(name, password)).startswith(f"SIP/2.0 {code} "):
                await asyncio.sleep(0.02)

    async def _register(self, name: str, password: str) -> str:
        self.number += 2
        expires = 60
        first = await self.request(self.register_text(name, self.number, expires))
        nonce = re.search(r'nonce="([^"]+)"', first)
        assert nonce, first
        uri = f"sip:{HOST}"
        secret = md5(f"{name}:veildesk:{password}")
        proof = md5(f"{secret}:{nonce[1]}:00000001:abc:auth:{md5(f'REGISTER:{uri}')}")
        digest = (
            f'Authorization: Digest username="{name}", realm="veildesk", nonce="{nonce[1]}", uri="{uri}", '
            f'response="{proof}", algorithm=MD5, qop=auth, nc=00000001, cnonce="abc"\n'
        )
        return (await self.request(self.register_text(name, self.number + 1, expires, digest))).splitlines()[0]

    def register_text(self, name: str, number: int, expires: int, more: str = "") -> str:
        return (
            f"REGISTER sip:{HOST} SIP/2.0\nVia: SIP/2.0/UDP {HOST}:{self.port};branch=z9hG4bK{os.urandom(8).hex()}\n"
            f"From: <sip:{name}@veildesk>;tag=1\nTo: <sip:{name}@veildesk>\nCall-ID: {name}-{self.port}\n"
            f"CSeq: {number} REGISTER\nMax-Forwards: 70\nContact: <sip:{name}@{HOST}:{self.port}>\n"
            f"Expires: {expires}\n{more}Content-Length: 0\n\n"
        )

    def close(self) -> None:
        self.transport.close()


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


class Voice:
    """A phone's ear and mouth: one RTP socket."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((HOST, 0))
        self.sock.setblocking(False)  # noqa: FBT003 - its only argument
        self.port: int = self.sock.getsockname()[1]
        self.heard: list[bytes] = []

    def listen(self) -> list[bytes]:
        """Whatever has come so far."""
        with contextlib.suppress(BlockingIOError):
            while True:
                self.heard.append(self.sock.recv(2048))
        return self.heard

    def forget(self) -> None:
        """Whatever came so far was not what is listened for, as ringing before a call was bridged."""
        self.listen()
        self.heard.clear()

    def say(self, to: int, payload: bytes, number: int, *, kind: int = 8, first: int = 0x80, more: bytes = b"") -> None:
        """Send one packet of 20 ms."""
        head = bytes([first, kind]) + number.to_bytes(2, "big") + (number * 160).to_bytes(4, "big") + b"SSRC"
        self.sock.sendto(head + more + payload, (HOST, to))

    def close(self) -> None:
        self.sock.close()


async def until(condition: Callable[[], object], what: str | Callable[[], str] = "") -> None:
    """Wait for something to become true. what: is missed, or says so once it was waited for long enough."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, what if isinstance(what, str) else what()
        await asyncio.sleep(0.01)
