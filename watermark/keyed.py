"""The keyed functions that marks rest on, handed in by whoever holds the key; and one made of the standard library.

The desk hands in HMAC-SM3 and SM4; this package imports no cipher. Files marked through one implementation are traced
through the same one.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Protocol

from watermark.errors import KeyRefused

BLOCK = 16
_SHORTEST = 16


class Keyed(Protocol):
    """Two pseudo-random functions under one secret."""

    def mac(self, *parts: bytes) -> bytes:
        """Return at least 16 bytes for these parts, framed so that none slides into its neighbour."""

    def blocks(self, data: bytes) -> bytes:
        """Replace each 16-byte block of `data` by its pseudo-random image of 16 bytes, each for itself."""


class HashKeyed:
    """Both functions from `hashlib`: for use without the desk. Never shows its key and cannot be pickled.

    Args:
        secret: at least 16 random bytes, kept as long as any fragment may turn up.

    Raises:
        KeyRefused: the secret is shorter.
    """

    __slots__ = ("_image", "_mac")

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _SHORTEST:
            raise KeyRefused("watermark.key_short", least=str(_SHORTEST))
        self._mac = hmac.new(secret, b"veildesk marks mac", hashlib.sha256).digest()
        image = hmac.new(secret, b"veildesk marks blocks", hashlib.sha256).digest()
        self._image = hashlib.blake2b(digest_size=BLOCK, key=image)

    def mac(self, *parts: bytes) -> bytes:
        """Return HMAC-SHA-256 of the framed parts."""
        framed = b"".join([piece for part in parts for piece in (len(part).to_bytes(4, "big"), part)])
        return hmac.digest(self._mac, framed, "sha256")

    def blocks(self, data: bytes) -> bytes:
        """Return keyed BLAKE2b of each block."""
        images = []
        for at in range(0, len(data), BLOCK):
            one = self._image.copy()
            one.update(data[at : at + BLOCK])
            images.append(one.digest())
        return b"".join(images)

    def __repr__(self) -> str:
        return "HashKeyed(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a keyed function is not pickled"
        raise TypeError(msg)
