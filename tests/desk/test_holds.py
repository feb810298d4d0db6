"""Holds: taken back by whoever asked, what they end and keep from being shown, and the state a case comes back in."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select, update

from access.grants.reasons import FOR_CONTACT, ReasonCode, serves_contact
from access.store.schema import case_hold
from console.desk.api.base import DeskError
from console.desk.api.cases import AssignCases, FieldRef, OpenCase
from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions, ListGrants, ReadInbox, ViewField
from console.desk.api.work import DecideHold, HoldView, ListHolds, PlaceHold, RecordResult, Terms
from console.desk.imports.promises import judge_case
from tests.support.desk import WholeDesk
from tests.support.heard import Heard

ADDRESS = FieldRef(name="home_address")
ZONE = ZoneInfo("Asia/Shanghai")
STOPS = ("death", "wrong_person", "identity_theft")


async def opened(desk: WholeDesk, case_id: str, name: str = "zhangwei") -> Any:
    return await desk.call(name, OpenCase(case_id=case_id))


async def decided(desk: WholeDesk, name: str, hold: HoldView, verdict: str) -> HoldView:
    return await desk.call(name, DecideHold(hold_id=hold.hold_id, verdict=verdict, version=hold.version))


async def record(desk: WholeDesk, case_id: str, code: str, name: str = "zhangwei", **more: Any) -> None:
    version = (await opened(desk, case_id, name)).version
    await desk.call(name, RecordResult(case_id=case_id, version=version, code=code, **more))


def asking(case_id: str, reason: str = "letter_or_visit") -> AskReveal:
    return AskReveal(case_id=case_id, fields=(ADDRESS,), reason=reason, minutes=10)


async def shown(desk: WholeDesk, case_id: str, reason: str = "letter_or_visit", name: str = "zhangwei") -> ViewField:
    """Ask, approve and read a value; return the reading."""
    asked = await desk.call(name, asking(case_id, reason))
    approver = "lina" if name != "lina" else "zhaoqiang"
    given = await desk.call(approver, DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert given.grant is not None
    view = ViewField(case_id=case_id, grant_id=given.grant.grant_id, field=ADDRESS)
    assert (await desk.call(name, view)).value
    return view


def to_day(desk: WholeDesk, ahead: int, hour: int = 1) -> str:
    """Move the clock to an hour of a later day; return today's date before."""
    now = datetime.fromtimestamp(desk.clock.now_us() / 1_000_000, UTC).astimezone(ZONE)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0) + timedelta(days=ahead)
    desk.clock.advance((then - now).total_seconds())
    return now.date().isoformat()


def day(desk: WholeDesk, ahead: int) -> str:
    now = datetime.fromtimestamp(desk.clock.now_us() / 1_000_000, UTC).astimezone(ZONE)
    return (now.date() + timedelta(days=ahead)).isoformat()


# -- taking back what one asked for -----------------------------------------------------------------------------------
@pytest.mark.clause("S-3.2", "S-4.6")
async def test_who_asked_for_a_hold_takes_it_back_before_it_is_decided(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness"))
    assert asked.may == ("withdraw",)
    for other in ("lina", "hejie"):
        take_back = DecideHold(hold_id=asked.hold_id, verdict="withdraw", version=asked.version)
        assert await desk.refused(other, take_back) == "hold.not_asked_by_you"
    for other in ("wangfang", "zhenghao", "liuyang"):
        assert await desk.refused(other, take_back) in {"case.not_found", "role.denied"}
    back = await decided(desk, "zhangwei", asked, "withdraw")
    assert (back.state, back.may) == ("withdrawn", ())
    view = await opened(desk, case_id)
    assert (view.row.hold, view.row.why, view.holds) == ("", "new", ())
    assert await desk.refused("lina", DecideHold(hold_id=asked.hold_id, verdict="confirm", version=back.version)) == (
        "hold.not_now"
    )
    assert (await desk.call("lina", ListHolds())).holds == ()
    event = next(event for event in desk.events() if event.action == "case:hold:withdraw" and event.result == "ok")
    assert (event.person_id, event.reason) == (desk.founded.persons["zhangwei"], "illness")
    again = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness"))
    assert again.state == "asked", "a retry is a new request"


async def test_a_hold_in_force_is_not_taken_back(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    stop = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="death"))
    withdraw = DecideHold(hold_id=stop.hold_id, verdict="withdraw", version=stop.version)
    assert await desk.refused("zhangwei", withdraw) == "hold.not_now"
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="dispute"))
    await decided(desk, "lina", asked, "confirm")
    late = DecideHold(hold_id=asked.hold_id, verdict="withdraw", version=asked.version)
    assert await desk.refused("zhangwei", late) == "hold.changed"
    assert (await opened(desk, case_id)).row.hold == "death"


