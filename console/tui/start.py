"""Open a desk in this terminal and leave the terminal clean, whatever happens."""

from __future__ import annotations

import sys
from typing import Final

from console.desk.api import Desk
from console.tui.hardening import WIPE, close_side_doors

RESET: Final = WIPE + "\x1b[?2004l\x1b[?1000l\x1b[?1003l\x1b[?1006l\x1b[?1049l\x1b[?25h"
"""Wipes and leaves the alternate screen, and turns off every mode a session turns on."""


async def show(desk: Desk, *, language: str | None = None, sign_in_as: str = "") -> int:
    """Run the screens on a line until the person leaves.

    Args:
        desk: the line; closed when the person leaves.
        language: `zh_CN` or `en`, until the person's own is known.
        sign_in_as: in a demo desk, whose seat to take at once.

    Returns:
        0 after leaving, 1 after a crash.
    """
    close_side_doors()
    from console.tui.app import VeildeskApp  # noqa: PLC0415 - Textual reads its environment when imported

    app = VeildeskApp(desk, language=language, sign_in_as=sign_in_as)
    try:
        await app.run_async()
    finally:
        if sys.__stdout__ is not None and sys.__stdout__.isatty() and app.return_code is None:
            sys.__stdout__.write(RESET)
            sys.__stdout__.flush()
    return app.return_code or 0
