"""Interests: declared, in force at once everywhere, lifted by two people."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from console.desk.api.assign import DeclareInterest, LiftInterest, ListInterests, MoveCases, PreviewMoves
from console.desk.api.cases import AssignCases, CaseRow, ExactSearch, FieldRef, ListQueue, OpenCase, ReadTimeline
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField
from console.desk.api.team import SetAbsence
from console.desk.team.days import day_of
from tests.support.desk import ROWS, WholeDesk, lender_file
from tests.support.strategies import PLAIN, live

ADDRESS = FieldRef(name="home_address")


@pytest.mark.clause("S-4.6", "Y-4.2.1", "C-5.4d-2", "issue-3")
async def test_declared_the_case_is_gone_for_that_person_everywhere(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    case_id, number = rows[1].case_id, rows[1].number
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    await desk.call("zhangwei", view)

    await desk.call("zhangwei", DeclareInterest(case_id=case_id))
    for call in (
        view,
        OpenCase(case_id=case_id),
        OpenCase(case_id=number),
        ReadTimeline(case_id=case_id),
        ExactSearch(kind="case_number", value=number),
        AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=5),
        DeclareInterest(case_id=case_id),
    ):
        assert await desk.refused("zhangwei", call) == "case.not_found", call
    assert [row.case_id for row in (await desk.call("zhangwei", ListQueue())).rows] == [
        row.case_id for row in rows if row.case_id != case_id
    ]
    # The case is back in the pool, for others.
    assert [row.case_id for row in (await desk.call("lina", ListQueue(scope="pool"))).rows] == [case_id]
    ended = [one for one in desk.events() if one.action == "reveal:grant:end"]
    assert [one.reason for one in ended] == ["interest"]

    # Nobody can hand it to them, by hand, in bulk or from the pool.
    (agent,) = (desk.founded.persons["zhangwei"],)
    assert await desk.refused("lina", AssignCases(assignee_id=agent, case_ids=(case_id,))) == "assign.interest"
    assert await desk.refused("lina", AssignCases(assignee_id=agent, count=1)) == "assign.interest"
    plan = await desk.call("lina", PreviewMoves(count=5, to_ids=(agent,)))
    assert [(one.code, one.number) for one in plan.refused] == [("assign.interest", number)]
    other = desk.founded.persons["wangfang"]
    plan = await desk.call("lina", PreviewMoves(count=5, to_ids=(agent, other)))
    await desk.call("lina", MoveCases(count=5, to_ids=(agent, other), digest=plan.digest))
    assert [row.case_id for row in (await desk.call("wangfang", ListQueue())).rows] == [case_id]


@pytest.mark.clause("S-4.6", "C-5.4h")
async def test_a_search_answers_whom_an_interest_keeps_as_if_nothing_were_there(
    desk: WholeDesk, tmp_path: Path
) -> None:
    rows = await desk.with_cases(tmp_path)
    find = ExactSearch(kind="mobile", value="13800138000")
    found = await desk.call("zhangwei", find)
    assert len(found.rows) == 1
    await desk.call(
        "lina",
        DeclareInterest(case_id=found.rows[0].case_id, person_id=desk.founded.persons["zhangwei"], kind="colleague"),
    )
    missing = await desk.call("zhangwei", ExactSearch(kind="mobile", value="13912345678"))
    kept = await desk.call("zhangwei", find)
    assert kept.rows == missing.rows == ()
    assert kept.searches_left == missing.searches_left - 1
    assert len((await desk.call("zhangwei", ListQueue())).rows) == len(rows) - 1


@pytest.mark.clause("S-4.6", "S-3.3-1")
async def test_a_supervisor_kept_from_a_case_sees_and_decides_nothing_of_it(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    case_id = rows[0].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    assert len((await desk.call("lina", ReadInbox())).items) == 1
    lead = desk.founded.persons["lina"]
    await desk.call("hejie", DeclareInterest(case_id=case_id, person_id=lead, kind="vip"))
    assert not (await desk.call("lina", ReadInbox())).items
    assert await desk.refused("lina", DecideReveal(request_id=asked.request_id, verdict="approve")) == (
        "request.not_found"
    )
    assert case_id not in {row.case_id for row in (await desk.call("lina", ListQueue(scope="team"))).rows}
    assert await desk.refused("lina", OpenCase(case_id=case_id)) == "case.not_found"
    assert await desk.refused("lina", AssignCases(assignee_id=None, case_ids=(case_id,))) == "case.not_found"
    # The unit's other supervisor goes on, and the agent has not lost the case.
    assert (
        await desk.call("zhaoqiang", DecideReveal(request_id=asked.request_id, verdict="approve"))
    ).grant is not None
    assert len((await desk.call("zhangwei", ListQueue())).rows) == len(rows)


@pytest.mark.clause("S-4.6", "S-3.3-1", "S-6-22", "issue-3")
async def test_two_people_lift_it_and_neither_is_whom_it_is_about(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    case_id = rows[0].case_id
    await desk.call("zhangwei", DeclareInterest(case_id=case_id))
    (seen,) = (await desk.call("lina", ListInterests())).interests
    assert (seen.person, seen.kind, seen.state, seen.number) == ("张伟", "relative", "active", rows[0].number)
    lift = LiftInterest(interest_id=seen.interest_id, version=seen.version)
    assert await desk.refused("sunli", lift) == "interest.not_found"
    assert await desk.refused("zhangwei", lift) == "role.denied"
    (asked,) = (await desk.call("lina", lift)).interests
    assert (asked.state, asked.lift_asked_by) == ("lifting", "李娜")
    again = LiftInterest(interest_id=seen.interest_id, version=asked.version)
    assert await desk.refused("hejie", lift) == "interest.changed"
    assert await desk.refused("lina", again) == "separation.own_request"
    assert await desk.refused("zhangwei", OpenCase(case_id=case_id)) == "case.not_found"
    assert not (await desk.call("hejie", again)).interests
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["zhangwei"], case_ids=(case_id,)))
    await desk.call("zhangwei", OpenCase(case_id=case_id))
    assert await desk.refused("hejie", again) == "interest.not_found"


@pytest.mark.clause("S-4.6", "design-4")
async def test_an_interest_cannot_be_deleted_from_the_database(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    case_id = rows[0].case_id
    await desk.call("zhangwei", DeclareInterest(case_id=case_id))
    engine = desk.running.parts.store.engine
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM interest"))
    (agent,) = (desk.founded.persons["zhangwei"],)
    assert await desk.refused("lina", AssignCases(assignee_id=agent, case_ids=(case_id,))) == "assign.interest"
    with engine.begin() as connection:
        connection.execute(text("UPDATE case_file SET barred = NULL, assignee_id = :me"), {"me": agent})
    # A row that was edited proves nothing any more: it is gone for everybody rather than there for one.
    assert case_id not in {row.case_id for row in (await desk.call("zhangwei", ListQueue())).rows}
    assert await desk.refused("zhangwei", OpenCase(case_id=case_id)) == "case.not_found"


@pytest.mark.clause("S-3.2", "Y-4.2.1")
async def test_who_may_declare_for_whom(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    case_id, persons = rows[0].case_id, desk.founded.persons
    about = DeclareInterest(case_id=case_id, person_id=persons["wangfang"])
    for name in ("wangfang", "liuyang", "sunli", "machao"):
        assert await desk.refused(name, about) == "case.not_found", name
    for name in ("wugang", "fengxue", "zhenghao"):
        assert await desk.refused(name, about) == "role.denied", name
    assert await desk.refused("lina", DeclareInterest(case_id=case_id, kind="friend")) == "interest.kind_unknown"
    assert await desk.refused("lina", DeclareInterest(case_id=case_id, person_id="0" * 32)) == "person.not_found"
    await desk.call("hejie", about)
    assert await desk.refused("lina", about) == "interest.known"


async def second_case(desk: WholeDesk, folder: Path, first: str) -> CaseRow:
    """Another case of the debtor of an earlier one, which is there no more as far as imports can tell."""
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE case_file SET wrapped_key = NULL WHERE id = :id"), {"id": first})
        debtor = connection.execute(text("SELECT debtor FROM case_file WHERE id = :id"), {"id": first}).scalar_one()
    desk.clock.advance(1)
    rows = [(*row[:3], f"T30000000000{at}", *row[4:]) for at, row in enumerate(ROWS)]
    report = await desk.load(lender_file(folder / "later.csv", rows))
    assert report.state == "published", report
    with desk.running.parts.store.engine.connect() as connection:
        found = connection.execute(
            text("SELECT id FROM case_file WHERE debtor = :debtor AND id <> :id"), {"debtor": debtor, "id": first}
        ).scalar_one()
    pool = (await desk.call("lina", ListQueue(scope="pool"))).rows
    return next(row for row in pool if row.case_id == found)


@pytest.mark.clause("S-4.6", "Y-4.2.1", "issue-3")
async def test_an_interest_holds_for_a_case_of_the_same_debtor_that_comes_later(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    persons = desk.founded.persons
    agent, other = persons["zhangwei"], persons["wangfang"]
    await desk.call("zhangwei", DeclareInterest(case_id=rows[0].case_id))
    later = await second_case(desk, tmp_path, rows[0].case_id)
    # By hand, in bulk and by a strategy, nobody can hand it to them.
    by_hand = AssignCases(assignee_id=agent, case_ids=(later.case_id,))
    assert await desk.refused("lina", by_hand) == "assign.interest"
    plan = await desk.call("lina", PreviewMoves(case_ids=(later.case_id,), to_ids=(agent,)))
    assert [one.code for one in plan.refused] == ["assign.interest"]
    assert {(one.staff_no, one.code, one.cases) for one in plan.passed} == {("A0173", "assign.interest", 1)}
    only = PLAIN.replace('["A0173", "A0174"]', '["A0173"]').replace('["A0175"]', '["A0173"]')
    await live(desk, only)
    assert later.case_id in {row.case_id for row in (await desk.call("lina", ListQueue(scope="pool"))).rows}
    # Nor does covering for its holder make it theirs, nor its number.
    await desk.call("lina", AssignCases(assignee_id=other, case_ids=(later.case_id,)))
    today = day_of(desk.clock.now_us(), desk.running.parts.settings.zone).isoformat()
    await desk.call(
        "lina", SetAbsence(person_id=other, cover_id=agent, first_day=today, last_day=today, reason="vacation")
    )
    desk.clock.advance(1)
    assert not (await desk.call("zhangwei", ListQueue(person_id=other))).rows
    for name in (later.case_id, later.number):
        assert await desk.refused("zhangwei", OpenCase(case_id=name)) == "case.not_found"
    # Two people lift it, and then it is lifted for every case of that debtor.
    for head in ("lina", "hejie"):
        (seen,) = (await desk.call(head, ListInterests())).interests
        await desk.call(head, LiftInterest(interest_id=seen.interest_id, version=seen.version))
    assert [row.case_id for row in (await desk.call("zhangwei", ListQueue(person_id=other))).rows] == [later.case_id]


@pytest.mark.clause("S-4.6", "C-5.4d-2")
async def test_declared_of_one_case_every_other_of_that_debtor_is_gone_too(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    agent = desk.founded.persons["zhangwei"]
    later = await second_case(desk, tmp_path, rows[0].case_id)
    await desk.call("lina", AssignCases(assignee_id=agent, case_ids=(later.case_id,)))
    await desk.call("zhangwei", OpenCase(case_id=later.case_id))
    await desk.call("zhangwei", DeclareInterest(case_id=rows[0].case_id))
    assert await desk.refused("zhangwei", OpenCase(case_id=later.case_id)) == "case.not_found"
    left = {row.case_id for row in (await desk.call("zhangwei", ListQueue())).rows}
    assert left == {row.case_id for row in rows[1:]}
    assert await desk.refused("lina", DeclareInterest(case_id=later.case_id, person_id=agent)) == "interest.known"
    # The debtor's entry says nothing of anybody, and stands in no event.
    with desk.running.parts.store.engine.connect() as connection:
        kept = connection.execute(text("SELECT debtor FROM interest")).scalar_one()
    assert len(kept) == 16
    assert all(kept.hex() not in str(event) for event in desk.events())
