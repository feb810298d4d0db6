"""What sessions are measured at: the served desk, and OpenSSH's sshd that starts a bare screen for each login."""

from __future__ import annotations

import asyncio
import getpass
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, Protocol, Self

import asyncssh

from access.people import possession, totp
from access.people.passwords import PasswordHasher
from access.roles import Role
from console import bootstrap
from console.bench.desks import import_into, lenders_file, seated
from console.bench.visitors import Account
from console.demo.build import LENDERS, open_source
from console.demo.cast import CAST, ONE
from console.desk.api.cases import AssignCases
from console.founding import Plan, Post, Secret, found
from masking.keys import Profile

_PATIENCE: Final = 60.0
_CASES: Final = 60  # of each agent: two pages and more
_TICK: Final = os.sysconf("SC_CLK_TCK")
_STEP: Final = 30
_SERVE: Final = (sys.executable, "-P", "-m", "console.cli.main", "serve")


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


def _below(process: int) -> Iterator[int]:
    """A process and all below it."""
    yield process
    for thread in Path(f"/proc/{process}/task").glob("*/children"):
        try:
            found = thread.read_text(encoding="ascii").split()
        except OSError:
            continue
        for child in found:
            yield from _below(int(child))


def _work(process: int) -> float:
    total = 0
    for one in _below(process):
        try:
            fields = Path(f"/proc/{one}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except OSError:
            continue
        total += int(fields[11]) + int(fields[12])
    return total / _TICK


def _weight(processes: list[int]) -> float:
    total = 0
    for one in processes:
        try:
            said = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            return 0.0
        found = re.search(r"^Pss:\s+(\d+) kB", said, re.MULTILINE)
        total += int(found.group(1)) * 1024 if found else 0
    return float(total)


def _running(process: int, module: str) -> list[int]:
    found = []
    for one in _below(process):
        try:
            words = Path(f"/proc/{one}/cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if module.encode() in words:
            found.append(one)
    return found


class _Program:
    """A process with a port, ended with the block."""

    def __init__(self) -> None:
        self.port = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def work(self) -> float:
        """See `Host.work`."""
        return _work(self.pid)

    async def __aexit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            await asyncio.to_thread(self._process.wait, _PATIENCE)


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not condition():  # noqa: ASYNC110 - another process's state has no event
            await asyncio.sleep(0.05)


class BareHost(_Program):
    """sshd on a free port, one key, one program. Args: where its files go."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        self._key = asyncssh.generate_private_key("ssh-ed25519")

    async def __aenter__(self) -> Self:
        program = shutil.which("sshd", path=os.pathsep.join(["/usr/sbin", "/usr/local/sbin", os.defpath]))
        if program is None:
            raise PeerMissing
        await asyncio.to_thread(self._furnish)
        self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - starts at once; sshd itself
            [program, "-D", "-f", str(self._folder / "sshd_config")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await _until(self._answers)
        return self

    def _furnish(self) -> None:
        folder = self._folder
        folder.mkdir(mode=0o700)
        if os.geteuid() == 0:
            # Where sshd, as root, keeps whom it has not let in yet.
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        host = folder / "host_key"
        host.touch(mode=0o600)
        host.write_bytes(asyncssh.generate_private_key("ssh-ed25519").export_private_key())
        (folder / "authorized_keys").write_bytes(self._key.export_public_key())
        root = Path(__file__).resolve().parents[2]
        order = f"{sys.executable} -P -m console.bench.bare_screen"
        settings = {
            "ListenAddress": f"127.0.0.1:{self.port}",
            "HostKey": str(host),
            "PidFile": "none",
            "AuthorizedKeysFile": str(folder / "authorized_keys"),
            "StrictModes": "no",
            "UsePAM": "no",
            "PermitRootLogin": "yes",
            "PasswordAuthentication": "no",
            "MaxStartups": "200",
            "SetEnv": f"PYTHONPATH={os.pathsep.join([str(root), *sys.path[1:]])} LANG=C.UTF-8",
            "ForceCommand": order,
        }
        text = "".join(f"{name} {value}\n" for name, value in settings.items())
        (folder / "sshd_config").write_text(text, encoding="utf-8")

    def _answers(self) -> bool:
        with socket.socket() as trying:
            return trying.connect_ex(("127.0.0.1", self.port)) == 0

    def account(self, number: int) -> Account:
        """See `Host.account`."""
        del number
        return Account(getpass.getuser(), self._key)

    async def fresh(self) -> None:
        """See `Host.fresh`."""

    async def empty(self) -> None:
        """See `Host.empty`."""
        await _until(lambda: not _running(self.pid, "console.bench.bare_screen"))

    def memory(self) -> float:
        """See `Host.memory`."""
        return _weight(_running(self.pid, "console.bench.bare_screen"))


class ServedDesk(_Program):
    """`veildesk serve` on a fresh desk with so many agents, each with cases of their own.

    Args:
        folder: the home to make.
        agents: how many.
        told: what goes on.
    """

    def __init__(self, folder: Path, agents: int, told: Callable[[str], None]) -> None:
        super().__init__()
        self._folder, self._agents, self._told = folder, agents, told
        self._password = secrets.token_urlsafe(18)
        self._seed = totp.new_seed()
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._stepped = 0

    async def __aenter__(self) -> Self:
        self._told(f"a desk with {self._agents} agents")
        await self._furnish()
        self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - starts at once; our own program
            [*_SERVE, "--home", str(self._folder), "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"},
        )
        self.port = await asyncio.to_thread(self._said)
        return self

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        if self._process is not None and self._process.stderr is not None:
            self._process.stderr.close()

    def _said(self) -> int:
        stream = self._process.stderr if self._process is not None else None
        for line in stream or ():
            if found := re.search(rb"127\.0\.0\.1:(\d+)", line):
                return int(found.group(1))
        raise PeerMissing

    async def _furnish(self) -> None:
        home = await asyncio.to_thread(bootstrap.create, self._folder, Profile.DEMO)
        desk = await bootstrap.RunningDesk.start(home)
        try:
            people = tuple(
                Post(f"agent{number:03}", "测试员", f"A{number:04}", ONE, (Role.AGENT,))
                for number in range(self._agents)
            )
            public = possession.parse(self._key.export_public_key().decode())
            encoded = await asyncio.to_thread(PasswordHasher().hash, self._password)
            secret = Secret(encoded=encoded, seed=self._seed, key=public, key_until=0)
            plan = Plan(units=CAST.units, posts=(*CAST.posts, *people))
            everybody = {post.login: secret for post in plan.posts}
            founded = await asyncio.to_thread(found, desk.parts, plan, everybody)
            await open_source(desk, LENDERS[0])
            await import_into(desk, lenders_file(home.temporary, self._agents * _CASES))
            head = await seated(desk, LENDERS[0].head)
            for post in people:
                await head.call(AssignCases(assignee_id=founded.persons[post.login], count=_CASES))
            await head.close()
        finally:
            await desk.stop()

    def account(self, number: int) -> Account:
        """See `Host.account`."""
        return Account(f"agent{number:03}", self._key, self._password, self._code)

    def _code(self) -> str:
        now = int(time.time())
        self._stepped = now // _STEP
        return totp.code_at(self._seed, totp.step_of(now * 1_000_000))

    async def fresh(self) -> None:
        """See `Host.fresh`: a one-time code is good once."""
        now = time.time()
        if now // _STEP <= self._stepped:
            await asyncio.sleep(_STEP - now % _STEP + 1)

    async def empty(self) -> None:
        """See `Host.empty`."""
        await _until(lambda: not self._sessions())

    def memory(self) -> float:
        """See `Host.memory`."""
        return _weight(self._sessions())

    def _sessions(self) -> list[int]:
        sessions = _running(self.pid, "console.serve.zygote")
        # The zygote itself is what sessions are forked from; its command line is theirs.
        return [one for one in sessions if one != min(sessions)]
