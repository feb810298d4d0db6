"""Whether anybody is at a terminal, told by what is typed there and not by what its session says.

The front door sees every byte that a visitor's terminal sends; the session, which would be the first to be taken over
or to hang, has no part in it. What terminals answer of themselves (their focus, the cursor's place, their kind, a
colour, in seven bits or eight) is nobody's typing, so a session cannot make somebody up by asking. The terms are those
of xterm's control sequences and of ECMA-48.
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
# Terminals send the controls ESC [, ESC P and their like as these or, told to, in eight bits (S8C1T); where text is
# UTF-8, those of eight bits come as two bytes. The same bytes inside a character are no control.
_CSI: Final = rb"(?:\x1b\[|\xc2?\x9b)"
_STRING: Final = rb"(?:\x1b[P\]_^X]|\xc2?[\x90\x98\x9d-\x9f])"
_END: Final = rb"(?:\x1b\\|\x07|\xc2?\x9c)"
_LETTER: Final = rb"(?:[\xc3-\xdf][\x80-\xbf]|\xc2[\xa0-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})"
_TORN: Final = rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})"
_WORDS: Final = (
    rb"(?:[^\x07\x1b\x80-\x9f\xc2-\xf4]|" + _LETTER + rb"|(?!" + _TORN + rb"\Z)[\xc3-\xf4]|\xc2(?![\x80-\x9f]|\Z))*+"
)
# Keyboards send no control with a private mark or an intermediate byte, and none that ends in these.
_OF_ITSELF: Final = (
    _CSI + rb"(?:[IO]|[0-9]+;[0-9]+R|[?>=][0-9:;<=>?]*+[ -/]*+[@-~]|[0-9:;]*+[ -/]++[@-~]|[0-9:;]*+[cmntx])"
    rb"|\x1b/Z|" + _STRING + _WORDS + _END
)
_BEGUN: Final = re.compile(
    rb"(?:"
    + _CSI
    + rb"(?:[?>=][0-9:;<=>?]*+|[0-9:;]*+)[ -/]*+|\x1b/?|"
    + _STRING
    + _WORDS
    + rb"(?:\x1b|"
    + _TORN
    + rb")?|"
    + _TORN
    + rb")\Z"
)
_PIECE: Final = re.compile(rb"(" + _OF_ITSELF + rb")|[\x00-\x1a\x1c-\x7f]+|" + _LETTER + rb"|.", re.DOTALL)
"""In its group what a terminal sends of itself; else typing, no more at once than that an answer may follow."""


class Hands:
    """Tells typing from what a terminal sends of itself, in whatever pieces it comes."""

    def __init__(self) -> None:
        self._begun = b""

    def typed(self, data: bytes) -> bool:
        """Whether there is more in what a terminal sent than it sends of itself.

        What may yet become a terminal's own answer is kept until more of it comes; a key that only looks like the
        beginning of one, as Escape does, counts with the key after it. An answer without end is forgotten.
        """
        said, typed = self._begun + data, False
        self._begun = b""
        for piece in _PIECE.finditer(said):
            if _BEGUN.match(said, piece.start()) is not None:
                begun = said[piece.start() :]
                self._begun = begun if len(begun) <= _LONGEST else b""
                break
            typed = typed or piece.lastindex is None
        return typed
