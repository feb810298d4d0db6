"""Tones that media makes itself: the mark of who listens, as dialling tones, and a plain one. Pure.

A mark is letters A to D and digits, each a pair of tones (ITU-T Q.23, Q.24): any decoder of dialling tones reads it
back from whatever was made of what was heard.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from console.dial import g711
from console.dial.recording import RATE, SILENCE

MARK_LETTERS: Final = "ABCD"
MARK_DIGITS: Final = "0123456789"

_ROWS: Final = (697, 770, 852, 941)
_COLUMNS: Final = (1209, 1336, 1477, 1633)
_KEYS: Final = "123A456B789C*0#D"
_ON: Final = RATE * 7 // 100
_OFF: Final = RATE * 6 // 100
_LOUD: Final = 5000
_PLAIN: Final = 1000
_PLAIN_SECONDS: Final = 0.6


@cache
def mark(symbols: str, payload_type: int) -> bytes:
    """The mark as it sounds, with a pause before and after it.

    Raises:
        ValueError: a symbol has no tones.
    """
    gap = bytes([SILENCE[payload_type]]) * _OFF
    return gap + b"".join(_pair(_KEYS.index(one), payload_type) + gap for one in symbols) + gap


@cache
def plain(payload_type: int) -> bytes:
    """One tone of 1,000 Hz."""
    return _sound((_PLAIN,), int(RATE * _PLAIN_SECONDS), payload_type)


def _pair(at: int, payload_type: int) -> bytes:
    return _sound((_ROWS[at // 4], _COLUMNS[at % 4]), _ON, payload_type)


def _sound(tones: tuple[int, ...], size: int, payload_type: int) -> bytes:
    samples = (int(sum(_LOUD * math.sin(2 * math.pi * tone * at / RATE) for tone in tones)) for at in range(size))
    return g711.encode(samples, payload_type)
