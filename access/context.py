"""Time, names and whence: what an act is told about the moment and the terminal it happens at.

Every instant is microseconds since 1970 in UTC. Nothing in `access` reads a clock of its own; tests inject one. A
clock that runs backwards is noticed here; what freezes then is decided in `access.grants`.
"""

from __future__ import annotations

import threading
import time
from typing import Final, Protocol

import msgspec

from access.errors import ClockWentBack

SECOND: Final = 1_000_000  # microseconds


class Clock(Protocol):
    """Says what time it is. Never raises."""

    def now_us(self) -> int:
        """Return microseconds since 1970 in UTC."""
        ...


class Ids(Protocol):
    """Names new rows. Never raises."""

    def new(self) -> str:
        """Return an id, 32 lower-case hexadecimal digits, never returned before and sorting after all earlier."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now_us(self) -> int:
        """Return microseconds since 1970 in UTC."""
        return time.time_ns() // 1000


class MonotoneGuard:
    """Watches a clock for steps backwards.

    Small corrections (NTP) are smoothed: within the tolerance the newest instant seen is returned again, so that
    time never runs backwards for whoever asks through the guard. Thread-safe.

    Args:
        clock: The clock to watch.
        newest: Newest instant already known, such as that of the log's last event (microseconds).
        tolerance: Microseconds that the clock may fall behind before it counts as broken.
    """

    def __init__(self, clock: Clock, *, newest: int = 0, tolerance: int = 2 * SECOND) -> None:
        self._clock = clock
        self._newest = newest
        self._tolerance = tolerance
        self._lock = threading.Lock()

    def now_us(self) -> int:
        """Return an instant that is never earlier than any returned before.

        Raises:
            ClockWentBack: The clock fell further behind than the tolerance. Once it has caught up, the guard answers
                again by itself.
        """
        now = self._clock.now_us()
        with self._lock:
            behind = self._newest - now
            if behind > self._tolerance:
                raise ClockWentBack(seconds=behind // SECOND)
            self._newest = max(self._newest, now)
            return self._newest

    @property
    def ok(self) -> bool:
        """Whether the clock can be trusted right now (for `policy.Conditions.clock_ok`)."""
        try:
            self.now_us()
        except ClockWentBack:
            return False
        return True


class Origin(msgspec.Struct, frozen=True):
    """Where a person sits: network address and terminal (requirement Y-4.3.1).

    Attributes:
        source: Address such as ``192.0.2.7:50022``, or ``local`` for a person at the machine itself.
        terminal: Terminal such as ``pts/3``, or a session process's name.
    """

    source: str
    terminal: str
