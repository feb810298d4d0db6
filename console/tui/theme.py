"""The desk's colours: dark, quiet, one accent. State is never said by them alone."""

from __future__ import annotations

from typing import Final

from textual.theme import Theme

VEIL: Final = Theme(
    name="veil",
    primary="#5aa7a7",
    secondary="#8aa0b4",
    accent="#e0b15c",
    warning="#e0b15c",
    error="#e57373",
    success="#7cc48f",
    foreground="#d6dde4",
    background="#10161c",
    surface="#161e26",
    panel="#1c2631",
    dark=True,
)
