"""What puts a terminal back that showed the screens, whether they ended well or not: for this terminal and a visitor's.

A session that was taken over can turn on more than Textual does; these are what Textual turns on and what its like do,
so that no later typing at the prompt is reported, held back or shown elsewhere. Terms: xterm's control sequences;
synchronized output (2026) and in-band resize (2048) are other terminals'.
"""

from __future__ import annotations

from typing import Final

_OFF: Final = (2026, 2048, 2004, 1000, 1002, 1003, 1004, 1006, 1015, 1016)
_LAST_OFF: Final = 1049
"""The alternate screen."""
_ON: Final = (7, 25)
"""Lines wrap, the cursor is seen."""


def put_back(further: str = "") -> str:
    """The whole sequence. further: what comes before the alternate screen is left."""
    off = "".join(f"\x1b[?{mode}l" for mode in _OFF)
    return f"\x1b[0m{off}{further}\x1b[?{_LAST_OFF}l" + "".join(f"\x1b[?{mode}h" for mode in _ON)
