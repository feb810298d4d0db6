"""The life of a template's edition, as a table; whatever is not in it does not happen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class TemplateState(StrEnum):
    """Where an edition stands. Only a live one is sent, and of one code only one is live."""

    PROPOSED = "proposed"
    LIVE = "live"
    REFUSED = "refused"
    RETIRED = "retired"


_STEPS: Final[Mapping[TemplateState, frozenset[TemplateState]]] = MappingProxyType(
    {
        TemplateState.PROPOSED: frozenset({TemplateState.LIVE, TemplateState.REFUSED}),
        TemplateState.LIVE: frozenset({TemplateState.RETIRED}),
        TemplateState.REFUSED: frozenset(),
        TemplateState.RETIRED: frozenset(),
    }
)


def may_step(before: str, after: TemplateState) -> bool:
    """Tell whether an edition may go from one state to another; unknown states go nowhere."""
    return before in set(TemplateState) and after in _STEPS[TemplateState(before)]
