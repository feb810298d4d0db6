"""Whether anybody is at a terminal, told by what is typed there and not by what its session says.

The front door sees every byte that a visitor's terminal sends; the session, which would be the first to be taken over
or to hang, has no part in it. What terminals answer of themselves (their focus, the cursor's place, their kind, a
colour) is nobody's typing, so a session cannot make somebody up by asking. The terms are those of xterm's control
sequences and of ECMA-48.
"""

from __future__ import annotations

import re
from typing import Final

GRACE: Final = 60.0
"""Seconds after which the desk locks what should have locked itself."""

COVER_WITHIN: Final = 10.0
"""Seconds that a session has to cover its screen once the desk locked it; then it is ended and the screen wiped."""

SAY_EVERY: Final = 5.0
"""Seconds between two times that the front door says somebody types."""

_LONGEST: Final = 4096
_OF_ITSELF: Final = re.compile(
    rb"\x1b\[(?:[IO]|[0-9]+;[0-9]+R|[?>=][0-9;]*[cm]|\??[0-9;]*n|\?[0-9;]*\$?[uyS]|[0-9;]*[tx])"
    rb"|\x1b[P\]_^X][^\x1b\x07]*(?:\x1b\\|\x07)"
)
_BEGUN: Final = re.compile(rb"\x1b(?:\[[?>=]?[0-9;]*\$?|[P\]_^X][^\x1b\x07]*\x1b?)\Z")


class Hands:
    """Tells typing from what a terminal sends of itself, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._begun = b""

    def typed(self, data: bytes) -> bool:
        """Whether there is more in what a terminal sent than it sends of itself.

        What may yet become a terminal's own answer is kept until more of it comes; a key that only looks like the
        beginning of one counts with the key after it. An answer without end is forgotten.
        """
        rest = _OF_ITSELF.sub(b"", self._begun + data)
        begun = _BEGUN.search(rest)
        self._begun = begun.group() if begun is not None and len(begun.group()) <= _LONGEST else b""
        return bool(rest if begun is None else rest[: begun.start()])
