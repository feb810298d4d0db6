"""No case is given to an agency whose engagement is over or has not begun, by whichever door; and who asks is told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.store.schema import agency_term, case_file
from console.desk.act import Act
from console.desk.agencies.engaged import require_engaged
from console.desk.api.agencies import ProposeTerm
from console.desk.api.assign import ListLoads, MoveCases, PreviewMoves, UndoMove
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.api.imports import ApproveImport, ProposeSource
from console.desk.api.strategy import ApplyStrategy, ProposeStrategy, ReadStrategy, StartStrategy, TryStrategy
from console.desk.api.team import SetAbsence
from console.desk.strategy import moving
from console.desk.team.days import day_of
from tests.desk.test_agencies import TODAY, agency, decision, engaged_until
from tests.support.desk import WholeDesk
from tests.support.lender_files import people, row, write
from tests.support.strategies import approved, lines

pytestmark = pytest.mark.clause("C-5.8b2", "issue-5")

NOT_IN_DATE = "agency.not_in_date"
YESTERDAY = TODAY - timedelta(days=1)
SHARED = 'name = "all"\n\n[[rule]]\nname = "all"\ndays = [0]\nrank = 50\nto = "team"\n'
HEAD = "qianfang"


async def loaded(desk: WholeDesk, folder: Path, count: int = 4, seed: int = 3, **more: str) -> tuple[str, ...]:
    """New cases in the agency's pool."""
    rows = [row(one, f"G{seed}{at:04}") for at, one in enumerate(people(count, seed))]
    report = await desk.load(write(folder / f"agency{seed}.csv", rows), head=HEAD, source="外包源", **more)
    assert report.state == "published", report.faults
    return tuple(one.case_id for one in (await desk.call(HEAD, ListQueue(scope="pool"))).rows)


def in_hands(desk: WholeDesk) -> int:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(func.count()).where(case_file.c.assignee_id.is_not(None))
        return int(connection.execute(query).scalar_one())


def there(desk: WholeDesk) -> int:
    with desk.running.parts.store.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(case_file)).scalar_one())


def never(desk: WholeDesk) -> None:
    """As a desk that was migrated has it: the agency is there, a term never was."""
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(agency_term.delete())


