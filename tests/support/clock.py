"""A clock that a test moves."""

from __future__ import annotations

from access.context import SECOND


class FakeClock:
    """Stands still until told otherwise.

    Args:
        now: Microseconds since 1970 in UTC; by default 2026-11-20 01:00:00 UTC.
    """

    def __init__(self, now: int = 1_795_136_400 * SECOND) -> None:
        self._now = now

    def now_us(self) -> int:
        return self._now

    def advance(self, seconds: float) -> None:
        """Move the clock, backwards too."""
        self._now += round(seconds * SECOND)
