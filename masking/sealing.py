"""One field sealed with SM4-GCM, bound to where it stands.

What it guarantees: a ciphertext opens only under its key, for the same tenant, table, row, case, field and
key version; whatever else is handed in raises ``SealBroken`` and yields nothing. Equal plaintexts give
different ciphertexts, and their size tells the length only to a step of 64 bytes.

Layout of a ciphertext: ``version 1 | key id 3 | nonce 12 | padded body | tag 16``. The first four bytes and
the context are authenticated. Padding is 0x80 and zeros (ISO/IEC 7816-4) up to 32 bytes, then to whole steps
of 64: a short name, a phone, an ID and a card all take 64 bytes in all. Nonces are random: one key seals
fewer than 2**32 messages.

Elsewhere: the key that a case's fields are sealed under is ``masking.case_keys``.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from masking.errors import PurposeRefused, SealBroken, SealRefused
from masking.gm import NONCE_SIZE, Sm4Gcm

SEAL_VERSION: Final = b"\x01"
KEY_ID_SIZE: Final = 3
HEADER_SIZE: Final = len(SEAL_VERSION) + KEY_ID_SIZE
BODY_START: Final = HEADER_SIZE + NONCE_SIZE
_SMALLEST: Final = 32
_STEP: Final = 64
_MARK: Final = b"\x80"


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
        self._header = header(key_id)
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

    def seal_case(
        self, tenant_id: str, table: str, case_id: str, values: Sequence[tuple[str, str, str | bytes]]
    ) -> list[bytes]:
        """Seal many values of one case, each exactly as :meth:`seal` or :meth:`seal_blob` does, for bulk import.

        Args:
            tenant_id: The creditor.
            table: Name of the table.
            case_id: The case.
            values: Row id, field and text or bytes of each.

        Raises:
            SealRefused: A text or a name is not encodable.
        """
        header, seal, size = self._header, self._gcm.seal, NONCE_SIZE
        nonces = os.urandom(size * len(values))
        before = f"veildesk/seal;{len(tenant_id)}:{tenant_id}{len(table)}:{table}"
        case = f"{len(case_id)}:{case_id}"
        sealed = []
        place = 0
        try:
            for row_id, field, value in values:
                nonce = nonces[place : place + size]
                place += size
                aad = f"{before}{len(row_id)}:{row_id}{case}{len(field)}:{field}{self.key_id};"
                data = value.encode() if isinstance(value, str) else value
                sealed.append(header + nonce + seal(nonce, _pad(data), header + aad.encode()))
        except UnicodeEncodeError:
            sealed.clear()
        if len(sealed) != len(values):
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
        if sealed[:HEADER_SIZE] != self._header or context.key_version != self.key_id:
            raise SealBroken
        nonce = sealed[HEADER_SIZE:BODY_START]
        if len(nonce) != NONCE_SIZE:
            raise SealBroken
        return _unpad(self._gcm.open(nonce, sealed[BODY_START:], self._header + context.aad()))

    def __repr__(self) -> str:
        return f"FieldCipher(key_id={self.key_id}, key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a cipher is not pickled"
        raise TypeError(msg)


def header(key_id: int) -> bytes:
    """Return the first bytes of everything sealed under the key of that id.

    Raises:
        SealRefused: The id is outside 0 to 2**24 - 1.
    """
    if not 0 <= key_id < 1 << (8 * KEY_ID_SIZE):
        raise SealRefused(what="key_id")
    return SEAL_VERSION + key_id.to_bytes(KEY_ID_SIZE, "big")


def _pad(data: bytes) -> bytes:
    size = len(data) + 1
    target = _SMALLEST if size <= _SMALLEST else -(-size // _STEP) * _STEP
    return (data + _MARK).ljust(target, b"\0")


def _unpad(padded: bytes) -> bytes:
    data = padded.rstrip(b"\0")
    if data[-1:] != _MARK:
        raise SealBroken
    return data[:-1]
