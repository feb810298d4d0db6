"""Desk, front door and sessions as three programs of their own, each of which a test may kill and start again."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import select

from access.audit.events import Event, decode
from access.context import MonotoneGuard, SystemClock
from access.ids import UuidIds
from access.people import public_keys, totp
from access.people.passwords import Argon2Parameters, PasswordHasher
from access.store.engine import open_engine
from access.store.schema import audit_event, audit_outbox
from console import bootstrap
from console.demo.cast import CAST
from console.founding import Secret, found
from console.home import Home
from console.serve import host_key
from masking.keys import Profile
from tests.support.desk import WholeDesk
from tests.support.pty_screen import PtyScreen
from tests.support.served import PASSWORD, SEED

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 60.0


class Apart:
    """Attributes: home, root, ahead (seconds by which the desk's clock is ahead), and the three processes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.home = Home(root / "h")
        self.ahead = 0
        self.port = 0
        self.key = root / "key"
        self._running: dict[str, subprocess.Popen[str]] = {}

    # -- making -------------------------------------------------------------------------------------------------------
    async def found(self) -> None:
        """A desk with people and three cases of one agent, stopped again."""
        clock = MonotoneGuard(SystemClock())
        hasher = PasswordHasher(Argon2Parameters(memory=64, passes=1))
        around = bootstrap.Ambient(clock=clock, ids=UuidIds(clock), hasher=hasher)
        bootstrap.create(self.home.root, Profile.DEMO, around=around)
        public = public_keys.parse(self.key.with_suffix(".pub").read_text())
        secret = Secret(encoded=hasher.hash(PASSWORD), seed=SEED, key=public, key_until=0)
        running = await bootstrap.RunningDesk.start(self.home, around=around)
        founded = await asyncio.to_thread(found, running.parts, CAST, {post.login: secret for post in CAST.posts})
        whole = WholeDesk(running, None, founded)  # type: ignore[arg-type]
        await whole.with_cases(self.root)
        host_key.ensure(self.home)
        await running.stop()

    # -- processes ----------------------------------------------------------------------------------------------------
    def start(self, name: str) -> subprocess.Popen[str]:
        """Start `desk`, `door` or `sessions`."""
        desk, sessions = str(self.root / "door.sock"), str(self.root / "sessions.sock")
        order = {
            "desk": [str(ROOT / "tests/support/desk_alone.py"), str(self.home.root), desk, str(self.ahead)],
            "sessions": ["-m", "console.serve.zygote", sessions],
            "door": ["-m", "console.serve.door", desk, sessions],
        }[name]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), *sys.path[1:]])}
        process = subprocess.Popen(
            [sys.executable, *order],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
            cwd="/",
        )
        self._running[name] = process
        if name == "sessions":
            self._until(lambda: Path(sessions).exists())
        return process

    def opened(self) -> None:
        """Wait until the desk says that its front door listens."""
        said = self._running["desk"].stdout
        assert said is not None
        self.port = int(said.readline().split()[0])

    def kill(self, name: str) -> None:
        """End one by force, and clear it away."""
        process = self._running.pop(name)
        process.kill()
        self._clear(process)

    def end(self, name: str) -> None:
        """As `kill`, where it still runs."""
        if name in self._running:
            self.kill(name)

    def pid(self, name: str) -> int:
        """Of a running process."""
        return self._running[name].pid

    def sessions(self) -> list[int]:
        """Process ids of sessions."""
        zygote = self.pid("sessions")
        found = Path(f"/proc/{zygote}/task/{zygote}/children").read_text(encoding="ascii")
        return [int(word) for word in found.split()]

    def stop(self) -> None:
        """End everything."""
        for process in self._running.values():
            process.send_signal(signal.SIGTERM)
        for process in self._running.values():
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()
            self._clear(process)

    @staticmethod
    def _clear(process: subprocess.Popen[str]) -> None:
        process.wait(_PATIENCE)
        if process.stdout is not None:
            process.stdout.close()

    def _until(self, condition: object) -> None:
        end = time.monotonic() + _PATIENCE
        while not condition():  # type: ignore[operator]
            assert time.monotonic() < end
            time.sleep(0.02)

    # -- people -------------------------------------------------------------------------------------------------------
    def code(self) -> str:
        """Everybody's one-time code by the desk's clock."""
        return totp.code_at(SEED, totp.step_of(int(time.time() + self.ahead) * 1_000_000))

    def dial(self, login: str) -> PtyScreen:
        """OpenSSH's client, which has not been asked for anything yet."""
        known = self.root / "known_hosts"
        public = (self.home.keys / "ssh_host_ed25519_key.pub").read_text()
        known.write_text(f"[127.0.0.1]:{self.port} {public}")
        options = {
            "UserKnownHostsFile": str(known),
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "IdentityFile": str(self.key),
            "PreferredAuthentications": "publickey,keyboard-interactive",
        }
        said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        return PtyScreen.of("ssh", ["-F", "none", "-p", str(self.port), *said, f"{login}@127.0.0.1"])

    def sign_in(self, login: str) -> PtyScreen:
        """A client that has answered."""
        client = self.dial(login)
        client.until("密码: ")
        client.press(PASSWORD, "enter")
        client.until("动态码: ")
        client.press(self.code(), "enter")
        return client

    def events(self, action: str = "") -> list[Event]:
        """What was committed, oldest first; the desk may run or not."""
        engine = open_engine(f"sqlite:///{self.home.database}")
        try:
            with engine.connect() as connection:
                bodies = [
                    bytes(body)
                    for table in (audit_event, audit_outbox)
                    for body in connection.execute(select(table.c.body)).scalars()
                ]
        finally:
            engine.dispose()
        return sorted((one for one in map(decode, bodies) if not action or one.action == action), key=lambda e: e.id)


@contextmanager
def apart(root: Path) -> Iterator[Apart]:
    """All three run until the block ends."""
    made = Apart(root)
    order = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "", "-f", str(made.key)]
    subprocess.run(order, check=True, stdin=subprocess.DEVNULL)
    asyncio.run(made.found())
    try:
        for name in ("sessions", "desk", "door"):
            made.start(name)
        made.opened()
        yield made
    finally:
        made.stop()
