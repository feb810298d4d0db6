"""Phones and a provider for a bench of calls: sipp answers as both, and calls itself for the floor.

A phone registers from the port that sipp then takes over, so what the dialer rings is sipp.
"""

from __future__ import annotations

import asyncio
import contextlib
import csv
import re
import secrets
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from console.bench.hosts import PeerMissing
from console.dial.registrar import REALM, secret_of

HOST: Final = "127.0.0.1"
PHONE: Final = "bench"
_PASSWORD: Final = "bench"  # noqa: S105 - of a phone that lives as long as the bench
_TRIES: Final = 20
_WITHIN: Final = 1.0

SECRET: Final = secret_of(PHONE, _PASSWORD)


def program() -> str:
    """Where sipp is.

    Raises:
        PeerMissing: nowhere; Debian's package is sip-tester.
    """
    found = shutil.which("sipp")
    if found is None:
        raise PeerMissing
    return found


def port() -> int:
    """A UDP port that nobody holds now."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def register(phone: int, dialer: int, name: str = PHONE, password: str = _PASSWORD) -> None:
    """Register a phone at a port; several may share one.

    Raises:
        TimeoutError: the dialer did not take it.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind((HOST, phone))
        sock.settimeout(_WITHIN)
        said = _asked(sock, dialer, name, 1)
        found = re.search(r'nonce="([^"]+)"', said)
        if found is None:
            raise TimeoutError
        uri, nonce = f"sip:{HOST}", found[1]
        proof = _md5(f"{secret_of(name, password)}:{nonce}:{_md5(f'REGISTER:{uri}')}")
        digest = (
            f'Authorization: Digest username="{name}", realm="{REALM}", nonce="{nonce}", uri="{uri}", '
            f'response="{proof}", algorithm=MD5\r\n'
        )
        if not _asked(sock, dialer, name, 2, digest).startswith("SIP/2.0 200 "):
            raise TimeoutError


def _asked(sock: socket.socket, dialer: int, name: str, number: int, more: str = "") -> str:
    own = sock.getsockname()[1]
    text = (
        f"REGISTER sip:{HOST} SIP/2.0\r\nVia: SIP/2.0/UDP {HOST}:{own};branch=z9hG4bK{secrets.token_hex(8)}\r\n"
        f"From: <sip:{name}@{REALM}>;tag=1\r\nTo: <sip:{name}@{REALM}>\r\nCall-ID: {name}-{own}\r\n"
        f"CSeq: {number} REGISTER\r\nMax-Forwards: 70\r\nContact: <sip:{name}@{HOST}:{own}>\r\nExpires: 120\r\n"
        f"{more}Content-Length: 0\r\n\r\n"
    )
    for _ in range(_TRIES):
        sock.sendto(text.encode(), (HOST, dialer))
        with contextlib.suppress(TimeoutError):
            return sock.recv(4096).decode()
    raise TimeoutError


def _md5(text: str) -> str:
    import hashlib  # noqa: PLC0415 - digest as phones speak it

    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@contextlib.contextmanager
def answering(folder: Path, own: int) -> Iterator[None]:
    """A sipp that rings, answers and waits to be hung up, however often, as long as the block.

    Raises:
        PeerMissing: sipp is not there, or did not start.
    """
    process = subprocess.Popen(  # noqa: S603 - found by its name
        [program(), "-sn", "uas", "-i", HOST, "-p", str(own), "-nostdin"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=folder,
    )
    try:
        yield
    finally:
        process.kill()
        process.wait()


async def ready(*ports: int) -> None:
    """Wait until somebody holds each of these ports.

    Raises:
        PeerMissing: nobody did within some seconds.
    """
    for _ in range(500):
        if _held().issuperset(ports):
            return
        await asyncio.sleep(0.02)
    raise PeerMissing


def _held() -> set[int]:
    rows = Path("/proc/net/udp").read_text(encoding="ascii").splitlines()[1:]
    return {int(row.split()[1].rpartition(":")[2], 16) for row in rows}


async def floor(folder: Path, rate: int, calls: int, hold: float) -> list[float]:
    """Seconds from INVITE to answer of each call that sipp makes to sipp, one leg.

    Raises:
        PeerMissing: sipp is not there.
    """
    own = port()
    with answering(folder, own):
        await ready(own)
        made = await asyncio.create_subprocess_exec(
            program(),
            *("-sn", "uac", "-i", HOST, "-r", str(rate), "-m", str(calls), "-d", str(round(hold * 1000))),
            *("-trace_rtt", "-rtt_freq", "1", "-nostdin", f"{HOST}:{own}"),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )
        await made.wait()
    return _measured(folder / f"uac_{made.pid}_rtt.csv")


def _measured(file: Path) -> list[float]:
    with file.open(encoding="ascii", newline="") as lines:
        rows = list(csv.reader(lines, delimiter=";"))[1:]
    file.unlink()
    return [float(row[1]) / 1000 for row in rows if len(row) > 1]
