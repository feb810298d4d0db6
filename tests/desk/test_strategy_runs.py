"""A published import gets the live strategy from the desk itself: part by part, logged, respecting interests."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from access.policy import Action
from access.store.schema import case_file, strategy_run
from console import bootstrap
from console.demo.cast import CAST
from console.desk.act import Act
from console.desk.api.assign import DeclareInterest
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.strategy import ListStrategies, RollBackStrategy
from console.desk.strategy import runs
from console.founding import found
from masking.keys import Profile
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around
from tests.support.lender_files import people, row, write
from tests.support.strategies import PLAIN, cases, held, live

LONG = 60.0


class Killed(Exception):
    """The desk went in the middle of an act."""


async def shared(desk: WholeDesk) -> None:
    """Wait until nothing is left to share out."""
    async with asyncio.timeout(LONG):
        while True:
            with desk.running.parts.store.engine.connect() as connection:
                if not runs.any_due(connection):
                    return
            await desk.beat()


def applied(desk: WholeDesk) -> list[tuple[str, str | None, str | None, int | None]]:
    """What the log says of runs: result, rule, person, cases."""
    return [
        (one.result, one.rule, one.person_id, one.rows)
        for one in desk.events()
        if one.action == Action.STRATEGY_EDITION_APPLY and one.person_id is None
    ]


@pytest.mark.clause("S-4.6", "C-5.4b", "issue-3")
async def test_what_an_import_brings_is_shared_out_by_the_desk(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    monkeypatch.setattr(runs, "AT_ONCE", 3)
    await cases(desk, tmp_path, (5, 40))
    # Nothing was live: the desk says so and does nothing.
    assert [(result, rule) for result, rule, _, _ in applied(desk)] == [("refused", "strategy.none_live")]
    first = await live(desk, PLAIN)
    await cases(desk, tmp_path, (1, 2, 3, 4, 50, 51, 52, 53), skip=2)
    await shared(desk)
    assert await held(desk, "zhangwei", "wangfang", "chenjing") == {
        "zhangwei": [5, 3, 1],
        "wangfang": [4, 2],
        "chenjing": [53, 52, 51, 50, 40],
    }
    assert not (await desk.call("lina", ListQueue(scope="pool"))).rows
    assert applied(desk)[-1] == ("ok", None, None, 8)
    run = (await desk.call("lina", ListStrategies())).run
    assert run is not None
    assert (run.state, run.moved, run.waiting) == ("done", 8, 0)
    assert (await desk.call("sunli", ListStrategies())).run is None  # another team's
    last = [one for one in desk.events() if one.action == Action.STRATEGY_EDITION_APPLY][-1]
    assert last.object_id == first.edition.strategy_id
    moves = [one for one in desk.events() if one.object_kind == "move" and one.person_id is None]
    assert {one.approval_id for one in moves} == {first.edition.strategy_id}
    assert sum(one.rows or 0 for one in moves) == 8
    # What the desk moved is the edition's: rolled back with it.
    done, back = first, 0
    while done is first or done.left:
        call = RollBackStrategy(strategy_id=done.edition.strategy_id, version=done.edition.version)
        done = await desk.call("lina", call)
        back += done.moved
    assert back == 10


@pytest.mark.clause("S-4.6")
async def test_an_interest_and_a_hand_that_was_quicker_are_respected(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await live(desk, PLAIN.replace('to = ["A0173", "A0174"]', 'to = ["A0173"]'))
    monkeypatch.setattr(runs, "any_due", lambda _: False)  # the clockwork stands still
    rows = await cases(desk, tmp_path, (5, 6, 7))
    persons = desk.founded.persons
    await desk.call("lina", DeclareInterest(case_id=rows[0].case_id, person_id=persons["zhangwei"]))
    await desk.call("lina", AssignCases(assignee_id=persons["chenjing"], case_ids=(rows[1].case_id,)))
    monkeypatch.undo()
    await shared(desk)
    assert [one.case_id for one in (await desk.call("lina", ListQueue(scope="pool"))).rows] == [rows[0].case_id]
    assert [one.case_id for one in (await desk.call("zhangwei", ListQueue())).rows] == [rows[2].case_id]
    assert [one.case_id for one in (await desk.call("chenjing", ListQueue())).rows] == [rows[1].case_id]


@pytest.mark.clause("S-4.6", "S-6-22")
async def test_killed_between_two_parts_it_goes_on_and_nothing_moves_twice(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    monkeypatch.setattr(runs, "AT_ONCE", 2)
    monkeypatch.setattr(runs, "any_due", lambda _: False)
    await live(desk, PLAIN)
    await cases(desk, tmp_path, (1, 2, 3, 4, 5, 6, 7))
    parts = desk.running.parts

    def part(act: Act, *, die: bool = False) -> bool:
        went_on = runs.advance(act)
        if die:
            raise Killed
        return went_on

    def step(*, die: bool = False) -> None:
        parts.store.run(lambda uow: part(desk.running.ticker._act(uow), die=die))

    await asyncio.to_thread(step)
    with pytest.raises(Killed):
        await asyncio.to_thread(lambda: step(die=True))
    with parts.store.engine.connect() as connection:
        assert connection.execute(select(strategy_run.c.moved)).scalars().all() == [2]
        given = select(case_file.c.id).where(case_file.c.assignee_id.is_not(None))
        assert len(connection.execute(given).all()) == 2
    monkeypatch.undo()
    await shared(desk)
    assert [len(one) for one in (await held(desk, "zhangwei", "wangfang")).values()] == [4, 3]
    events = [one.case_id for one in desk.events() if one.object_kind == "case" and one.reason == "strategy"]
    assert len(events) == len(set(events)) == 7


@pytest.mark.clause("S-4.6")
async def test_rolled_back_meanwhile_it_stops_and_says_so(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await live(desk, PLAIN)
    monkeypatch.setattr(runs, "any_due", lambda _: False)
    await cases(desk, tmp_path, (5, 6))
    edition = first.edition
    await desk.call("lina", RollBackStrategy(strategy_id=edition.strategy_id, version=edition.version))
    monkeypatch.undo()
    await shared(desk)
    assert applied(desk)[-1] == ("refused", "strategy.none_live", None, 0)
    assert len((await desk.call("lina", ListQueue(scope="pool"))).rows) == 2


@pytest.mark.clause("S-4.6")
async def test_repayments_and_recalls_between_the_parts_change_nothing_of_it(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    await live(desk, PLAIN)
    monkeypatch.setattr(runs, "any_due", lambda _: False)
    rows = await cases(desk, tmp_path, (5, 6, 7))
    back = [("S000000000000", "202610", "x")]
    report = await desk.load(write(tmp_path / "back.csv", back, ("借据号", "账单期", "退案原因")), kind="recalls")
    assert report.state == "published", report
    monkeypatch.undo()
    await shared(desk)
    working = {one.case_id for one in (await desk.call("zhangwei", ListQueue())).rows}
    working |= {one.case_id for one in (await desk.call("wangfang", ListQueue())).rows}
    assert len(working) == 2
    assert working < {one.case_id for one in rows}
    with desk.running.parts.store.engine.connect() as connection:
        # The recall noted nothing: it brought no case.
        assert connection.execute(select(strategy_run.c.state)).scalars().all() == ["done"]


@pytest.mark.clause("S-4.6")
async def test_a_waiting_file_of_known_debtors_brings_no_run(desk: WholeDesk, tmp_path: Path) -> None:
    await live(desk, PLAIN)
    await cases(desk, tmp_path, (5,))
    await shared(desk)
    again = [row(one, f"S{at:012}", days=33, due=200_000) for at, one in enumerate(people(1))]
    report = await desk.load(write(tmp_path / "again.csv", again))
    assert report.state == "published", report
    await shared(desk)
    with desk.running.parts.store.engine.connect() as connection:
        assert len(connection.execute(select(strategy_run.c.id)).all()) == 1


@pytest.mark.clause("S-4.6", "S-6-22")
async def test_a_desk_that_starts_again_goes_on_where_the_old_one_was(
    tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ambient = around(clock)
    home = bootstrap.create(tmp_path / "h", Profile.DEMO, around=ambient)
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    try:
        founded = await asyncio.to_thread(found, running.parts, CAST)
        old = WholeDesk(running, clock, founded)
        await live(old, PLAIN)
        monkeypatch.setattr(runs, "AT_ONCE", 2)
        monkeypatch.setattr(runs, "any_due", lambda _: False)
        await cases(old, tmp_path, (1, 2, 3, 4, 5))
        ticker = running.ticker
        await asyncio.to_thread(running.parts.store.run, lambda uow: runs.advance(ticker._act(uow)))
    finally:
        await running.stop()
    monkeypatch.undo()
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    try:
        new = WholeDesk(running, clock, founded)
        await shared(new)
        assert [len(one) for one in (await held(new, "zhangwei", "wangfang")).values()] == [3, 2]
    finally:
        await running.stop()
