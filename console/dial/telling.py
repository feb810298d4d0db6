"""What happens often is told at once the first time, and of the same second how often besides. Pure: knows no clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable
from typing import Final, Generic, TypeVar

SAME: Final = 1.0
"""Seconds in which one word is enough."""

_MOST: Final = 1000
"""Kinds that are told apart within one second; who forges senders does not fill the memory."""

K = TypeVar("K", bound=Hashable)


class Telling(Generic[K]):
    """Everything of one sort that happens.

    Args:
        say: called with a kind and how often it came since it was last told.
        many: the kind that everything beyond the thousandth of one second is told as.
    """

    def __init__(self, say: Callable[[K, int], None], many: K) -> None:
        self._say, self._many = say, many
        self._told: dict[K, float] = {}
        self._untold: Counter[K] = Counter()

    def put(self, kind: K, now: float) -> None:
        """It came once. now: seconds of a clock that never runs backwards."""
        if kind not in self._told and len(self._told) >= _MOST:
            kind = self._many
        if now - self._told.get(kind, now - SAME) >= SAME:
            self._told[kind] = now
            self._say(kind, 1)
        else:
            self._untold[kind] += 1

    def rest(self, now: float) -> None:
        """Tell of what was held back; to be called about once a second."""
        untold, self._untold = self._untold, Counter()
        for kind, count in untold.items():
            self._say(kind, count)
        self._told = {kind: at for kind, at in self._told.items() if now - at < SAME}
