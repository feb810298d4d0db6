"""SM2 public-key encryption of short keys (GM/T 0003.4, GM/T 0009 §7.2), as the ``openssl pkeyutl`` command reads it.

A message is opened whole or refused; nothing is returned that its digest does not prove. The arithmetic and its
cautions are ``signature``'s.
"""

from __future__ import annotations

import secrets
from typing import Final

from cryptography.hazmat import asn1

from masking.errors import SealBroken, SealRefused
from masking.gm.digest import sm3
from masking.gm.signature import Sm2PrivateKey, Sm2PublicKey, base_multiple, curve_order, multiple

_LONGEST: Final = 256
_HALF: Final = 32


@asn1.sequence
class _Envelope:
    x: int
    y: int
    digest: bytes
    body: bytes


def sm2_encrypt(key: Sm2PublicKey, message: bytes) -> bytes:
    """Return the DER form SEQUENCE(x, y, SM3, ciphertext) of a message, each time another one.

    Raises:
        SealRefused: The message is empty or longer than 256 bytes: seal a key, and with it the rest.
    """
    if not 0 < len(message) <= _LONGEST:
        raise SealRefused(what="envelope_size")
    while True:
        nonce = secrets.randbelow(curve_order() - 1) + 1
        point, shared = base_multiple(nonce), multiple(nonce, key.raw)
        if point is None or shared is None:
            continue
        stream = _stream(shared, len(message))
        if any(stream):
            break
    body = bytes(one ^ other for one, other in zip(message, stream, strict=True))
    x, y = (int.from_bytes(half, "big") for half in (point[:_HALF], point[_HALF:]))
    return asn1.encode_der(_Envelope(x=x, y=y, digest=_proof(shared, message), body=body))


def sm2_decrypt(key: Sm2PrivateKey, envelope: bytes) -> bytes:
    """Return the message of an envelope.

    Raises:
        SealBroken: It is not one, was changed, or is another key's.
    """
    try:
        parts = asn1.decode_der(_Envelope, envelope)
        point = Sm2PublicKey(parts.x.to_bytes(_HALF, "big") + parts.y.to_bytes(_HALF, "big")).raw
    except (ValueError, OverflowError):
        raise SealBroken from None
    if not 0 < len(parts.body) <= _LONGEST:
        raise SealBroken
    shared = multiple(int.from_bytes(key.to_scalar(), "big"), point)
    if shared is None:
        raise SealBroken
    stream = _stream(shared, len(parts.body))
    message = bytes(one ^ other for one, other in zip(parts.body, stream, strict=True))
    if not secrets.compare_digest(_proof(shared, message), parts.digest):
        raise SealBroken
    return message


def _stream(shared: bytes, size: int) -> bytes:
    """The key derivation of GM/T 0003.4 §5.4.3: SM3 over the shared point and a counter."""
    blocks = -(-size // _HALF)
    return b"".join(sm3(shared + count.to_bytes(4, "big")) for count in range(1, blocks + 1))[:size]


def _proof(shared: bytes, message: bytes) -> bytes:
    return sm3(shared[:_HALF] + message + shared[_HALF:])
