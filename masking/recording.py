"""The key of one recording: made, wrapped under a key-encryption key, and the seal of each of its chunks.

What it guarantees: a chunk opens only in its own recording, at its own place, with the same head and as the last one or
not the last one, as it was sealed; so nothing can be changed, moved, brought in from elsewhere or dropped from the
midst, and what was cut off the end is missed. Destroying the wrapped key destroys the recording wherever it was copied.

Elsewhere: what a chunk holds and how a file of them is laid out is the recorder's (``console.dial``).
"""

from __future__ import annotations

import os
from typing import Final

from masking.case_keys import SEALING_ONLY, Kek
from masking.errors import PurposeRefused, SealBroken, SealRefused
from masking.gm import KEY_SIZE, NONCE_SIZE, TAG_SIZE, Sm4Gcm
from masking.sealing import BODY_START, HEADER_SIZE

PREFIX_SIZE: Final = 8
"""Bytes of a nonce that a recording chooses; the index of the chunk is the rest."""

_WRAPPED_SIZE: Final = BODY_START + KEY_SIZE + TAG_SIZE
_INDEX_SIZE: Final = NONCE_SIZE - PREFIX_SIZE


class RecordingKey:
    """The key of one recording. Hides its material and cannot be pickled.

    Attributes:
        recording_id: Whose key it is; no other recording's chunks open under it.
    """

    __slots__ = ("_material", "recording_id")

    def __init__(self, material: bytes, recording_id: str) -> None:
        if len(material) != KEY_SIZE:
            raise SealRefused(what="key_size")
        self._material = material
        self.recording_id = recording_id

    def export_for_recorder(self) -> bytes:
        """Return the 16 bytes, for the process that records and for none else."""
        return self._material

    def chunks(self, head: bytes, prefix: bytes) -> ChunkCipher:
        """Return what seals and opens chunks of the file that begins with ``head``.

        Raises:
            SealRefused: The prefix is not 8 bytes.
        """
        if len(prefix) != PREFIX_SIZE:
            raise SealRefused(what="nonce_size")
        return ChunkCipher(self._material, self.recording_id, head, prefix)

    def __repr__(self) -> str:
        return "RecordingKey(key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a recording key is not pickled"
        raise TypeError(msg)


class ChunkCipher:
    """Seals chunks 0, 1, 2 … of one recording and opens any of them. Made by `RecordingKey.chunks`."""

    __slots__ = ("_gcm", "_place", "_prefix")

    def __init__(self, key: bytes, recording_id: str, head: bytes, prefix: bytes) -> None:
        self._gcm = Sm4Gcm(key)
        name = recording_id.encode()
        self._place = f"veildesk/recording;{len(head)}:".encode() + head + f"{len(name)}:".encode() + name
        self._prefix = prefix

    def seal(self, index: int, chunk: bytes, *, last: bool) -> bytes:
        """Return the chunk sealed; 16 bytes longer. No index is sealed twice.

        Raises:
            SealRefused: There are no more than 2**32 chunks.
        """
        return self._gcm.seal(self._nonce(index), chunk, self._aad(index, last=last))

    def open(self, index: int, sealed: bytes, *, last: bool) -> bytes:
        """Return what `seal` was given.

        Raises:
            SealBroken: Changed, cut, moved, another recording's, or the last one told as another or the other way.
            SealRefused: As `seal`.
        """
        return self._gcm.open(self._nonce(index), sealed, self._aad(index, last=last))

    def _nonce(self, index: int) -> bytes:
        if not 0 <= index < 1 << (8 * _INDEX_SIZE):
            raise SealRefused(what="chunk_index")
        return self._prefix + index.to_bytes(_INDEX_SIZE, "big")

    def _aad(self, index: int, *, last: bool) -> bytes:
        return self._place + index.to_bytes(_INDEX_SIZE, "big") + bytes([last])


def new_recording_key(recording_id: str) -> RecordingKey:
    """Make the key of a new recording."""
    return RecordingKey(os.urandom(KEY_SIZE), recording_id)


def wrap_recording(kek: Kek, key: RecordingKey, tenant_id: str) -> bytes:
    """Return ``key`` sealed under ``kek``: ``version 1 | KEK id 3 | nonce 12 | sealed key 16 | tag 16``."""
    nonce = os.urandom(NONCE_SIZE)
    aad = _wrap_aad(kek, tenant_id, key.recording_id)
    return kek._header + nonce + kek._gcm.seal(nonce, key._material, aad)  # noqa: SLF001 - same package


def unwrap_recording(kek: Kek, wrapped: bytes, tenant_id: str, recording_id: str) -> RecordingKey:
    """Return the key of a recording. The caller has logged the use before.

    Raises:
        SealBroken: Another recording's, another KEK's, changed or cut.
        PurposeRefused: This copy of the KEK only seals, as an import worker's does.
    """
    if kek._purposes <= SEALING_ONLY:  # noqa: SLF001 - same package
        raise PurposeRefused(what="unwrap")
    if len(wrapped) != _WRAPPED_SIZE or wrapped[:HEADER_SIZE] != kek._header:  # noqa: SLF001
        raise SealBroken
    nonce = wrapped[HEADER_SIZE:BODY_START]
    material = kek._gcm.open(nonce, wrapped[BODY_START:], _wrap_aad(kek, tenant_id, recording_id))  # noqa: SLF001
    return RecordingKey(material, recording_id)


def _wrap_aad(kek: Kek, tenant_id: str, recording_id: str) -> bytes:
    text = f"veildesk/recording-key;{len(tenant_id)}:{tenant_id}{len(recording_id)}:{recording_id}"
    return kek._header + text.encode()  # noqa: SLF001 - same package
