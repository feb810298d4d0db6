"""A provider that falls silent: told to whoever calls or looks at health, logged, no call made; back by itself."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.audit.details import DetailKey
from access.store.schema import call_record, contact_slot
from console.desk.api.base import DeskError, Push
from console.desk.api.calling import ListCalls, ReadOwnCall, StartCall
from console.desk.contact import recorder
from console.dial.messages import TrunkSeen
from console.dial.results import By, Result
from console.send.messages import LineMoved
from tests.support.calls import Line
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened
from tests.support.sending import POST, PostOffice
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5")
LOOKING = ("zhenghao", "wugang", "fengxue")
CALLING = ("zhangwei", "lina", "machao")


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@asynccontextmanager
async def hearing(desk: WholeDesk, *names: str) -> AsyncIterator[dict[str, list[Push]]]:
    """What each of them is told of lines from now on."""
    told: dict[str, list[Push]] = {name: [] for name in names}

    async def listen(name: str) -> None:
        async for push in (await desk.line(name)).subscribe():
            if push.kind == "line":
                told[name].append(push)

    for name in names:
        await desk.line(name)
    tasks = [asyncio.create_task(listen(name)) for name in names]
    try:
        yield told
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def noted(desk: WholeDesk) -> list[tuple[str, str]]:
    """What the log says of the line, in its order."""
    found = [one for one in desk.events() if one.action == "call:trunk:note"]
    return [(one.result, dict(one.detail)[DetailKey.TO]) for one in found]


def taken(desk: WholeDesk) -> tuple[int, int]:
    """Calls and attempts on the books."""
    with desk.running.parts.store.engine.connect() as connection:
        first = connection.execute(select(func.count()).select_from(call_record)).scalar_one()
        return first, connection.execute(select(func.count()).select_from(contact_slot)).scalar_one()


async def down(line: Line, *, up: bool = False) -> None:
    """The dialer says so, and it is on the books."""
    before = len(noted(line.desk))
    line.dialer.told(TrunkSeen(up=up))
    await until(lambda: len(noted(line.desk)) > before, "noted")


async def test_whoever_calls_or_looks_at_health_is_told_and_nobody_else(any_desk: WholeDesk) -> None:
    line = Line(any_desk)
    await line.open()
    async with hearing(any_desk, *LOOKING, *CALLING, "hejie") as told:
        # That it is there from the first look on is news to nobody who calls.
        await down(line, up=True)
        await until(lambda: all(told[name] for name in LOOKING), "health is read again")
        assert not any(told[name] for name in (*CALLING, "hejie"))
        await down(line)
        await until(lambda: all(told[name] for name in CALLING), "callers are told")
        assert (await any_desk.call("zhangwei", ReadOwnCall())).trunk == "down"
        await down(line, up=True)
        await until(lambda: all(len(told[name]) == 2 for name in CALLING), "and that it is back")
        assert (await any_desk.call("zhangwei", ReadOwnCall())).trunk == "up"
        assert {(one.kind, one.id) for pushes in told.values() for one in pushes} == {("line", "trunk")}
        assert told["hejie"] == []
    assert noted(any_desk) == [("ok", "up"), ("failed", "down"), ("ok", "up")]


async def test_a_call_on_a_line_that_is_down_is_refused_before_anything(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk, line = any_desk, Line(any_desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    await down(line)
    with pytest.raises(DeskError) as refused:
        await desk.call("zhangwei", StartCall(case_id=case.case_id))
    assert (refused.value.code, refused.value.refusal.ask) == ("call.trunk_down", ("system_admin",))
    assert taken(desk) == (0, 0)
    assert (line.dialer.prepared, line.dialer.dialled) == ([], {})
    assert (await desk.call("zhangwei", ListCalls())).calls == ()
    refusals = [(one.rule, one.result) for one in desk.events() if one.action == "call:line:start"]
    assert refusals == [("call.trunk_down", "refused")]
    # Nobody sets anything back: the provider's next answer does.
    await down(line, up=True)
    call = await line.start("zhangwei", case.case_id)
    assert taken(desk) == (1, 1)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)


async def test_what_is_said_in_a_row_is_written_in_a_row(any_desk: WholeDesk) -> None:
    line = Line(any_desk)
    await line.open()
    for up in (True, False, True, True, False):
        line.dialer.told(TrunkSeen(up=up))
    await until(lambda: len(noted(any_desk)) >= 4, "noted")
    assert [to for _, to in noted(any_desk)] == ["up", "down", "up", "down"]


async def test_a_new_dialer_that_finds_it_as_it_was_says_nothing_twice(any_desk: WholeDesk) -> None:
    line = Line(any_desk)
    board = any_desk.running.parts.switchboard
    await line.open()
    await down(line)
    before = line.dialer
    async with hearing(any_desk, "zhenghao", "zhangwei") as told:
        before.gone.set()
        await until(lambda: line.dialer is not before and board.key is not None, "another")
        await until(lambda: len(told["zhenghao"]) >= 2, "health knows of the new one")
        assert board.up is None
        line.dialer.told(TrunkSeen(up=False))
        await until(lambda: len(told["zhenghao"]) >= 3, "and of its line")
        assert told["zhangwei"] == []
    assert [to for _, to in noted(any_desk)] == ["down"]


async def test_trouble_of_the_last_call_is_told_to_health(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk, line = any_desk, Line(any_desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    async with hearing(desk, "zhenghao") as told:
        call = await line.start("zhangwei", case.case_id)
        line.dialer.end(call.call_id, Result.TRUNK_AUTH_FAILED, By.LINE)
        await line.over(call.call_id)
        await until(lambda: told["zhenghao"], "told")
        assert (await desk.call("zhangwei", ReadOwnCall())).trunk == ""


async def test_the_way_of_messages_is_told_to_health(tmp_path: Path, clock: FakeClock) -> None:
    async with opened(tmp_path / "h", clock, message=POST) as desk:
        office = PostOffice(desk)
        await office.open()
        async with hearing(desk, "zhenghao", "zhangwei") as told:
            office.sender.told(LineMoved(up=False, why="away"))
            await until(lambda: told["zhenghao"], "told")
            assert {one.id for one in told["zhenghao"]} == {"messages"}
            assert desk.running.parts.mailbox.why == "away"
            assert told["zhangwei"] == []
