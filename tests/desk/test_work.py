"""Working a case: results, promises, next contact, holds, drafts, and the order that follows from them."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from access.store.schema import case_draft, case_file, case_hold, case_result, promise
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, CaseRow, CaseView, ListQueue, OpenCase, ReadTimeline
from console.desk.api.work import (
    ATTEMPTS,
    REACHED,
    DecideHold,
    HoldView,
    KeepDraft,
    ListHolds,
    PlaceHold,
    PlanContact,
    ReadDraft,
    Recorded,
    RecordResult,
    ResultCode,
    Terms,
    WithdrawPromise,
)
from tests.support.desk import WholeDesk

ZONE = ZoneInfo("Asia/Shanghai")
HOUR = 3_600_000_000


async def queue(desk: WholeDesk, name: str = "zhangwei") -> tuple[CaseRow, ...]:
    return (await desk.call(name, ListQueue())).rows


async def opened(desk: WholeDesk, case_id: str, name: str = "zhangwei") -> CaseView:
    return await desk.call(name, OpenCase(case_id=case_id))


async def record(desk: WholeDesk, case_id: str, code: str, name: str = "zhangwei", **more: Any) -> Recorded:
    version = (await opened(desk, case_id, name)).version
    return await desk.call(name, RecordResult(case_id=case_id, version=version, code=code, **more))


def rows(desk: WholeDesk, table: Any) -> list[Any]:
    with desk.running.parts.store.engine.connect() as connection:
        return list(connection.execute(select(table)).mappings())


def day(desk: WholeDesk, ahead: int) -> str:
    now = datetime.fromtimestamp(desk.clock.now_us() / 1_000_000, UTC).astimezone(ZONE)
    return (now.date() + timedelta(days=ahead)).isoformat()


def to_hour(desk: WholeDesk, hour: int, ahead: int = 0) -> None:
    """Move the clock on to an hour of a day in the desk's zone."""
    now = datetime.fromtimestamp(desk.clock.now_us() / 1_000_000, UTC).astimezone(ZONE)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
    assert then > now
    desk.clock.advance((then - now).total_seconds())


