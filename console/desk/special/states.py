"""What a filing may be for, its life as a table, and its times. Whatever is not in the table does not happen. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from access.roles import Role
from console.desk.contact.facts import Outcome
from console.desk.work.calendar import local, starts

MINUTE: Final = 60_000_000

WAITS: Final = 24 * 60 * MINUTE
"""How long a filing waits for everybody who must agree."""

OPEN_WITHIN: Final = 60 * MINUTE
"""How long what was agreed to may be opened."""

ORDER: Final = (Role.SUPERVISOR, Role.SECURITY_ADMIN, Role.COMPLIANCE)
"""In which order they agree; who of them must is the catalogue's."""

_FRIDAY: Final = 4


@unique
class Scenario(StrEnum):
    """What a number may be seen for. Closed; convenience is none of them."""

    PROXY_FAILURE = "proxy_failure"
    COURT_REQUEST = "court_request"
    FIELD_VISIT = "field_visit"
    OTHER_LINE = "other_line"
    HEARING_IMPAIRED = "hearing_impaired"
    DISASTER = "disaster"


def contacts(scenario: str) -> bool:
    """Tell whether the number is for reaching somebody; a court or the police is handed it. Unknown: it is."""
    return scenario != Scenario.COURT_REQUEST


@unique
class FilingState(StrEnum):
    """Where a filing stands. `lapsed`: agreed to and not opened in time."""

    FILED = "filed"
    SUP_OK = "sup_ok"
    SEC_OK = "sec_ok"
    APPROVED = "approved"
    ACTIVE = "active"
    EXPIRED = "expired"
    RETURNED = "returned"
    REVOKED = "revoked"
    CLEARED = "cleared"
    ESCALATED = "escalated"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    TIMED_OUT = "timed_out"
    LAPSED = "lapsed"


_S = FilingState
WAITING: Final = (_S.FILED, _S.SUP_OK, _S.SEC_OK)
"""Somebody has yet to agree."""

LIVE: Final = (_S.APPROVED, _S.ACTIVE)
ENDED: Final = (_S.EXPIRED, _S.RETURNED, _S.REVOKED)
"""It was opened, is over, and waits to be looked at."""

_SIDE: Final = frozenset({_S.REJECTED, _S.WITHDRAWN, _S.TIMED_OUT})
_JUDGED: Final = frozenset({_S.CLEARED, _S.ESCALATED})
_STEPS: Final[Mapping[FilingState, frozenset[FilingState]]] = MappingProxyType(
    {
        _S.FILED: _SIDE | {_S.SUP_OK},
        _S.SUP_OK: _SIDE | {_S.SEC_OK, _S.APPROVED},
        _S.SEC_OK: _SIDE | {_S.APPROVED},
        _S.APPROVED: frozenset({_S.ACTIVE, _S.LAPSED, _S.WITHDRAWN}),
        _S.ACTIVE: frozenset(ENDED),
        _S.EXPIRED: _JUDGED,
        _S.RETURNED: _JUDGED,
        _S.REVOKED: _JUDGED,
    }
)


def may_step(before: str, after: FilingState) -> bool:
    """Tell whether a filing may go from one state to another; unknown states go nowhere."""
    return before in set(FilingState) and after in _STEPS.get(FilingState(before), frozenset())


def agreed_state(place: int, chain: int) -> FilingState:
    """Where a filing stands once so many of its chain have agreed."""
    return FilingState.APPROVED if place >= chain else (FilingState.SUP_OK, FilingState.SEC_OK)[place - 1]


@unique
class Report(StrEnum):
    """What came of the one contact, as the asker says."""

    REACHED = "reached"
    NOT_REACHED = "not_reached"
    INVALID = "invalid"
    HANDED_OVER = "handed_over"
    UNUSED = "unused"


OUTCOMES: Final[Mapping[Report, Outcome]] = MappingProxyType(
    {
        Report.REACHED: Outcome.CONNECTED,
        Report.NOT_REACHED: Outcome.TOLD,
        Report.INVALID: Outcome.TOLD,
        Report.HANDED_OVER: Outcome.TOLD,
        # Nobody can tell that a number which was seen was not used: it counts as tried.
        Report.UNUSED: Outcome.TOLD,
    }
)
"""As what it counts in the contact rules; unreported, as a conversation. No word of the asker's proves anything."""


def review_due(ended_at: int, zone: str, holidays: Collection[str]) -> int:
    """Return when a contact must have been looked at: one working day after its end, by the desk's wall clock.

    Args:
        ended_at: microseconds UTC.
        zone: the desk's, IANA.
        holidays: days off, as `2026-10-01`.
    """

    def works(day: dt.date) -> bool:
        return day.weekday() <= _FRIDAY and day.isoformat() not in holidays

    ended = local(ended_at, zone)
    day, at = ended.date(), ended.time()
    if not works(day):
        at = dt.time()
        while not works(day):
            day += dt.timedelta(days=1)
    day += dt.timedelta(days=1)
    while not works(day):
        day += dt.timedelta(days=1)
    return starts(day, zone, at)
