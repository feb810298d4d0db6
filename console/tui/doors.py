"""Textual's environment switches, closed before Textual is imported: log file, devtools, screenshots, scripted keys."""

from __future__ import annotations

import os
from typing import Final

_SWITCHES: Final = (
    "TEXTUAL",
    "TEXTUAL_DEBUG",
    "TEXTUAL_DEVTOOLS_HOST",
    "TEXTUAL_DEVTOOLS_PORT",
    "TEXTUAL_DRIVER",
    "TEXTUAL_FILTERS",
    "TEXTUAL_LOG",
    "TEXTUAL_PRESS",
    "TEXTUAL_SCREENSHOT",
    "TEXTUAL_SCREENSHOT_FILENAME",
    "TEXTUAL_SCREENSHOT_LOCATION",
    "TEXTUAL_SHOW_RETURN",
)


def close_environment() -> None:
    """Take the switches out of the environment, for this process and what it starts."""
    for name in _SWITCHES:
        os.environ.pop(name, None)
