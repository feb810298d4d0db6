"""Staff as a benchmark has them: SSH clients that sign in, press keys, and note when what they wait for has come."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import asyncssh

_QUIET: Final = 0.02  # seconds without a byte after which a repaint is over
_CALM: Final = 0.2  # and after which nothing is being read any more
_PATIENCE: Final = 60.0
_SIZE: Final = (80, 24)


@dataclass(frozen=True, slots=True)
class Account:
    """How somebody signs in; without a password a key is enough. code: gives the one-time code of now."""

    login: str
    key: asyncssh.SSHKey
    password: str = ""
    code: Callable[[], str] = str


class _Client(asyncssh.SSHClient):
    def __init__(self, account: Account) -> None:
        self._account = account
        self.accepted = 0.0

    def kbdint_auth_requested(self) -> str:
        return ""

    def kbdint_challenge_received(
        self, name: str, instructions: str, lang: str, prompts: Sequence[tuple[str, bool]]
    ) -> list[str]:
        del name, instructions, lang
        return [self._account.password, self._account.code()] if prompts else []

    def auth_completed(self) -> None:
        self.accepted = time.perf_counter()


class _Screen(asyncssh.SSHClientSession[bytes]):
    """Counts what arrives; keeps none of it but the end."""

    def __init__(self) -> None:
        self.last = 0.0
        self.seen: dict[bytes, float] = {}
        self.wanted: tuple[bytes, ...] = ()
        self.over = False
        self._tail = b""
        self.came = asyncio.Event()

    def look_for(self, *words: bytes) -> None:
        """From now on, and as if nothing had come before."""
        self.wanted, self.seen, self._tail = words, {}, b""

    def data_received(self, data: bytes, datatype: int | None) -> None:
        del datatype
        self.last = time.perf_counter()
        text = self._tail + data
        for words in self.wanted:
            if words not in self.seen and words in text:
                self.seen[words] = self.last
        self._tail = text[-64:]
        self.came.set()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self.over = True
        self.came.set()


class Visitor:
    """One connection with its terminal. Make one with `come`. Attributes: connection, channel, accepted."""

    def __init__(self, connection: asyncssh.SSHClientConnection, accepted: float) -> None:
        self.connection = connection
        self.accepted = accepted
        self.channel: asyncssh.SSHClientChannel[bytes]
        self._screen: _Screen

    @classmethod
    async def come(cls, port: int, account: Account, source: str = "127.0.0.1") -> Visitor:
        """Sign in; the clock runs from the moment at which the last factor was accepted."""
        client = _Client(account)
        connection = await asyncssh.connect(
            "127.0.0.1",
            port,
            username=account.login,
            client_keys=[account.key],
            known_hosts=None,
            config=None,
            agent_path=None,
            local_addr=(source, 0),
            client_factory=lambda: client,
            preferred_auth="publickey,keyboard-interactive",
            login_timeout=_PATIENCE,
        )
        return cls(connection, client.accepted)

    async def painted(
        self, *words: bytes, size: tuple[int, int] = _SIZE, env: Mapping[bytes | str, bytes | str] | None = None
    ) -> tuple[float, ...]:
        """Ask for a terminal; seconds from the last factor until each of the words stood on it.

        Raises:
            TimeoutError: they never did.
        """
        screen = _Screen()
        screen.look_for(*words)
        channel, _ = await self.connection.create_session(
            lambda: screen, term_type="xterm-256color", term_size=size, encoding=None, env=env or {}
        )
        self._screen, self.channel = screen, channel
        await self._until_seen()
        return tuple(screen.seen[word] - self.accepted for word in words)

    async def until(self, words: bytes, act: Callable[[], Awaitable[object]]) -> float:
        """Have something done; seconds from then until the words came to this terminal.

        Raises:
            TimeoutError: they never did.
        """
        self._screen.look_for(words)
        began = time.perf_counter()
        doing = asyncio.ensure_future(act())
        try:
            await self._until_seen()
        finally:
            await doing
        return self._screen.seen[words] - began

    async def calm(self) -> None:
        """Wait until nothing has been painted for a moment."""
        screen, since = self._screen, time.perf_counter()
        async with asyncio.timeout(_PATIENCE):
            while (rest := max(since, screen.last) + _CALM - time.perf_counter()) > 0:  # noqa: ASYNC110 - until nothing happens
                await asyncio.sleep(rest)

    async def _until_seen(self) -> None:
        screen = self._screen
        async with asyncio.timeout(_PATIENCE):
            while len(screen.seen) < len(screen.wanted):
                screen.came.clear()
                await screen.came.wait()
                if screen.over:
                    raise TimeoutError

    async def press(self, key: bytes) -> float:
        """Press a key; seconds until the last byte of what was repainted for it.

        Raises:
            TimeoutError: nothing was.
        """
        screen = self._screen
        screen.came.clear()
        pressed = time.perf_counter()
        self.channel.write(key)
        async with asyncio.timeout(_PATIENCE):
            await screen.came.wait()
            while True:
                screen.came.clear()
                try:
                    await asyncio.wait_for(screen.came.wait(), _QUIET)
                except TimeoutError:
                    return screen.last - pressed

    async def go(self) -> None:
        """Hang up."""
        self.connection.abort()
        await self.connection.wait_closed()
