"""A case key on its way to another process that may open a field: the dialer, or the sender of messages.

What it guarantees: only a key unwrapped for one of them travels, and for that alone; sealed to the public key of the
process that takes it and bound to a digest of the very order it belongs to. With another order, another process's key,
for another purpose or with a changed byte it is refused whole. Elsewhere: what an order says, when it ends and that it
is used once is that process's own affair.
"""

from __future__ import annotations

from typing import Final

from masking.case_keys import CaseKey, Purpose
from masking.errors import PurposeRefused, SealBroken
from masking.gm import KEY_SIZE, Sm2PrivateKey, Sm2PublicKey, sm2_decrypt, sm2_encrypt, sm3
from masking.sealing import KEY_ID_SIZE

TRAVELS: Final = frozenset({Purpose.DIAL, Purpose.MESSAGE})
"""Purposes whose case key may leave the desk."""

_LABEL: Final = b"veildesk/handover;"


def hand_over(case_key: CaseKey, receiver: Sm2PublicKey, bound: bytes) -> bytes:
    """Return the case key sealed to ``receiver`` for the order whose bytes are ``bound``.

    Raises:
        PurposeRefused: The key was unwrapped for something that does not leave the desk.
    """
    if case_key.purpose not in TRAVELS:
        raise PurposeRefused(what="hand_over")
    material = case_key._material  # noqa: SLF001 - same package
    version = case_key.version.to_bytes(KEY_ID_SIZE, "big")
    return sm2_encrypt(receiver, version + material + _digest(case_key.purpose, bound))


def take_over(own: Sm2PrivateKey, envelope: bytes, bound: bytes, purpose: Purpose = Purpose.DIAL) -> CaseKey:
    """Return the case key that was handed over for exactly this order, and for what this process is there to do.

    Raises:
        SealBroken: Another order's, another receiver's, for another purpose, changed or cut.
    """
    message = sm2_decrypt(own, envelope)
    start, end = KEY_ID_SIZE, KEY_ID_SIZE + KEY_SIZE
    if message[end:] != _digest(purpose, bound):
        raise SealBroken
    return CaseKey(message[start:end], int.from_bytes(message[:start], "big"), purpose)


def _digest(purpose: Purpose, bound: bytes) -> bytes:
    return sm3(_LABEL + purpose.encode() + b";" + bound)
