"""Open a desk in this terminal and leave the terminal clean, whatever happens."""

from __future__ import annotations

import asyncio
import signal
import sys
from typing import TYPE_CHECKING, Final

from console.desk.api import Desk
from console.modes import put_back
from console.tui.doors import close_environment

if TYPE_CHECKING:
    from console.tui.client import Attach

RESET: Final = put_back()
"""Turns off every mode that the screens turn on; what stood on the alternate screen was wiped before."""

_ENDING: Final = (signal.SIGTERM, signal.SIGHUP)


async def show(
    desk: Desk,
    *,
    language: str | None = None,
    asked: str | None = None,
    sign_in_as: str = "",
    seated: bool = False,
    again: Attach | None = None,
) -> int:
    """Run the screens on a line until the person leaves, or the process is told to end.

    Args:
        desk: the line; closed when the person leaves.
        language: `zh_CN` or `en`, until the person's own is known.
        asked: the language that was asked for this time, over the person's own.
        sign_in_as: in a demo desk, whose seat to take at once.
        seated: somebody is on the line already, and the screens end with their stay.
        again: opens a new line once this one is lost.

    Returns:
        0 after leaving, 1 after a crash or when told to end.
    """
    close_environment()
    from console.tui.app import VeildeskApp  # noqa: PLC0415 - Textual reads its environment when imported

    app = VeildeskApp(desk, language=language, asked=asked, sign_in_as=sign_in_as, seated=seated, again=again)
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, app.exit, 1, 1)
    try:
        await app.run_async()
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)
        if sys.__stdout__ is not None and sys.__stdout__.isatty():
            sys.__stdout__.write(RESET)
            sys.__stdout__.flush()
    return app.return_code or 0
