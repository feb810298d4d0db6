"""When a day that somebody typed is over."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from console.moments import day_end, read_day

HOUR = 3_600_000_000


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Apia"])
@pytest.mark.parametrize("day", ["2026-02-28", "2026-12-31", "2026-11-01", "2026-03-08"])
def test_a_day_ends_at_the_next_midnight_of_its_zone(day: str, zone: str) -> None:
    end = dt.datetime.fromtimestamp(day_end(day, zone) / 1_000_000, ZoneInfo(zone))
    assert (end.hour, end.minute, end.date() - dt.date.fromisoformat(day)) == (0, 0, dt.timedelta(days=1))
    assert read_day("+0", day_end(day, zone) - 1, zone) == day


def test_a_day_on_which_the_clocks_are_put_back_has_25_hours() -> None:
    zone = "America/New_York"
    assert day_end("2026-11-01", zone) - day_end("2026-10-31", zone) == 25 * HOUR