async def test_by_hand_it_is_refused_with_the_rule_and_whom_to_ask_and_logged(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    ids = await loaded(desk, tmp_path)
    by_hand = AssignCases(assignee_id=desk.founded.persons["machao"], case_ids=ids[:1])
    some = AssignCases(assignee_id=desk.founded.persons["machao"], count=1)
    await engaged_until(desk, YESTERDAY)
    for call in (by_hand, some):
        with pytest.raises(DeskError) as refused:
            await desk.call(HEAD, call)
        said = refused.value.refusal
        assert (said.code, said.clause, said.ask) == (NOT_IN_DATE, "C-5.8b2", ("supervisor", "compliance"))
    found = [one for one in desk.events() if one.action == "case:assignment:change" and one.result == "refused"]
    assert [one.rule for one in found] == [NOT_IN_DATE, NOT_IN_DATE]
    assert in_hands(desk) == 0
    # Proposed is not begun.
    never(desk)
    assert await desk.refused(HEAD, by_hand) == NOT_IN_DATE
    await engaged_until(desk, TODAY)
    assert (await desk.call(HEAD, by_hand)).count == 1
    # Taken back into the agency's pool nobody is given anything.
    await engaged_until(desk, YESTERDAY)
    assert (await desk.call(HEAD, AssignCases(assignee_id=None, case_ids=ids[:1]))).count == 1


async def test_sharing_and_strategies_pass_over_its_people_and_say_why(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    ids = await loaded(desk, tmp_path)
    persons = desk.founded.persons
    to = (persons["machao"], persons["linjing"])
    edition = await approved(desk, SHARED, HEAD)
    before = await desk.call(HEAD, PreviewMoves(case_ids=ids, to_ids=to))
    assert (before.count, before.passed) == (4, ())
    await engaged_until(desk, YESTERDAY)
    # What was previewed before the engagement ended is not done after it.
    assert await desk.refused(HEAD, MoveCases(case_ids=ids, to_ids=to, digest=before.digest)) == "assign.changed"
    plan = await desk.call(HEAD, PreviewMoves(case_ids=ids, to_ids=to))
    assert plan.count == 0
    assert {one.staff_no: one.code for one in plan.passed} == {"G0001": NOT_IN_DATE, "G0002": NOT_IN_DATE}
    assert {one.code for one in plan.refused} == {"assign.nobody_fit"}
    run = (await desk.call(HEAD, ReadStrategy(strategy_id=edition.strategy_id))).edition
    done = await desk.call(HEAD, StartStrategy(strategy_id=run.strategy_id, version=run.version))
    assert (done.moved, done.left, in_hands(desk)) == (0, 0, 0)
    assert {one.unfit for one in (await desk.call(HEAD, ListLoads())).people} == {NOT_IN_DATE}
    again = await desk.call(HEAD, ProposeStrategy(lines=lines(SHARED.replace("50", "40"))))
    assert again.edition is not None
    tried = await desk.call(HEAD, TryStrategy(strategy_id=again.edition.strategy_id))
    assert (tried.count, {one.code for one in tried.passed}) == (0, {NOT_IN_DATE})
    await engaged_until(desk, TODAY)
    assert (await desk.call(HEAD, ApplyStrategy())).moved == 4


async def test_what_is_taken_back_goes_to_the_pool(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    ids = await loaded(desk, tmp_path, 2)
    persons = desk.founded.persons
    await desk.call(HEAD, AssignCases(assignee_id=persons["machao"], case_ids=ids))
    to = (persons["linjing"],)
    plan = await desk.call(HEAD, PreviewMoves(case_ids=ids, to_ids=to))
    move = await desk.call(HEAD, MoveCases(case_ids=ids, to_ids=to, digest=plan.digest))
    await engaged_until(desk, YESTERDAY)
    back = await desk.call(HEAD, UndoMove(move_id=move.move_id))
    assert (back.count, back.pooled, in_hands(desk)) == (2, 2, 0)


async def test_nobody_of_it_is_made_a_cover(any_desk: WholeDesk) -> None:
    desk = any_desk
    today = day_of(desk.clock.now_us(), desk.running.parts.settings.zone).isoformat()
    persons = desk.founded.persons
    call = SetAbsence(
        person_id=persons["machao"],
        first_day=today,
        last_day=today,
        reason="vacation",
        cover_id=persons["linjing"],
    )
    await engaged_until(desk, YESTERDAY)
    assert await desk.refused(HEAD, call) == NOT_IN_DATE
    await engaged_until(desk, TODAY)
    assert (await desk.call(HEAD, call)).absences


async def test_an_import_gives_it_no_new_case_and_keeps_its_figures_true(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await loaded(desk, tmp_path, 2)
    await engaged_until(desk, YESTERDAY)
    new = write(tmp_path / "new.csv", [row(one, f"N{at:04}") for at, one in enumerate(people(2, 9))])
    report = await desk.load(new, head=HEAD, source="外包源")
    assert (report.state, [one.code for one in report.faults]) == ("refused", ["file.agency_not_in_date"])
    assert [one.rule for one in desk.events() if one.action == "import:batch:refuse"] == ["file.agency_not_in_date"]
    assert there(desk) == 2
    known = write(tmp_path / "known.csv", [row(one, f"G3{at:04}", due=7_000) for at, one in enumerate(people(2, 3))])
    report = await desk.load(known, head=HEAD, source="外包源")
    assert (report.state, report.new_cases, report.changed_accounts) == ("published", 0, 2)


async def test_a_batch_that_waited_past_the_end_is_not_approved(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await desk.call(HEAD, ProposeSource(name="乙银行"))
    file = write(tmp_path / "new.csv", [row(one, f"N{at:04}") for at, one in enumerate(people(2, 9))])
    report = await desk.load(file, head=HEAD, source="乙银行")
    assert (report.state, report.batch_id is not None) == ("waiting", True)
    approval = ApproveImport(batch_id=report.batch_id or "", approve=True)
    await engaged_until(desk, YESTERDAY)
    assert await desk.refused("wugang", approval) == NOT_IN_DATE
    await engaged_until(desk, TODAY)
    assert (await desk.call("wugang", approval)).state == "published"
    assert there(desk) == 2


async def test_an_engagement_that_ends_while_cases_are_given_gives_none(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was in date when the takers were looked at; before writing three people agreed that it is not."""
    desk = any_desk
    ids = await loaded(desk, tmp_path, 1)
    one = await agency(desk)
    one = await desk.call(HEAD, ProposeTerm(unit_id=one.unit_id, last_day=YESTERDAY.isoformat()))
    one = await desk.call("hejie", decision(one))
    served = desk.running.parts.store.engine.dialect.name == "postgresql"
    loop = asyncio.get_running_loop()
    ended: list[bool] = []

    def end_first(act: Act, agency_ids: Iterable[str | None]) -> None:
        if not ended:
            ended.append(True)
            if served:
                asyncio.run_coroutine_threadsafe(desk.call("wugang", decision(one)), loop).result(60)
            else:
                # One writer: nothing comes between, but the calendar does where an act stands still.
                act.uow.now = act.uow.now + 400 * 86_400_000_000  # type: ignore[misc]
        require_engaged(act, agency_ids)

    monkeypatch.setattr(moving, "require_engaged", end_first)
    call = AssignCases(assignee_id=desk.founded.persons["machao"], case_ids=ids)
    assert await desk.refused(HEAD, call) == NOT_IN_DATE
    assert (ended, in_hands(desk)) == ([True], 0)
