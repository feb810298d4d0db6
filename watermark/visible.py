"""The visible mark of an export: who asked for it, when, which one it is, for whom.

One line for headers, footers and diagonal text; the words around it belong to the writer. The export's number has a
form that is found again in any text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from watermark.errors import PayloadRefused
from watermark.payload import initial

_NUMBER: Final = re.compile(r"VX-(\d{4,9})(?!\d)")
_LONGEST: Final = 40


def export_number(serial: int) -> str:
    """Return an export's number as people see it: `VX-000042`."""
    return f"VX-{serial:06d}"


def serials_in(texts: Iterable[str]) -> list[int]:
    """Return the serials of export numbers that stand in a text, in the order of first appearance. Never evidence."""
    return list(dict.fromkeys(int(found) for text in texts for found in _NUMBER.findall(text)))


@dataclass(frozen=True, slots=True)
class ExportPayload:
    """Who holds a copy.

    Attributes:
        serial: the export's serial number.
        staff_no: staff number of who asked for it; never empty.
        name: that person's name; only its initial is shown.
        moment: when it was made, in the desk's zone, to the minute: `2026-11-22 14:32`.
        recipient: for whom it was made; never empty.

    Raises:
        PayloadRefused: who, when or for whom is missing.
    """

    serial: int
    staff_no: str
    name: str
    moment: str
    recipient: str

    def __post_init__(self) -> None:
        if not all(_line(part) for part in (self.staff_no, self.moment, self.recipient)):
            raise PayloadRefused("watermark.payload_incomplete")

    def line(self) -> str:
        """The mark in one line, without a line break, at most 130 characters."""
        who = _line(self.staff_no) + initial(self.name)
        return " · ".join((export_number(self.serial), who, _line(self.moment), _line(self.recipient)))


def _line(part: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in part).split())[:_LONGEST]
