"""Whether a call can be recorded now. Whoever records says so; while nobody does, no call is allowed."""

from __future__ import annotations

from collections.abc import Callable

from console.desk.parts import Parts

Probe = Callable[[Parts], bool]

_probes: list[Probe] = []


def register(probe: Probe) -> None:
    """Name who tells whether a call of this desk can be recorded now; the last one named is asked."""
    _probes[:] = [probe]


def ready(parts: Parts) -> bool:
    """Whether a call can be recorded now."""
    return bool(_probes) and _probes[0](parts)
