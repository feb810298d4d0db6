"""What visitors are measured at, seen from outside: a program with a port, its processes, their time and weight."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol

from console.bench.visitors import Account

_PATIENCE: Final = 60.0
_TICK: Final = os.sysconf("SC_CLK_TCK")


class PeerMissing(RuntimeError):
    """There is no sshd on this machine; Debian's package is openssh-server."""


class Host(Protocol):
    """Where visitors go. Attributes: port."""

    port: int

    def account(self, number: int) -> Account:
        """How the visitor of this number signs in."""
        ...

    async def fresh(self) -> None:
        """Wait until everybody can sign in again."""
        ...

    async def empty(self) -> None:
        """Wait until nobody is there any more."""
        ...

    def work(self) -> float:
        """Seconds of processor time of all its processes so far."""
        ...

    def memory(self) -> float:
        """Bytes of its session processes, shared ones by share; 0 where the kernel does not say."""
        ...


def below(process: int) -> Iterator[int]:
    """A process and all below it."""
    yield process
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found = thread.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in found:
            yield from below(int(child))


def work_of(process: int) -> float:
    """Seconds of processor time of a process and all below it."""
    total = 0
    for one in below(process):
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def weight_of(processes: list[int]) -> float:
    """Bytes of processes, shared ones by share; 0 where the kernel does not say."""
    total = 0
    for one in processes:
        try:
            said = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            return 0.0
        found = re.search(r"^Pss:\s+(\d+) kB", said, re.MULTILINE)
        total += int(found.group(1)) * 1024 if found else 0
    return float(total)


def running(process: int, module: str) -> list[int]:
    """Processes below one that run a module."""
    found = []
    for one in below(process):
        try:
            words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if module.encode() in words:
            found.append(one)
    return found


class Program:
    """A process with a port, ended with the block."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Its number; 0 before it runs."""
        return self._process.pid if self._process is not None else 0

    def work(self) -> float:
        """See `Host.work`."""
        return work_of(self.pid)

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, _PATIENCE)


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition.

    Raises:
        TimeoutError: it never held.
    """
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process's state has no event
            await asyncio.sleep(0.05)
