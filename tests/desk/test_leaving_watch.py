"""The last thirty days of somebody who leaves: counted where the leave is dealt with, every reveal reviewed."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from console.desk.api.cases import ExactSearch, FieldRef
from console.desk.api.reveal import AskReveal, DecideReveal, ListReviews, ReviewReveal, ViewField
from console.desk.api.staff import DepartureView, ListOrders, NoteDeparture, WithdrawDeparture
from console.desk.team.days import day_of
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")


async def seen(desk: WholeDesk, case_id: str, name: str = "zhangwei") -> str:
    """One value asked for, approved, seen and over; the grant's id."""
    call = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=5)
    asked = await desk.call(name, call)
    given = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert given.grant is not None
    await desk.call(name, ViewField(case_id=case_id, grant_id=given.grant.grant_id, field=ADDRESS))
    desk.clock.advance(6 * 60)
    await desk.beat()
    return given.grant.grant_id


async def leaving(desk: WholeDesk, name: str, kind: str = "leave", days: int = 10, **more: str) -> DepartureView:
    last = day_of(desk.clock.now_us(), "Asia/Shanghai") + dt.timedelta(days=days)
    person_id = desk.founded.persons[name]
    call = NoteDeparture(person_id=person_id, kind=kind, last_day=last.isoformat(), **more)
    return await desk.call("zhenghao", call)


async def reviewed(desk: WholeDesk, name: str = "hejie") -> set[str]:
    """Grants of zhangwei on somebody's review list."""
    items = (await desk.call(name, ListReviews())).items
    return {item.request.grant.grant_id for item in items if item.request.grant and item.request.staff_no == "A0173"}


@pytest.mark.clause("S-4.5", "C-5.4f", "issue-3")
async def test_a_leavers_last_thirty_days_are_counted_and_all_reviewed(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    long_ago = await seen(desk, case_id)
    desk.clock.advance(25 * 86_400)
    recent = {await seen(desk, case_id) for _ in range(6)}
    for number in ("13800138000", "13000000000"):
        await desk.call("zhangwei", ExactSearch(kind="mobile", value=number))
    drawn = await reviewed(desk)
    assert not recent <= drawn, "before, only the lot decides"

    noted = await leaving(desk, "zhangwei")
    for name in ("hejie", "fengxue"):
        assert recent <= await reviewed(desk, name)
        assert (long_ago in await reviewed(desk, name)) == (long_ago in drawn), "five weeks ago is the lot's"
    await asyncio.to_thread(desk.running.parts.store.settle)
    for name in ("zhenghao", "wugang", "lina"):
        (one,) = (await desk.call(name, ListOrders())).departures
        assert (one.reveals, one.searches, one.exports) == (6, 2, 0), name
    first = min(recent)
    await desk.call("hejie", ReviewReveal(grant_id=first, verdict="justified"))
    assert first not in await reviewed(desk)

    await desk.call("zhenghao", WithdrawDeparture(departure_id=noted.departure_id))
    assert await reviewed(desk) == drawn - {first}, "who stays is looked at like everybody"


async def test_a_move_to_another_unit_is_no_leave(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    for _ in range(6):
        await seen(desk, case_id)
    drawn = await reviewed(desk)
    await leaving(desk, "zhangwei", "transfer", to_unit_id=desk.founded.units["two"])
    assert await reviewed(desk) == drawn
    (one,) = (await desk.call("wugang", ListOrders())).departures
    assert (one.reveals, one.searches, one.exports) == (0, 0, 0)
