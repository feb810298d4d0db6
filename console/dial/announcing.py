"""What both sides are told before they speak: that the call is recorded. Shipped voices, and a tone.

`prompts/` holds A-law, 8,000 samples a second, headless. What each says stands in `WORDS`; `.docs/recordings.md`
says how they were made.
"""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from console.dial import g711, tones
from console.dial.recording import PCMA

TONE: Final = "tone"
WORDS: Final = {
    "zh_CN": "您好，本次通话将会被录音。",
    "en": "This call is being recorded.",
}
"""Every voice that there is, and what it says."""


@cache
def speech(name: str, payload_type: int) -> bytes:
    """An announcement as it sounds; nothing for an empty or an unknown name."""
    if name == TONE:
        return tones.plain(payload_type)
    return g711.carried(_voices().get(name, b""), PCMA, payload_type)


@cache
def _voices() -> dict[str, bytes]:
    folder = resources.files("console.dial").joinpath("prompts")
    return {name: folder.joinpath(f"recorded-{name}.al").read_bytes() for name in WORDS}


def load() -> None:
    """Read them all, for a process that opens no file later."""
    _voices()
