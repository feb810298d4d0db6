"""Days and moments as people type them at a case, read on the wall clock of its zone. Pure; None for what is neither.

A day: ``+3`` (in three days), ``28`` (the next 28th), ``1130`` or ``11-30``, ``2026-11-30``. A moment: a day and a
time, or one of them: ``15``, ``1530``, ``15:30`` (today, or tomorrow once that is past), ``+2h``, ``+3``, ``+3 15``,
``11-30 9:15``; a day alone means ten in the morning.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_SECOND: Final = 1_000_000
_HOUR: Final = 3600 * _SECOND
_MORNING: Final = time(10)
_AHEAD: Final = re.compile(r"\+(\d{1,3})")
_HOURS: Final = re.compile(r"\+(\d{1,2})h", re.IGNORECASE)
_DAY: Final = re.compile(r"(\d{1,2})")
_MONTH_DAY: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})|(\d{2})(\d{2})")
_ISO: Final = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")
_TIME: Final = re.compile(r"(\d{1,2})(?::?(\d{2}))?")
_LAST_HOUR: Final = 23
_LAST_MINUTE: Final = 59
_MONTHS: Final = 12


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def _local(now: int, zone: str) -> datetime:
    return datetime.fromtimestamp(now / _SECOND, UTC).astimezone(_zone(zone))


def read_day(typed: str, now: int, zone: str) -> str | None:
    """Return the ISO day that was typed.

    Args:
        typed: what was typed.
        now: microseconds since 1970, UTC.
        zone: IANA name of the case's zone.
    """
    found = _day(typed.strip(), _local(now, zone).date())
    return found.isoformat() if found is not None else None


def day_end(day: str, zone: str) -> int:
    """The instant at which an ISO day is over on a zone's clock, microseconds since 1970 in UTC."""
    following = date.fromisoformat(day) + timedelta(days=1)
    return int(datetime.combine(following, time(), _zone(zone)).timestamp()) * _SECOND


def read_moment(typed: str, now: int, zone: str) -> int | None:
    """Return the moment that was typed, microseconds since 1970 in UTC; arguments as `read_day`."""
    text = typed.strip()
    hours = _HOURS.fullmatch(text)
    if hours:
        return now + int(hours[1]) * _HOUR
    there = _local(now, zone)
    first, _, second = text.partition(" ")
    if second:
        day, at = _day(first, there.date()), _time(second.strip())
    elif (at := _time(text)) is not None:
        day = there.date() if at > there.time().replace(tzinfo=None) else there.date() + timedelta(days=1)
    else:
        day, at = _day(text, there.date()), _MORNING
    if day is None or at is None:
        return None
    return int(datetime.combine(day, at, _zone(zone)).timestamp()) * _SECOND


def _time(text: str) -> time | None:
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return time(hour, minute) if hour <= _LAST_HOUR and minute <= _LAST_MINUTE else None


def _day(text: str, today: date) -> date | None:
    ahead = _AHEAD.fullmatch(text)
    if ahead:
        return today + timedelta(days=int(ahead[1]))
    iso = _ISO.fullmatch(text)
    if iso:
        return _made(int(iso[1]), int(iso[2]), int(iso[3]))
    named = _DAY.fullmatch(text)
    if named:
        return _next_of(today, int(named[1]))
    both = _MONTH_DAY.fullmatch(text)
    if not both:
        return None
    month, day = (int(part) for part in both.groups() if part is not None)
    found = _made(today.year, month, day)
    return found if found is None or found >= today else _made(today.year + 1, month, day)


def _next_of(today: date, day: int) -> date | None:
    """The next day of that number, today included; months that have none are passed over."""
    for ahead in range(_MONTHS):
        years, month = divmod(today.month - 1 + ahead, _MONTHS)
        found = _made(today.year + years, month + 1, day)
        if found is not None and found >= today:
            return found
    return None


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
