"""Who calls the dialer, played by sipp: a customer over the provider's line, or a softphone that dials by itself."""

from __future__ import annotations

import asyncio
import re
import subprocess
from pathlib import Path
from typing import Final

from tests.support.sip import HOST, PATIENCE, Wire, free_port, sdp

_CALL_ID: Final = re.compile(rb"(?mi)^Call-ID:\s*(\S+)")
TRYING = '<recv response="100" optional="true"/><recv response="180" optional="true"/>'


class CallersWire(Wire):
    """A wire before peers that speak first: where each is, is where its call's first packet came from."""

    def __init__(self, dialer_port: int) -> None:
        super().__init__(dialer_port)
        self.calls: dict[bytes, tuple[str, int]] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        found = _CALL_ID.search(data)
        if found is not None and addr != self.dialer:
            self.calls[found[1]] = addr
        elif found is not None:
            self.peer = self.calls.get(found[1], self.peer)
        super().datagram_received(data, addr)


class Caller:
    """One sipp that calls once, over a wire."""

    def __init__(self, folder: Path, wire: CallersWire, steps: list[str]) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        script = folder / "caller.xml"
        body = "\n".join(steps)
        script.write_text(f'<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="caller">\n{body}\n</scenario>\n')
        self.process = subprocess.Popen(
            [
                *("sipp", f"{HOST}:{wire.port}", "-sf", str(script), "-i", HOST, "-m", "1", "-nostdin"),
                *("-timeout", "90", "-p", str(free_port())),
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=folder,
        )

    async def finished(self) -> int:
        """The scenario's exit code: 0 when everything came as it should."""
        return await asyncio.wait_for(asyncio.to_thread(self.process.wait), PATIENCE)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


def invite(called: str, caller: str, port: int, *, number: int = 1, headers: str = "", asserted: str = "") -> str:
    """A step that calls. asserted: what the provider says that the caller is; headers: further ones."""
    if asserted:
        headers = f"P-Asserted-Identity: <sip:{asserted}@trunk.test>\n{headers}"
    return (
        f'<send retrans="500"><![CDATA[\nINVITE sip:{called}@[remote_ip]:[remote_port] SIP/2.0\n'
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]\n"
        f"From: <sip:{caller}@trunk.test>;tag=[pid]C[call_number]\nTo: <sip:{called}@[remote_ip]>\n"
        f"Call-ID: [call_id]\nCSeq: {number} INVITE\nContact: <sip:{caller}@[local_ip]:[local_port]>\n"
        f"Max-Forwards: 70\n{headers}Content-Type: application/sdp\nContent-Length: [len]\n\n{sdp(port)}\n]]></send>"
    )


def then(method: str, called: str, caller: str, number: int = 1, *, branch: str = "[branch]") -> str:
    """A step that goes on in the call: ACK, BYE or CANCEL."""
    tag = "" if method == "CANCEL" else "[peer_tag_param]"
    return (
        f"<send><![CDATA[\n{method} sip:{called}@[remote_ip]:[remote_port] SIP/2.0\n"
        f"Via: SIP/2.0/[transport] [local_ip]:[local_port];branch={branch}\n"
        f"From: <sip:{caller}@trunk.test>;tag=[pid]C[call_number]\nTo: <sip:{called}@[remote_ip]>{tag}\n"
        f"Call-ID: [call_id]\nCSeq: {number} {method}\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>"
    )


def refused_ack(called: str, caller: str, number: int = 1) -> str:
    """A step that acknowledges a refusal: part of the INVITE's own transaction, four steps before."""
    return then("ACK", called, caller, number, branch="[branch-4]")


def recv(code: int, *, more: str = "") -> str:
    return f'<recv response="{code}" {more}/>'


def turned_away(called: str, caller: str, code: int, *, asserted: str = "", port: int = 9000) -> list[str]:
    """Calls and is refused with this code."""
    return [invite(called, caller, port, asserted=asserted), TRYING, recv(code), refused_ack(called, caller)]


def talks(called: str, caller: str, port: int) -> list[str]:
    """Calls, is answered, and waits to be hung up."""
    ok = (
        "<send><![CDATA[\nSIP/2.0 200 OK\n[last_Via:]\n[last_From:]\n[last_To:]\n[last_Call-ID:]\n[last_CSeq:]\n"
        "Content-Length: 0\n\n]]></send>"
    )
    return [invite(called, caller, port), TRYING, recv(200), then("ACK", called, caller), '<recv request="BYE"/>', ok]


def hangs_up(called: str, caller: str, port: int, after: int = 300) -> list[str]:
    """Calls, is answered, and hangs up."""
    talk = [invite(called, caller, port), TRYING, recv(200), then("ACK", called, caller)]
    return [*talk, f'<pause milliseconds="{after}"/>', then("BYE", called, caller, 2), recv(200)]


def gives_up(called: str, caller: str, port: int, after: int = 300) -> list[str]:
    """Calls, hears it ring, and hangs up before anybody answers."""
    return [
        invite(called, caller, port),
        '<recv response="100" optional="true"/>',
        recv(180),
        f'<pause milliseconds="{after}"/>',
        then("CANCEL", called, caller, branch="[branch-4]"),
        recv(200),
        recv(487),
        then("ACK", called, caller, branch="[branch-7]"),
    ]


def proves(called: str, name: str, password: str, port: int) -> list[str]:
    """A softphone that dials: asked who it is, it proves it; what follows is the test's."""
    return [
        invite(called, name, port),
        TRYING,
        recv(401, more='auth="true"'),
        refused_ack(called, name),
        invite(called, name, port, number=2, headers=f"[authentication username={name} password={password}]\n"),
        TRYING,
    ]
