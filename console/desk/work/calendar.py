"""Days and hours on the wall clock of a case's zone, as instants in microseconds UTC."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND: Final = 1_000_000
_HOUR: Final = 3600 * _SECOND
MORNING: Final = time(8)
"""From when customers may be contacted (requirements §5, rule 1)."""

_LAST_RETRY: Final = time(21)


@lru_cache(maxsize=64)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC for one that is not known."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def local(now: int, zone: str) -> datetime:
    """An instant on the zone's wall clock."""
    return datetime.fromtimestamp(now / _SECOND, UTC).astimezone(zone_of(zone))


def today(now: int, zone: str) -> date:
    """The day it is there."""
    return local(now, zone).date()


def starts(day: date, zone: str, at: time = time()) -> int:
    """The instant at which a day, or an hour of it, begins there."""
    return int(datetime.combine(day, at, zone_of(zone)).timestamp()) * _SECOND


def next_morning(now: int, zone: str) -> int:
    """Eight o'clock of the following day."""
    return morning_in(now, zone, 1)


def morning_in(now: int, zone: str, days: int) -> int:
    """Eight o'clock, so many days from today."""
    return starts(today(now, zone) + timedelta(days=days), zone, MORNING)


def retry(now: int, zone: str, hours: int) -> int:
    """So many hours from now, or the next morning where that would be late in the evening; 0 hours: next morning."""
    later = now + hours * _HOUR
    there = local(later, zone)
    fits = hours > 0 and there.date() == today(now, zone) and MORNING <= there.time() < _LAST_RETRY
    return later if fits else next_morning(now, zone)


def parse_day(text: str) -> date | None:
    """An ISO day, and nothing but one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None
