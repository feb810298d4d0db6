"""One SSH connection: three factors in SSH's own order, then one terminal.

First a signature by a key of an accepted kind, which gets "partial success" whoever asks; then password and one-time
code in one keyboard-interactive question. Whether all three are the person's is asked of the desk in one piece, so no
step tells whether a name or a key exists. asyncssh ends a login at the first success; the wrapped
`send_userauth_success` keeps it open until the desk has said yes (RFC 4252 section 5.1, partial success).
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from typing import Final, Protocol

import asyncssh

from console.serve.channel import OnlyTerminal, TerminalSession
from console.serve.clerk import Clerk
from console.serve.connection import watch
from console.serve.file_routes import ROUTES
from console.serve.file_words import Admit, Asked, Said
from console.serve.files import FilesSession
from console.serve.idleness import SAY_EVERY
from console.serve.link import LinkBroken
from console.serve.messages import Answered, Ended, Open

ACCEPTED_KEYS: Final = (
    "sk-ssh-ed25519@openssh.com",
    "sk-ecdsa-sha2-nistp256@openssh.com",
    "ssh-ed25519",
)
"""Kinds of keys a visitor may sign with. Whether a plain one counts at this desk, the desk says."""

_TRIES: Final = 3
_ASKED_FOR: Final = 64  # side doors a visitor may try before it is sent away
_PROMPTS: Final = 2
_LONGEST: Final = 256
_LONGEST_LOGIN: Final = 64
_DROP, _EXPORT = "drop", "export"
_SAID_ONCE: Final = frozenset({"environment", "key_kind", "method"})


class House(Protocol):
    """What a visitor needs of the front door."""

    @property
    def words(self) -> Open:
        """Banner and prompts."""
        ...

    @property
    def clerk(self) -> Clerk:
        """Asks the desk about files."""
        ...

    def arrive(self, visitor: Visitor) -> int | None:
        """A number for a visitor; none when the house is full."""
        ...

    def leave(self, visit: int) -> None:
        """The connection is over."""
        ...

    async def prove(self, visitor: Visitor, login: str, key: bytes, password: str, code: str) -> Answered:
        """Ask the desk whether the three factors hold."""
        ...

    def refuse(self, visitor: Visitor, what: str) -> None:
        """Tell the desk what was asked for."""
        ...

    def typed(self, visitor: Visitor) -> None:
        """Somebody types at a visitor's terminal."""
        ...

    async def begin(self, visitor: Visitor, session: TerminalSession) -> None:
        """Start a session process on the visitor's terminal."""
        ...


