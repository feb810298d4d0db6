"""The life of an edition of the contact rules, as a table; whatever is not in it does not happen. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final


@unique
class EditionState(StrEnum):
    """Where an edition stands. An approved one decides from its moment on, until a later one's moment comes."""

    PROPOSED = "proposed"
    REVIEWED = "reviewed"
    APPROVED = "approved"
    REFUSED = "refused"
    ROLLED_BACK = "rolled_back"


_STEPS: Final[Mapping[EditionState, frozenset[EditionState]]] = MappingProxyType(
    {
        EditionState.PROPOSED: frozenset({EditionState.REVIEWED, EditionState.REFUSED}),
        EditionState.REVIEWED: frozenset({EditionState.APPROVED, EditionState.REFUSED}),
        EditionState.APPROVED: frozenset({EditionState.ROLLED_BACK}),
        EditionState.REFUSED: frozenset(),
        EditionState.ROLLED_BACK: frozenset(),
    }
)


def may_step(before: str, after: EditionState) -> bool:
    """Tell whether an edition may go from one state to another; unknown states go nowhere."""
    return before in set(EditionState) and after in _STEPS[EditionState(before)]
