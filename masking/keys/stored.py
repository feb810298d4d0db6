"""A key ring as it lies in its provider: a readable header and a sealed body, bound together.

File: ``VDKR | format 1 | header length 4 | header | sealed body``. The header is JSON; everything before the
body is authenticated with it, so that profile, desk, waiver and the list of keys cannot be edited. Nothing of
the header is parsed before the body has opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import msgspec

from masking.errors import KeyRingBroken, SealBroken
from masking.gm import KEY_SIZE
from masking.keys.provider import KeyProvider
from masking.keys.records import KeyEntry, KeyName, RingHeader, Waiver

RING_NAME: Final = "keyring.bin"
_MAGIC: Final = b"VDKR\x01"
_LENGTH_SIZE: Final = 4
_START: Final = len(_MAGIC) + _LENGTH_SIZE

_SM4: Final = ("SM4-GCM", KEY_SIZE)
_HMAC: Final = ("HMAC-SM3", 32)
KINDS: Final[dict[KeyName, tuple[str, int]]] = {
    KeyName.BLIND: _HMAC,
    KeyName.DISPLAY: _SM4,
    KeyName.DRAFT: _SM4,
    KeyName.FACTOR: _SM4,
    KeyName.KEK: _SM4,
    KeyName.LOG_SIGNER: ("SM2", 32),
    KeyName.MARK: _HMAC,
    KeyName.ROW_MAC: _HMAC,
    KeyName.TOKEN: _HMAC,
}
"""Algorithm and size in bytes of each key."""


@dataclass(frozen=True, slots=True)
class StoredRing:
    """Header and materials, in the header's order. The repr leaves the materials out."""

    header: RingHeader
    materials: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def read(cls, provider: KeyProvider) -> StoredRing:
        """Load and open the provider's ring.

        Raises:
            KeyRingBroken: Edited, cut, swapped, or of another master key.
            KeyProviderRefused: Missing, or the place is not safe.
        """
        data = provider.load(RING_NAME)
        end = _START + int.from_bytes(data[len(_MAGIC) : _START], "big")
        if not data.startswith(_MAGIC) or len(data) < end:
            raise KeyRingBroken(what="format")
        try:
            body = provider.open(data[end:], data[:end])
        except SealBroken:
            raise KeyRingBroken(what="seal") from None
        try:
            header = msgspec.json.decode(data[_START:end], type=RingHeader)
        except msgspec.MsgspecError:
            raise KeyRingBroken(what="header") from None
        return cls(header, _split(header, body))

    def write(self, provider: KeyProvider, *, replace: bool) -> None:
        """Seal and store the ring.

        Raises:
            KeyProviderRefused: There is one and ``replace`` is off, or the place is not safe.
        """
        header = msgspec.json.encode(self.header)
        aad = _MAGIC + len(header).to_bytes(_LENGTH_SIZE, "big") + header
        provider.store(RING_NAME, aad + provider.seal(b"".join(self.materials), aad), replace=replace)

    def all_of(self, name: KeyName) -> dict[int, bytes]:
        """Return every version of one key: id to material.

        Raises:
            KeyRingBroken: There is none.
        """
        found = {
            entry.key_id: material
            for entry, material in zip(self.header.keys, self.materials, strict=True)
            if entry.name is name
        }
        if not found:
            raise KeyRingBroken(what="key_missing", key=name)
        return found

    def newest(self, name: KeyName) -> tuple[int, bytes]:
        """Return id and material of a key's newest version.

        Raises:
            KeyRingBroken: There is none.
        """
        return max(self.all_of(name).items())

    def with_key(self, entry: KeyEntry, material: bytes) -> StoredRing:
        """Return the next generation with one more key."""
        header = msgspec.structs.replace(
            self.header, generation=self.header.generation + 1, keys=(*self.header.keys, entry)
        )
        return StoredRing(header, (*self.materials, material))

    def with_waiver(self, waiver: Waiver) -> StoredRing:
        """Return the next generation with another waiver."""
        header = msgspec.structs.replace(self.header, generation=self.header.generation + 1, waiver=waiver)
        return StoredRing(header, self.materials)

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a key ring is not pickled"
        raise TypeError(msg)


def _split(header: RingHeader, body: bytes) -> tuple[bytes, ...]:
    """Cut the body into one material for each key of the header."""
    materials: list[bytes] = []
    position = 0
    for entry in header.keys:
        size = KINDS[entry.name][1]
        materials.append(body[position : position + size])
        position += size
    if position != len(body):
        raise KeyRingBroken(what="body")
    return tuple(materials)
