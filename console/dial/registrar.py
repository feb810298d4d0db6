"""Softphones: who may register, where they are, and what proves it (digest, RFC 7616 with MD5, as SIP phones speak it).

A nonce is used once and for half a minute. A phone is rung at the address that its registration came from, not at one
that it names. Knows neither sockets nor SIP messages.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import Final, Protocol

REALM: Final = "veildesk"
HOLDS: Final = 120
"""Seconds that a registration holds at most."""

_NONCE_HOLDS: Final = 30.0
_MOST_NONCES: Final = 10_000

Address = tuple[str, int]


class Proof(Protocol):
    """What an Authorization header says."""

    username: str | None
    realm: str | None
    nonce: str | None
    uri: str | None
    response: str | None
    qop: str | None
    cnonce: str | None
    nc: str | None
    algorithm: str | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a phone is. `user`: the part of its contact that it wants to be called by."""

    user: str
    address: Address
    until: float


class Registrar:
    """All softphones. Moments are seconds of a clock that never runs backwards."""

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}
        self._places: dict[str, Place] = {}
        self._nonces: dict[str, float] = {}

    def allow(self, name: str, secret: str) -> None:
        """Let a phone register with a secret, or forget it where that is empty."""
        if secret:
            self._secrets[name] = secret
        else:
            self._secrets.pop(name, None)
            self._places.pop(name, None)

    def challenge(self, now: float) -> str:
        """A new nonce."""
        if len(self._nonces) >= _MOST_NONCES:
            self._nonces = {nonce: until for nonce, until in self._nonces.items() if until > now}
        nonce = secrets.token_hex(16)
        if len(self._nonces) < _MOST_NONCES:
            self._nonces[nonce] = now + _NONCE_HOLDS
        return nonce

    def proven(self, proof: Proof, now: float) -> str | None:
        """The phone that made this proof for a REGISTER; None for nobody. A nonce is gone once it was tried."""
        until = self._nonces.pop(proof.nonce or "", 0.0)
        secret = self._secrets.get(proof.username or "")
        if until <= now or secret is None or proof.realm != REALM or proof.algorithm not in (None, "MD5", "md5"):
            return None
        asked = _md5(f"REGISTER:{proof.uri}")
        parts = [secret, proof.nonce or ""]
        if proof.qop is not None:
            if proof.qop != "auth":
                return None
            parts += [proof.nc or "", proof.cnonce or "", proof.qop]
        expected = _md5(":".join([*parts, asked]))
        same = hmac.compare_digest(expected.encode(), (proof.response or "").encode())
        return proof.username if same else None

    def put(self, name: str, user: str, address: Address, *, seconds: int, now: float) -> int:
        """Note where a phone is; returns for how long, 0 when it left."""
        holds = min(max(seconds, 0), HOLDS)
        if holds:
            self._places[name] = Place(user, address, now + holds)
        else:
            self._places.pop(name, None)
        return holds

    def find(self, name: str, now: float) -> Place | None:
        """Where a phone is; None while it is not registered."""
        place = self._places.get(name)
        return place if place is not None and place.until > now else None

    def at(self, address: Address) -> str:
        """The phone that registered from an address; empty for none."""
        return next((name for name, place in self._places.items() if place.address == address), "")

    def gone(self, now: float) -> list[str]:
        """Phones whose registration ended by itself; each is named once."""
        ended = [name for name, place in self._places.items() if place.until <= now]
        for name in ended:
            del self._places[name]
        return ended


def secret_of(name: str, password: str) -> str:
    """What is kept of a phone's password."""
    return _md5(f"{name}:{REALM}:{password}")


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