@pytest.mark.clause("S-6-1", "S-6-3")
async def test_a_result_is_kept_and_the_next_case_is_named(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    cases = await desk.with_cases(tmp_path)
    assert [row.days_past_due for row in cases] == [203, 47, 12], "new cases by days past due"
    assert {row.why for row in cases} == {"new"}
    to_hour(desk, 9, 1)
    done = await record(desk, cases[0].case_id, "no_answer")
    assert done.next_case_id == cases[1].case_id
    assert (await record(desk, cases[1].case_id, "answered_self")).next_case_id == cases[2].case_id
    assert (await record(desk, cases[2].case_id, "busy")).next_case_id is None, "nothing else is due"
    assert {row.why for row in await queue(desk)} == {"waiting"}

    desk.clock.advance(3600)
    await desk.beat()
    assert next((row.case_id, row.why) for row in await queue(desk)) == (cases[2].case_id, "strategy"), "busy: an hour"
    desk.clock.advance(2 * 3600)
    await desk.beat()
    assert [row.why for row in await queue(desk)] == ["strategy", "strategy", "waiting"], "spoken to: next morning"
    to_hour(desk, 8, 1)
    await desk.beat()
    assert {row.why for row in await queue(desk)} == {"strategy"}

    view = await opened(desk, cases[0].case_id)
    assert view.row.last_result == "no_answer"
    assert [entry.action for entry in view.timeline if entry.action == "case:result:attempt"] == ["case:result:attempt"]
    assert {(one["code"], one["reached"]) for one in rows(desk, case_result)} == {
        ("no_answer", 0), ("answered_self", 1), ("busy", 0),
    }  # fmt: skip


@pytest.mark.clause("S-6-3")
async def test_an_agreed_time_brings_the_case_up_when_it_comes(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    cases = await desk.with_cases(tmp_path)
    last = cases[2].case_id
    at = desk.clock.now_us() + 2 * HOUR
    await record(desk, last, "answered_self", next_at=at)
    assert [row.why for row in await queue(desk)] == ["new", "new", "waiting"]
    desk.clock.advance(2 * 3600)
    await desk.beat()
    first = (await queue(desk))[0]
    assert (first.case_id, first.why, first.next_at) == (last, "callback", at)
    version = (await opened(desk, last)).version
    await desk.call("zhangwei", PlanContact(case_id=last, version=version, next_at=None))
    assert (await queue(desk))[-1].case_id == last
    version = (await opened(desk, last)).version
    stale = PlanContact(case_id=last, version=version, next_at=desk.clock.now_us() - 1)
    assert await desk.refused("zhangwei", stale) == "next.not_ahead"


@pytest.mark.clause("S-6-2")
async def test_a_promise_reminds_the_day_before_and_breaks_when_its_day_is_over(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    cases = await desk.with_cases(tmp_path)
    case_id = cases[2].case_id
    terms = Terms(amount=50_000, due_on=day(desk, 3), channel="bank_app")
    await record(desk, case_id, "promised", promise=terms)
    row = (await queue(desk))[-1]
    assert (row.case_id, row.state, row.why) == (case_id, "promised", "waiting")
    to_hour(desk, 1, 2)
    await desk.beat()
    assert next((row.case_id, row.why) for row in await queue(desk)) == (case_id, "reminder")
    to_hour(desk, 23, 1)
    await desk.beat()
    (held,) = rows(desk, promise)
    assert held["state"] == "open", "the whole of the day counts"
    to_hour(desk, 1, 1)
    await desk.beat()
    assert next((row.case_id, row.why, row.state) for row in await queue(desk)) == (case_id, "broken", "broken")
    (broken,) = rows(desk, promise)
    assert broken["state"] == "broken"
    events = [event for event in desk.events() if event.action == "case:promise:break"]
    assert [(event.case_id, event.person_id) for event in events] == [(case_id, None)]
    timeline = (await desk.call("zhangwei", ReadTimeline(case_id=case_id))).entries
    made = next(entry for entry in timeline if entry.action == "case:promise:make")
    assert dict(made.detail)["amount"] == "50000 CNY"

    await record(desk, case_id, "no_answer")
    assert (await opened(desk, case_id)).row.state == "broken", "nobody could be asked: it stays broken"
    await record(desk, case_id, "answered_self")
    assert (await opened(desk, case_id)).row.state == "working"


@pytest.mark.clause("S-6-2")
async def test_one_promise_at_a_time_replaced_or_withdrawn(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    first = Terms(amount=100, due_on=day(desk, 1), channel="bank_app")
    await record(desk, case_id, "promised", promise=first)
    again = Terms(amount=200, due_on=day(desk, 2), channel="counter")
    with pytest.raises(DeskError) as refused:
        await record(desk, case_id, "promised", promise=again)
    assert refused.value.code == "promise.open_already"
    await record(
        desk, case_id, "promised", promise=Terms(amount=200, due_on=day(desk, 2), channel="counter", replace=True)
    )
    assert sorted(one["state"] for one in rows(desk, promise)) == ["open", "replaced"]
    view = await opened(desk, case_id)
    assert view.promise is not None
    assert (view.promise.amount, view.promise.state) == (200, "open")
    back = WithdrawPromise(case_id=case_id, version=view.version, promise_id=view.promise.promise_id, reason="mistake")
    await desk.call("zhangwei", back)
    view = await opened(desk, case_id)
    assert view.promise is not None
    assert (view.promise.state, view.row.state) == ("withdrawn", "working")
    assert await desk.refused("zhangwei", back) == "case.changed"


@pytest.mark.parametrize(
    ("terms", "code"),
    [
        ({"amount": 0}, "promise.amount"),
        ({"amount": 10**12}, "promise.amount"),
        ({"due_on": "2020-01-01"}, "promise.day"),
        ({"due_on": "2029-01-01"}, "promise.day"),
        ({"due_on": "20261130"}, "promise.day"),
        ({"channel": "barter"}, "promise.channel_unknown"),
    ],
)
async def test_a_promise_that_cannot_be(desk: WholeDesk, tmp_path: Path, terms: dict[str, Any], code: str) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    wanted = {"amount": 100, "due_on": day(desk, 1), "channel": "bank_app", **terms}
    call = RecordResult(case_id=case_id, version=2, code="promised", promise=Terms(**wanted))
    assert await desk.refused("zhangwei", call) == code
    assert rows(desk, promise) == []
    bare = RecordResult(case_id=case_id, version=2, code="promised")
    assert await desk.refused("zhangwei", bare) == "result.promise_missing"


@pytest.mark.clause("S-6-22")
async def test_of_two_who_save_at_once_one_is_told(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    version = (await opened(desk, case_id)).version
    calls = [
        desk.call(name, RecordResult(case_id=case_id, version=version, code=code))
        for name, code in (("zhangwei", "no_answer"), ("lina", "answered_self"))
    ]
    got = await asyncio.gather(*calls, return_exceptions=True)
    lost = [one for one in got if isinstance(one, DeskError)]
    assert [one.code for one in lost] == ["case.changed"]
    assert len(rows(desk, case_result)) == 1


async def decided(desk: WholeDesk, name: str, hold: HoldView, verdict: str) -> HoldView:
    return await desk.call(name, DecideHold(hold_id=hold.hold_id, verdict=verdict, version=hold.version))


@pytest.mark.clause("S-3.2", "S-4.6")
async def test_an_agents_hold_waits_for_the_supervisor(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness", words="住院 13800138000"))
    assert (asked.state, asked.may) == ("asked", ("withdraw",))
    assert "13800138000" not in asked.words
    assert (await queue(desk))[-1].case_id == case_id, "nobody is led to it meanwhile"
    assert await desk.refused("zhangwei", DecideHold(hold_id=asked.hold_id, verdict="confirm", version=1))
    (listed,) = (await desk.call("lina", ListHolds())).holds
    assert listed.may == ("confirm", "reject")
    active = await decided(desk, "lina", listed, "confirm")
    assert (active.state, active.confirmed) == ("active", True)
    view = await opened(desk, case_id)
    assert (view.row.state, view.row.hold, view.row.why) == ("hold", "illness", "held")
    call = RecordResult(case_id=case_id, version=view.version, code="no_answer")
    assert await desk.refused("zhangwei", call) == "held.illness"
    call = RecordResult(case_id=case_id, version=view.version, code="called_in")
    await desk.call("zhangwei", call)
    plan = PlanContact(case_id=case_id, version=view.version + 1, next_at=desk.clock.now_us() + HOUR)
    assert await desk.refused("zhangwei", plan) == "held.illness"
    lifted = await decided(desk, "lina", active, "lift")
    assert lifted.state == "lifted"
    assert (await opened(desk, case_id)).row.hold == ""
    await record(desk, case_id, "no_answer")


@pytest.mark.clause("S-6-25")
@pytest.mark.parametrize("reason", ["death", "wrong_person", "identity_theft"])
async def test_a_stop_bites_at_once_and_takes_two_to_lift(desk: WholeDesk, tmp_path: Path, reason: str) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    hold = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason=reason))
    assert (hold.state, hold.confirmed) == ("active", False)
    version = (await opened(desk, case_id)).version
    call = RecordResult(case_id=case_id, version=version, code="busy")
    assert await desk.refused("zhangwei", call) == f"held.{reason}"
    assert await desk.refused("lina", RecordResult(case_id=case_id, version=version, code="busy")) == f"held.{reason}"
    lift = DecideHold(hold_id=hold.hold_id, verdict="lift", version=hold.version)
    assert await desk.refused("zhangwei", lift) == "role.denied"
    assert await desk.refused("lina", lift) == "hold.two_needed"
    hold = await decided(desk, "lina", hold, "confirm")
    hold = await decided(desk, "lina", hold, "ask_lift")
    assert "lift" not in hold.may
    lift = DecideHold(hold_id=hold.hold_id, verdict="lift", version=hold.version)
    assert await desk.refused("lina", lift) == "separation.own_request"
    (listed,) = (await desk.call("hejie", ListHolds())).holds
    assert "lift" in listed.may
    await decided(desk, "hejie", listed, "lift")
    assert (await opened(desk, case_id)).row.hold == ""


@pytest.mark.clause("S-6-25")
async def test_whose_matter_a_hold_is_decides_who_lifts_it(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    complaint = await desk.call("lina", PlaceHold(case_id=case_id, reason="complaint"))
    assert complaint.state == "active"
    lift = DecideHold(hold_id=complaint.hold_id, verdict="lift", version=complaint.version)
    assert await desk.refused("lina", lift) == "hold.not_yours"
    death = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="death"))
    assert (await opened(desk, case_id)).row.hold == "death", "the stronger reason stands for both"
    asked = await decided(desk, "zhangwei", death, "ask_lift")
    await decided(desk, "lina", asked, "lift")
    assert (await opened(desk, case_id)).row.hold == "complaint", "what was in force before still is"
    await decided(desk, "hejie", complaint, "lift")
    assert (await opened(desk, case_id)).row.hold == ""
    again = PlaceHold(case_id=case_id, reason="dispute")
    await desk.call("lina", again)
    assert await desk.refused("lina", again) == "hold.already"


@pytest.mark.clause("S-6-25", "S-4.9")
async def test_results_that_end_contact_mark_it_themselves(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    await record(desk, cases[0].case_id, "deceased")
    assert (await opened(desk, cases[0].case_id)).row.hold == "death"
    await record(desk, cases[1].case_id, "complaint")
    view = await opened(desk, cases[1].case_id)
    assert [(hold.reason, hold.state) for hold in view.holds] == [("complaint", "asked")]


@pytest.mark.clause("design-4")
async def test_a_hold_taken_away_past_the_desk_is_not_lifted(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    case_id = cases[0].case_id
    await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="death"))
    parts = desk.running.parts
    parts.store.run(lambda uow: uow.connection.execute(update(case_file).values(hold=None)).rowcount)
    version = 3
    call = RecordResult(case_id=case_id, version=version, code="busy")
    assert await desk.refused("zhangwei", call) == "case.not_found", "a row that does not prove itself is absent"
    parts.store.run(lambda uow: uow.connection.execute(update(case_file).values(hold="death")).rowcount)
    parts.store.run(lambda uow: uow.connection.execute(update(case_hold).values(state="lifted")).rowcount)
    illness = await desk.call("lina", PlaceHold(case_id=case_id, reason="illness"))
    await decided(desk, "lina", illness, "lift")
    assert (await opened(desk, case_id)).row.hold == "death", "a broken hold counts as in force"


@pytest.mark.clause("S-6-21")
async def test_a_draft_is_its_writers_alone_and_gone_once_saved(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    typed = "客户说下周一还，新号码 13712345678"
    await desk.call("zhangwei", KeepDraft(case_id=case_id, kind="result", text=typed))
    (kept,) = rows(desk, case_draft)
    assert typed.encode() not in bytes(kept["sealed"])
    assert (await opened(desk, case_id)).drafts == ("result",)
    await (await desk.line("zhangwei")).close()
    desk._lines.clear()
    assert (await desk.call("zhangwei", ReadDraft(case_id=case_id, kind="result"))).text == typed
    assert (await desk.call("lina", ReadDraft(case_id=case_id, kind="result"))).text == ""
    assert (await opened(desk, case_id, "lina")).drafts == ()

    parts = desk.running.parts
    lina = desk.founded.persons["lina"]
    parts.store.run(lambda uow: uow.connection.execute(update(case_draft).values(person_id=lina)).rowcount)
    assert (await desk.call("lina", ReadDraft(case_id=case_id, kind="result"))).text == "", "sealed for its writer"
    zhang = desk.founded.persons["zhangwei"]
    parts.store.run(lambda uow: uow.connection.execute(update(case_draft).values(person_id=zhang)).rowcount)

    await record(desk, case_id, "no_answer")
    assert rows(desk, case_draft) == []
    assert typed not in "".join(map(repr, desk.events()))
    await desk.call("zhangwei", KeepDraft(case_id=case_id, kind="note", text=typed))
    await desk.call("zhangwei", KeepDraft(case_id=case_id, kind="note", text=""))
    assert rows(desk, case_draft) == []
    await desk.call("zhangwei", KeepDraft(case_id=case_id, kind="note", text=typed))
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case_id,)))
    assert await desk.refused("zhangwei", ReadDraft(case_id=case_id, kind="note")) == "case.not_found"
    assert (await desk.call("wangfang", ReadDraft(case_id=case_id, kind="note"))).text == ""
    desk.clock.advance(8 * 86_400)
    await desk.beat()
    assert rows(desk, case_draft) == []


@pytest.mark.clause("Y-4.2.1")
async def test_nobody_else_works_the_case(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    for name in ("wangfang", "liuyang", "sunli", "machao"):
        for call in (
            RecordResult(case_id=case_id, version=2, code="no_answer"),
            PlanContact(case_id=case_id, version=2, next_at=None),
            KeepDraft(case_id=case_id, kind="note", text="x"),
            ReadDraft(case_id=case_id, kind="note"),
            PlaceHold(case_id=case_id, reason="death"),
        ):
            code = await desk.refused(name, call)
            absent = type(call)(**{**{f: getattr(call, f) for f in call.__struct_fields__}, "case_id": "0" * 32})
            assert code == await desk.refused(name, absent) == "case.not_found"
    for name in ("wugang", "zhenghao", "fengxue"):
        assert await desk.refused(name, PlaceHold(case_id=case_id, reason="death")) == "role.denied"
        assert await desk.refused(name, ListHolds()) == "role.denied"
    assert (
        await desk.refused("zhangwei", RecordResult(case_id=case_id, version=2, code="sold")) == "result.code_unknown"
    )


def test_every_code_has_a_place() -> None:
    assert set(ResultCode) >= ATTEMPTS | REACHED
    assert not ATTEMPTS & {ResultCode.DECEASED, ResultCode.COMPLAINT, ResultCode.CALLED_IN}
