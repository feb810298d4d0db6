"""Identifiers: UUIDv7 (RFC 9562 §5.7) as 32 lower-case hexadecimal digits, rising within a process.

Rows are named by the application before they are written, so that a seal can name its row. Time and randomness are
injected.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from typing import Final

from access.context import Clock

ID_PATTERN: Final = re.compile(r"[0-9a-f]{32}\Z")

_RANDOM_BITS: Final = 74
_RANDOM_MASK: Final = (1 << _RANDOM_BITS) - 1
_RANDOM_BYTES: Final = 10
_DRAWN: Final = 32 * _RANDOM_BYTES
_LOW_BITS: Final = 62
_LOW_MASK: Final = (1 << _LOW_BITS) - 1
_MILLI_MASK: Final = (1 << 48) - 1


class UuidIds:
    """UUIDv7 from an injected clock and random source; thread-safe.

    Within one millisecond, or when the clock steps back, the 74 random bits of the previous id are raised by a random
    step (RFC 9562 §6.2, method 2), so ids rise and stay unguessable from each other.

    Args:
        clock: Gives the milliseconds.
        random_bytes: Gives n random bytes.
    """

    def __init__(self, clock: Clock, random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> None:
        self._clock = clock
        self._random_bytes = random_bytes
        self._lock = threading.Lock()
        self._drawn = b""
        self._milli = -1
        self._random = 0

    def new(self) -> str:
        """Return a new id, later in sort order than every one before."""
        milli = self._clock.now_us() // 1000
        with self._lock:
            if not self._drawn:
                self._drawn = self._random_bytes(_DRAWN)
            fresh, self._drawn = int.from_bytes(self._drawn[:_RANDOM_BYTES], "big"), self._drawn[_RANDOM_BYTES:]
            if milli > self._milli:
                self._milli, self._random = milli, fresh & (_RANDOM_MASK >> 1)
            else:
                self._random += 1 + (fresh & 0xFFFF_FFFF)
                if self._random > _RANDOM_MASK:
                    self._milli, self._random = self._milli + 1, fresh & (_RANDOM_MASK >> 1)
            milli, random = self._milli, self._random
        high = (milli & _MILLI_MASK) << 80
        value = high | 0x7 << 76 | (random >> _LOW_BITS) << 64 | 0b10 << _LOW_BITS | random & _LOW_MASK
        return f"{value:032x}"


def is_id(text: str) -> bool:
    """Tell whether a text has the shape of an id (32 lower-case hexadecimal digits)."""
    return ID_PATTERN.match(text) is not None
