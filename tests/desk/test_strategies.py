"""A strategy's life on a running desk: proposed whole, tried, checked by others, live, rolled back."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from console.desk.api.assign import DeclareInterest, PreviewMoves
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, ListQueue, OpenCase
from console.desk.api.strategy import (
    Advice,
    ApplyStrategy,
    DecideStrategy,
    ListStrategies,
    ProposeStrategy,
    ReadAdvice,
    ReadStrategy,
    RollBackStrategy,
    StartStrategy,
    TryStrategy,
)
from console.desk.api.work import RecordResult
from tests.support.desk import WholeDesk
from tests.support.strategies import LIMITS, PLAIN, approved, cases, held, lines, live


@pytest.mark.clause("S-4.6", "S-3.2", "S-6-30", "issue-3")
async def test_from_a_draft_to_live_and_back(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await cases(desk, tmp_path, (5, 10, 20, 25, 40, 80))
    proposal = await desk.call("lina", ProposeStrategy(lines=lines(PLAIN)))
    draft = proposal.edition
    assert draft is not None
    assert (draft.edition, draft.state, draft.limits, draft.rules) == (1, "draft", False, 2)
    begin = StartStrategy(strategy_id=draft.strategy_id, version=draft.version)
    check = DecideStrategy(strategy_id=draft.strategy_id, version=draft.version, approve=True)
    assert await desk.refused("lina", begin) == "strategy.state"
    assert await desk.refused("wugang", check) == "strategy.state"  # nobody has tried it

    run = await desk.call("lina", TryStrategy(strategy_id=draft.strategy_id))
    assert (run.count, run.ranked, run.waiting) == (6, 6, 0)
    assert [(one.rule, one.cases, one.moves) for one in run.rules] == [("early", 4, 4), ("late", 2, 2)]
    assert {(one.staff_no, one.gets) for one in run.people if one.gets} == {("A0173", 2), ("A0174", 2), ("A0175", 2)}
    assert await held(desk, "zhangwei", "chenjing") == {"zhangwei": [], "chenjing": []}  # moved nothing

    seen = await desk.call("wugang", ReadStrategy(strategy_id=draft.strategy_id))
    assert seen.dry_run is not None
    assert (seen.dry_run.count, seen.dry_run.moves) == (6, ())  # the checker gets counts, no case
    assert seen.diff[1:] == tuple(f"+{line}" for line in lines(PLAIN))
    tried = seen.edition
    check = DecideStrategy(strategy_id=draft.strategy_id, version=tried.version, approve=True)
    for name, code in (("lina", "role.denied"), ("hejie", "role.denied"), ("fengxue", "role.denied")):
        assert await desk.refused(name, check) == code
    done = await desk.call("wugang", check)
    # No contact limit changes, so the security admin's check is enough.
    assert (done.state, done.reviewed_by, done.approved_by) == ("approved", "吴刚", "吴刚")

    applied = await desk.call("lina", StartStrategy(strategy_id=draft.strategy_id, version=done.version))
    assert (applied.moved, applied.left, applied.ranked, applied.edition.state) == (6, 0, 6, "live")
    assert await held(desk, "zhangwei", "wangfang", "chenjing") == {
        "zhangwei": [25, 10],
        "wangfang": [20, 5],
        "chenjing": [80, 40],
    }
    team = [one.days_past_due for one in (await desk.call("lina", ListQueue(scope="team"))).rows]
    assert team == [25, 20, 10, 5, 80, 40]  # rank before days

    second = await live(desk, PLAIN.replace("rank = 10", "rank = 95"))
    assert second.edition.edition == 2
    assert [one.days_past_due for one in (await desk.call("lina", ListQueue(scope="team"))).rows] == [
        80, 40, 25, 20, 10, 5,
    ]  # fmt: skip
    states = {one.edition: one.state for one in (await desk.call("fengxue", ListStrategies())).editions}
    assert states == {1: "retired", 2: "live"}

    back = await desk.call(
        "lina", RollBackStrategy(strategy_id=second.edition.strategy_id, version=second.edition.version)
    )
    assert (back.edition.state, back.ranked) == ("rolled_back", 2)
    states = {one.edition: one.state for one in (await desk.call("lina", ListStrategies())).editions}
    assert states == {1: "live", 2: "rolled_back"}
    assert [one.days_past_due for one in (await desk.call("lina", ListQueue(scope="team"))).rows] == team


@pytest.mark.clause("S-3.2", "S-3.3-1", "S-4.6")
async def test_contact_limits_need_compliance_too(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await cases(desk, tmp_path, (5, 40))
    assert (await desk.call("lina", OpenCase(case_id=rows[0].case_id))).advice is None
    proposal = await desk.call("lina", ProposeStrategy(lines=lines(LIMITS)))
    assert proposal.edition is not None
    assert proposal.edition.limits
    strategy_id = proposal.edition.strategy_id
    await desk.call("lina", TryStrategy(strategy_id=strategy_id))

    async def decide(name: str, *, approve: bool = True) -> str:
        version = (await desk.call("lina", ReadStrategy(strategy_id=strategy_id))).edition.version
        call = DecideStrategy(strategy_id=strategy_id, version=version, approve=approve)
        try:
            return (await desk.call(name, call)).state
        except DeskError as refused:
            return refused.code

    assert await decide("hejie") == "role.denied"  # not before the security admin
    assert await decide("wugang") == "reviewed"
    assert await decide("wugang") == "role.denied"  # nobody twice
    version = (await desk.call("lina", ReadStrategy(strategy_id=strategy_id))).edition.version
    assert await desk.refused("lina", StartStrategy(strategy_id=strategy_id, version=version)) == "strategy.state"
    assert await decide("hejie") == "approved"
    version = (await desk.call("lina", ReadStrategy(strategy_id=strategy_id))).edition.version
    await desk.call("lina", StartStrategy(strategy_id=strategy_id, version=version))
    late = next(one for one in rows if one.days_past_due == 40)
    assert await desk.call("chenjing", ReadAdvice(case_id=late.case_id)) == Advice(
        rule="late", channel="letter", interval_days=7
    )
    # The case itself says it, without a further call.
    assert (await desk.call("chenjing", OpenCase(case_id=late.case_id))).advice == Advice(
        rule="late", channel="letter", interval_days=7
    )
    assert await desk.refused("zhangwei", ReadAdvice(case_id=late.case_id)) == "case.not_found"
    # The same limits again are no change of limits.
    again = await desk.call("lina", ProposeStrategy(lines=lines(LIMITS.replace("rank = 90", "rank = 50"))))
    assert again.edition is not None
    assert not again.edition.limits


@pytest.mark.clause("S-6-30")
async def test_a_wrong_text_changes_nothing_and_every_fault_has_its_line(desk: WholeDesk, tmp_path: Path) -> None:
    await cases(desk, tmp_path, (5,))
    text = PLAIN.replace('"A0173"', '"A9999"').replace("days = [31]", "days = [90, 31]").replace("rank = 10", "rnk = 1")
    first = await desk.call("lina", ProposeStrategy(lines=lines(text)))
    assert first.edition is None
    assert [(one.line, one.code) for one in first.faults] == [(11, "rules.span"), (12, "rules.unknown")]
    strange = await desk.call("lina", ProposeStrategy(lines=lines(PLAIN.replace('"A0173"', '"A9999"'))))
    assert [(one.line, one.code, one.what) for one in strange.faults] == [(7, "rules.nobody", "A9999")]
    other_team = await desk.call("lina", ProposeStrategy(lines=lines(PLAIN.replace('"A0173"', '"A0201"'))))
    assert [one.code for one in other_team.faults] == ["rules.nobody"]
    assert (await desk.call("lina", ListStrategies())).editions == ()
    for name in ("zhangwei", "wugang", "hejie"):
        assert await desk.refused(name, ProposeStrategy(lines=lines(PLAIN))) == "role.denied"


@pytest.mark.clause("S-4.6")
async def test_capacity_interest_and_promises_bind_a_strategy(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await cases(desk, tmp_path, (5, 6, 7, 40, 41, 42))
    late = [one for one in rows if one.days_past_due >= 40]
    await desk.call("lina", DeclareInterest(case_id=late[0].case_id, person_id=desk.founded.persons["chenjing"]))
    done = await live(desk, PLAIN.replace("[[rule]]", "[capacity]\ndefault = 9\nA0173 = 1\n\n[[rule]]", 1))
    assert done.moved == 5
    assert await held(desk, "zhangwei", "wangfang", "chenjing") == {
        "zhangwei": [7],
        "wangfang": [6, 5],
        "chenjing": [41, 40],
    }
    assert [one.case_id for one in (await desk.call("lina", ListQueue(scope="pool"))).rows] == [late[0].case_id]
    # What the live strategy says of capacity holds for bulk moves by hand as well.
    plan = await desk.call("lina", PreviewMoves(count=5, to_ids=(desk.founded.persons["zhangwei"],)))
    assert [one.code for one in plan.refused] == ["assign.full"]


@pytest.mark.clause("S-4.6", "S-6-12")
async def test_only_what_the_rules_may_take_is_taken_and_rolled_back(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await cases(desk, tmp_path, (5, 6, 40, 41))
    persons = desk.founded.persons
    mine = next(one for one in rows if one.days_past_due == 40)
    await desk.call("lina", AssignCases(assignee_id=persons["zhangwei"], case_ids=(mine.case_id,)))
    first = await live(desk, PLAIN)
    assert first.moved == 3
    assert 40 in (await held(desk, "zhangwei"))["zhangwei"]  # held by somebody, and the rule does not take
    second = await live(desk, PLAIN.replace('to = ["A0175"]', 'to = ["A0175"]\ntake = true'))
    assert second.moved == 1
    assert (await held(desk, "chenjing"))["chenjing"] == [41, 40]
    # Hours later, and only the move that nobody touched goes back.
    desk.clock.advance(3 * 3600)
    back = await desk.call(
        "lina", RollBackStrategy(strategy_id=second.edition.strategy_id, version=second.edition.version)
    )
    assert (back.moved, back.left) == (1, 0)
    assert 40 in (await held(desk, "zhangwei"))["zhangwei"]
    again = await desk.call("lina", ApplyStrategy())
    assert (again.moved, again.edition.edition) == (0, 1)


@pytest.mark.clause("S-6-22")
async def test_two_people_start_one_edition_at_once(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await cases(desk, tmp_path, (5, 40))
    edition = await approved(desk, PLAIN)
    begin = StartStrategy(strategy_id=edition.strategy_id, version=edition.version)

    async def tried(name: str) -> str:
        try:
            return (await desk.call(name, begin)).edition.state
        except DeskError as refused:
            return refused.code

    assert sorted(await asyncio.gather(tried("lina"), tried("zhaoqiang"))) == ["live", "strategy.changed"]
    assert len([one for one in desk.events() if one.object_kind == "move"]) == 1


@pytest.mark.clause("S-6-22", "issue-3")
async def test_one_applies_while_another_rolls_back_and_one_is_told(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Part by part, both at once: every case is where the log says, in somebody's hands or in the pool, never lost."""
    desk = any_desk
    monkeypatch.setattr("console.desk.strategy.applying.PART", 3)
    rows = await cases(desk, tmp_path, range(1, 25))
    first = await live(desk, PLAIN)
    strategy_id = first.edition.strategy_id
    assert (first.moved, first.left) == (3, 21)

    async def applies() -> str:
        left = 1
        try:
            while left:
                left = (await desk.call("zhaoqiang", ApplyStrategy(strategy_id=strategy_id))).left
        except DeskError as refused:
            return refused.code
        return "done"

    async def rolls_back() -> tuple[int, int]:
        moved = kept = 0
        done = first
        while done.left or done is first:
            done = await desk.call("lina", RollBackStrategy(strategy_id=strategy_id, version=done.edition.version))
            moved, kept = moved + done.moved, kept + done.kept
        return moved, kept

    told, (moved, kept) = await asyncio.gather(applies(), rolls_back())
    # Whoever goes on applying what is live no more is told so, and it stands refused in the log.
    assert told in {"strategy.none_live", "done"}
    pool = (await desk.call("lina", ListQueue(scope="pool"))).rows
    assert sorted(one.case_id for one in pool) == sorted(one.case_id for one in rows)
    assert kept == 0
    done = [one for one in desk.events() if one.object_kind == "move" and one.approval_id == strategy_id]
    assert moved == sum(one.rows or 0 for one in done)
    assert await desk.refused("zhaoqiang", ApplyStrategy(strategy_id=strategy_id)) == "strategy.none_live"


