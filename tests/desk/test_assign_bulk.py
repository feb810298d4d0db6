"""Many cases to many hands: what is previewed is what happens, or nothing; taken back while nobody touched them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from access.context import SECOND
from access.policy import Action
from console.desk.api.assign import ListLoads, ListMoves, MoveCases, Plan, PreviewMoves, SetCapacity, UndoMove
from console.desk.api.base import Call, DeskError, Refusal
from console.desk.api.cases import AssignCases, CaseRow, FieldRef, ListQueue, OpenCase
from console.desk.api.reveal import AskReveal, DecideReveal, ViewField
from tests.support.desk import WholeDesk
from tests.support.lender_files import big

MINUTE = 60 * SECOND


async def pool_of(desk: WholeDesk, folder: Path, count: int) -> tuple[CaseRow, ...]:
    """So many cases in the first team's pool."""
    report = await desk.load(big(folder / "many.csv", count))
    assert report.state == "published", report
    return (await desk.call("lina", ListQueue(scope="pool"))).rows


def ids(desk: WholeDesk, *names: str) -> tuple[str, ...]:
    return tuple(desk.founded.persons[name] for name in names)


def act_on(plan: Plan, seen: PreviewMoves) -> MoveCases:
    return MoveCases(
        case_ids=seen.case_ids, from_id=seen.from_id, count=seen.count, to_ids=seen.to_ids, digest=plan.digest
    )


async def tried(desk: WholeDesk, name: str, call: Call[object]) -> object:
    try:
        return await desk.call(name, call)
    except DeskError as refused:
        return refused.refusal


