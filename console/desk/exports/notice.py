"""The supervisor's notice: who hands out many sensitive rows reports it twenty working days before (R-73). Pure.

A day off that nobody entered only makes a start later wait for nobody: a working day is Monday to Friday and no
holiday on the desk's list, and a Saturday worked in exchange is not counted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Final

from console.desk.exports.chain import Reach

WORKING_DAYS: Final = 20
EXEMPT: Final = ("statute", "order")
"""Instead of the day of the report: a statute says otherwise, or an authority ordered it."""

_SENSITIVE: Final = 3
_FRIDAY: Final = 4
_OLDEST: Final = dt.timedelta(days=366)


def needed(reach: Reach, level: int, row_cap: int, batch: int) -> bool:
    """Tell whether a file must be reported before it is handed out.

    Args:
        reach: where it goes.
        level: of the whole, 1 to 4.
        row_cap: the most customers it may name.
        batch: how many are many; the rule names no number.
    """
    return reach is not Reach.INTERNAL and level >= _SENSITIVE and row_cap >= batch


def fits(notice: str, today: dt.date) -> bool:
    """Tell whether a notice is an exemption, or a day of report that has come and is not too long past."""
    day = _day(notice)
    return notice in EXEMPT or (day is not None and today - _OLDEST <= day <= today)


def earliest(notice: str, holidays: Collection[str]) -> dt.date | None:
    """Return the first day on which the file may be asked for; none where it need not wait.

    Args:
        notice: an exemption, a day of report as `2026-10-12`, or empty.
        holidays: days off, as `2026-10-01`.
    """
    day = _day(notice)
    if day is None:
        return None
    left = WORKING_DAYS
    while left:
        day += dt.timedelta(days=1)
        left -= day.weekday() <= _FRIDAY and day.isoformat() not in holidays
    return day


def _day(notice: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(notice)
    except ValueError:
        return None