async def test_of_taking_back_and_confirming_at_once_one_wins(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness"))
    (listed,) = (await desk.call("lina", ListHolds())).holds
    done = await asyncio.gather(
        decided(desk, "zhangwei", asked, "withdraw"), decided(desk, "lina", listed, "confirm"), return_exceptions=True
    )
    refused = [one for one in done if isinstance(one, DeskError)]
    (won,) = [one for one in done if isinstance(one, HoldView)]
    assert [one.code for one in refused] == ["hold.changed"]
    assert (await opened(desk, case_id)).row.hold == ("illness" if won.state == "active" else "")


async def test_a_case_that_went_to_a_colleague_takes_the_request_along(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness"))
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case_id,)))
    withdraw = DecideHold(hold_id=asked.hold_id, verdict="withdraw", version=asked.version)
    assert await desk.refused("zhangwei", withdraw) == "case.not_found"
    assert await desk.refused("wangfang", withdraw) == "hold.not_asked_by_you"


# -- what a hold shows no more ----------------------------------------------------------------------------------------
@pytest.mark.clause("S-6-25", "S-4.1", "C-5.4a", "C-5.4d-2")
@pytest.mark.parametrize("reason", STOPS)
async def test_a_stop_ends_what_is_shown_and_lets_nothing_be_asked(
    desk: WholeDesk, tmp_path: Path, reason: str
) -> None:
    cases = await desk.with_cases(tmp_path)
    case_id = cases[0].case_id
    view = await shown(desk, case_id, "complaint_handling")
    waiting = await desk.call("zhangwei", asking(case_id))
    heard, head = Heard(desk, "zhangwei"), Heard(desk, "lina")
    await desk.call("zhangwei", PlaceHold(case_id=case_id, reason=reason))
    assert heard.of("grant") == {view.grant_id}
    assert case_id in heard.of("case")
    assert waiting.request_id in head.of("request")
    assert (await desk.call("lina", ListGrants())).grants == ()
    assert (await desk.call("lina", ReadInbox())).items == ()
    assert await desk.refused("zhangwei", view) == f"held.{reason}"
    for name in ("zhangwei", "lina"):
        for code in ReasonCode:
            assert await desk.refused(name, asking(case_id, code)) in {f"held.{reason}", "reveal.reason_unfit"}
        assert await desk.refused(name, GetRevealOptions(case_id=case_id)) == f"held.{reason}"
    with pytest.raises(DeskError) as told:
        await desk.call("zhangwei", asking(case_id))
    assert set(told.value.refusal.ask) == {"compliance", "supervisor"}, "whoever lifts it is named"
    ended = {event.reason for event in desk.events() if event.action in ("reveal:grant:end", "reveal:request:end")}
    assert ended == {"held"}
    await shown(desk, cases[1].case_id)


@pytest.mark.clause("S-4.6", "S-4.9", "C-5.4a")
@pytest.mark.parametrize("reason", ["complaint", "dispute"])
async def test_a_hold_ends_what_serves_contact_and_keeps_what_it_is_about(
    any_desk: WholeDesk, tmp_path: Path, reason: str
) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    letter = await shown(desk, case_id)
    matter = await shown(desk, case_id, "complaint_handling")
    await desk.call("lina", PlaceHold(case_id=case_id, reason=reason))
    assert await desk.refused("zhangwei", letter) == f"held.{reason}"
    assert (await desk.call("zhangwei", matter)).value
    assert [one.grant_id for one in (await desk.call("lina", ListGrants())).grants] == [matter.grant_id]
    for code in ReasonCode:
        if code in FOR_CONTACT:
            assert await desk.refused("zhangwei", asking(case_id, code)) == f"held.{reason}", code
    options = await desk.call("zhangwei", GetRevealOptions(case_id=case_id))
    assert set(options.reasons) == set(ReasonCode) - FOR_CONTACT
    assert not any(serves_contact(code) for option in options.options for code in option.reasons)
    assert (await desk.call("zhangwei", asking(case_id, "complaint_handling"))).state == "pending"


async def test_an_unconfirmed_request_for_a_hold_ends_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    view = await shown(desk, case_id)
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness"))
    assert (await desk.call("zhangwei", view)).value
    await decided(desk, "lina", asked, "confirm")
    assert await desk.refused("zhangwei", view) == "held.illness"
    assert (await desk.call("lina", ListGrants())).grants == ()


