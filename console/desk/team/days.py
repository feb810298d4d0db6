"""Days and weeks in the desk's zone: what "today" is, and the instants at which spans begin and end."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from access.context import SECOND

PERIODS: Final = {"day": 1, "week": 7}
"""Days of a span, by the period's name. Weeks begin on Monday."""


def day_of(instant: int, zone: str) -> dt.date:
    """The date of an instant (microseconds UTC) on the zone's wall clock."""
    return dt.datetime.fromtimestamp(instant / SECOND, ZoneInfo(zone)).date()


def begin_of(day: dt.date, zone: str) -> int:
    """The first instant of a date in the zone, microseconds UTC."""
    return int(dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp()) * SECOND


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days, both ends included."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, period: str, back: int, today: dt.date) -> Span:
        """The current day or week, or one that many spans before it."""
        days = PERIODS[period]
        begin = today - dt.timedelta(days=today.weekday() if period == "week" else 0)
        first = begin - dt.timedelta(days=days * back)
        return cls(first, first + dt.timedelta(days=days - 1))

    def before(self, count: int) -> list[Span]:
        """So many spans of the same length that end with this one, oldest first."""
        length = self.last - self.first + dt.timedelta(days=1)
        return [Span(self.first - length * nth, self.last - length * nth) for nth in reversed(range(count))]

    def holds(self, day: str) -> bool:
        """Whether an ISO date lies in the span."""
        return self.first.isoformat() <= day <= self.last.isoformat()

    def instants(self, zone: str) -> tuple[int, int]:
        """First instant, and first instant after it."""
        return begin_of(self.first, zone), begin_of(self.last + dt.timedelta(days=1), zone)
