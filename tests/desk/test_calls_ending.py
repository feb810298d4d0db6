"""A call that is over and not on the books yet: it ends there as it ended, whoever gets to write it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.store.schema import call_record, contact_slot
from console.desk.act import Act
from console.desk.api.base import DeskError
from console.desk.api.calling import CallView, ListLiveCalls, ReadOwnCall, StartCall
from console.desk.api.cases import CaseRow
from console.desk.calls import following, writing
from console.desk.contact import recorder
from console.dial.messages import Ended
from console.dial.results import By, Result
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.sip import until

pytestmark = [pytest.mark.clause("issue-5"), pytest.mark.usefixtures("_recorder")]


@pytest.fixture
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


class Books:
    """The books of ends. shut: nothing of this kind can be written; tried: how often it was tried in vain."""

    def __init__(self) -> None:
        self.shut: set[str] = set()
        self.tried = 0
        self._ended = writing.ended

    def ended(self, act: Act, end: Ended, furthest: str = "", *, doubt: bool = False) -> None:
        by = "person" if act.who is not None else "desk"
        if by in self.shut:
            self.tried += 1
            raise OSError
        self._ended(act, end, furthest, doubt=doubt)


@pytest.fixture
def books(monkeypatch: pytest.MonkeyPatch) -> Books:
    books = Books()
    monkeypatch.setattr(writing, "ended", books.ended)
    monkeypatch.setattr(following, "_BETWEEN", 0.01)
    monkeypatch.setattr(following, "_LATER", 0.01)
    return books


def row_of(desk: WholeDesk, call_id: str) -> dict[str, object]:
    with desk.running.parts.store.engine.connect() as connection:
        return dict(connection.execute(select(call_record).where(call_record.c.id == call_id)).mappings().one())


def end_of(desk: WholeDesk, call_id: str) -> tuple[object, ...]:
    row = row_of(desk, call_id)
    return row["state"], row["result"], row["ended_side"], row["talked_ms"]


def outcome(desk: WholeDesk, call_id: str) -> str:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(contact_slot.c.outcome).join(call_record, call_record.c.slot_id == contact_slot.c.id)
        return str(connection.execute(query.where(call_record.c.id == call_id)).scalar_one())


def ends_told(desk: WholeDesk, call_id: str) -> int:
    events = [one for one in desk.events() if (one.action, one.result) == ("call:line:over", "ok")]
    return sum(one.object_id == call_id for one in events)


async def spoken_and_over(line: Line, case: CaseRow, books: Books, *, seconds: int = 61) -> CallView:
    """A call in which both spoke, that is over and cannot be written down so."""
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "agent_answered", "customer_calling", "customer_answered")
    await until(lambda: line.dialer.bridged[-1:] == [call.call_id], "bridged")
    line.desk.clock.advance(seconds)
    books.shut, books.tried = {"desk"}, 0
    line.dialer.end(call.call_id, Result.ANSWERED, By.CUSTOMER, talked=seconds * 1000, seconds=seconds)
    await until(lambda: books.tried, "it was tried in vain")
    return call


@pytest.mark.parametrize("seconds", [61, 3])
async def test_the_next_order_writes_it_as_it_ended(line: Line, tmp_path: Path, books: Books, seconds: int) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "lina")
    call = await spoken_and_over(line, cases[0], books, seconds=seconds)
    # To everybody who looks it is over; the books alone are behind.
    assert (await desk.call("zhangwei", ReadOwnCall())).call is None
    assert (await desk.call("lina", ListLiveCalls())).calls == ()
    assert row_of(desk, call.call_id)["state"] == "connected"
    # Another's order is none of its business.
    other = await line.start("lina", cases[2].case_id)
    assert row_of(desk, call.call_id)["state"] == "connected"
    line.dialer.end(other.call_id, Result.BUSY)
    again = await line.start("zhangwei", cases[1].case_id)
    assert end_of(desk, call.call_id) == ("ended", "answered", "customer", seconds * 1000)
    assert outcome(desk, call.call_id) == "connected"
    # Nothing is left to be written, and nothing is written twice.
    await line.over(call.call_id)
    books.shut.clear()
    line.dialer.end(again.call_id, Result.BUSY)
    await line.over(again.call_id)
    await line.over(other.call_id)
    assert [end_of(desk, one.call_id)[1] for one in (call, again, other)] == ["answered", "busy", "busy"]
    assert [ends_told(desk, one.call_id) for one in (call, again, other)] == [1, 1, 1]


async def test_an_order_that_cannot_write_it_either_calls_nobody(line: Line, tmp_path: Path, books: Books) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await spoken_and_over(line, cases[0], books)
    books.shut = {"desk", "person"}
    with pytest.raises(DeskError):
        await desk.call("zhangwei", StartCall(case_id=cases[1].case_id))
    assert list(line.dialer.dialled) == [call.call_id]
    assert row_of(desk, call.call_id)["state"] == "connected"
    # It is tried as long as it takes, and then is on the books without anybody's doing.
    tried = books.tried
    await until(lambda: books.tried > tried + 3 * following._TRIES, "it is not given up")
    books.shut.clear()
    await line.over(call.call_id)
    assert end_of(desk, call.call_id) == ("ended", "answered", "customer", 61_000)
    assert ends_told(desk, call.call_id) == 1
    await line.start("zhangwei", cases[1].case_id)


async def test_a_refused_order_leaves_it_to_be_written(line: Line, tmp_path: Path, books: Books) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await spoken_and_over(line, cases[0], books)
    desk.running.parts.switchboard.line(up=False)
    assert await desk.refused("zhangwei", StartCall(case_id=cases[1].case_id)) == "call.trunk_down"
    assert row_of(desk, call.call_id)["state"] == "connected"
    books.shut.clear()
    await line.over(call.call_id)
    assert end_of(desk, call.call_id) == ("ended", "answered", "customer", 61_000)
    assert ends_told(desk, call.call_id) == 1


async def test_a_desk_that_ends_does_not_wait_for_it(desk: WholeDesk, tmp_path: Path, books: Books) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    call = await spoken_and_over(line, cases[0], books)
    await desk.running.exchange.close()
    assert row_of(desk, call.call_id)["state"] == "connected"
    books.shut.clear()
    parts = desk.running.parts
    writing.recover(parts)
    # What nobody remembers any more is in doubt; how long they spoke is what was recorded of it.
    assert end_of(desk, call.call_id)[:3] == ("ended", "system_error", "line")
    assert outcome(desk, call.call_id) == "connected"
