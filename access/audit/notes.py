"""Signed checkpoints as text: the layout of C2SP tlog-checkpoint in a C2SP signed note, signed with SM2 over SM3.

::

    veildesk/7f…                                        the log's name
    1042                                                number of events
    kvq…=                                               root of the tree over them, base64
    time 1795136400000000                               microseconds since 1970 in UTC
    previous 9rT…=                                      SM3 of the note before, base64; absent in the first

    — veildesk/7f… Gq3v…=                               signature: 4-byte key id, DER signature, base64

Because each note names the one before, the newest good signature vouches for all that lead to it. Where notes are kept
is `access.audit.witness`.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from typing import Final

import msgspec

from access.audit.tree import HASH_SIZE
from masking.gm import Sm2PrivateKey, Sm2PublicKey, sm3

_ALGORITHM: Final = b"\xffveildesk sm2-sm3"
_KEY_ID_SIZE: Final = 4
_NAME: Final = re.compile(r"[^\s+]{1,120}\Z")
_NUMBER: Final = re.compile(r"(0|[1-9][0-9]{0,18})\Z")


class Checkpoint(msgspec.Struct, frozen=True):
    """What a note says.

    Attributes:
        origin: The log's name; also the signer's.
        size: Number of events covered, from the first on.
        root: Root of the tree over them.
        at: When it was signed, microseconds since 1970 in UTC.
        previous: SM3 of the note before it, empty for the first.
    """

    origin: str
    size: int
    root: bytes
    at: int
    previous: bytes = b""

    def text(self) -> str:
        """Return the part of the note that is signed, newline included."""
        lines = [self.origin, str(self.size), _base64(self.root), f"time {self.at}"]
        if self.previous:
            lines.append(f"previous {_base64(self.previous)}")
        return "\n".join(lines) + "\n"


def key_id(name: str, key: Sm2PublicKey) -> bytes:
    """Return the 4 bytes by which a signature line names its key (signed note, with SM3)."""
    return sm3(name.encode() + b"\n" + _ALGORITHM + key.raw)[:_KEY_ID_SIZE]


def sign(checkpoint: Checkpoint, key: Sm2PrivateKey) -> bytes:
    """Return the whole note.

    Raises:
        ValueError: The origin cannot stand in a note.
    """
    if _NAME.match(checkpoint.origin) is None:
        msg = "origin"
        raise ValueError(msg)
    text = checkpoint.text()
    blob = key_id(checkpoint.origin, key.public_key) + key.sign(text.encode())
    return f"{text}\n\u2014 {checkpoint.origin} {_base64(blob)}\n".encode()


def parse(note: bytes) -> Checkpoint | None:
    """Return what a note says, None when it is not one of ours. Its signature is not looked at."""
    try:
        text, _, _signatures = note.decode().partition("\n\n")
    except UnicodeDecodeError:
        return None
    lines = text.split("\n")
    if len(lines) not in {4, 5} or _NAME.match(lines[0]) is None or _NUMBER.match(lines[1]) is None:
        return None
    root = _unbase64(lines[2])
    time = lines[3].removeprefix("time ")
    previous = _unbase64(lines[4].removeprefix("previous ")) if len(lines) == 5 else b""  # noqa: PLR2004 - see layout
    if root is None or len(root) != HASH_SIZE or previous is None or _NUMBER.match(time) is None:
        return None
    found = Checkpoint(lines[0], int(lines[1]), root, int(time), previous)
    return found if found.text() == text + "\n" else None


def verify_note(note: bytes, keys: Iterable[Sm2PublicKey]) -> bool:
    """Say whether one of the keys signed this note; garbage is a no."""
    found = parse(note)
    if found is None:
        return False
    text, _, signatures = note.decode().partition("\n\n")
    by_id = {key_id(found.origin, key): key for key in keys}
    for line in signatures.splitlines():
        blob = _unbase64(line.removeprefix(f"\u2014 {found.origin} "))
        if blob is not None and (key := by_id.get(blob[:_KEY_ID_SIZE])) is not None:
            return key.verify(blob[_KEY_ID_SIZE:], (text + "\n").encode())
    return False


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
