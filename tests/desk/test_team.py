"""A team live: who is there, who is away and who stands in, coaching notes, figures, and where an agent stands."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from sqlalchemy import select

from access.people import staff
from access.people.deed import Hand
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.schema import absence, coaching_note
from console.desk.api.cases import AssignCases, FieldRef, ListQueue, OpenCase
from console.desk.api.reveal import AskReveal, DecideReveal, ListGrants, ReadInbox, ViewField
from console.desk.api.session import Lock, SignInAs, SignOut, Unlock
from console.desk.api.team import (
    AbsenceList,
    AcknowledgeCoaching,
    ComparePeers,
    EndAbsence,
    ListAbsences,
    Member,
    ReadCoaching,
    ReadFigures,
    ReadTeam,
    ReadWallboard,
    SetAbsence,
    WriteCoaching,
)
from console.desk.api.work import RecordResult, Terms
from console.desk.team.days import day_of
from tests.support.desk import WholeDesk, lender_file

ADDRESS = FieldRef(name="home_address")
ZONE = "Asia/Shanghai"


def today(desk: WholeDesk, plus: int = 0) -> str:
    return (day_of(desk.clock.now_us(), ZONE) + dt.timedelta(days=plus)).isoformat()


async def member(desk: WholeDesk, name: str, head: str = "lina") -> Member:
    person_id = desk.founded.persons[name]
    return next(one for one in (await desk.call(head, ReadTeam())).members if one.person_id == person_id)


async def away(
    desk: WholeDesk, name: str, cover: str | None = None, *, days: int = 0, head: str = "lina"
) -> AbsenceList:
    persons = desk.founded.persons
    return await desk.call(
        head,
        SetAbsence(
            person_id=persons[name],
            first_day=today(desk),
            last_day=today(desk, days),
            cover_id=persons[cover] if cover else None,
        ),
    )


async def ask(desk: WholeDesk, case_id: str, name: str = "zhangwei") -> str:
    asked = await desk.call(name, AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10))
    return asked.request_id


# -- the board --------------------------------------------------------------------------------------------------------
@pytest.mark.clause("S-6-9")
async def test_the_board_shows_who_is_there_locked_or_gone(any_desk: WholeDesk) -> None:
    assert (await member(any_desk, "zhangwei")).presence == "off"
    line = any_desk.running.line("pts/1")
    await line.call(SignInAs(name="zhangwei"))
    assert (await member(any_desk, "zhangwei")).presence == "online"
    await line.call(Lock())
    assert (await member(any_desk, "zhangwei")).presence == "locked"
    await line.call(Unlock(password="", code=""))
    assert (await member(any_desk, "zhangwei")).presence == "online"
    await line.call(SignOut())
    assert (await member(any_desk, "zhangwei")).presence == "off"
    await line.close()


async def test_the_board_counts_untouched_cases_and_reveals(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    assert (await member(any_desk, "zhangwei")).untouched == 3
    first = await ask(any_desk, rows[0].case_id)
    assert (await member(any_desk, "zhangwei")).pending == 1
    await any_desk.call("lina", DecideReveal(request_id=first, verdict="approve"))
    now = await member(any_desk, "zhangwei")
    assert (now.pending, now.live) == (0, 1)
    any_desk.clock.advance(11 * 60)
    assert (await member(any_desk, "zhangwei")).live == 0


@pytest.mark.clause("Y-4.2.1")
async def test_only_who_runs_a_team_sees_it_and_only_their_own(desk: WholeDesk) -> None:
    for name in ("zhangwei", "zhenghao", "wugang", "fengxue", "hejie", "machao"):
        assert await desk.refused(name, ReadTeam()) in {"role.denied", "scope.denied"}
        assert await desk.refused(name, ReadWallboard()) in {"role.denied", "scope.denied"}
    assert {one.staff_no for one in (await desk.call("sunli", ReadTeam())).members} == {
        "S0031", "S0032", "A0201", "A0202",
    }  # fmt: skip
    agency = await desk.call("qianfang", ReadTeam())
    assert {one.staff_no for one in agency.members} == {"G0001", "G0002"}


@pytest.mark.clause("S-6-9")
async def test_the_wallboard_names_nobody(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    board = await desk.call("lina", ReadWallboard())
    assert dict(board.figures)["untouched"] == 3
    assert all(isinstance(number, int) for _, number in board.figures)
    shown = repr(board)
    assert not [name for name in ("张伟", "王芳", "李娜", "A0173", "欧阳", "李*") if name in shown]


# -- absence ----------------------------------------------------------------------------------------------------------
@pytest.mark.clause("S-6-13")
async def test_the_cover_works_the_absent_ones_queue_and_nobody_else_does(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    case_id = rows[0].case_id
    assert await any_desk.refused("wangfang", OpenCase(case_id=case_id)) == "case.not_found"
    await away(any_desk, "zhangwei", "wangfang")
    any_desk.clock.advance(2)
    assert (await any_desk.call("wangfang", OpenCase(case_id=case_id))).row.case_id == case_id
    assert await any_desk.refused("chenjing", OpenCase(case_id=case_id)) == "case.not_found"
    covered = await any_desk.call("wangfang", ListQueue(person_id=any_desk.founded.persons["zhangwei"]))
    assert len(covered.rows) == 3
    assert (
        await any_desk.refused("chenjing", ListQueue(person_id=any_desk.founded.persons["zhangwei"])) == "scope.denied"
    )
    seen = await member(any_desk, "zhangwei")
    assert seen.away_until is not None
    assert seen.cover == "王芳 A0174"


@pytest.mark.clause("S-6-13", "C-5.4d-2")
async def test_the_end_of_an_absence_ends_what_the_cover_saw(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    case_id = rows[0].case_id
    (one,) = (await away(any_desk, "zhangwei", "wangfang")).absences
    any_desk.clock.advance(2)
    decided = await any_desk.call(
        "lina", DecideReveal(request_id=await ask(any_desk, case_id, "wangfang"), verdict="approve")
    )
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    assert (await any_desk.call("wangfang", view)).value
    await any_desk.call("lina", EndAbsence(absence_id=one.absence_id, seen_version=one.version))
    assert (await any_desk.call("lina", ListGrants())).grants == ()
    any_desk.clock.advance(2)
    assert await any_desk.refused("wangfang", view) == "case.not_found"


async def test_an_absence_ends_by_itself_at_the_days_end(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    await away(desk, "zhangwei", "wangfang")
    desk.clock.advance(2)
    await desk.call("wangfang", OpenCase(case_id=rows[0].case_id))
    desk.clock.advance(86_400)
    assert await desk.refused("wangfang", OpenCase(case_id=rows[0].case_id)) == "case.not_found"
    assert (await desk.call("lina", ListAbsences())).absences == ()


@pytest.mark.clause("S-3.3-13")
async def test_absences_that_would_not_hold_are_refused(desk: WholeDesk) -> None:
    persons = desk.founded.persons

    async def code(name: str, cover: str | None, first: str, last: str, reason: str = "sick") -> str:
        return await desk.refused(
            "lina",
            SetAbsence(
                person_id=persons[name],
                first_day=first,
                last_day=last,
                reason=reason,
                cover_id=persons[cover] if cover else None,
            ),
        )

    day, next_day = today(desk), today(desk, 1)
    assert await code("liuyang", None, day, day) == "team.not_member"
    assert await code("zhangwei", "zhangwei", day, day) == "absence.cover_self"
    assert await code("zhangwei", "liuyang", day, day) == "team.not_member"
    assert await code("zhangwei", None, next_day, day) == "absence.days_unfit"
    assert await code("zhangwei", None, today(desk, -1), day) == "absence.days_unfit"
    assert await code("zhangwei", None, "tomorrow", day) == "absence.days_unfit"
    assert await code("zhangwei", None, day, today(desk, 120)) == "absence.too_long"
    assert await code("zhangwei", None, day, day, "tired") == "absence.reason_unknown"
    await away(desk, "zhangwei", "wangfang", days=2)
    assert await code("zhangwei", None, next_day, next_day) == "absence.overlaps"
    assert await code("chenjing", "zhangwei", next_day, next_day) == "absence.cover_away"
    assert await code("wangfang", None, next_day, next_day) == "absence.is_covering"
    assert (
        await desk.refused("zhangwei", SetAbsence(person_id=persons["wangfang"], first_day=day, last_day=day))
        == "role.denied"
    )


async def test_two_call_off_one_absence(desk: WholeDesk) -> None:
    (one,) = (await away(desk, "zhangwei")).absences
    end = EndAbsence(absence_id=one.absence_id, seen_version=one.version)
    assert (await desk.call("lina", end)).absences == ()
    assert await desk.refused("zhaoqiang", end) == "absence.not_found"
    assert await desk.refused("sunli", end) == "absence.not_found"


@pytest.mark.clause("S-6-14", "S-3.3-5")
async def test_what_waits_for_an_absent_head_goes_to_the_deputy_at_once(any_desk: WholeDesk, tmp_path: Path) -> None:
    report = await any_desk.load(lender_file(tmp_path / "cases.csv"), head="sunli", source="乙银行")
    assert report.state == "published"
    await any_desk.call("sunli", AssignCases(assignee_id=any_desk.founded.persons["liuyang"], count=3))
    (case_id, *_) = [row.case_id for row in (await any_desk.call("liuyang", ListQueue())).rows]
    # The deputy is made one who is no supervisor of the team, so that only standing in lets them decide.
    any_desk.lose("zhoukai", Role.SUPERVISOR)
    any_desk.give("zhoukai", Role.SUPERVISOR, "one")
    request_id = await ask(any_desk, case_id, "liuyang")
    waiting = {item.request.request_id for item in (await any_desk.call("zhoukai", ReadInbox())).items}
    assert request_id not in waiting
    await away(any_desk, "sunli", head="sunli")
    await any_desk.beat()
    items = (await any_desk.call("zhoukai", ReadInbox())).items
    assert request_id in {item.request.request_id for item in items}
    assert [event.action for event in any_desk.events()].count("reveal:request:escalate") == 1
    decided = await any_desk.call("zhoukai", DecideReveal(request_id=request_id, verdict="approve"))
    assert decided.state == "approved"


async def test_an_absence_written_by_sql_covers_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    persons = desk.founded.persons
    await away(desk, "zhangwei", "wangfang")
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(absence.update().values(cover_id=persons["chenjing"]))
    desk.clock.advance(2)
    assert await desk.refused("chenjing", OpenCase(case_id=rows[0].case_id)) == "case.not_found"
    assert await desk.refused("wangfang", OpenCase(case_id=rows[0].case_id)) == "case.not_found"


# -- coaching ---------------------------------------------------------------------------------------------------------
@pytest.mark.clause("S-6-10")
async def test_a_note_is_written_read_and_acknowledged(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    agent = any_desk.founded.persons["zhangwei"]
    written = await any_desk.call(
        "lina",
        WriteCoaching(
            person_id=agent,
            text="客户说电话 13800138000，先核验再谈还款",
            case=rows[0].number,
            scores={"identity": 2, "opening": 4},
        ),
    )
    assert "13800138000" not in written.text
    assert written.case_number == rows[0].number
    assert written.scores == (("opening", 4), ("identity", 2))
    assert (await member(any_desk, "zhangwei")).unread == 1
    page = await any_desk.call("zhangwei", ReadCoaching())
    assert page.waiting == 1
    assert page.notes == (written,)
    after = await any_desk.call("zhangwei", AcknowledgeCoaching(note_id=written.note_id))
    assert after.waiting == 0
    assert after.notes[0].acknowledged_at is not None
    assert (await any_desk.call("lina", ReadCoaching(person_id=agent))).notes == after.notes
    assert (await member(any_desk, "zhangwei")).unread == 0
    assert await any_desk.refused("zhangwei", AcknowledgeCoaching(note_id=written.note_id)) == "access.stale_row"
    actions = [event.action for event in any_desk.events()]
    assert "team:coaching:write" in actions
    assert "team:coaching:acknowledge" in actions


@pytest.mark.clause("Y-4.2.1")
async def test_coaching_stays_between_the_two(desk: WholeDesk, tmp_path: Path) -> None:
    persons = desk.founded.persons
    rows = await desk.with_cases(tmp_path)
    note = await desk.call("lina", WriteCoaching(person_id=persons["zhangwei"], text="做得很好，继续"))
    assert (await desk.call("wangfang", ReadCoaching())).notes == ()
    assert await desk.refused("wangfang", ReadCoaching(person_id=persons["zhangwei"])) == "scope.denied"
    assert (await desk.call("sunli", ReadCoaching())).notes == ()
    assert await desk.refused("sunli", ReadCoaching(person_id=persons["zhangwei"])) == "team.not_member"
    assert await desk.refused("wangfang", AcknowledgeCoaching(note_id=note.note_id)) == "coaching.not_found"
    assert await desk.refused("wangfang", AcknowledgeCoaching(note_id="0" * 32)) == "coaching.not_found"
    assert (
        await desk.refused("lina", WriteCoaching(person_id=persons["liuyang"], text="不是我的组员"))
        == "team.not_member"
    )
    assert (
        await desk.refused("lina", WriteCoaching(person_id=persons["zhaoqiang"], text="不是催收员"))
        == "coaching.not_agent"
    )
    assert await desk.refused("lina", WriteCoaching(person_id=persons["lina"], text="写给我自己")) != ""
    assert await desk.refused("zhangwei", WriteCoaching(person_id=persons["wangfang"], text="催收员不能写")) in {
        "scope.denied", "role.denied",
    }  # fmt: skip
    assert await desk.refused("lina", WriteCoaching(person_id=persons["zhangwei"], text="短")) == "coaching.words_unfit"
    bad = WriteCoaching(person_id=persons["zhangwei"], text="分数不对的一张表", scores={"identity": 9})
    assert await desk.refused("lina", bad) == "coaching.scores_unfit"
    other = WriteCoaching(person_id=persons["liuyang"], text="别组的案件写不进来", case=rows[0].number)
    assert await desk.refused("sunli", other) == "case.not_found"


async def test_a_note_changed_by_sql_is_gone(desk: WholeDesk) -> None:
    await desk.call("lina", WriteCoaching(person_id=desk.founded.persons["zhangwei"], text="做得很好，继续"))
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(coaching_note.update().values(text="没做好"))
        assert connection.execute(select(coaching_note.c.text)).scalar_one() == "没做好"
    assert (await desk.call("zhangwei", ReadCoaching())).notes == ()


# -- figures ----------------------------------------------------------------------------------------------------------
async def test_figures_count_reveals_and_refusals_by_person(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    first = await ask(any_desk, rows[0].case_id)
    await any_desk.call("lina", DecideReveal(request_id=first, verdict="refuse", reason="not needed"))
    second = await ask(any_desk, rows[1].case_id)
    await any_desk.call("lina", DecideReveal(request_id=second, verdict="approve"))
    assert await any_desk.refused("zhangwei", OpenCase(case_id="0" * 32)) == "case.not_found"
    any_desk.running.parts.store.settle()
    figures = await any_desk.call("lina", ReadFigures())
    (own,) = [row for row in figures.rows if row.staff_no == "A0173"]
    assert (own.asked, own.approved, own.refused, own.refusals) == (2, 1, 1, 1)
    assert figures.total.asked == 2
    assert figures.series[-1].row.asked == 2
    assert [one.first_day for one in figures.series] == sorted(one.first_day for one in figures.series)
    mine = await any_desk.call("zhangwei", ReadFigures(period="week"))
    assert [row.staff_no for row in mine.rows] == ["A0173"]
    assert mine.total.asked == 2


@pytest.mark.clause("S-6-11")
async def test_an_agent_sees_nobody_elses_figures(desk: WholeDesk) -> None:
    assert [row.staff_no for row in (await desk.call("wangfang", ReadFigures())).rows] == ["A0174"]
    assert await desk.refused("wangfang", ComparePeers()) == "team.too_few"
    assert await desk.refused("lina", ComparePeers()) == "team.not_peer"
    assert await desk.refused("lina", ReadFigures(period="year")) == "team.period_unknown"
    assert await desk.refused("lina", ReadFigures(back=-1)) == "team.period_unknown"
    for name in ("zhenghao", "fengxue", "hejie"):
        assert await desk.refused(name, ReadFigures()) == "role.denied"


@pytest.mark.clause("S-6-1", "S-6-2")
async def test_figures_follow_results_and_promises(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    for row, code in ((rows[0], "no_answer"), (rows[1], "promised")):
        view = await any_desk.call("zhangwei", OpenCase(case_id=row.case_id))
        terms = Terms(amount=50_000, due_on=today(any_desk, 1), channel="bank_app") if code == "promised" else None
        await any_desk.call(
            "zhangwei", RecordResult(case_id=row.case_id, version=view.version, code=code, promise=terms)
        )
    figures = await any_desk.call("lina", ReadFigures())
    (own,) = [row for row in figures.rows if row.staff_no == "A0173"]
    assert (own.worked, own.made, own.promised) == (2, 1, 50_000)
    assert dict(own.results) == {"no_answer": 1, "promised": 1}
    assert [one.row.worked for one in figures.series] == [0, 0, 0, 0, 0, 0, 2]
    board = await member(any_desk, "zhangwei")
    assert (board.worked, board.untouched) == (2, 1)
    assert (board.due, board.broken) == (0, 0)
    any_desk.clock.advance(86_400)
    assert (await member(any_desk, "zhangwei")).due == 1
    assert (await any_desk.call("lina", ReadFigures(back=1))).total.worked == 2
    assert (await any_desk.call("lina", ReadFigures())).total.worked == 0


@pytest.mark.clause("S-6-11")
async def test_five_agents_are_compared_and_none_is_named(desk: WholeDesk, tmp_path: Path) -> None:
    parts, founded = desk.running.parts, desk.founded

    def move(uow: UnitOfWork) -> None:
        for name in ("liuyang", "yangmin"):
            staff.change_person(Hand(uow, parts.proofs), founded.persons[name], unit_id=founded.units["one"])

    parts.store.run(move)
    for name in ("liuyang", "yangmin"):
        desk.lose(name, Role.AGENT)
        desk.give(name, Role.AGENT, "one")
    rows = await desk.with_cases(tmp_path)
    view = await desk.call("zhangwei", OpenCase(case_id=rows[0].case_id))
    await desk.call("zhangwei", RecordResult(case_id=rows[0].case_id, version=view.version, code="no_answer"))
    peers = await desk.call("zhangwei", ComparePeers(period="day"))
    assert peers.size == 5
    first = peers.figures[0]
    assert (first.name, first.own, first.median, first.quartile) == ("worked", 1, 0.0, 1)
    last = (await desk.call("wangfang", ComparePeers(period="day"))).figures[0]
    assert (last.own, last.median, last.quartile) == (0, 0.0, 1)
    shown = repr(peers)
    assert not [word for word in ("张伟", "王芳", "陈静", "刘洋", "杨敏", "A01", "A02") if word in shown]