@pytest.mark.clause("S-6-22", "S-6-12")
async def test_a_roll_back_cut_off_goes_on_and_tells_what_others_changed(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = any_desk
    monkeypatch.setattr("console.desk.strategy.applying.PART", 4)
    await cases(desk, tmp_path, range(1, 13))
    done = await live(desk, PLAIN)
    while done.left:
        done = await desk.call("lina", ApplyStrategy(strategy_id=done.edition.strategy_id))
    taken = (await desk.call("zhangwei", ListQueue())).rows[0]
    chen = desk.founded.persons["chenjing"]
    await desk.call("zhaoqiang", AssignCases(assignee_id=chen, case_ids=(taken.case_id,)))
    edition = done.edition
    back = await desk.call("lina", RollBackStrategy(strategy_id=edition.strategy_id, version=edition.version))
    assert (back.moved + back.kept, back.left, back.edition.to_undo) == (4, 8, 8)
    # Cut off here; another supervisor sees how much is left, and goes on with the same key.
    (seen,) = (await desk.call("zhaoqiang", ListStrategies())).editions
    assert (seen.state, seen.to_undo) == ("rolled_back", 8)
    # Two go on at once: each move is undone once.
    both = RollBackStrategy(strategy_id=seen.strategy_id, version=seen.version)
    parts = [back, *await asyncio.gather(desk.call("lina", both), desk.call("zhaoqiang", both))]
    last = await desk.call("lina", both)
    assert (last.moved, last.kept, last.left, last.edition.to_undo) == (0, 0, 0, 0)
    assert (sum(one.moved for one in parts), sum(one.kept for one in parts)) == (11, 1)
    assert [one.case_id for one in (await desk.call("chenjing", ListQueue())).rows] == [taken.case_id]
    assert len((await desk.call("lina", ListQueue(scope="pool"))).rows) == 11


@pytest.mark.clause("Y-4.2.1", "S-3.2")
async def test_another_teams_strategy_does_not_exist(desk: WholeDesk, tmp_path: Path) -> None:
    await cases(desk, tmp_path, (5,))
    edition = (await live(desk, PLAIN)).edition
    for call in (
        ReadStrategy(strategy_id=edition.strategy_id),
        TryStrategy(strategy_id=edition.strategy_id),
        StartStrategy(strategy_id=edition.strategy_id, version=edition.version),
        RollBackStrategy(strategy_id=edition.strategy_id, version=edition.version),
    ):
        assert await desk.refused("sunli", call) == "strategy.not_found", call
        assert await desk.refused("zhangwei", call) == "role.denied", call
    assert await desk.refused("sunli", ApplyStrategy()) == "strategy.none_live"
    assert (await desk.call("hejie", ReadStrategy(strategy_id=edition.strategy_id))).edition.state == "live"


@pytest.mark.clause("S-4.6", "S-6-3")
async def test_after_a_contact_a_case_rests_for_the_strategys_interval(desk: WholeDesk, tmp_path: Path) -> None:
    await cases(desk, tmp_path, (5, 40))
    await live(desk, LIMITS)
    (late,) = (await desk.call("chenjing", ListQueue())).rows
    await desk.call("chenjing", RecordResult(case_id=late.case_id, version=late.version, code="answered_self"))

    async def why() -> str:
        await desk.beat()
        return (await desk.call("chenjing", ListQueue())).rows[0].why

    assert await why() == "waiting"
    desk.clock.advance(6 * 86_400)
    assert await why() == "waiting"
    desk.clock.advance(86_400)
    assert await why() == "strategy"
