"""The check column: six characters a row that only this export has at this row; one row suspects, two name.

Visible and easily cut off, so it is never the only mark. Letters and digits that are mistaken for each other are left
out (Crockford's alphabet), and one misread character still says what the other five say.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from watermark.positions import CHECK_BITS, Words

LENGTH: Final = 6
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES: Final = {char: value for value, char in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_BITS: Final = CHECK_BITS // LENGTH
_FORM: Final = re.compile(r"[0-9A-Z]{6}")
_SHIFTS: Final = tuple(_BITS * place for place in reversed(range(LENGTH)))


def texts(values: Words) -> list[str]:
    """Return the check values of rows as six characters each."""
    table = np.frombuffer(_ALPHABET.encode(), np.uint8)
    places = np.stack([(values >> shift) & 31 for shift in _SHIFTS], axis=-1)
    joined = table[places].tobytes().decode()
    return [joined[at : at + LENGTH] for at in range(0, len(joined), LENGTH)]


def value_of(text: str) -> int | None:
    """Return the value of six characters as they were read, or None when they are no check."""
    upper = text.upper()
    if not _FORM.fullmatch(upper):
        return None
    value = 0
    for char in upper:
        if char not in _VALUES:
            return None
        value = value << _BITS | _VALUES[char]
    return value


def matching(ours: Words, theirs: Words) -> Words:
    """Return how many of six characters agree, elementwise."""
    differing = ours ^ theirs
    count = np.zeros(np.broadcast(ours, theirs).shape, np.uint32)
    for shift in _SHIFTS:
        count += ((differing >> np.uint32(shift)) & 31) == 0
    return count
