"""A session's code and the 127 signs it is shown by.

The code is 64 bits of a keyed function of the session's id: nobody without the desk's mark key can tell or make one,
and nothing has to be kept for it that could be rewritten. Of sixteen such codes the session has the one whose word
changes least often from sign to sign, because each change is written into every frame. It is protected by the binary
BCH(127, 64) code (Lin and Costello, table 6.1), which corrects ten wrong signs, and covered with 127 keyed signs:
whatever a picture shows that this desk did not mark is, to whoever has no key, a draw of independent coins against it.
The probability of a false name rests on that (`watermark.screen_trace.match`).
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

CHOICES: Final = 16
"""Codes that a session's is chosen from; each is one more word that a picture could agree with by chance."""

Keyed = Callable[[bytes], bytes]
"""A keyed function of the desk: 32 bytes that nobody can tell without the key."""


class CodeRefused(WatermarkError):
    """What was given is no code or no word of signs (`watermark.code`)."""


def protect(code: bytes) -> int:
    """The code's word, 127 bits: the code first, then what protects it.

    Raises:
        CodeRefused: it has not eight bytes.
    """
    if len(code) != CODE_BYTES:
        raise CodeRefused("watermark.code")
    word = 0
    for place, byte in enumerate(code):
        word ^= _PROTECTED[place][byte]
    return word


def _protected(number: int) -> int:
    """A word by division, for 64 bits as a number."""
    shifted = number << _CHECK_BITS
    rest = shifted
    for bit in range(LENGTH - 1, _CHECK_BITS - 1, -1):
        if rest >> bit & 1:
            rest ^= _GENERATOR << (bit - _CHECK_BITS)
    return shifted | rest


def _table() -> tuple[tuple[int, ...], ...]:
    """The words of all codes with one byte that is not zero; the sum of two words is the word of the sum."""
    table = []
    for place in range(CODE_BYTES):
        bits = [_protected(1 << bit + 8 * (CODE_BYTES - 1 - place)) for bit in range(8)]
        words = [0]
        for byte in range(1, 256):
            low = byte & -byte
            words.append(words[byte ^ low] ^ bits[low.bit_length() - 1])
        table.append(tuple(words))
    return tuple(table)


_PROTECTED: Final = _table()


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
        drawn = self._keyed(b"veildesk/screen-mark/session/1/" + session_id.encode())
        return min((drawn[first : first + CODE_BYTES] for first in range(CHOICES)), key=self._changes)

    def _changes(self, code: bytes) -> int:
        """How often the signs change, all the way round."""
        word = protect(code) ^ self._cover
        return (word ^ (word >> 1 | (word & 1) << (LENGTH - 1))).bit_count()

    def word(self, session_id: str) -> int:
        """The 127 bits that this session's screens show."""
        return protect(self.code(session_id)) ^ self._cover
