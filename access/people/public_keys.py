"""Public keys as people bring them and as they travel: which kinds there are, what is one, its fingerprint.

Sources: RFC 4253 section 6.6, RFC 8709 (ssh-ed25519), OpenSSH PROTOCOL.u2f (sk- keys).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import struct
from dataclasses import dataclass
from typing import Final

from access.errors import AccessError
from access.people import factors, local_keys

_ED25519: Final = "ssh-ed25519"
_SK_ED25519: Final = "sk-ssh-ed25519@openssh.com"
_SK_ECDSA: Final = "sk-ecdsa-sha2-nistp256@openssh.com"
# Kind to the lengths of what follows its name; none where any length that fits is right.
_PARTS: Final[dict[str, tuple[int | None, ...]]] = {
    _ED25519: (32,),
    _SK_ED25519: (32, None),
    _SK_ECDSA: (len("nistp256"), 65, None),
    local_keys.SM2: (64,),
    local_keys.P256_TOKEN: (65,),
}
_LONGEST: Final = 1024
_WORDS: Final = 2
_LENGTH: Final = struct.Struct(">I")


class KeyRefused(AccessError):
    """A key cannot be somebody's factor; the code says why."""

    default_code = "ssh_key.unfit"


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An SSH public key. kind: its name in SSH; blob: as it travels."""

    kind: str
    blob: bytes

    @property
    def token(self) -> bool:
        """Whether the private half is in a token; of a local one it is the word of the two people who put it in use."""
        return self.kind not in {_ED25519, local_keys.SM2}

    @property
    def factor_kind(self) -> str:
        """Which factor it is: for SSH, or for screens and commands of the desk's own machine."""
        return factors.LOCAL_KEY if self.kind in local_keys.KINDS else factors.SSH_KEY

    @property
    def fingerprint(self) -> str:
        """As `ssh-keygen -l` prints it."""
        return fingerprint(self.blob)


def fingerprint(blob: bytes) -> str:
    """SHA-256 of a key blob, as `ssh-keygen -l` prints it."""
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


def parse(line: str) -> PublicKey:
    """Read a line of a `.pub` file; its comment is dropped, since people write names there.

    Raises:
        KeyRefused: `ssh_key.unfit`: no public key; `ssh_key.kind`: none of the kinds.
    """
    words = line.split()
    if len(words) < _WORDS or len(words[1]) > _LONGEST:
        raise KeyRefused("ssh_key.unfit")
    kind = words[0]
    if kind not in _PARTS:
        raise KeyRefused("ssh_key.kind")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (binascii.Error, ValueError):
        raise KeyRefused("ssh_key.unfit") from None
    return _checked(kind, blob)


def _checked(kind: str, blob: bytes) -> PublicKey:
    parts = split(blob)
    lengths = _PARTS[kind]
    fits = len(parts) == len(lengths) + 1 and parts[0] == kind.encode()
    if not fits or any(length not in {None, len(part)} for part, length in zip(parts[1:], lengths, strict=True)):
        raise KeyRefused("ssh_key.unfit")
    if kind in local_keys.KINDS and not local_keys.fit(kind, parts[1]):
        raise KeyRefused("ssh_key.unfit")
    return PublicKey(kind, blob)


def split(blob: bytes) -> list[bytes]:
    """The strings of a blob; nothing where it is not made of whole strings."""
    parts: list[bytes] = []
    at = 0
    while at + _LENGTH.size <= len(blob):
        (length,) = _LENGTH.unpack_from(blob, at)
        at += _LENGTH.size
        if at + length > len(blob):
            return []
        parts.append(blob[at : at + length])
        at += length
    return parts if at == len(blob) else []


def read(blob: bytes) -> PublicKey:
    """Read a key as it travels.

    Raises:
        KeyRefused: as `parse`.
    """
    name = (split(blob) or [b""])[0].decode("ascii", "replace")
    if name not in _PARTS:
        raise KeyRefused("ssh_key.kind")
    return _checked(name, blob)
