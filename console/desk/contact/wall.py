"""The clock on the wall where a debtor is: days, hours, and when something next holds there. Pure and total.

A day begins at the first instant that bears its date, so a night whose midnight is skipped has one as well. Clocks put
forward or back are met as they are: what holds is asked of the wall clock at that instant, and nothing is assumed of
how long a day is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from console.desk.work.calendar import zone_of

SECOND: Final = 1_000_000
HOUR: Final = 3600 * SECOND
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
LAST: Final = 8_000 * 366 * 24 * HOUR
"""The last instant that has a place on a wall clock here."""


def wall(at: int, zone: str) -> datetime:
    """An instant on the zone's wall clock; what lies outside the calendar is its nearest end."""
    return (_EPOCH + timedelta(microseconds=min(max(at, 86_400 * SECOND), LAST))).astimezone(zone_of(zone))


def day_of(at: int, zone: str) -> date:
    """The date there."""
    return wall(at, zone).date()


def minute_of(at: int, zone: str) -> int:
    """The minute of the day there."""
    there = wall(at, zone)
    return there.hour * 60 + there.minute


def first(
    now: int,
    zone: str,
    holds: Callable[[int], bool],
    *,
    days: int,
    marks: Iterable[time] = (),
    also: Iterable[int] = (),
) -> int | None:
    """The first instant, from now on, at which something holds.

    Args:
        now: microseconds UTC.
        zone: IANA.
        holds: asked of an instant; may change at midnights, at `marks`, at `also`, and where the clocks are changed.
        days: how far to look.
        marks: hours of the wall clock.
        also: further instants.

    Returns:
        The instant, or none in that time.
    """
    if holds(now):
        return now
    moments = {one for one in (*_moments(now, zone, days, (time(), *marks)), *also) if one > now}
    return next((one for one in sorted(moments) if holds(one)), None)


def _moments(now: int, zone: str, days: int, marks: Iterable[time]) -> Iterator[int]:
    place = zone_of(zone)
    today = wall(now, zone).date()
    hours = tuple(marks)
    for ahead in range(days + 2):
        for mark in hours:
            for fold in (0, 1):
                there = datetime.combine(today + timedelta(days=ahead), mark, place).replace(fold=fold)
                yield _instant(there)
    yield from _changes(now, days, place)


def _instant(there: datetime) -> int:
    passed = there.astimezone(UTC) - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * SECOND


def _changes(now: int, days: int, place: ZoneInfo) -> Iterator[int]:
    """Where the clocks are changed, to the second."""
    start = min(max(now, 0), LAST) // HOUR
    before = _offset(start * HOUR, place)
    for hour in range(start + 1, start + 24 * (days + 1) + 1):
        after = _offset(hour * HOUR, place)
        if after != before:
            low, high = (hour - 1) * 3600, hour * 3600
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(middle * SECOND, place) == before else (low, middle)
            yield high * SECOND
        before = after


def _offset(at: int, place: ZoneInfo) -> timedelta | None:
    return (_EPOCH + timedelta(microseconds=min(at, LAST))).astimezone(place).utcoffset()
