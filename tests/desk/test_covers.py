"""Who covers for somebody away: told of every change, and shut out within a second of the absence's end."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from access.roles import Role
from console.desk.api.cases import AssignCases, FieldRef, ListQueue, OpenCase
from console.desk.api.reveal import AskReveal, DecideReveal, ListGrants, ReadInbox, ViewField
from console.desk.api.staff import SuspendPerson
from console.desk.api.team import ListAbsences, SetAbsence
from console.desk.api.work import RecordResult
from console.desk.team.days import begin_of, day_of
from tests.support.desk import WholeDesk, lender_file
from tests.support.heard import Heard

ADDRESS = FieldRef(name="home_address")
ZONE = "Asia/Shanghai"
SECOND = 1_000_000


async def away(desk: WholeDesk, name: str, cover: str | None, head: str = "lina") -> None:
    """Away for the rest of the day."""
    persons, today = desk.founded.persons, day_of(desk.clock.now_us(), ZONE).isoformat()
    cover_id = persons[cover] if cover is not None else None
    absence = SetAbsence(person_id=persons[name], first_day=today, last_day=today, cover_id=cover_id)
    await desk.call(head, absence)
    desk.clock.advance(2)


def to_midnight(desk: WholeDesk, but_seconds: int = 0) -> None:
    """Move the clock to the end of the day, or so many seconds before."""
    now = desk.clock.now_us()
    midnight = begin_of(day_of(now, ZONE) + dt.timedelta(days=1), ZONE)
    desk.clock.advance((midnight - now) / SECOND - but_seconds)


async def shown_to(desk: WholeDesk, name: str, case_id: str) -> ViewField:
    """Ask, approve and read a value; return the reading."""
    asked = await desk.call(name, AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10))
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    assert (await desk.call(name, view)).value
    return view


@pytest.mark.clause("S-6-13", "C-5.4d-2", "C-5.4c")
async def test_midnight_ends_what_the_cover_sees(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    await away(desk, "zhangwei", "wangfang")
    to_midnight(desk, but_seconds=60)
    view = await shown_to(desk, "wangfang", case_id)
    heard = Heard(desk, "wangfang")
    await desk.beat()
    assert heard.of("grant") == set(), "while the absence lasts nothing ends"
    assert (await desk.call("wangfang", view)).value
    to_midnight(desk)
    await desk.beat()
    assert heard.of("grant") == {view.grant_id}
    assert heard.of("case") == {case_id}
    assert heard.of("session") == {desk.founded.persons["wangfang"]}, "a case open without a value is left as well"
    assert (await desk.call("lina", ListGrants())).grants == ()
    desk.clock.advance(1)
    assert await desk.refused("wangfang", view) == "case.not_found"
    ended = [event for event in desk.events() if event.action in ("team:absence:expire", "reveal:grant:end")]
    assert [(event.action, event.reason, event.person_id) for event in ended] == [
        ("team:absence:expire", None, None),
        ("reveal:grant:end", "absence_ended", None),
    ]
    await desk.beat()
    assert [event.action for event in desk.events()].count("team:absence:expire") == 1, "once"


async def test_a_desk_that_slept_over_midnight_ends_it_when_it_wakes(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    await away(desk, "zhangwei", "wangfang")
    to_midnight(desk, but_seconds=60)
    await shown_to(desk, "wangfang", case_id)
    desk.clock.advance(90)
    await desk.beat()
    assert [event.reason for event in desk.events() if event.action == "reveal:grant:end"] == ["absence_ended"]
    assert (await desk.call("lina", ListAbsences())).absences == ()


async def test_the_cover_hears_of_every_change(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    case_id = rows[0].case_id
    heard, stranger = Heard(desk, "wangfang"), Heard(desk, "chenjing")
    await away(desk, "zhangwei", "wangfang")
    heard.clear()
    version = (await desk.call("lina", OpenCase(case_id=case_id))).version
    await desk.call("lina", RecordResult(case_id=case_id, version=version, code="no_answer"))
    assert case_id in heard.of("case")
    assert heard.of("queue")
    heard.clear()
    desk.clock.advance(3 * 3600)
    await desk.beat()
    assert heard.of("queue"), "what the clock moves is told as well"
    heard.clear()
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["chenjing"], case_ids=(case_id,)))
    assert heard.of("case") == {case_id}
    assert heard.of("queue")
    assert case_id not in stranger.of("case"), "whoever does not reach the case hears nothing of it"


@pytest.mark.clause("C-5.4c", "S-4.5")
async def test_a_case_that_goes_takes_what_the_cover_saw(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    await away(desk, "zhangwei", "wangfang")
    view = await shown_to(desk, "wangfang", rows[0].case_id)
    heard = Heard(desk, "wangfang")
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["chenjing"], case_ids=(rows[0].case_id,)))
    assert heard.of("case") == {rows[0].case_id}
    assert (await desk.call("lina", ListGrants())).grants == ()
    assert await desk.refused("wangfang", view) == "case.not_found"
    view = await shown_to(desk, "wangfang", rows[1].case_id)
    await desk.call("zhenghao", SuspendPerson(person_id=desk.founded.persons["zhangwei"], reason="other"))
    assert view.grant_id in heard.of("grant"), "the absent one is stopped: what was covered for them ends"
    assert await desk.refused("wangfang", view) == "case.not_found"


@pytest.mark.clause("S-6-14", "S-3.3-5", "S-3.3-13")
async def test_who_stood_in_for_an_absent_head_decides_no_more_when_they_are_back(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    report = await desk.load(lender_file(tmp_path / "cases.csv"), head="sunli", source="乙银行")
    assert report.state == "published"
    await desk.call("sunli", AssignCases(assignee_id=desk.founded.persons["liuyang"], count=3))
    case_id = (await desk.call("liuyang", ListQueue())).rows[0].case_id
    desk.lose("zhoukai", Role.SUPERVISOR)
    desk.give("zhoukai", Role.SUPERVISOR, "one")
    await away(desk, "sunli", None, head="sunli")
    to_midnight(desk, but_seconds=60)
    asked = await desk.call(
        "liuyang", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    await desk.beat()

    async def waiting(name: str) -> set[str]:
        return {item.request.request_id for item in (await desk.call(name, ReadInbox())).items}

    assert asked.request_id in await waiting("zhoukai")
    to_midnight(desk)
    heard = Heard(desk, "sunli")
    await desk.beat()
    assert asked.request_id in heard.of("request"), "the head's inbox is read anew"
    desk.clock.advance(1)
    assert asked.request_id not in await waiting("zhoukai")
    decision = DecideReveal(request_id=asked.request_id, verdict="approve")
    assert await desk.refused("zhoukai", decision) == "request.not_found"
    desk.clock.advance(5 * 60)
    assert asked.request_id in await waiting("zhoukai"), "unanswered for five minutes it is the deputy's again"
    assert asked.request_id in await waiting("sunli")
