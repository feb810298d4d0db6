"""What a screen's mark says: staff number, initial, where from, when, which session (C-5.4d-1, design §1).

The text is short enough to stand whole between two columns of a table, and every part alone still narrows down who
was there. Nothing about a customer is ever part of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from watermark.errors import PayloadRefused


def initial(name: str) -> str:
    """The first visible character of a name: the surname in Chinese, a capital elsewhere; empty for none."""
    for char in name:
        if char.isalnum():
            return char.upper()
    return ""


def _plain(part: str, limit: int) -> str:
    """Keep what prints, has a width of its own and is not a blank; cut to `limit` characters."""
    return "".join(char for char in part if char.isprintable() and not char.isspace())[:limit]


@dataclass(frozen=True, slots=True)
class ScreenPayload:
    """Who is at a screen.

    Attributes:
        staff_no: staff number; never empty.
        name: the person's name; only its initial is shown.
        source: address the line came from.
        terminal: terminal on that machine.
        session: short code of the session; never empty.

    Raises:
        PayloadRefused: staff number or session code is missing.
    """

    staff_no: str
    name: str
    source: str
    terminal: str
    session: str

    def __post_init__(self) -> None:
        if not (_plain(self.staff_no, 12) and _plain(self.session, 12)):
            raise PayloadRefused("watermark.payload_incomplete")

    def text(self, minute: str) -> str:
        """The mark at one minute, at most 72 characters without the minute.

        Args:
            minute: the instant to the minute, as the desk's zone has it: `11-22 14:32`.
        """
        origin = "/".join(part for part in (_plain(self.source, 24), _plain(self.terminal, 12)) if part)
        who = _plain(self.staff_no, 12) + _plain(initial(self.name), 1)
        return " ".join(part for part in (who, minute, origin, "#" + _plain(self.session, 12)) if part)
