"""Softphones: who may register, where they are, and what proves it (digest, RFC 7616 with MD5, as SIP phones speak it).

A nonce proves once, within half a minute, from the address that it was given to. Nothing is kept of one before it did,
so whoever asks for many takes none from anybody. A phone is rung at the address that its registration came from, not at
one that it names. Phones behind a TLS edge (`.docs/edge/phones.cfg`) all come from that one's address; which is which
says the edge, in a Contact of its own making. Knows neither sockets nor SIP messages.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import struct
from dataclasses import dataclass
from typing import Final, Protocol

from masking.gm import Sm3Mac

REALM: Final = "veildesk"
HOLDS: Final = 120
"""Seconds that a registration holds at most."""

_NONCE_HOLDS: Final = 30.0
_MOST_PROVEN: Final = 200
"""Proofs of one phone while a nonce holds."""

_MADE: Final = struct.Struct(">Q8s")
_SEAT: Final = re.compile(r"edge-[0-9.]{7,15}-[0-9]{1,5}-")

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
        self._used: dict[str, dict[bytes, float]] = {}
        self._mac = Sm3Mac(os.urandom(32))

    def allow(self, name: str, secret: str) -> None:
        """Let a phone register with a secret, or forget it where that is empty."""
        if secret:
            self._secrets[name] = secret
        else:
            self._secrets.pop(name, None)
            self._places.pop(name, None)
            self._used.pop(name, None)

    def challenge(self, address: Address, now: float) -> str:
        """A new nonce for whoever is at an address."""
        made = _MADE.pack(int(now * 1000), os.urandom(8))
        return (made + self._seal(made, address)).hex()

    def proven(self, proof: Proof, address: Address, now: float, method: str = "REGISTER") -> str | None:
        """The phone that made this proof for a request from an address; None for nobody."""
        until = self._holds(proof.nonce or "", address)
        return proof.username if until > now and self._made(proof, method) and self._first(proof, until, now) else None

    def false(self, proof: Proof, name: str, method: str) -> bool:
        """Whether a phone of this name cannot have made this proof, on whatever nonce."""
        return proof.username != name or not self._made(proof, method)

    def _made(self, proof: Proof, method: str) -> bool:
        """Whether it was made with the secret of whom it names."""
        secret = self._secrets.get(proof.username or "")
        if secret is None or proof.realm != REALM or proof.algorithm not in (None, "MD5", "md5"):
            return False
        asked = _md5(f"{method}:{proof.uri}")
        parts = [secret, proof.nonce or ""]
        if proof.qop is not None:
            if proof.qop != "auth":
                return False
            parts += [proof.nc or "", proof.cnonce or "", proof.qop]
        expected = _md5(":".join([*parts, asked]))
        return hmac.compare_digest(expected.encode(), (proof.response or "").encode())

    def _seal(self, made: bytes, address: Address) -> bytes:
        return self._mac.digest(made, address[0].encode(), str(address[1]).encode())[:16]

    def _holds(self, nonce: str, address: Address) -> float:
        """Until when a nonce proves; 0 for one that is not ours, or not this address's."""
        try:
            said = bytes.fromhex(nonce)
            milliseconds, _ = _MADE.unpack(said[: _MADE.size])
        except (ValueError, struct.error):
            return 0.0
        same = hmac.compare_digest(said[_MADE.size :], self._seal(said[: _MADE.size], address))
        return float(milliseconds / 1000 + _NONCE_HOLDS) if same else 0.0

    def _first(self, proof: Proof, until: float, now: float) -> bool:
        """Whether a nonce proves for the first time; it is kept as long as it could again."""
        name, nonce = proof.username or "", bytes.fromhex(proof.nonce or "")
        used = {one: ends for one, ends in self._used.get(name, {}).items() if ends > now}
        if nonce in used or len(used) >= _MOST_PROVEN:
            return False
        self._used[name] = {**used, nonce: until}
        return True

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

    def at(self, address: Address, user: str = "") -> str:
        """The phone that registered from an address; empty for none.

        Args:
            address: where something came from.
            user: of the Contact that came with it, by which phones behind one edge are told apart.
        """
        seat = _seat(user)
        found = (name for name, one in self._places.items() if one.address == address and _seat(one.user) == seat)
        return next(found, "")

    def gone(self, now: float) -> list[str]:
        """Phones whose registration ended by itself; each is named once."""
        ended = [name for name, place in self._places.items() if place.until <= now]
        for name in ended:
            del self._places[name]
        return ended


def asking(nonce: str) -> str:
    """What a WWW-Authenticate header says with a nonce."""
    return f'Digest realm="{REALM}",nonce="{nonce}",algorithm=MD5,qop="auth"'


def secret_of(name: str, password: str) -> str:
    """What is kept of a phone's password."""
    return _md5(f"{name}:{REALM}:{password}")


def _seat(user: str) -> str:
    """Which connection of an edge's something came over; empty for what came by itself."""
    found = _SEAT.match(user)
    return found[0] if found else ""


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
