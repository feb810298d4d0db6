"""What the benchmark of tracing measured, by table and line."""

from __future__ import annotations

from dataclasses import dataclass, field

from console.bench.measure import Figure
from console.bench.trace import attacks
from console.bench.trace.chance import Share
from console.bench.trace.splits import SplitShare


@dataclass(slots=True)
class Tables:
    """What was measured, by table and line."""

    single: dict[str, Share] = field(default_factory=dict)
    colluders: dict[tuple[int, int, str], Share] = field(default_factory=dict)
    prints: dict[int, Share] = field(default_factory=dict)
    splits: dict[tuple[str, str], SplitShare] = field(default_factory=dict)
    roads: dict[str, tuple[int, int, int] | str] = field(default_factory=dict)
    attacks: dict[str, attacks.Outcome] = field(default_factory=dict)
    speed: list[Figure] = field(default_factory=list)
    whole: bool = False

    @property
    def innocent(self) -> tuple[int, int]:
        """Innocent copies that were named, and innocent scores."""
        shares = [*self.single.values(), *self.colluders.values(), *self.prints.values()]
        return sum(one.accused for one in shares), sum(one.innocent for one in shares)
