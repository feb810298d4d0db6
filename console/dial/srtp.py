"""Speech towards the provider encrypted (SRTP, RFC 3711), its keys said in the descriptions (SDES, RFC 4568).

The keys travel in SIP, so they are worth what protects that: here the TLS edge. One suite is spoken, the one that every
peer must know: AES_CM_128_HMAC_SHA1_80. What does not verify, or came before, is no packet.
"""

from __future__ import annotations

import base64
import binascii
import os
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pylibsrtp import Session

SUITE: Final = "AES_CM_128_HMAC_SHA1_80"
KEY_SIZE: Final = 30
"""Bytes of master key and salt."""

_LINE: Final = re.compile(rf"a=crypto:(\d{{1,9}}) {SUITE} inline:([A-Za-z0-9+/]{{40}})(?:\|2\^(?:[0-9]|[1-4][0-9]))?")


def new_key() -> bytes:
    """A key for one direction of one call."""
    return os.urandom(KEY_SIZE)


def line_of(key: bytes, tag: int = 1) -> str:
    """The line that says a key. tag: in an answer that of the line which it answers."""
    return f"a=crypto:{tag} {SUITE} inline:{base64.b64encode(key).decode()}"


def key_in(line: str) -> bytes | None:
    """The key that a line says; None for another line, suite, or anything that we would not do as it says. Pure."""
    found = _LINE.fullmatch(line)
    try:
        return base64.b64decode(found[2], validate=True) if found else None
    except binascii.Error:
        return None


def tag_in(line: str) -> int:
    """The tag of a line that says a key; 0 for another. Pure."""
    found = _LINE.fullmatch(line)
    return int(found[1]) if found else 0


class Cover:
    """What one leg's packets go through, each way with its own key.

    Args:
        sends: the key we said.
        hears: the key that the other side said.

    Raises:
        ValueError: one of them is none.
        ImportError: pylibsrtp is not installed (`veildesk[dial]`).
    """

    def __init__(self, sends: bytes, hears: bytes) -> None:
        from pylibsrtp import Policy  # noqa: PLC0415 - a line without it needs no such library

        if len(sends) != KEY_SIZE or len(hears) != KEY_SIZE or sends == hears:
            raise ValueError
        self._out = _session(sends, Policy.SSRC_ANY_OUTBOUND)
        self._in = _session(hears, Policy.SSRC_ANY_INBOUND)

    def over(self, packet: bytes) -> bytes | None:
        """A packet as it is sent; None for one that was sent already, or is too old to be."""
        from pylibsrtp import Error  # noqa: PLC0415 - see above

        try:
            return self._out.protect(packet)
        except Error:
            return None

    def off(self, data: bytes) -> bytes | None:
        """The packet that came; None for what does not verify."""
        from pylibsrtp import Error  # noqa: PLC0415 - see above

        try:
            return self._in.unprotect(data)
        except (Error, TypeError):
            return None


def _session(key: bytes, kind: int) -> Session:
    from pylibsrtp import Policy, Session  # noqa: PLC0415 - see above

    return Session(Policy(key=key, ssrc_type=kind, srtp_profile=Policy.SRTP_PROFILE_AES128_CM_SHA1_80))
