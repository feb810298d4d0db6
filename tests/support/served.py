"""A desk with its front door, run in a thread of its own, and OpenSSH's client as staff use it.

The desk's clock stands still unless a test moves it, so that a one-time code is good once until then. Everything else
is what `veildesk serve` runs: zygote and front door are processes of their own.
"""

from __future__ import annotations

import asyncio
import subprocess
import threading
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from access.audit.events import Event
from access.context import SECOND
from access.people import public_keys, totp
from console import bootstrap
from console.demo.cast import CAST
from console.founding import Secret, found
from console.serve.service import Address, FrontDoor
from masking.keys import Profile, Waiver
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around
from tests.support.pty_screen import PtyScreen

T = TypeVar("T")

PASSWORD = "correct horse battery staple 47"
SEED = totp.new_seed()
_PATIENCE = 60.0


class Served:
    """A served desk. Attributes: desk, door, clock, root, keys (private key files by login)."""

    def __init__(self, root: Path, clock: FakeClock, loop: asyncio.AbstractEventLoop) -> None:
        self.root, self.clock, self.loop = root, clock, loop
        self.keys: dict[str, Path] = {}
        self.desk: WholeDesk
        self.door: FrontDoor
        self.over: asyncio.Event

    def wait(self, work: Coroutine[Any, Any, T]) -> T:
        """Have the desk's loop do something."""
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(_PATIENCE)

    def code(self) -> str:
        """The one-time code of everybody, now."""
        return totp.code_at(SEED, totp.step_of(self.clock.now_us()))

    def key(self, name: str, kind: str = "ed25519") -> Path:
        """A fresh key file."""
        path = self.root / "client" / name
        path.parent.mkdir(exist_ok=True)
        order = ["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", "", "-f", str(path)]
        subprocess.run(order, check=True, stdin=subprocess.DEVNULL)
        return path

    def order(self, login: str, *more: str, key: Path | None = None, after: tuple[str, ...] = ()) -> list[str]:
        """An ssh command line that reads no configuration of this machine."""
        options = {
            "StrictHostKeyChecking": "yes",
            "UserKnownHostsFile": str(self.known_hosts()),
            "IdentitiesOnly": "yes",
            "IdentityAgent": "none",
            "IdentityFile": str(key or self.keys.get(login) or "none"),
            "PreferredAuthentications": "publickey,keyboard-interactive,password",
        }
        said = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        # The first word counts, so what a test says stands before.
        port = f"Port={self.door.address.port}"
        return ["ssh", "-F", "none", *more, "-o", port, *said, f"{login}@127.0.0.1", *after]

    def known_hosts(self) -> Path:
        """The host's key as a client that compared the fingerprint knows it."""
        path = self.root / "known_hosts"
        if not path.exists():
            public = (self.desk.running.home.keys / "ssh_host_ed25519_key.pub").read_text()
            path.write_text(f"[127.0.0.1]:{self.door.address.port} {public}")
        return path

    def dial(
        self,
        login: str,
        *more: str,
        key: Path | None = None,
        after: tuple[str, ...] = (),
        size: tuple[int, int] = (80, 24),
    ) -> PtyScreen:
        """A client that has been asked for nothing yet. after: a command, behind the host's name."""
        program, *rest = self.order(login, *more, key=key, after=after)
        return PtyScreen.of(program, rest, size=size)

    def sign_in(
        self,
        login: str,
        *more: str,
        key: Path | None = None,
        after: tuple[str, ...] = (),
        size: tuple[int, int] = (80, 24),
        password: str = PASSWORD,
        code: str | None = None,
    ) -> PtyScreen:
        """A client that has answered."""
        return self.answer(self.dial(login, *more, key=key, after=after, size=size), password, code)

    def answer(self, client: PtyScreen, password: str = PASSWORD, code: str | None = None) -> PtyScreen:
        """Answer what the front door asks."""
        client.until("密码: ")
        client.press(password, "enter")
        client.until("动态码: ")
        client.press(self.code() if code is None else code, "enter")
        return client

    def events(self, action: str = "", **fields: object) -> list[Event]:
        """What was committed, oldest first, with these fields."""
        found = [one for one in self.desk.events() if not action or one.action == action]
        return [one for one in found if all(getattr(one, name) == value for name, value in fields.items())]

    def until_event(self, action: str, **fields: object) -> Event:
        """Wait for an event to be committed."""
        end = time.monotonic() + _PATIENCE
        while time.monotonic() < end:
            if found := self.events(action, **fields):
                return found[-1]
            time.sleep(0.02)
        raise AssertionError(f"no event {action} {fields}")

    def beat(self) -> None:
        """Let the desk's clockwork do what is due."""
        self.wait(self.desk.beat())


@contextmanager
def serving(root: Path, profile: Profile = Profile.DEMO, *, plain_keys_days: int = 0) -> Iterator[Served]:
    """A desk behind its front door until the block ends; a demo desk, so that a test can seat people beside it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    served = Served(root, FakeClock(), loop)
    try:
        served.wait(_open(served, profile, plain_keys_days))
        try:
            yield served
        finally:
            served.wait(_close(served))
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _open(served: Served, profile: Profile, plain_keys_days: int) -> None:
    ambient = around(served.clock)
    waiver = None
    if profile is Profile.PROD:
        import datetime as dt  # noqa: PLC0415 - only this profile needs a day

        waiver = Waiver(until=dt.date(2099, 1, 1), persons=("a", "b"))
    home = bootstrap.create(served.root / "h", profile, around=ambient, waiver=waiver)
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    secrets = {}
    until = served.clock.now_us() + plain_keys_days * 86_400 * SECOND if plain_keys_days else 0
    for post in CAST.posts:
        served.keys[post.login] = served.key(post.login)
        public = public_keys.parse(served.keys[post.login].with_suffix(".pub").read_text())
        secrets[post.login] = Secret(encoded=ambient.hasher.hash(PASSWORD), seed=SEED, key=public, key_until=until)
    founded = await asyncio.to_thread(found, running.parts, CAST, secrets)
    served.desk = WholeDesk(running, served.clock, founded)
    served.over = asyncio.Event()
    served.door = await FrontDoor.open(running, Address("127.0.0.1", 0), served.over)


async def _close(served: Served) -> None:
    await served.door.close()
    await served.desk.running.stop()
