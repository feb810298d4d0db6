"""A large sensitive batch for outside waits twenty working days after it was reported (R-73)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.api.exports import DraftExport, SubmitExport
from console.desk.exports import notice
from console.desk.exports.chain import Reach
from tests.support.desk import WholeDesk
from tests.support.exports import asked

pytestmark = pytest.mark.clause("R-73")

DAYS = st.dates(dt.date(2025, 1, 1), dt.date(2027, 12, 31))


def outside(**more: Any) -> DraftExport:
    return asked(reach="external", recipient="某某律所", basis="contract", assessment="PG-1", **more)


def test_twenty_working_days_are_counted_after_the_report() -> None:
    # A Monday; twenty working days later is a Monday again, four weeks on.
    assert notice.earliest("2026-11-02", ()) == dt.date(2026, 11, 30)
    assert notice.earliest("2026-11-07", ()) == dt.date(2026, 12, 4)
    week = tuple(f"2026-10-0{day}" for day in range(1, 8))
    assert notice.earliest("2026-09-30", week) == dt.date(2026, 11, 4)
    assert notice.earliest("", ()) is notice.earliest("statute", ()) is None


@given(day=DAYS, holidays=st.sets(DAYS.map(dt.date.isoformat), max_size=20))
def test_a_day_off_never_makes_it_sooner(day: dt.date, holidays: set[str]) -> None:
    without, with_them = notice.earliest(day.isoformat(), ()), notice.earliest(day.isoformat(), holidays)
    assert without is not None
    assert with_them is not None
    assert day + dt.timedelta(days=25) < without <= with_them
    between = (day + dt.timedelta(days=n) for n in range(1, (with_them - day).days + 1))
    assert sum(one.weekday() < 5 and one.isoformat() not in holidays for one in between) == notice.WORKING_DAYS


def test_who_must_report() -> None:
    assert notice.needed(Reach.EXTERNAL, 3, 100, 100)
    assert notice.needed(Reach.AGENCY, 4, 500, 100)
    for reach, level, rows in ((Reach.INTERNAL, 4, 9000), (Reach.EXTERNAL, 2, 9000), (Reach.AGENCY, 4, 99)):
        assert not notice.needed(reach, level, rows, 100)


async def test_sooner_is_refused(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    today = dt.datetime.fromtimestamp(desk.clock.now_us() / 1e6, dt.UTC).date()
    assert await desk.refused("lina", outside()) == "export.notice_missing"
    assert await desk.refused("lina", outside(row_cap=100)) == "export.notice_missing"
    for unfit in ("2020-01-01", (today + dt.timedelta(days=2)).isoformat(), "soon", "20261012x", "Statute"):
        assert await desk.refused("lina", outside(notice=unfit)) == "export.notice_unfit"
    view = await desk.call("lina", outside(notice=today.isoformat()))
    submit = SubmitExport(export_id=view.export_id, version=view.version)
    assert await desk.refused("lina", submit) == "export.notice_early"
    desk.clock.advance(24 * 86_400)
    assert await desk.refused("lina", submit) == "export.notice_early"
    desk.clock.advance(16 * 86_400)
    assert (await desk.call("lina", submit)).state == "pending"
    for fit in (outside(notice="order"), outside(row_cap=99)):
        view = await desk.call("lina", fit)
        submit = SubmitExport(export_id=view.export_id, version=view.version)
        assert (await desk.call("lina", submit)).notice == fit.notice
