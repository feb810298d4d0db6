"""The life of an edition (requirements §4.6), as a table; whatever is not in it does not happen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class StrategyState(StrEnum):
    """Where an edition stands."""

    DRAFT = "draft"
    DRY_RUN = "dry_run"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    LIVE = "live"
    RETIRED = "retired"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"


_STEPS: Final[Mapping[StrategyState, frozenset[StrategyState]]] = MappingProxyType(
    {
        StrategyState.DRAFT: frozenset({StrategyState.DRY_RUN}),
        # A dry run may be repeated until somebody decides.
        StrategyState.DRY_RUN: frozenset({StrategyState.DRY_RUN, StrategyState.REVIEWED, StrategyState.REFUSED}),
        StrategyState.REVIEWED: frozenset({StrategyState.APPROVED, StrategyState.REFUSED}),
        StrategyState.APPROVED: frozenset({StrategyState.LIVE}),
        StrategyState.LIVE: frozenset({StrategyState.RETIRED, StrategyState.ROLLED_BACK}),
        # The edition before comes back when the one after it is rolled back.
        StrategyState.RETIRED: frozenset({StrategyState.LIVE}),
        StrategyState.ROLLED_BACK: frozenset(),
        StrategyState.REFUSED: frozenset(),
    }
)


def may_step(before: str, after: StrategyState) -> bool:
    """Tell whether an edition may go from one state to another; unknown states go nowhere."""
    return before in set(StrategyState) and after in _STEPS[StrategyState(before)]
