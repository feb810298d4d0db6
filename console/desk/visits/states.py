"""A visit's life as a table, its results, and as what each counts in the contact rules. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from console.desk.contact.facts import Outcome


@unique
class VisitState(StrEnum):
    """Where a visit stands. `undone`: agreed to, and its hours passed; `lapsed`: nobody agreed in time."""

    PLANNED = "planned"
    APPROVED = "approved"
    UNDER_WAY = "under_way"
    DONE = "done"
    UNDONE = "undone"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    LAPSED = "lapsed"


_S = VisitState
HOLDS_DAY: Final = (_S.PLANNED, _S.APPROVED, _S.UNDER_WAY, _S.DONE)
"""States in which a visit takes its customer's day."""

_STEPS: Final[Mapping[VisitState, frozenset[VisitState]]] = MappingProxyType(
    {
        _S.PLANNED: frozenset({_S.APPROVED, _S.REFUSED, _S.CANCELLED, _S.LAPSED}),
        _S.APPROVED: frozenset({_S.UNDER_WAY, _S.CANCELLED, _S.UNDONE}),
        _S.UNDER_WAY: frozenset({_S.DONE}),
    }
)


def may_step(before: str, after: VisitState) -> bool:
    """Tell whether a visit may go from one state to another; unknown states go nowhere."""
    return before in set(VisitState) and after in _STEPS.get(VisitState(before), frozenset())


@unique
class VisitResult(StrEnum):
    """What came of it."""

    MET = "met"
    NOT_IN = "not_in"
    OTHER_PERSON = "other_person"
    TURNED_AWAY = "turned_away"
    WRONG_PLACE = "wrong_place"
    BROKEN_OFF = "broken_off"


OUTCOMES: Final[Mapping[VisitResult, Outcome]] = MappingProxyType(
    {
        VisitResult.MET: Outcome.CONNECTED,
        VisitResult.TURNED_AWAY: Outcome.CONNECTED,
        VisitResult.NOT_IN: Outcome.UNANSWERED,
        VisitResult.OTHER_PERSON: Outcome.UNANSWERED,
        # Somebody went, so it was placed, whatever stood there: it takes the day.
        VisitResult.WRONG_PLACE: Outcome.UNANSWERED,
        VisitResult.BROKEN_OFF: Outcome.UNANSWERED,
    }
)
