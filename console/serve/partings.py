"""What is said to whoever did not leave of their own will, in one line below their own prompt.

The desk says for which reason a session ended, the front door says it in the person's language once their terminal is
put back. The session itself has no part in it: one that hangs, or was taken over, can neither keep it back nor say
something else.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from console.texts import LANGUAGES, Texts

BROKE: Final = "broke"
IDLE: Final = "idle"
RESTART: Final = "restart"
STOPPED: Final = "stopped"
REASONS: Final = ("displaced", "ended", "revoked", RESTART, BROKE, IDLE, STOPPED)
"""Those that a closed session has (`access.people.sessions`), a session process that broke or did
not lock, a service that stops."""


def all_partings() -> dict[str, str]:
    """Every line in every language, as the front door is told them."""
    return {
        _name(language, reason): Texts(language).t(f"parting.{reason}") for language in LANGUAGES for reason in REASONS
    }


def parting(known: Mapping[str, str], language: str, reason: str) -> bytes:
    """The line as it is written; nothing for a reason that there are no words for."""
    said = known.get(_name(language, reason)) or known.get(_name(LANGUAGES[0], reason)) or ""
    return f"{said}\r\n".encode() if said else b""


def _name(language: str, reason: str) -> str:
    return f"{language}/{reason}"
