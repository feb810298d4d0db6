"""Break one thing at a time: masked or denied each time, and never a value without an earlier committed event."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from console.desk.api.base import DeskError
from console.desk.api.cases import FieldRef, ListQueue, OpenCase
from console.desk.api.log import ReadLog
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField
from console.proving import nothing, proven
from masking.errors import KeyRingBroken
from masking.keys import KeyRing
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")
PLAIN = "世纪大道1号"


async def approved(desk: WholeDesk, folder: Path) -> ViewField:
    """A field that may be shown right now."""
    case_id = (await desk.with_cases(folder))[1].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    return ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)


async def shows(desk: WholeDesk, view: ViewField) -> str:
    """The value, or the code with which it is refused."""
    try:
        return (await desk.call("zhangwei", view)).value
    except DeskError as refused:
        return refused.code


async def views_logged(desk: WholeDesk) -> int:
    """How many values were shown, by the log."""
    found = await desk.call("fengxue", ReadLog(action="case:field:reveal"))
    return sum(entry.result == "ok" for entry in found.entries)


@pytest.mark.clause("C-5.4d-2")
async def test_positive_control(desk: WholeDesk, tmp_path: Path) -> None:
    assert PLAIN in await shows(desk, await approved(desk, tmp_path))
    assert await views_logged(desk) == 1


@pytest.mark.clause("Y-4.1.2")
async def test_no_key_no_value(desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = await approved(desk, tmp_path)

    def gone(_ring: KeyRing, _key_id: int | None = None) -> Any:
        raise KeyRingBroken

    monkeypatch.setattr(KeyRing, "kek", gone)
    assert await shows(desk, view) == "masking.key_ring_broken"
    assert await views_logged(desk) == 0
    assert (await desk.call("zhangwei", ListQueue())).rows


@pytest.mark.clause("C-5.4f")
async def test_no_log_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    view = await approved(desk, tmp_path)
    engine = desk.running.parts.store.engine
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TRIGGER shut BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        )
    for call in (view, OpenCase(case_id=view.case_id), ListQueue()):
        assert await desk.refused("zhangwei", call) == "access.log_unavailable"
    with engine.begin() as connection:
        connection.execute(text("DROP TRIGGER shut"))
    assert PLAIN in await shows(desk, view)
    assert await views_logged(desk) == 1


async def test_a_clock_that_runs_back_freezes_everything(desk: WholeDesk, tmp_path: Path) -> None:
    view = await approved(desk, tmp_path)
    assert PLAIN in await shows(desk, view)
    desk.clock.advance(-600)
    assert await shows(desk, view) == "access.clock_went_back"
    desk.clock.advance(600)
    assert PLAIN in await shows(desk, view)


@pytest.mark.clause("R-43a")
async def test_no_policy_no_permission(desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    view = await approved(desk, tmp_path)

    def gone() -> Any:
        raise OSError

    monkeypatch.setattr(sys.modules["access.policy.decide"], "_bundled", gone)
    for call in (view, OpenCase(case_id=view.case_id), ListQueue()):
        assert await desk.refused("zhangwei", call) == "policy.broken"


@pytest.mark.clause("R-28a")
async def test_no_approver_is_never_an_approval(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    engine = desk.running.parts.store.engine
    with engine.begin() as connection:
        # Raw SQL: the rows no longer prove themselves, so nobody supervises any more.
        connection.execute(text("UPDATE role_grant SET state = 'active ' WHERE role = 'supervisor'"))
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    assert await desk.refused("zhangwei", ask) == "reveal.no_approver"


@pytest.mark.clause("R-28a")
async def test_a_grant_written_by_sql_counts_as_absent(any_desk: WholeDesk, tmp_path: Path) -> None:
    view = await approved(any_desk, tmp_path)
    with any_desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE reveal_grant SET fields = 'home_address,full_name', minutes = 100"))
    assert await shows(any_desk, view) == "grant.not_live"
    health = any_desk.running.parts.broken.count()
    assert health == 1


async def test_two_decisions_at_once_one_wins(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    item = (await desk.call("lina", ReadInbox())).items[0]
    lines = [await desk.line("lina"), await desk.line("zhaoqiang")]
    decide = DecideReveal(request_id=asked.request_id, verdict="approve", seen_version=item.request.version)
    outcomes = await asyncio.gather(
        *(proven(line, decide, None, nothing) for line in lines),
        return_exceptions=True,
    )
    assert sorted(type(one).__name__ for one in outcomes) == ["DeskError", "RequestView"]


async def test_a_repeated_call_is_done_once(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    first = await desk.call("zhangwei", ask, key="k1")
    second = await desk.call("zhangwei", ask, key="k1")
    assert first == second
    assert len((await desk.call("lina", ReadInbox())).items) == 1
    other = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=9)
    with pytest.raises(DeskError) as refused:
        await desk.call("zhangwei", other, key="k1")
    assert refused.value.code == "desk.key_reused"