async def test_what_a_hold_ended_stays_ended(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    hold = await desk.call("lina", PlaceHold(case_id=case_id, reason="complaint"))
    view = await shown(desk, case_id, "complaint_handling")
    await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="death"))
    assert await desk.refused("zhangwei", view) == "held.death"
    death = next(one for one in (await desk.call("hejie", ListHolds())).holds if one.reason == "death")
    lifting = await decided(desk, "lina", death, "ask_lift")
    await decided(desk, "hejie", lifting, "lift")
    assert await desk.refused("zhangwei", view) == "held.complaint"
    assert (await desk.call("lina", ListGrants())).grants == (), "what ended is asked for anew"
    assert (await desk.call("hejie", ListHolds())).holds[0].hold_id == hold.hold_id


# -- the state a case comes back in -----------------------------------------------------------------------------------
async def held_over(desk: WholeDesk, case_id: str, days: int) -> None:
    """A hold put now and lifted some days later."""
    hold = await desk.call("lina", PlaceHold(case_id=case_id, reason="dispute"))
    to_day(desk, days)
    await desk.beat()
    assert (await opened(desk, case_id)).row.state == "hold"
    await decided(desk, "lina", hold, "lift")


@pytest.mark.clause("S-6-2", "S-4.6")
async def test_a_case_comes_back_in_the_state_its_promises_say(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    broken, promised, untouched = [row.case_id for row in await desk.with_cases(tmp_path)]
    await record(desk, broken, "promised", promise=Terms(amount=100, due_on=day(desk, 2), channel="bank_app"))
    await record(desk, promised, "promised", promise=Terms(amount=100, due_on=day(desk, 30), channel="bank_app"))
    for case_id in (broken, promised, untouched):
        hold = await desk.call("lina", PlaceHold(case_id=case_id, reason="dispute"))
        assert hold.state == "active"
    to_day(desk, 4)
    await desk.beat()
    assert {event.case_id for event in desk.events() if event.action == "case:promise:break"} == {broken}
    for hold in (await desk.call("lina", ListHolds())).holds:
        await decided(desk, "lina", hold, "lift")
    rows = {case_id: (await opened(desk, case_id)).row for case_id in (broken, promised, untouched)}
    assert {case_id: (row.state, row.why) for case_id, row in rows.items()} == {
        broken: ("broken", "broken"),
        promised: ("promised", "waiting"),
        untouched: ("new", "new"),
    }


async def test_a_promise_broken_before_and_talked_about_is_no_broken_one_again(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    await record(desk, case_id, "promised", promise=Terms(amount=100, due_on=day(desk, 1), channel="bank_app"))
    to_day(desk, 2, 9)
    await desk.beat()
    await record(desk, case_id, "no_answer")
    assert (await opened(desk, case_id)).row.state == "broken"
    await held_over(desk, case_id, 1)
    assert (await opened(desk, case_id)).row.state == "broken", "nobody could be asked about it yet"
    await record(desk, case_id, "answered_self")
    assert (await opened(desk, case_id)).row.state == "working"
    await held_over(desk, case_id, 1)
    assert (await opened(desk, case_id)).row.state == "working"


async def test_a_hold_row_changed_by_sql_is_not_taken_back(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call("zhangwei", PlaceHold(case_id=case_id, reason="illness"))
    parts = desk.running.parts
    them = desk.founded.persons["lina"]
    parts.store.run(lambda uow: uow.connection.execute(update(case_hold).values(placed_by=them)).rowcount)
    withdraw = DecideHold(hold_id=asked.hold_id, verdict="withdraw", version=asked.version)
    assert await desk.refused("lina", withdraw) == "case.not_found"
    with parts.store.engine.connect() as connection:
        assert connection.execute(select(case_hold.c.state)).scalar_one() == "asked"


@pytest.mark.clause("S-6-2")
async def test_a_promise_judged_on_its_day_is_not_broken_yet(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    due_on = day(desk, 2)
    await record(desk, case_id, "promised", promise=Terms(amount=100, due_on=due_on, channel="bank_app"))
    store = desk.running.parts.store
    to_day(desk, 2, hour=23)
    assert store.run(lambda uow: judge_case(uow, case_id)) == []
    to_day(desk, 1, hour=0)
    (broken,) = store.run(lambda uow: judge_case(uow, case_id))
    assert broken.state == "broken"
