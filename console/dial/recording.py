"""A recording's file: one head, then chunks of one second, each sealed as it arrives; there is never a plain file.

Layout: ``VDR1 | payload type 1 | nonce prefix 8``, then for each chunk ``length 4, its top bit set on the last one |
sealed chunk``. A chunk is 8,000 frames of two G.711 bytes, agent first, customer second; the last one may be shorter.
A file without a last chunk is torn: it plays to its last whole chunk and says so. Everything else that is not as it was
written does not play (`SealBroken`).
"""

from __future__ import annotations

import os
import struct
from collections.abc import Iterator
from typing import BinaryIO, Final

from masking.errors import SealBroken
from masking.recording import PREFIX_SIZE, RecordingKey

RATE: Final = 8000
"""Samples a second of each channel."""

CHUNK: Final = 2 * RATE
"""Bytes of a whole chunk."""

PCMU: Final = 0
PCMA: Final = 8
SILENCE: Final = {PCMU: 0xFF, PCMA: 0xD5}
"""The byte of silence of each payload type (RFC 3551 §4.5.14, G.711)."""

_HEAD: Final = struct.Struct(f">4sB{PREFIX_SIZE}s")
_MAGIC: Final = b"VDR1"
_LENGTH: Final = struct.Struct(">I")
_LAST: Final = 1 << 31
_TAG: Final = 16


class RecordingWriter:
    """Writes one recording.

    Args:
        descriptor: an empty file open for writing; closed by `close`.
        key: the recording's own.
        payload_type: PCMU or PCMA.
    """

    def __init__(self, descriptor: int, key: RecordingKey, payload_type: int) -> None:
        prefix = os.urandom(PREFIX_SIZE)
        head = _HEAD.pack(_MAGIC, payload_type, prefix)
        self._descriptor = descriptor
        self._cipher = key.chunks(head, prefix)
        self.chunks = 0
        self._write(head)

    def put(self, chunk: bytes, *, last: bool = False) -> None:
        """Seal and write one chunk: exactly `CHUNK` bytes, the last one up to as many.

        Raises:
            OSError: the disk does not take it.
        """
        sealed = self._cipher.seal(self.chunks, chunk, last=last)
        self._write(_LENGTH.pack(len(sealed) | (_LAST if last else 0)) + sealed)
        self.chunks += 1

    def close(self) -> None:
        """Have everything on the disk.

        Raises:
            OSError: it is not.
        """
        try:
            os.fsync(self._descriptor)
        finally:
            os.close(self._descriptor)

    def _write(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]


class Recording:
    """Reads one recording. Attributes: payload_type; torn, None until the end was reached.

    Args:
        file: the file, which can seek; stays the caller's.
        key: the recording's own.

    Raises:
        SealBroken: it is no recording.
    """

    def __init__(self, file: BinaryIO, key: RecordingKey) -> None:
        head = file.read(_HEAD.size)
        if len(head) != _HEAD.size or head[:4] != _MAGIC:
            raise SealBroken
        _, self.payload_type, prefix = _HEAD.unpack(head)
        if self.payload_type not in SILENCE:
            raise SealBroken
        self._file = file
        self._cipher = key.chunks(head, prefix)
        self.torn: bool | None = None

    def chunks(self, start: int = 0) -> Iterator[bytes]:
        """Both channels, interleaved, from a second on; one chunk is read and opened at a time.

        Raises:
            SealBroken: a chunk is not the one that was written there.
        """
        index = start
        self._file.seek(_HEAD.size + start * (_LENGTH.size + CHUNK + _TAG))
        while True:
            before = self._file.read(_LENGTH.size)
            if len(before) < _LENGTH.size:
                break
            (length,) = _LENGTH.unpack(before)
            last, length = bool(length & _LAST), length & ~_LAST
            if length > CHUNK + _TAG or length < _TAG or (not last and length != CHUNK + _TAG):
                raise SealBroken
            sealed = self._file.read(length)
            if len(sealed) < length:
                break
            chunk = self._cipher.open(index, sealed, last=last)
            if last and self._file.read(1):
                raise SealBroken
            if chunk:
                yield chunk
            index += 1
            if last:
                self.torn = False
                return
        self.torn = True


def counted(file: BinaryIO) -> tuple[int, bool]:
    """How many chunks of a recording are there in full, and whether its last one is; by their lengths, without a key.

    Args:
        file: the file, which can seek; stays the caller's.
    """
    size = file.seek(0, os.SEEK_END)
    at, found = _HEAD.size, 0
    while at + _LENGTH.size <= size:
        file.seek(at)
        (length,) = _LENGTH.unpack(file.read(_LENGTH.size))
        last, length = bool(length & _LAST), length & ~_LAST
        at += _LENGTH.size + length
        if at > size or not _TAG <= length <= CHUNK + _TAG or (not last and length != CHUNK + _TAG):
            break
        found += 1
        if last:
            return found, at == size
    return found, False


def channels(chunk: bytes) -> tuple[bytes, bytes]:
    """Agent's and customer's bytes of a chunk."""
    return chunk[0::2], chunk[1::2]