class Visitor(asyncssh.SSHServer):
    """See the module. Args: the front door."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._conn: asyncssh.SSHServerConnection | None = None
        self._login = self._route = ""
        self._offered = b""
        self._signed = b""
        self._tries = 0
        self._asked: set[str] = set()
        self._refused = 0
        self._starting: asyncio.Task[None] | None = None
        self.visit = 0
        self.source = "-"
        self.seated = False
        self.language = ""
        self.session: TerminalSession | None = None
        self._files = False
        self._say_typed_from = 0.0
        self.later: socket.socket | None = None
        self.told: Ended | None = None
        """What the desk said when it ended the line."""
        self.died: bool | None = None
        """Whether the session process ended by itself; none while it lives."""

    @property
    def opened_with(self) -> tuple[str, bytes]:
        """By which login and with which key's signature the connection was opened."""
        return self._login, self._signed

    def no_later(self) -> None:
        """The session gets no further line: it is over."""
        if self.later is not None:
            self.later.close()
            self.later = None

    # -- coming and going ---------------------------------------------------------------------------------------------
    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Somebody is there."""
        self._conn = conn
        peer = conn.get_extra_info("peername")
        self.source = str(peer[0]) if peer else "-"
        number = self._house.arrive(self)
        if number is None:
            conn.abort()
            return
        self.visit = number
        self._finish_login = conn.send_userauth_success
        watch(conn, self.refuse)
        # asyncssh would end the login at the first success.
        setattr(conn, "send_userauth_success", self._succeeded)  # noqa: B010 - a method of the instance

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody is there any more."""
        del exc
        if self.visit:
            self._house.leave(self.visit)

    def close(self) -> None:
        """End the connection."""
        if self._conn is not None:
            self._conn.close()

    # -- three factors ------------------------------------------------------------------------------------------------
    def begin_auth(self, username: str) -> bool:
        """A login, perhaps another than before: everything must be shown again."""
        if self._conn is not None and not self._login:
            self._conn.send_auth_banner(self._house.words.banner)
        name, _, self._route = username.partition("+")
        self._login = name[:_LONGEST_LOGIN] or "-"
        self._offered, self._signed, self.seated = b"", b"", False
        if self._route and self._route not in ROUTES:
            self.refuse("route")
        return True

    def public_key_auth_supported(self) -> bool:
        """First of all, and once."""
        return not self._signed

    def validate_public_key(self, username: str, key: asyncssh.SSHKey) -> bool:
        """Any key of an accepted kind is asked for its signature, whoever's it is."""
        del username
        fits = key.get_algorithm() in ACCEPTED_KEYS
        self._offered = key.public_data if fits else b""
        if not fits:
            self.refuse("key_kind")
        return fits

    def password_auth_supported(self) -> bool:
        """A password alone is no factor here."""
        return False

    def kbdint_auth_supported(self) -> bool:
        """After the key."""
        return bool(self._signed) and self._route in {"", _EXPORT}

    def get_kbdint_challenge(
        self, username: str, lang: str, submethods: str
    ) -> tuple[str, str, str, list[tuple[str, bool]]]:
        """Password and code in one question."""
        del username, lang, submethods
        words = self._house.words
        # Clients escape what is not ASCII everywhere but in prompts.
        return "", "", "", [(words.password, False), (words.code, False)]

    async def validate_kbdint_response(self, username: str, responses: Sequence[str]) -> bool:
        """Ask the desk; a few tries a connection."""
        del username
        self._tries += 1
        if len(responses) == _PROMPTS and max(map(len, responses)) <= _LONGEST:
            try:
                answer = await self._house.prove(self, self._login, self._signed, *responses)
            except LinkBroken:
                self.refuse("away")
                answer = Answered(visit=self.visit, seated=False)
            self.seated, self.language = answer.seated, answer.language
        else:
            self.refuse("answers")
        if not self.seated and self._tries >= _TRIES and self._conn is not None:
            self._conn.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "")
        return self.seated

    async def _succeeded(self) -> None:
        if self._conn is None:
            return
        if self._route == _DROP and not self.seated:
            # A program signs in with its registered key alone; it gets a drop and nothing else.
            said, _ = await self._ask(Admit(source=self.source[:64], login=self._login, key=self._offered))
            self.seated, self._tries = said.ok, self._tries + 1
            if not said.ok:
                if self._tries >= _TRIES:
                    self._conn.disconnect(asyncssh.DISC_NO_MORE_AUTH_METHODS_AVAILABLE, "")
                else:
                    self._conn.send_userauth_failure(partial_success=False)
                return
        if self.seated:
            await self._finish_login()
        else:
            self._signed = self._offered
            self._conn.send_userauth_failure(partial_success=True)

    # -- one terminal -------------------------------------------------------------------------------------------------
    def session_requested(self) -> tuple[OnlyTerminal, TerminalSession | FilesSession] | bool:
        """One, of those who proved themselves."""
        if self._conn is None or not self.seated:
            return False
        if self.session is not None or self._files:
            self.refuse("second_session")
            return False
        if self._route in ROUTES:
            self._files = True
            return OnlyTerminal(self._conn, self.refuse), FilesSession(
                ROUTES[self._route], self._ask, self.refuse, self.close
            )
        self.session = TerminalSession(self.refuse, self._begin, self.close, self._typed)
        return OnlyTerminal(self._conn, self.refuse), self.session

    async def _ask(self, asked: Asked) -> tuple[Said, int | None]:
        return await self._house.clerk.ask(self.visit, asked)

    def _begin(self, session: TerminalSession) -> None:
        self._starting = asyncio.get_running_loop().create_task(self._house.begin(self, session))

    def _typed(self) -> None:
        now = asyncio.get_running_loop().time()
        if now >= self._say_typed_from:
            self._say_typed_from = now + SAY_EVERY
            self._house.typed(self)

    # -- everything else ----------------------------------------------------------------------------------------------
    def refuse(self, what: str) -> None:
        """Have the desk's log hear what the visitor was refused; whoever asks for too much is sent away."""
        self._refused += 1
        if self._refused > _ASKED_FOR:
            # What of theirs has come in already is dealt with; they hear the rest of it from nobody.
            if self._refused == _ASKED_FOR + 1:
                self._house.refuse(self, "too_many")
                self.close()
        elif what not in _SAID_ONCE or what not in self._asked:
            # Stock clients send half a dozen variables and offer every key they have; once a visit says as much.
            self._asked.add(what)
            self._house.refuse(self, what)

    def connection_requested(self, dest_host: str, dest_port: int, orig_host: str, orig_port: int) -> bool:
        """No port of the desk's side (-L, -D)."""
        del dest_host, dest_port, orig_host, orig_port
        self.refuse("port_out")
        return False

    def server_requested(self, listen_host: str, listen_port: int) -> bool:
        """No port of the visitor's side (-R)."""
        del listen_host, listen_port
        self.refuse("port_in")
        return False

    def unix_connection_requested(self, dest_path: str) -> bool:
        """No socket of the desk's side."""
        del dest_path
        self.refuse("port_out")
        return False

    def unix_server_requested(self, listen_path: str) -> bool:
        """No socket of the visitor's side."""
        del listen_path
        self.refuse("port_in")
        return False

    def tun_requested(self, unit: int | None) -> bool:
        """No tunnel."""
        del unit
        self.refuse("tunnel")
        return False

    def tap_requested(self, unit: int | None) -> bool:
        """No tunnel."""
        del unit
        self.refuse("tunnel")
        return False
