"""`veildesk serve` as a program of its own that a test may kill, its calls made by its own dialer on a port of ours."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TypeVar

from console.client import SocketDesk, attach
from console.desk.api.base import Call, DeskError
from console.desk.api.session import SignInAs
from console.home import Home
from console.proving import nothing, proven
from tests.support.sip import PATIENCE, until

R = TypeVar("R")
ROOT = Path(__file__).resolve().parents[2]
_OPEN = b"SHA256:"  # the front door says so last, with the host's key


class Program:
    """A demo desk that is served, and lines to it. Args: home: of a desk that was made; said: where its outputs go."""

    def __init__(self, home: Home, said: Path) -> None:
        self.home, self.said = home, said
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: dict[str, SocketDesk] = {}

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    async def start(self) -> None:
        """Serve, until it answers."""
        self.said.touch()
        before = self.said.read_bytes().count(_OPEN)
        self._serve()
        await until(
            lambda: self.said.read_bytes().count(_OPEN) > before or self._ended(),
            lambda: f"served: {self.said.read_text(encoding='utf-8')}",
        )
        assert not self._ended(), self.said.read_text(encoding="utf-8")

    def _serve(self) -> None:
        around = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]])}
        order = ["-m", "console.cli.main", "serve", "--listen", "127.0.0.1:0", "--home", str(self.home.root)]
        with self.said.open("ab") as out:
            self._process = subprocess.Popen(
                [sys.executable, *order], stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=around, cwd="/"
            )

    def _ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def family(self) -> dict[int, str]:
        """Every process that it started, and itself, with what each is called by its arguments."""
        found: dict[int, str] = {}
        waiting = [self.pid]
        while waiting:
            process = waiting.pop()
            found[process] = Path(f"/proc/{process}/cmdline").read_text(encoding="utf-8").replace("\0", " ")
            for thread in Path(f"/proc/{process}/task").iterdir():
                waiting += map(int, (thread / "children").read_text(encoding="ascii").split())
        return found

    async def call(self, name: str, request: Call[R]) -> R:
        """One call as this person."""
        if name not in self._lines:
            line = await attach(self.home.socket)
            await line.call(SignInAs(name=name))
            self._lines[name] = line
        return await proven(self._lines[name], request, None, nothing)

    async def called(self, name: str, request: Call[R], *, but: str) -> R:
        """As `call`, again for as long as it is refused with this code."""
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return await self.call(name, request)
            except DeskError as refused:
                if refused.code != but or time.monotonic() > end:
                    raise
                await asyncio.sleep(0.1)

    async def kill(self) -> None:
        """SIGKILL: nothing of it can be said, written or hung up any more."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """As a service manager ends it."""
        if self._process is not None:
            await self._end(signal.SIGTERM)

    async def _end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        await until(self._ended, "it ends")
        self._process = None
        for line in self._lines.values():
            await line.close()
        self._lines.clear()


def over(process: int) -> bool:
    """Whether a process is: gone, or dead and not yet cleared away by whoever inherited it."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(") ")[2][0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True
