"""What comparisons of two desks set aside, and how their customers differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from tests.leak.canaries import Customer

Change = Callable[[Customer], Customer]

_WALL_CLOCK: Final = frozenset({"seconds", "longest_pause"})


def same(one: Customer) -> Customer:
    """The customer as she is."""
    return one


def still(value: Any) -> Any:
    """A reply's fields without how long it took by the wall clock, which no two runs share."""
    if isinstance(value, dict):
        return {name: 0 if name in _WALL_CLOCK else still(item) for name, item in value.items()}
    return [still(item) for item in value] if isinstance(value, list) else value
