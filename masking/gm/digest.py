"""SM3 digests (GM/T 0004, GB/T 32905), HMAC-SM3 (RFC 2104) and HKDF-SM3 (RFC 5869).

The digest is OpenSSL's through ``hashlib`` where that build has it, else through ``cryptography``; probed
once at import. Contexts are copied from a prepared one, because looking the algorithm up costs as much as
hashing a row.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hashes import HashContext

DIGEST_SIZE = 32
_BLOCK_SIZE = 64
_INNER_PAD = bytes(value ^ 0x36 for value in range(256))
_OUTER_PAD = bytes(value ^ 0x5C for value in range(256))


class Sm3(Protocol):
    """An incremental SM3 digest."""

    def update(self, data: bytes, /) -> None:
        """Take in more bytes."""

    def digest(self) -> bytes:
        """Return the 32-byte digest of everything taken in so far; more may follow."""

    def copy(self) -> Self:
        """Return an independent digest with the same state."""


class _OpenSslSm3:
    """SM3 through ``cryptography``, for Pythons whose OpenSSL keeps SM3 from ``hashlib``."""

    __slots__ = ("_context",)

    def __init__(self, context: HashContext) -> None:
        self._context = context

    def update(self, data: bytes, /) -> None:
        self._context.update(data)

    def digest(self) -> bytes:
        return self._context.copy().finalize()

    def copy(self) -> _OpenSslSm3:
        return _OpenSslSm3(self._context.copy())


def _probe() -> Sm3:
    try:
        return hashlib.new("sm3")
    except ValueError:
        from cryptography.hazmat.primitives import hashes  # noqa: PLC0415 - only where hashlib has no SM3

        return _OpenSslSm3(hashes.Hash(hashes.SM3()))


_EMPTY = _probe()


def new_sm3() -> Sm3:
    """Return a fresh incremental digest, for files and streams."""
    return _EMPTY.copy()


def sm3(data: bytes) -> bytes:
    """Return the 32-byte SM3 digest of ``data``."""
    context = _EMPTY.copy()
    context.update(data)
    return context.digest()


class Sm3Mac:
    """HMAC-SM3 under one key, over parts that are framed so that none can slide into its neighbour.

    Each part is preceded by its length in four bytes: ``digest(b"ab", b"c")`` and ``digest(b"a", b"bc")``
    differ. For the bare RFC 2104 value of one message use :func:`hmac_sm3`. The keyed state is prepared once
    and copied. The object never shows its key and cannot be pickled.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (sm3(key) if len(key) > _BLOCK_SIZE else key).ljust(_BLOCK_SIZE, b"\0")
        self._inner = _EMPTY.copy()
        self._inner.update(block.translate(_INNER_PAD))
        self._outer = _EMPTY.copy()
        self._outer.update(block.translate(_OUTER_PAD))

    def digest(self, *parts: bytes) -> bytes:
        """Return the 32-byte tag of the framed ``parts``."""
        inner = self._inner.copy()
        for part in parts:
            inner.update(len(part).to_bytes(4, "big") + part)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def begun(self, *parts: bytes) -> Self:
        """Return the MAC with first parts taken in: ``begun(a).digest(b)`` is ``digest(a, b)``."""
        made = type(self).__new__(type(self))
        made._inner = self._inner.copy()  # noqa: SLF001 - the same class
        for part in parts:
            made._inner.update(len(part).to_bytes(4, "big") + part)  # noqa: SLF001
        made._outer = self._outer  # noqa: SLF001
        return made

    def verify(self, tag: bytes, *parts: bytes) -> bool:
        """Say, in constant time, whether ``tag`` is the whole 32-byte tag of ``parts``."""
        return hmac.compare_digest(self.digest(*parts), tag)

    def _bare(self, data: bytes) -> bytes:
        inner = self._inner.copy()
        inner.update(data)
        outer = self._outer.copy()
        outer.update(inner.digest())
        return outer.digest()

    def __repr__(self) -> str:
        return "Sm3Mac(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a keyed MAC is not pickled"
        raise TypeError(msg)


def hmac_sm3(key: bytes, data: bytes) -> bytes:
    """Return the 32-byte HMAC-SM3 (RFC 2104) of ``data``."""
    return Sm3Mac(key)._bare(data)  # noqa: SLF001 - the bare form of the class above


def hkdf_sm3(key: bytes, info: bytes, length: int = 16, salt: bytes = b"") -> bytes:
    """Derive ``length`` bytes (1..8160) from ``key`` for the use that ``info`` names (RFC 5869 with SM3).

    Raises:
        ValueError: ``length`` is outside what the RFC allows.
    """
    if not 1 <= length <= 255 * DIGEST_SIZE:
        msg = "HKDF length"
        raise ValueError(msg)
    expand = Sm3Mac(hmac_sm3(salt or bytes(DIGEST_SIZE), key))
    output = b""
    block = b""
    counter = 1
    while len(output) < length:
        block = expand._bare(block + info + bytes([counter]))  # noqa: SLF001 - as above
        output += block
        counter += 1
    return output[:length]
