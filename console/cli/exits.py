"""How a command ends."""

from __future__ import annotations

from enum import IntEnum, unique


@unique
class Exit(IntEnum):
    """Exit codes of every command."""

    DONE = 0
    REFUSED = 1
    """Refused by a rule, or failed; the reason is on stderr."""
    USAGE = 2
    FOUND = 3
    """Something bad was found: tampering, a leak, a mismatch."""
