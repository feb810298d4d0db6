"""SM4-GCM (GB/T 32907, RFC 8998) by OpenSSL: one context a message, 12-byte nonces, whole tags, nothing else.

ECB, CBC and CTR are not offered: they carry no tag, and what has no tag opens as garbage instead of failing.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from masking.errors import SealBroken, SealRefused

KEY_SIZE = 16
NONCE_SIZE = 12
TAG_SIZE = 16


class _Message(Cipher[GCM]):
    """A cipher of one message whose key and nonce are checked already: checking them again costs a third of sealing."""

    def __init__(self, algorithm: SM4, mode: GCM) -> None:
        self.algorithm = algorithm
        self.mode = mode


class Sm4Gcm:
    """SM4-GCM under one 16-byte key. Never shows its key and cannot be pickled.

    Raises:
        SealRefused: The key is not 16 bytes.
    """

    __slots__ = ("_algorithm",)

    def __init__(self, key: bytes) -> None:
        if len(key) != KEY_SIZE:
            raise SealRefused(what="key_size")
        self._algorithm = SM4(key)

    def seal(self, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
        """Return ciphertext followed by its 16-byte tag. A nonce must never repeat under one key.

        Raises:
            SealRefused: The nonce is not 12 bytes.
        """
        if len(nonce) != NONCE_SIZE:
            raise SealRefused(what="nonce_size")
        context = _Message(self._algorithm, GCM(nonce)).encryptor()
        context.authenticate_additional_data(aad)
        return context.update(plaintext) + context.finalize() + context.tag

    def open(self, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
        """Return the plaintext of ``sealed`` (ciphertext followed by tag), or nothing at all.

        Raises:
            SealBroken: The tag does not fit, or the input is too short to have one.
            SealRefused: The nonce is not 12 bytes.
        """
        if len(nonce) != NONCE_SIZE:
            raise SealRefused(what="nonce_size")
        if len(sealed) < TAG_SIZE:
            raise SealBroken
        context = _Message(self._algorithm, GCM(nonce)).decryptor()
        context.authenticate_additional_data(aad)
        plaintext = context.update(sealed[:-TAG_SIZE])
        try:
            return plaintext + context.finalize_with_tag(sealed[-TAG_SIZE:])
        except InvalidTag:
            # Unauthenticated bytes must not linger in the frame that a traceback keeps alive.
            plaintext = b""
        raise SealBroken

    def __repr__(self) -> str:
        return "Sm4Gcm(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a cipher is not pickled"
        raise TypeError(msg)


def gcm_seal(key: bytes, nonce: bytes, plaintext: bytes, aad: bytes) -> bytes:
    """Seal once under ``key``; see :meth:`Sm4Gcm.seal`."""
    return Sm4Gcm(key).seal(nonce, plaintext, aad)


def gcm_open(key: bytes, nonce: bytes, sealed: bytes, aad: bytes) -> bytes:
    """Open once under ``key``; see :meth:`Sm4Gcm.open`."""
    return Sm4Gcm(key).open(nonce, sealed, aad)
