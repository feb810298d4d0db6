"""A visitor's SSH connection that says what it refuses: asyncssh by itself says no without a word to anybody.

Said are a signature that does not hold, what is no key, a way to sign in that is not open, a request that SSH does not
know, and a line that breaks SSH's own rules. What people ask for that the door knows is `channel`'s and `visitor`'s.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NoReturn

import asyncssh
from asyncssh.constants import MSG_DISCONNECT
from asyncssh.packet import SSHPacket

UNKNOWN: Final = re.compile(r"_process_.*_(request|open)\Z")
"""How asyncssh names whoever deals with a request or a channel; one that it does not have is unknown to it."""

_CUSTOMARY: Final = "_at_openssh_dot_com_global_request"  # stock clients say these of themselves
_ASKS_FOR_WAYS: Final = b"none"  # RFC 4252 section 5.2: refused, to be told which methods there are

Refuse = Callable[[str], None]


class WatchedConnection(asyncssh.SSHServerConnection):
    """A connection on which whatever is refused is said. refuse: told so."""

    refuse: Refuse
    _key_counts = _left = False

    def __getattr__(self, name: str) -> NoReturn:
        """Where asyncssh looks for whoever deals with a request; it refuses the request when there is nobody."""
        if UNKNOWN.match(name) and not name.endswith(_CUSTOMARY):
            self.refuse("unknown")
        raise AttributeError(name)

    async def _finish_userauth(self, begin_auth: bool, method: bytes, packet: SSHPacket) -> None:  # noqa: FBT001 - asyncssh's
        await super()._finish_userauth(begin_auth, method, packet)
        if self._auth is None and method != _ASKS_FOR_WAYS:
            self.refuse("method")

    async def _validate_client_public_key(self, username: str, key_data: bytes) -> asyncssh.SSHKey | None:
        key = await super()._validate_client_public_key(username, key_data)
        self._key_counts = key is not None
        if key is None and not _is_key(key_data):
            # A certificate, or nothing that can be read: nobody was asked about it.
            self.refuse("key_kind")
        return key

    async def validate_public_key(self, username: str, key_data: bytes, msg: bytes, signature: bytes) -> bool:
        """See asyncssh; a key that counts, with a signature that is not its own, is said."""
        self._key_counts = False
        valid = await super().validate_public_key(username, key_data, msg, signature)
        if self._key_counts and not valid:
            self.refuse("signature")
        return valid

    def _leave(self, kind: int, number: int, packet: SSHPacket) -> None:
        self._left = True
        super()._process_disconnect(kind, number, packet)

    def _force_close(self, exc: Exception | None) -> None:
        # Neither who says goodbye, nor a line that is cut or that nobody signs in on in time.
        gone = exc is None or isinstance(exc, OSError | asyncssh.ConnectionLost)
        if self._transport is not None and not gone and not self._left:
            self.refuse("protocol")
        super()._force_close(exc)

    _packet_handlers = {  # noqa: RUF012 - as the class above has it
        **asyncssh.SSHServerConnection._packet_handlers,  # noqa: SLF001 - there is no other way in between
        MSG_DISCONNECT: _leave,
    }


def watch(conn: asyncssh.SSHServerConnection, refuse: Refuse) -> None:
    """Have a connection, which asyncssh made, say what it refuses."""
    conn.__class__ = WatchedConnection
    conn.refuse = refuse  # type: ignore[attr-defined]


def _is_key(data: bytes) -> bool:
    try:
        asyncssh.public_key.decode_ssh_public_key(data)
    except asyncssh.KeyImportError:
        return False
    return True
