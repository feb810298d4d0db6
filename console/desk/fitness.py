"""Whether a call is of a size and shape that any capability could mean; everything else is refused before it is read.

A text with NUL has no place in PostgreSQL, a lone surrogate none in any encoding, a number beyond 62 bits none in a
column, and a megabyte of words would hold up the writer while it is searched for personal data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

TEXT_LIMIT: Final = 4096
ITEMS_LIMIT: Final = 4096
_NUMBER_LIMIT: Final = 1 << 62


def fits(value: object) -> bool:
    """Tell whether a call, or a part of one, is fit to be looked at."""
    match value:
        case str():
            return _text_fits(value)
        case None | bool() | bytes():
            return True  # bytes are as long as the frame allows, and whoever takes them judges them
        case int():
            return -_NUMBER_LIMIT < value < _NUMBER_LIMIT
    parts = _parts(value)
    return parts is not None and len(parts) <= ITEMS_LIMIT and all(map(fits, parts))


def _parts(value: object) -> Sequence[object] | None:
    if isinstance(value, msgspec.Struct):
        return [getattr(value, name) for name in value.__struct_fields__]
    if isinstance(value, dict):
        return [*value, *value.values()]
    return value if isinstance(value, tuple | list) else None


def _text_fits(text: str) -> bool:
    if len(text) > TEXT_LIMIT or "\0" in text:
        return False
    return text.isascii() or not any("\ud800" <= mark <= "\udfff" for mark in text)
