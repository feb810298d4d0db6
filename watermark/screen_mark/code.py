"""A session's code and the 127 signs it is shown by.

The code is 64 bits of a keyed function of the session's id: nobody without the desk's mark key can tell or make one,
and nothing has to be kept for it that could be rewritten. It is protected by the binary BCH(127, 64) code (Lin and
Costello, table 6.1), which corrects ten wrong signs, and covered with 127 keyed signs: whatever a picture shows that
this desk did not mark is, to whoever has no key, a draw of independent coins against it. The probability of a false
name rests on that (`watermark.screen_trace.match`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from watermark.errors import WatermarkError

LENGTH: Final = 127
"""Signs of a code word."""

CODE_BYTES: Final = 8
DISTANCE: Final = 21
"""In how many signs two sessions' words differ at least; half of it, rounded down, is always corrected."""

_CODE_BITS: Final = 64
_CHECK_BITS: Final = LENGTH - _CODE_BITS
_GENERATOR: Final = 0o1206534025570773100045
_PACKED: Final = 16

Keyed = Callable[[bytes], bytes]
"""A keyed function of the desk: at least 16 bytes that nobody can tell without the key."""


class CodeRefused(WatermarkError):
    """What was given is no code or no word of signs (`watermark.code`)."""


def protect(code: bytes) -> int:
    """The code's word, 127 bits: the code first, then what protects it.

    Raises:
        CodeRefused: it has not eight bytes.
    """
    if len(code) != CODE_BYTES:
        raise CodeRefused("watermark.code")
    shifted = int.from_bytes(code, "big") << _CHECK_BITS
    rest = shifted
    for bit in range(LENGTH - 1, _CHECK_BITS - 1, -1):
        if rest >> bit & 1:
            rest ^= _GENERATOR << (bit - _CHECK_BITS)
    return shifted | rest


def pack(word: int) -> str:
    """A word as it crosses to the screen: 32 hexadecimal digits."""
    return word.to_bytes(_PACKED, "big").hex()


def unpack(packed: str) -> tuple[int, ...]:
    """The word's signs, +1 and -1, first bit first.

    Raises:
        CodeRefused: it is no word.
    """
    try:
        word = int.from_bytes(bytes.fromhex(packed), "big")
    except ValueError:
        raise CodeRefused("watermark.code") from None
    if len(packed) != 2 * _PACKED or word >> LENGTH:
        raise CodeRefused("watermark.code")
    return tuple(1 if word >> (LENGTH - 1 - place) & 1 else -1 for place in range(LENGTH))


class SessionCodes:
    """The codes of a desk's sessions.

    Args:
        keyed: the desk's mark key, as a function.
    """

    def __init__(self, keyed: Keyed) -> None:
        self._keyed: Final = keyed
        self._cover: Final = int.from_bytes(keyed(b"veildesk/screen-mark/cover/1")[:_PACKED], "big") >> 1

    def code(self, session_id: str) -> bytes:
        """Eight bytes that are this session's."""
        return self._keyed(b"veildesk/screen-mark/session/1/" + session_id.encode())[:CODE_BYTES]

    def word(self, session_id: str) -> int:
        """The 127 bits that this session's screens show."""
        return protect(self.code(session_id)) ^ self._cover
