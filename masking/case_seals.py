"""All sealed fields of one case as one blob: which there are, and each of them sealed alone.

A case is read and written whole, but opened field by field: every value stays a ciphertext of its own, bound to its
place (``masking.sealing``), beside what stands there in the open: key version, lawful source of a contact datum, blind
entry. The blob itself hides nothing and proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import msgspec

from masking.errors import SealBroken

SEALED_IN: Final = "case_seals"
"""The table that every field's seal is bound to."""


class CaseSeal(msgspec.Struct, frozen=True, array_like=True):
    """One sealed field.

    Attributes:
        field: Its name in the catalogue.
        ordinal: Which of several, from 1.
        key_version: Version of the case key it is sealed under.
        lawful_source: Code of where a contact datum comes from (JR/T 0171 §6.1); empty for anything else.
        blind: Its entry in the blind index, 16 bytes, or what tells an address from another one; else none.
        sealed: The ciphertext.
    """

    field: str
    ordinal: int
    key_version: int
    lawful_source: str
    blind: bytes | None
    sealed: bytes


_encode: Final = msgspec.msgpack.Encoder().encode
_decode: Final = msgspec.msgpack.Decoder(list[CaseSeal]).decode


def pack(seals: Iterable[CaseSeal | tuple[str, int, int, str, bytes | None, bytes]]) -> bytes:
    """Return the blob of some fields, given as they are or as tuples in the same order."""
    return _encode(list(seals))


def unpack(blob: bytes) -> list[CaseSeal]:
    """Return the fields in a blob.

    Raises:
        SealBroken: It is none.
    """
    try:
        return _decode(blob)
    except msgspec.MsgspecError:
        pass
    raise SealBroken


def find(seals: Iterable[CaseSeal], field: str, ordinal: int) -> CaseSeal | None:
    """Return the field at a place: the first there, what it took the place of comes later. None when there is none."""
    return next((one for one in seals if one.field == field and one.ordinal == ordinal), None)