@pytest.mark.clause("S-6-12", "S-4.6", "issue-3")
async def test_a_pool_is_shared_out_evenly_as_previewed_and_taken_back(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    before = await pool_of(desk, tmp_path, 21)
    ask = PreviewMoves(count=20, to_ids=ids(desk, "zhangwei", "wangfang"))
    plan = await desk.call("lina", ask)
    assert plan.count == 20
    assert [move.case_id for move in plan.moves] == [row.case_id for row in before[:20]]
    gets = {one.staff_no: one.gets for one in plan.people}
    assert (gets["A0173"], gets["A0174"]) == (10, 10)
    assert not (await desk.call("zhangwei", ListQueue())).rows  # a preview moves nothing

    done = await desk.call("lina", act_on(plan, ask))
    assert done.count == 20
    assert len((await desk.call("zhangwei", ListQueue())).rows) == 10
    assert len((await desk.call("wangfang", ListQueue())).rows) == 10
    events = [one for one in desk.events() if one.action == Action.CASE_ASSIGNMENT_BULK and one.object_kind == "case"]
    assert len(events) == 20
    assert {one.case_id for one in events} == {row.case_id for row in before[:20]}

    # Somebody works one of them: a mere look counts for nothing, an act does.
    mine = (await desk.call("zhangwei", ListQueue())).rows
    await desk.call("zhangwei", OpenCase(case_id=mine[0].case_id))
    await desk.call("lina", AssignCases(assignee_id=ids(desk, "chenjing")[0], case_ids=(mine[1].case_id,)))
    back = await desk.call("lina", UndoMove())
    assert (back.count, back.kept, back.pooled) == (19, 1, 0)
    assert not (await desk.call("zhangwei", ListQueue())).rows
    assert [row.case_id for row in (await desk.call("chenjing", ListQueue())).rows] == [mine[1].case_id]
    assert await desk.refused("lina", UndoMove()) == "move.undone"
    (move,) = (await desk.call("lina", ListMoves())).moves
    assert (move.state, move.can_undo) == ("undone", False)


@pytest.mark.clause("S-6-12")
async def test_undo_ends_with_its_minutes(desk: WholeDesk, tmp_path: Path) -> None:
    await pool_of(desk, tmp_path, 3)
    ask = PreviewMoves(count=3, to_ids=ids(desk, "zhangwei"))
    await desk.call("lina", act_on(await desk.call("lina", ask), ask))
    desk.clock.advance(10 * 60)
    assert not (await desk.call("lina", ListMoves())).moves[0].can_undo
    assert await desk.refused("lina", UndoMove()) == "move.too_late"
    assert len((await desk.call("zhangwei", ListQueue())).rows) == 3


@pytest.mark.clause("S-6-12", "S-6-22")
async def test_what_changed_since_the_preview_moves_nothing(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await pool_of(desk, tmp_path, 6)
    ask = PreviewMoves(case_ids=tuple(row.case_id for row in rows), to_ids=ids(desk, "wangfang"))
    plan = await desk.call("lina", ask)
    await desk.call("zhaoqiang", AssignCases(assignee_id=ids(desk, "chenjing")[0], case_ids=(rows[2].case_id,)))
    assert await desk.refused("lina", act_on(plan, ask)) == "assign.changed"
    assert not (await desk.call("wangfang", ListQueue())).rows
    assert not (await desk.call("lina", ListMoves())).moves


@pytest.mark.clause("S-6-22", "issue-3")
async def test_two_people_assign_one_batch_at_once_and_one_is_told(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await pool_of(desk, tmp_path, 8)
    named = tuple(row.case_id for row in rows)
    asks = {
        "lina": PreviewMoves(case_ids=named, to_ids=ids(desk, "wangfang")),
        "zhaoqiang": PreviewMoves(case_ids=named, to_ids=ids(desk, "chenjing")),
    }
    plans = {name: await desk.call(name, ask) for name, ask in asks.items()}
    got = await asyncio.gather(*(tried(desk, name, act_on(plans[name], asks[name])) for name in asks))
    told = [one for one in got if isinstance(one, Refusal)]
    assert [one.code for one in told] == ["assign.changed"]
    held = {name: len((await desk.call(name, ListQueue())).rows) for name in ("wangfang", "chenjing")}
    assert sorted(held.values()) == [0, 8]
    assert not (await desk.call("lina", ListQueue(scope="pool"))).rows


@pytest.mark.clause("S-6-22", "issue-3")
async def test_two_people_assign_one_case_by_hand_at_once_and_one_is_told(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    row = (await pool_of(desk, tmp_path, 1))[0]
    got = await asyncio.gather(
        *(
            tried(
                desk, head, AssignCases(assignee_id=ids(desk, who)[0], case_ids=(row.case_id,), versions=(row.version,))
            )
            for head, who in (("lina", "wangfang"), ("zhaoqiang", "chenjing"))
        )
    )
    assert sorted(getattr(one, "code", "") for one in got) == ["", "assign.changed"]
    held = [len((await desk.call(name, ListQueue())).rows) for name in ("wangfang", "chenjing")]
    assert sorted(held) == [0, 1]


@pytest.mark.clause("S-4.6")
async def test_capacity_warns_by_hand_and_binds_in_bulk(desk: WholeDesk, tmp_path: Path) -> None:
    await pool_of(desk, tmp_path, 9)
    (agent,) = ids(desk, "zhangwei")
    loads = await desk.call("lina", SetCapacity(person_id=agent, most=4))
    assert next(one.most for one in loads.people if one.person_id == agent) == 4
    plan = await desk.call("lina", PreviewMoves(count=9, to_ids=(agent,)))
    assert plan.count == 4
    assert {(one.code, one.clause) for one in plan.refused} == {("assign.full", "S-6-12")}
    assert len(plan.refused) == 5
    done = await desk.call("lina", AssignCases(assignee_id=agent, count=6))
    assert (done.count, done.over) == (6, 2)
    assert await desk.refused("lina", SetCapacity(person_id=agent, most=-1)) == "assign.capacity_unfit"
    assert await desk.refused("sunli", SetCapacity(person_id=agent, most=1)) == "person.not_found"
    assert await desk.refused("zhangwei", SetCapacity(person_id=agent, most=900)) == "role.denied"
    after = await desk.call("lina", SetCapacity(person_id=agent))
    assert next(one.most for one in after.people if one.person_id == agent) == 300


@pytest.mark.clause("Y-4.2.1", "S-3.2")
async def test_another_teams_cases_and_people_are_refused_by_rule(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await pool_of(desk, tmp_path, 2)
    named = tuple(row.case_id for row in rows)
    assert await desk.refused("sunli", PreviewMoves(case_ids=named, to_ids=ids(desk, "zhangwei"))) == "assign.nobody"
    plan = await desk.call("sunli", PreviewMoves(case_ids=(*named, "0" * 32), to_ids=ids(desk, "liuyang")))
    assert plan.count == 0
    # Another team's case and one that does not exist are answered alike, and neither is named.
    assert {(one.code, one.number) for one in plan.refused} == {("case.not_found", "")}
    assert len(plan.refused) == 3
    for name in ("zhangwei", "wugang", "fengxue", "hejie", "zhenghao", "machao"):
        assert await desk.refused(name, PreviewMoves(case_ids=named, to_ids=())) == "role.denied"
        assert await desk.refused(name, UndoMove()) == "role.denied"
    loads = await desk.call("lina", ListLoads())
    assert loads.pool == 2
    assert {one.staff_no for one in loads.people} == {"S0021", "S0022", "A0173", "A0174", "A0175"}


@pytest.mark.clause("C-5.4d-2", "S-4.1")
async def test_a_live_reveal_ends_when_its_case_moves_in_bulk(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    case_id, field = rows[0].case_id, FieldRef(name="home_address")
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(field,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=field)
    await desk.call("zhangwei", view)
    ask = PreviewMoves(from_id=ids(desk, "zhangwei")[0], count=50, to_ids=ids(desk, "wangfang"))
    await desk.call("lina", act_on(await desk.call("lina", ask), ask))
    assert await desk.refused("zhangwei", view) == "case.not_found"
    await desk.call("lina", UndoMove())
    # The case is back, what was approved before is not.
    assert await desk.refused("zhangwei", view) == "grant.not_live"
