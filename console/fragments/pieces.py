"""A file in pieces, as often as wanted: no part of the memory that reading takes grows with the file."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

from masking.gm import new_sm3

MOST_BYTES: Final = 256 * 1024 * 1024
"""Of a file that is looked at; a million rows fit."""
_PIECE: Final = 1 << 20
_HELD: Final = 8 << 20


def pieces(file: IO[bytes]) -> Iterator[bytes]:
    """Return a file's bytes from its beginning."""
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece


def digest(file: IO[bytes]) -> bytes:
    """Return a file's SM3."""
    sums = new_sm3()
    for piece in pieces(file):
        sums.update(piece)
    return sums.digest()


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """Open a file to be read more than once, also one that can be read only once.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        if file.seekable():
            yield file
        else:
            with again(file) as kept:
                yield kept


@contextmanager
def again(stream: IO[bytes]) -> Iterator[IO[bytes]]:
    """Keep what comes but once, a little more than `MOST_BYTES` at most: in memory, or in a file without a name.

    Raises:
        OSError: It cannot be read, or there is no room for it.
    """
    with tempfile.SpooledTemporaryFile(_HELD) as kept:
        room = MOST_BYTES + 1
        while room and (piece := stream.read(min(room, _PIECE))):
            kept.write(piece)
            room -= len(piece)
        kept.seek(0)
        yield kept
