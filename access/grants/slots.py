"""How requests and grants name fields: `home_address`, and `contact_name#2` for the second of several."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from access.grants.refusals import refuse

MOST: Final = 8
_MOST_ORDINAL: Final = 99
_MOST_NOTES: Final = 9999
_NOTE: Final = "collection_note"


def field_of(slot: str) -> str:
    """Return the catalogue's name of the field."""
    return slot.partition("#")[0]


def split(text: str) -> tuple[str, ...]:
    """Return the slots of a stored row."""
    return tuple(text.split(",")) if text else ()


def join(slots: Iterable[str]) -> str:
    """Return slots as stored."""
    return ",".join(slots)


def checked(slots: Sequence[str]) -> tuple[str, ...]:
    """Return slots in canonical spelling, each once.

    Raises:
        Refused: `reveal.fields`: none, too many, or one that is no slot.
    """
    found = tuple(dict.fromkeys(_canonical(slot) for slot in slots))
    if not 0 < len(found) <= MOST:
        refuse("reveal.fields", "C-5.4d-2", most=MOST)
    return found


def _canonical(slot: str) -> str:
    name, mark, ordinal = slot.partition("#")
    number = int(ordinal) if ordinal.isascii() and ordinal.isdigit() else 0 if mark else 1
    most = _MOST_NOTES if name == _NOTE else _MOST_ORDINAL
    if not name.isidentifier() or not 0 < number <= most:
        refuse("reveal.fields", "C-5.4d-2", most=MOST)
    return name if number == 1 else f"{name}#{number}"
