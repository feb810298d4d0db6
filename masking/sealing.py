"""One field sealed with SM4-GCM, bound to where it stands, and the case key that it is sealed under.

What it guarantees: a ciphertext opens only under its key, for the same tenant, table, row, case, field and
key version; whatever else is handed in raises ``SealBroken`` and yields nothing. Equal plaintexts give
different ciphertexts, and their size tells the length only to a step of 64 bytes. A case key says for which
purpose it was unwrapped and does nothing else: one unwrapped for import seals and cannot open.

Layout of a ciphertext: ``version 1 | key id 3 | nonce 12 | padded body | tag 16``. The first four bytes and
the context are authenticated. Padding is 0x80 and zeros (ISO/IEC 7816-4) up to 32 bytes, then to whole steps
of 64: a short name, a phone, an ID and a card all take 64 bytes in all. Nonces are random: one key seals
fewer than 2**32 messages.

Elsewhere: where keys come from is ``masking.keys``; who may unwrap is decided in ``access``, and the event of
each use is written there before the call.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from masking.errors import PurposeRefused, SealBroken, SealRefused
from masking.gm import KEY_SIZE, NONCE_SIZE, TAG_SIZE, Sm4Gcm

_VERSION: Final = b"\x01"
_KEY_ID_SIZE: Final = 3
_HEADER_SIZE: Final = len(_VERSION) + _KEY_ID_SIZE
_BODY_START: Final = _HEADER_SIZE + NONCE_SIZE
_SMALLEST: Final = 32
_STEP: Final = 64
_MARK: Final = b"\x80"


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


@dataclass(frozen=True, slots=True)
class SealContext:
    """Where a sealed value stands. It opens nowhere else.

    Attributes:
        tenant_id: The creditor.
        table: Name of the table.
        row_id: Identifier of the row, assigned before sealing.
        case_id: The case, empty where the row belongs to none.
        field: Name of the catalogue field.
        key_version: Version of the key; must be the cipher's ``key_id``.
    """

    tenant_id: str
    table: str
    row_id: str
    case_id: str
    field: str
    key_version: int

    def aad(self) -> bytes:
        """Return the authenticated bytes: every part preceded by its length, so that none can slide.

        Raises:
            SealRefused: A part is not encodable text.
        """
        try:
            return (
                f"veildesk/seal;{len(self.tenant_id)}:{self.tenant_id}{len(self.table)}:{self.table}"
                f"{len(self.row_id)}:{self.row_id}{len(self.case_id)}:{self.case_id}"
                f"{len(self.field)}:{self.field}{self.key_version};"
            ).encode()
        except UnicodeEncodeError:
            raise SealRefused(what="context_text") from None


class FieldCipher:
    """Seals and opens single values under one key. Hides its key and cannot be pickled.

    Args:
        key: 16 bytes.
        key_id: Version of that key, 0 to 2**24 - 1, written into every ciphertext.
        seal_only: Refuse to open anything.

    Raises:
        SealRefused: The key or its id has the wrong size.
    """

    __slots__ = ("_gcm", "_header", "_seal_only", "key_id")

    def __init__(self, key: bytes, key_id: int, *, seal_only: bool = False) -> None:
        self._gcm = Sm4Gcm(key)
        self._header = _header(key_id)
        self._seal_only = seal_only
        self.key_id = key_id

    def seal(self, plaintext: str, context: SealContext) -> bytes:
        """Seal one text.

        Raises:
            SealRefused: The text is not encodable, or the context names another key version.
        """
        try:
            data = plaintext.encode()
        except UnicodeEncodeError:
            # The codec's error would carry the whole value along as its context.
            data = None
        if data is None:
            raise SealRefused(what="text_not_encodable")
        return self.seal_blob(data, context)

    def seal_case(self, tenant_id: str, table: str, case_id: str, texts: Sequence[tuple[str, str, str]]) -> list[bytes]:
        """Seal many texts of one case, each exactly as :meth:`seal` does, for bulk import.

        Args:
            tenant_id: The creditor.
            table: Name of the table.
            case_id: The case.
            texts: Row id, field and text of each.

        Raises:
            SealRefused: A text or a name is not encodable.
        """
        header, seal, size = self._header, self._gcm.seal, NONCE_SIZE
        nonces = os.urandom(size * len(texts))
        before = f"veildesk/seal;{len(tenant_id)}:{tenant_id}{len(table)}:{table}"
        case = f"{len(case_id)}:{case_id}"
        sealed = []
        place = 0
        try:
            for row_id, field, text in texts:
                nonce = nonces[place : place + size]
                place += size
                aad = f"{before}{len(row_id)}:{row_id}{case}{len(field)}:{field}{self.key_id};"
                sealed.append(header + nonce + seal(nonce, _pad(text.encode()), header + aad.encode()))
        except UnicodeEncodeError:
            sealed.clear()
        if len(sealed) != len(texts):
            raise SealRefused(what="text_not_encodable")
        return sealed

    def open(self, sealed: bytes, context: SealContext) -> str:
        """Open one text sealed by :meth:`seal`.

        Raises:
            SealBroken: Anything is wrong with ciphertext or context.
            PurposeRefused: This cipher only seals.
        """
        data = self.open_blob(sealed, context)
        try:
            return data.decode()
        except UnicodeDecodeError:
            data = b""
        raise SealBroken

    def seal_blob(self, data: bytes, context: SealContext) -> bytes:
        """Seal bytes, such as a case's display blob.

        Raises:
            SealRefused: The context names another key version.
        """
        if context.key_version != self.key_id:
            raise SealRefused(what="key_version")
        nonce = os.urandom(NONCE_SIZE)
        return self._header + nonce + self._gcm.seal(nonce, _pad(data), self._header + context.aad())

    def open_blob(self, sealed: bytes, context: SealContext) -> bytes:
        """Open bytes sealed by :meth:`seal_blob`.

        Raises:
            SealBroken: Anything is wrong with ciphertext or context.
            PurposeRefused: This cipher only seals.
        """
        if self._seal_only:
            raise PurposeRefused(what="seal_only")
        if sealed[:_HEADER_SIZE] != self._header or context.key_version != self.key_id:
            raise SealBroken
        nonce = sealed[_HEADER_SIZE:_BODY_START]
        if len(nonce) != NONCE_SIZE:
            raise SealBroken
        return _unpad(self._gcm.open(nonce, sealed[_BODY_START:], self._header + context.aad()))

    def __repr__(self) -> str:
        return f"FieldCipher(key_id={self.key_id}, key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a cipher is not pickled"
        raise TypeError(msg)


class CaseKey:
    """The data key of one case, with the purpose for which it is held.

    Destroying every wrapped copy of it destroys the case's sealed fields wherever they were copied. Hides its
    material and cannot be pickled.
    """

    __slots__ = ("_material", "purpose", "version")

    def __init__(self, material: bytes, version: int, purpose: Purpose) -> None:
        if len(material) != KEY_SIZE:
            raise SealRefused(what="key_size")
        _header(version)
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
        self._header = _header(key_id)
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
    body = case_key.version.to_bytes(_KEY_ID_SIZE, "big") + case_key._material  # noqa: SLF001 - same module
    return kek._header + nonce + kek._gcm.seal(nonce, body, _wrap_aad(kek, tenant_id, case_id))  # noqa: SLF001


def unwrap(kek: Kek, wrapped: bytes, tenant_id: str, case_id: str, purpose: Purpose) -> CaseKey:
    """Return the case key for one purpose. The caller has logged the use before.

    Raises:
        SealBroken: Another case's, another KEK's, changed or cut.
        PurposeRefused: ``purpose`` is not in the closed list, or this KEK does not serve it.
    """
    if purpose not in kek._purposes:  # noqa: SLF001 - same module
        raise PurposeRefused(what="unwrap")
    if len(wrapped) != WRAPPED_SIZE or wrapped[:_HEADER_SIZE] != kek._header:  # noqa: SLF001
        raise SealBroken
    nonce = wrapped[_HEADER_SIZE:_BODY_START]
    body = kek._gcm.open(nonce, wrapped[_BODY_START:], _wrap_aad(kek, tenant_id, case_id))  # noqa: SLF001
    return CaseKey(body[_KEY_ID_SIZE:], int.from_bytes(body[:_KEY_ID_SIZE], "big"), purpose)


def wrapped_under(wrapped: bytes) -> int:
    """Return the id of the KEK that a wrapped case key names, to fetch it from the ring; unauthenticated.

    Raises:
        SealBroken: The bytes are not a wrapped case key.
    """
    if len(wrapped) != WRAPPED_SIZE or wrapped[:1] != _VERSION:
        raise SealBroken
    return int.from_bytes(wrapped[1:_HEADER_SIZE], "big")


WRAPPED_SIZE: Final = _BODY_START + _KEY_ID_SIZE + KEY_SIZE + TAG_SIZE


def _wrap_aad(kek: Kek, tenant_id: str, case_id: str) -> bytes:
    text = f"veildesk/case-key;{len(tenant_id)}:{tenant_id}{len(case_id)}:{case_id}"
    return kek._header + text.encode()  # noqa: SLF001 - same module


def _header(key_id: int) -> bytes:
    if not 0 <= key_id < 1 << (8 * _KEY_ID_SIZE):
        raise SealRefused(what="key_id")
    return _VERSION + key_id.to_bytes(_KEY_ID_SIZE, "big")


def _pad(data: bytes) -> bytes:
    size = len(data) + 1
    target = _SMALLEST if size <= _SMALLEST else -(-size // _STEP) * _STEP
    return (data + _MARK).ljust(target, b"\0")


def _unpad(padded: bytes) -> bytes:
    data = padded.rstrip(b"\0")
    if data[-1:] != _MARK:
        raise SealBroken
    return data[:-1]
