"""Who is passed over when cases are shared out, by strategy and in bulk: named, with why; by hand refused."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from access.people import staff
from access.people.deed import Hand
from access.roles import Role
from console.desk.api.assign import ListLoads, MoveCases, PreviewMoves, SetCapacity, UndoMove
from console.desk.api.cases import AssignCases
from console.desk.api.strategy import ReadStrategy, StartStrategy, TryStrategy
from console.desk.api.team import SetAbsence
from console.desk.team.days import day_of
from tests.support.desk import WholeDesk
from tests.support.strategies import PLAIN, approved, cases, held, live

TEAM = PLAIN.replace('to = ["A0173", "A0174"]', 'to = "team"')


async def away(desk: WholeDesk, name: str) -> None:
    """Note that somebody is away from now on."""
    today = day_of(desk.clock.now_us(), desk.running.parts.settings.zone)
    call = SetAbsence(
        person_id=desk.founded.persons[name],
        first_day=today.isoformat(),
        last_day=(today + dt.timedelta(days=2)).isoformat(),
        reason="vacation",
    )
    await desk.call("lina", call)


def untrain(desk: WholeDesk, name: str) -> None:
    """Let somebody's training have run out."""
    parts = desk.running.parts
    parts.store.run(
        lambda uow: staff.change_person(Hand(uow, parts.proofs), desk.founded.persons[name], trained_until=1)
    )


@pytest.mark.clause("S-4.6", "S-6-12", "Y-4.6.2", "issue-3")
async def test_a_strategy_passes_over_who_is_away_stopped_or_untrained(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await cases(desk, tmp_path, (5, 10, 20, 40))
    edition = await approved(desk, TEAM.replace('to = ["A0175"]', 'to = ["A0175", "A0174"]'))
    await away(desk, "zhangwei")
    desk.suspend("wangfang")
    run = await desk.call("lina", TryStrategy(strategy_id=edition.strategy_id))
    passed = {one.staff_no: one.code for one in run.passed}
    assert passed == {"A0173": "assign.away", "A0174": "assign.stopped"}
    assert next(one.until for one in run.passed if one.staff_no == "A0173") is not None
    assert {one.staff_no: one.gets for one in run.people if one.gets} == {"A0175": 4}
    # What stays with the edition for those who check it says it too.
    version = (await desk.call("lina", ReadStrategy(strategy_id=edition.strategy_id))).edition.version
    done = await desk.call("lina", StartStrategy(strategy_id=edition.strategy_id, version=version))
    assert done.moved == 4
    assert len((await held(desk, "chenjing"))["chenjing"]) == 4
    loads = {one.staff_no: one.unfit for one in (await desk.call("lina", ListLoads())).people}
    assert (loads["A0173"], loads["A0174"], loads["A0175"]) == ("assign.away", "assign.stopped", "")


@pytest.mark.clause("S-4.6", "Y-4.6.2", "C-5.4c")
async def test_nobody_left_means_that_cases_wait_and_it_is_said(desk: WholeDesk, tmp_path: Path) -> None:
    await cases(desk, tmp_path, (5, 40))
    edition = await approved(desk, PLAIN)
    untrain(desk, "zhangwei")
    desk.lose("wangfang", Role.AGENT)
    await desk.call("lina", SetCapacity(person_id=desk.founded.persons["chenjing"], most=0))
    run = await desk.call("lina", TryStrategy(strategy_id=edition.strategy_id))
    assert (run.count, run.waiting) == (0, 2)
    assert {(one.staff_no, one.code, one.cases) for one in run.passed} == {
        ("A0173", "assign.untrained", 0),
        ("A0174", "assign.no_role", 0),
        ("A0175", "assign.full", 1),
    }
    assert {one.code for one in run.refused} == {"assign.full", "assign.nobody_fit"}


@pytest.mark.clause("S-4.6", "S-6-12")
async def test_bulk_sharing_passes_over_the_same_people_and_by_hand_they_are_refused(
    desk: WholeDesk, tmp_path: Path
) -> None:
    rows = await cases(desk, tmp_path, (5, 6, 7, 8))
    persons = desk.founded.persons
    await away(desk, "zhangwei")
    untrain(desk, "wangfang")
    to = (persons["zhangwei"], persons["wangfang"], persons["chenjing"])
    plan = await desk.call("lina", PreviewMoves(count=4, to_ids=to))
    assert {one.staff_no: one.code for one in plan.passed} == {"A0173": "assign.away", "A0174": "assign.untrained"}
    assert {one.staff_no: one.gets for one in plan.people if one.gets} == {"A0175": 4}
    none = await desk.call("lina", PreviewMoves(count=4, to_ids=to[:2]))
    assert (none.count, {one.code for one in none.refused}) == (0, {"assign.nobody_fit"})
    by_hand = AssignCases(assignee_id=persons["wangfang"], case_ids=(rows[0].case_id,))
    assert await desk.refused("lina", by_hand) == "assign.untrained"
    desk.suspend("chenjing")
    assert await desk.refused("lina", AssignCases(assignee_id=persons["chenjing"], count=1)) == "assign.nobody"
    # By hand a supervisor may give a case to somebody who is away: the cover works it.
    assert (await desk.call("lina", AssignCases(assignee_id=persons["zhangwei"], count=1))).count == 1


@pytest.mark.clause("S-4.6")
async def test_who_is_away_keeps_what_they_hold_and_who_was_stopped_gets_nothing_back(
    desk: WholeDesk, tmp_path: Path
) -> None:
    await cases(desk, tmp_path, (5, 6))
    persons = desk.founded.persons
    await desk.call("lina", AssignCases(assignee_id=persons["zhangwei"], count=2))
    await away(desk, "zhangwei")
    done = await live(desk, PLAIN.replace('to = ["A0173", "A0174"]', 'to = ["A0173", "A0174"]\ntake = true'))
    assert done.moved == 0
    assert await held(desk, "zhangwei") == {"zhangwei": [6, 5]}
    ask = PreviewMoves(from_id=persons["zhangwei"], count=2, to_ids=(persons["wangfang"],))
    plan = await desk.call("lina", ask)
    await desk.call("lina", MoveCases(from_id=ask.from_id, count=2, to_ids=ask.to_ids, digest=plan.digest))
    untrain(desk, "zhangwei")
    back = await desk.call("lina", UndoMove())
    assert (back.count, back.pooled) == (2, 2)
