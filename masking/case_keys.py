"""The data key of one case: made, wrapped under a key-encryption key, unwrapped for one purpose of a closed list.

A case key says for which purpose it was unwrapped and does nothing else: one unwrapped for import seals and cannot
open. Destroying every wrapped copy of it destroys the case's sealed fields wherever they were copied.

Elsewhere: where key-encryption keys come from is ``masking.keys``; who may unwrap is decided in ``access``, and the
event of each use is written there before the call.
"""

from __future__ import annotations

import os
from enum import StrEnum
from typing import Final

from masking.errors import PurposeRefused, SealBroken, SealRefused
from masking.gm import KEY_SIZE, NONCE_SIZE, TAG_SIZE, Sm4Gcm
from masking.sealing import BODY_START, HEADER_SIZE, KEY_ID_SIZE, SEAL_VERSION, FieldCipher, header


class Purpose(StrEnum):
    """Every reason for which a case key may be unwrapped. Closed: a new one is a change of the design."""

    DIAL = "dial"
    EXPORT = "export"
    IMPORT = "import"
    MESSAGE = "message"
    REPROJECTION = "reprojection"
    REVEAL = "reveal"
    ROTATION = "rotation"
    SPECIAL_CONTACT = "special_contact"
    VERIFY = "verify"


SEALING_ONLY: Final = frozenset({Purpose.IMPORT})
"""Purposes whose case key seals new values and opens none."""


class CaseKey:
    """The data key of one case, with the purpose for which it is held.

    Destroying every wrapped copy of it destroys the case's sealed fields wherever they were copied. Hides its
    material and cannot be pickled.
    """

    __slots__ = ("_material", "purpose", "version")

    def __init__(self, material: bytes, version: int, purpose: Purpose) -> None:
        if len(material) != KEY_SIZE:
            raise SealRefused(what="key_size")
        header(version)
        self._material = material
        self.version = version
        self.purpose = purpose

    def cipher(self) -> FieldCipher:
        """Return the cipher of the case's fields; for a sealing purpose it opens nothing."""
        return FieldCipher(self._material, self.version, seal_only=self.purpose in SEALING_ONLY)

    def __repr__(self) -> str:
        return f"CaseKey(version={self.version}, purpose={self.purpose}, key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a case key is not pickled"
        raise TypeError(msg)


class Kek:
    """A key-encryption key, which wraps case keys and nothing else. Hides its material and cannot be pickled.

    Args:
        key: 16 bytes.
        key_id: Its version in the key ring, 0 to 2**24 - 1.
        purposes: The purposes for which it unwraps; an import worker's copy knows import alone.
    """

    __slots__ = ("_gcm", "_header", "_purposes", "key_id")

    def __init__(self, key: bytes, key_id: int, *, purposes: frozenset[Purpose] = frozenset(Purpose)) -> None:
        self._gcm = Sm4Gcm(key)
        self._header = header(key_id)
        self._purposes = purposes
        self.key_id = key_id

    def __repr__(self) -> str:
        return f"Kek(key_id={self.key_id}, key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a key-encryption key is not pickled"
        raise TypeError(msg)


def new_case_key(version: int = 1) -> CaseKey:
    """Make the key of a new case. It seals only: opening takes an :func:`unwrap` with a purpose."""
    return CaseKey(os.urandom(KEY_SIZE), version, Purpose.IMPORT)


def wrap(kek: Kek, case_key: CaseKey, tenant_id: str, case_id: str) -> bytes:
    """Return ``case_key`` sealed under ``kek`` for this case: 51 bytes.

    Layout: ``version 1 | KEK id 3 | nonce 12 | sealed (case key version 3, key 16) | tag 16``.
    """
    nonce = os.urandom(NONCE_SIZE)
    body = case_key.version.to_bytes(KEY_ID_SIZE, "big") + case_key._material  # noqa: SLF001 - same module
    return kek._header + nonce + kek._gcm.seal(nonce, body, _wrap_aad(kek, tenant_id, case_id))  # noqa: SLF001


def unwrap(kek: Kek, wrapped: bytes, tenant_id: str, case_id: str, purpose: Purpose) -> CaseKey:
    """Return the case key for one purpose. The caller has logged the use before.

    Raises:
        SealBroken: Another case's, another KEK's, changed or cut.
        PurposeRefused: ``purpose`` is not in the closed list, or this KEK does not serve it.
    """
    if purpose not in kek._purposes:  # noqa: SLF001 - same module
        raise PurposeRefused(what="unwrap")
    if len(wrapped) != WRAPPED_SIZE or wrapped[:HEADER_SIZE] != kek._header:  # noqa: SLF001
        raise SealBroken
    nonce = wrapped[HEADER_SIZE:BODY_START]
    body = kek._gcm.open(nonce, wrapped[BODY_START:], _wrap_aad(kek, tenant_id, case_id))  # noqa: SLF001
    return CaseKey(body[KEY_ID_SIZE:], int.from_bytes(body[:KEY_ID_SIZE], "big"), purpose)


def wrapped_under(wrapped: bytes) -> int:
    """Return the id of the KEK that a wrapped case key names, to fetch it from the ring; unauthenticated.

    Raises:
        SealBroken: The bytes are not a wrapped case key.
    """
    if len(wrapped) != WRAPPED_SIZE or wrapped[:1] != SEAL_VERSION:
        raise SealBroken
    return int.from_bytes(wrapped[1:HEADER_SIZE], "big")


WRAPPED_SIZE: Final = BODY_START + KEY_ID_SIZE + KEY_SIZE + TAG_SIZE


def _wrap_aad(kek: Kek, tenant_id: str, case_id: str) -> bytes:
    text = f"veildesk/case-key;{len(tenant_id)}:{tenant_id}{len(case_id)}:{case_id}"
    return kek._header + text.encode()  # noqa: SLF001 - same module
