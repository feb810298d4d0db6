"""How a package is laid out: names of its members, its manifest, and the chunks of its sealed file.

The file is cut into chunks of 64 KiB, each sealed by SM4-GCM under a nonce of a random prefix, the chunk's number and
whether it is the last, so that chunks cannot be reordered, left out or cut off (the STREAM construction, Hoang et al.
2015). The package's id is authenticated with each.
"""

from __future__ import annotations

from typing import Final

import msgspec

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
SIGNER: Final = "signer.pem"
KEY: Final = "key.sm2"
DATA: Final = "data.sm4"
MEMBERS: Final = (MANIFEST, SIGNATURE, SIGNER, KEY, DATA)
FORMAT: Final = "veildesk-package-1"
CHUNK: Final = 65_536
PREFIX: Final = 7
_LONGEST: Final = 1 << 32


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is in the package; nothing of a customer.

    Attributes:
        format: This layout.
        number: The export's.
        name: File name inside.
        size: Its bytes. rows: its rows. level: 1 to 4.
        fields: Catalogue names of its columns.
        made_at: ISO 8601, UTC. use_until: when it must be returned or destroyed by, likewise.
        purpose, recipient: For what and for whom.
        content_sm3, key_sm3, data_sm3: Digests of the file, of `key.sm2` and of `data.sm4`, hexadecimal.
        recipient_key: Id of the key it is sealed to. signer_key: id of the desk's.
        locked: The file inside asks for a password, which is not in the package.
    """

    format: str
    number: str
    name: str
    size: int
    rows: int
    level: int
    fields: tuple[str, ...]
    made_at: str
    use_until: str
    purpose: str
    recipient: str
    content_sm3: str
    key_sm3: str
    data_sm3: str
    recipient_key: str
    signer_key: str
    locked: bool = False


def sealed_size(size: int, tag: int) -> int:
    """Return the bytes of `data.sm4` for a file of so many; each chunk, an empty file's one too, has its tag."""
    return PREFIX + size + tag * max(1, -(-size // CHUNK))


def nonce(prefix: bytes, number: int, *, last: bool) -> bytes:
    """Return the nonce of a chunk.

    Raises:
        OverflowError: The file has more chunks than numbers.
    """
    return prefix + number.to_bytes(4, "big") + (b"\1" if last else b"\0")


def bound_to(number: str) -> bytes:
    """Return what every chunk is authenticated with."""
    return f"{FORMAT}\0{number}".encode()
