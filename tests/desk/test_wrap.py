"""Wrapping a call up: one form, one act; found again after a restart; a reveal that waits for the call's end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import func, select, text

from access.store.base import UnitOfWork
from access.store.schema import (
    case_draft,
    case_file,
    case_hold,
    case_note,
    case_result,
    contact_slot,
    contact_stop,
    promise,
)
from console.desk.api.assign import DeclareInterest
from console.desk.api.base import DeskError
from console.desk.api.calling import CallView
from console.desk.api.cases import AssignCases, CaseRow, FieldRef, OpenCase
from console.desk.api.contacts import CheckContact, ProposeContact
from console.desk.api.reveal import AskReveal, DecideReveal, ViewField
from console.desk.api.work import KeepDraft, PlaceHold, PlanContact, ReadDraft, RecordResult, Terms
from console.desk.api.wrapping import ListWraps, ReadWrap, SaveWrap
from console.desk.calls import writing
from console.desk.cases.rows import load_case
from console.desk.cases.states import CaseState
from console.desk.contact import recorder
from console.desk.work.changing import change_case
from console.dial.results import Result
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5")
DAY = 86_400


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


async def talked(line: Line, case_id: str, name: str = "zhangwei") -> CallView:
    """A call that was answered and is over."""
    call = await line.start(name, case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: call.call_id in line.dialer.bridged, "bridged")
    line.dialer.end(call.call_id, Result.ANSWERED, talked=9_000, seconds=9)
    await line.over(call.call_id)
    return call


async def rang(line: Line, case_id: str, result: Result) -> CallView:
    """A call that nobody answered."""
    call = await line.start("zhangwei", case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_ringing")
    line.dialer.end(call.call_id, result)
    await line.over(call.call_id)
    return call


async def version(desk: WholeDesk, case_id: str, name: str = "zhangwei") -> int:
    return (await desk.call(name, OpenCase(case_id=case_id))).version


def count(desk: WholeDesk, table: object, **where: object) -> int:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(func.count()).select_from(table)  # type: ignore[arg-type]
        for name, value in where.items():
            query = query.where(table.c[name] == value)  # type: ignore[attr-defined]
        return int(connection.execute(query).scalar_one())


@pytest.mark.clause("S-6-18")
async def test_everything_of_a_call_is_kept_in_one_act(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei")
    case = cases[0]
    call = await talked(line, case.case_id)
    (waiting,) = (await desk.call("zhangwei", ListWraps())).wraps
    assert (waiting.call_id, waiting.number, waiting.code, waiting.answered) == (
        call.call_id,
        case.number,
        "answered_self",
        True,
    )
    view = await desk.call("zhangwei", ReadWrap(call_id=call.call_id))
    assert view.lost is not None
    assert (view.lost.holds, view.lost.failed, view.saved) == (False, 0, False)
    await desk.call("zhangwei", KeepDraft(case_id=case.case_id, kind="wrap", text="half a note"))
    seen = await version(desk, case.case_id)
    done = await desk.call(
        "zhangwei",
        SaveWrap(
            call_id=call.call_id,
            version=seen,
            code="promised",
            promise=Terms(amount=100, due_on=day_on(desk, 3), channel="bank_app"),
            next_at=desk.clock.now_us() + 2 * DAY * 1_000_000,
            note="客户说打13912345678",
            stop="asked",
        ),
    )
    assert done.version == seen + 1
    assert done.next_case_id in {one.case_id for one in cases[1:]}
    assert count(desk, case_result, call_id=call.call_id, code="promised") == 1
    assert (count(desk, promise, case_id=case.case_id), count(desk, contact_stop, case_id=case.case_id)) == (1, 1)
    assert count(desk, case_draft, case_id=case.case_id) == 0
    opened = await desk.call("zhangwei", OpenCase(case_id=case.case_id))
    assert opened.promise is not None
    assert opened.row.next_at is not None
    # Masked like every typed note, also in the log.
    assert count(desk, case_note, case_id=case.case_id) == 1
    assert not any("13912345678" in repr(one) for one in desk.events())
    assert (await desk.call("zhangwei", ListWraps())).wraps == ()
    assert await desk.refused("zhangwei", SaveWrap(call_id=call.call_id, version=done.version, code="busy")) == (
        "wrap.saved"
    )
    (saved,) = [one for one in desk.events() if one.action == "call:wrap:save" and one.result == "ok"]
    assert (saved.object_id, saved.case_id) == (call.call_id, case.case_id)


async def test_all_of_it_or_none(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talked(line, case.case_id)
    seen = await version(desk, case.case_id)
    terms = Terms(amount=100, due_on=day_on(desk, 900), channel="bank_app")
    wrong = {
        "promise.day": SaveWrap(
            call_id=call.call_id, version=seen, code="promised", promise=terms, stop="asked", note="x"
        ),
        "case.changed": SaveWrap(call_id=call.call_id, version=seen + 7, code="answered_self", stop="asked", note="x"),
        "result.code_unknown": SaveWrap(call_id=call.call_id, version=seen, code="nonsense", stop="asked", note="x"),
        "contact.stop_reason_unknown": SaveWrap(call_id=call.call_id, version=seen, code="answered_self", stop="no"),
        "next.not_ahead": SaveWrap(call_id=call.call_id, version=seen, code="answered_self", next_at=1, stop="asked"),
    }
    for code, request in wrong.items():
        assert await desk.refused("zhangwei", request) == code
    for table in (case_result, contact_stop, case_note, promise):
        assert count(desk, table, case_id=case.case_id) == 0
    assert len((await desk.call("zhangwei", ListWraps())).wraps) == 1


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (Result.BUSY, "busy"),
        (Result.NO_ANSWER, "no_answer"),
        (Result.REJECTED, "refused"),
        (Result.UNREACHABLE, "powered_off"),
        (Result.INVALID_NUMBER, "empty_number"),
        (Result.NOT_FOUND, "no_answer"),
    ],
)
async def test_the_dialers_word_says_which_code(desk: WholeDesk, tmp_path: Path, result: Result, code: str) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await rang(line, case.case_id, result)
    view = await desk.call("zhangwei", ReadWrap(call_id=call.call_id))
    assert (view.code, view.answered) == (code, False)
    assert view.lost is not None
    assert view.lost.failed == 1
    seen = await version(desk, case.case_id)
    for said in ("answered_self", "answered_other", "promised"):
        refused = await desk.refused("zhangwei", SaveWrap(call_id=call.call_id, version=seen, code=said))
        assert refused == "wrap.nobody_answered"
    await desk.call("zhangwei", SaveWrap(call_id=call.call_id, version=seen, code=view.code))


@pytest.mark.parametrize(
    ("code", "hold"), [("complaint", "complaint"), ("wrong_person", "wrong_person"), ("deceased", "death")]
)
async def test_what_was_said_marks_its_hold(desk: WholeDesk, tmp_path: Path, code: str, hold: str) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talked(line, case.case_id)
    seen = await version(desk, case.case_id)
    stop = "wrong_number" if code == "wrong_person" else ""
    await desk.call("zhangwei", SaveWrap(call_id=call.call_id, version=seen, code=code, stop=stop))
    assert count(desk, case_hold, case_id=case.case_id, reason=hold) == 1
    assert count(desk, contact_stop, case_id=case.case_id, reason="wrong_number") == int(bool(stop))


@pytest.mark.clause("S-5-6")
async def test_the_number_that_was_called_is_stopped_not_the_one_that_took_its_place(
    desk: WholeDesk, tmp_path: Path
) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talked(line, case.case_id)
    with desk.running.parts.store.engine.connect() as connection:
        called = bytes(connection.execute(select(contact_slot.c.number)).scalar_one())
    filed = await desk.call(
        "zhangwei",
        ProposeContact(case_id=case.case_id, field="mobile", ordinal=1, value="13955556666", lawful_source="customer"),
    )
    accept = CheckContact(change_id=filed.change_id, accept=True, lawful_source="", seen_version=filed.version)
    await desk.call("lina", accept)
    wrap = SaveWrap(
        call_id=call.call_id,
        version=await version(desk, case.case_id),
        code="wrong_person",
        stop="third_party",
    )
    await desk.call("zhangwei", wrap)
    with desk.running.parts.store.engine.connect() as connection:
        stopped = [bytes(one) for one in connection.execute(select(contact_stop.c.number)).scalars()]
    assert stopped == [called]


async def test_a_hold_placed_meanwhile_keeps_nobody_from_saying_what_came_of_it(
    desk: WholeDesk, tmp_path: Path
) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await rang(line, case.case_id, Result.BUSY)
    await desk.call("lina", PlaceHold(case_id=case.case_id, reason="death"))
    seen = await version(desk, case.case_id)
    plain = RecordResult(case_id=case.case_id, version=seen, code="busy")
    assert (await desk.refused("zhangwei", plain)).startswith("held.")
    await desk.call("zhangwei", SaveWrap(call_id=call.call_id, version=seen, code="busy"))
    with desk.running.parts.store.engine.connect() as connection:
        row = connection.execute(select(case_file).where(case_file.c.id == case.case_id)).mappings().one()
    assert row["hold"] == "death"


async def test_unsaved_ones_are_found_from_the_books_alone(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "lina")
    # Killed while one speaks and one rings: the next start ends them, and they wait to be wrapped up.
    one = await line.start("zhangwei", cases[0].case_id)
    line.dialer.move(one.call_id, "customer_calling", "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    await desk.call("zhangwei", KeepDraft(case_id=cases[0].case_id, kind="wrap", text="what was typed"))
    await asyncio.to_thread(writing.recover, desk.running.parts)
    (left,) = (await desk.call("zhangwei", ListWraps())).wraps
    assert (left.call_id, left.result, left.code) == (one.call_id, "system_error", "answered_self")
    draft = await desk.call("zhangwei", ReadDraft(case_id=cases[0].case_id, kind="wrap"))
    assert draft.text == "what was typed"
    line.dialer.end(one.call_id, Result.ANSWERED)
    await line.over(one.call_id)
    # Nobody else's; and what was recorded another way waits no more.
    assert (await desk.call("lina", ListWraps())).wraps == ()
    seen = await version(desk, cases[0].case_id)
    await desk.call("zhangwei", RecordResult(case_id=cases[0].case_id, version=seen, code="answered_self"))
    assert (await desk.call("zhangwei", ListWraps())).wraps == ()
    # A call that rang nobody needs none.
    gone = await line.start("zhangwei", cases[1].case_id)
    line.dialer.move(gone.call_id, "agent_calling")
    line.dialer.end(gone.call_id, Result.AGENT_BUSY)
    await line.over(gone.call_id)
    assert (await desk.call("zhangwei", ListWraps())).wraps == ()
    # A week on nothing is asked about any more.
    late = await rang(line, cases[1].case_id, Result.NO_ANSWER)
    assert [each.call_id for each in (await desk.call("zhangwei", ListWraps())).wraps] == [late.call_id]
    desk.clock.advance(7 * DAY + 1)
    assert (await desk.call("zhangwei", ListWraps())).wraps == ()


async def test_a_case_that_was_handed_on_keeps_nobody_from_saying_what_came_of_it(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei", "wangfang")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: call.call_id in line.dialer.bridged, "bridged")
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(case.case_id,)))
    agreed = desk.clock.now_us() + DAY * 1_000_000
    plan = PlanContact(case_id=case.case_id, version=await version(desk, case.case_id, "wangfang"), next_at=agreed)
    await desk.call("wangfang", plan)
    line.dialer.end(call.call_id, Result.ANSWERED, talked=9_000, seconds=9)
    await line.over(call.call_id)
    assert await desk.refused("zhangwei", OpenCase(case_id=case.case_id)) == "case.not_found"
    (waiting,) = (await desk.call("zhangwei", ListWraps())).wraps
    view = await desk.call("zhangwei", ReadWrap(call_id=call.call_id))
    # Nothing of the case but its number.
    assert (view.call_id, view.number, view.worked, view.lost) == (waiting.call_id, case.number, False, None)
    assert (await desk.call("wangfang", ListWraps())).wraps == ()
    terms = Terms(amount=100, due_on=day_on(desk, 3), channel="bank_app")
    wraps = {
        "promise": SaveWrap(call_id=call.call_id, version=view.version, code="promised", promise=terms, stop="asked"),
        "next": SaveWrap(call_id=call.call_id, version=view.version, code="complaint", next_at=agreed, stop="asked"),
    }
    for one in wraps.values():
        assert await desk.refused("zhangwei", one) == "wrap.case_moved_on"
    assert count(desk, contact_stop, case_id=case.case_id) == 0
    said = SaveWrap(call_id=call.call_id, version=view.version, code="complaint", note="客户投诉", stop="asked")
    await desk.call("zhangwei", said)
    for table, about in ((case_result, {"code": "complaint"}), (case_note, {}), (contact_stop, {"reason": "asked"})):
        assert count(desk, table, case_id=case.case_id, **about) == 1
    assert count(desk, case_hold, case_id=case.case_id, reason="complaint", state="asked") == 1
    # What was agreed with whoever has the case now stays.
    row = (await desk.call("wangfang", OpenCase(case_id=case.case_id))).row
    assert (row.next_at, row.last_result) == (agreed, "complaint")
    assert (await desk.call("zhangwei", ListWraps())).wraps == ()


@pytest.mark.parametrize(("code", "hold"), [("complaint", "asked"), ("deceased", "active")])
async def test_a_case_that_was_settled_meanwhile_takes_what_was_said_and_stays_settled(
    desk: WholeDesk, tmp_path: Path, code: str, hold: str
) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talked(line, case.case_id)
    settle(desk, case.case_id)
    view = await desk.call("zhangwei", ReadWrap(call_id=call.call_id))
    assert not view.worked
    await desk.call("zhangwei", SaveWrap(call_id=call.call_id, version=view.version, code=code, note="x", stop="asked"))
    assert count(desk, case_hold, case_id=case.case_id, state=hold) == 1
    assert count(desk, case_file, id=case.case_id, state=50) == 1
    assert count(desk, contact_stop, case_id=case.case_id) == 1


def settle(desk: WholeDesk, case_id: str) -> None:
    """The lender says that nothing is due any more."""
    parts = desk.running.parts

    def work(uow: UnitOfWork) -> None:
        act = writing.of_desk(parts, uow)
        row = load_case(act, case_id)
        assert row is not None
        about = {"object_kind": "case", "object_id": case_id, "case_id": case_id, "tenant_id": row["tenant_id"]}
        change_case(act, row, {"state": CaseState.SETTLED.value}, act.event("case:state:change", **about))

    parts.store.run(work)


async def test_who_has_an_interest_in_the_customer_by_now_says_nothing_of_the_call(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talked(line, case.case_id)
    await desk.call("lina", DeclareInterest(person_id=desk.founded.persons["zhangwei"], case_id=case.case_id))
    assert (await desk.call("zhangwei", ListWraps())).wraps == ()
    assert await desk.refused("zhangwei", ReadWrap(call_id=call.call_id)) == "case.not_found"
    wrap = SaveWrap(call_id=call.call_id, version=2, code="complaint")
    assert await desk.refused("zhangwei", wrap) == "case.not_found"


async def test_whose_call_it_is_and_that_it_is_over(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    seen = await version(desk, case.case_id)
    request = SaveWrap(call_id=call.call_id, version=seen, code="answered_self")
    assert await desk.refused("zhangwei", request) == "wrap.live"
    view = await desk.call("zhangwei", ReadWrap(call_id=call.call_id))
    assert (view.result, view.code, view.answered) == ("", "", True)
    line.dialer.end(call.call_id, Result.ANSWERED)
    await line.over(call.call_id)
    for name in ("lina", "wangfang", "sunli", "fengxue", "zhenghao"):
        assert await desk.refused(name, request)
        assert await desk.refused(name, ReadWrap(call_id=call.call_id))
    for junk in ("", "0" * 32, "x" * 9_000):
        assert await desk.refused("zhangwei", SaveWrap(call_id=junk, version=seen, code="busy"))
    # A call's row that somebody changed is no call.
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE call_record SET person_id = :p"), {"p": desk.founded.persons["wangfang"]})
    for name in ("wangfang", "zhangwei"):
        assert await desk.refused(name, request)
        assert (await desk.call(name, ListWraps())).wraps == ()


async def test_of_two_at_once_one_is_kept(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await talked(line, case.case_id)
    seen = await version(desk, case.case_id)

    async def one(code: str) -> str:
        try:
            await desk.call("zhangwei", SaveWrap(call_id=call.call_id, version=seen, code=code, stop="asked"))
        except DeskError as refused:
            return refused.code
        return ""

    got = sorted(await asyncio.gather(one("answered_self"), one("paid_claimed")))
    assert got[0] == ""
    assert got[1] in {"wrap.saved", "case.changed", "contact.stopped_already"}
    assert count(desk, case_result, case_id=case.case_id) == 1


# -- a reveal approved in a call -------------------------------------------------------------------------------------
ADDRESS = FieldRef(name="home_address")


async def granted(desk: WholeDesk, case: CaseRow) -> tuple[ViewField, int]:
    ask = AskReveal(case_id=case.case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=5)
    asked = await desk.call("zhangwei", ask)
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    return ViewField(case_id=case.case_id, grant_id=decided.grant.grant_id, field=ADDRESS), decided.grant.open_by


@pytest.mark.clause("C-5.4d-2")
async def test_a_reveal_approved_in_a_call_waits_for_its_end(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    view, _ = await granted(desk, case)
    # Half an hour of speaking, and it is there.
    desk.clock.advance(1800)
    await desk.beat()
    over = desk.clock.now_us()
    line.dialer.end(call.call_id, Result.ANSWERED)
    await line.over(call.call_id)
    (grant,) = (await desk.call("zhangwei", OpenCase(case_id=case.case_id))).grants
    assert 0 <= grant.open_by - over - 600_000_000 < 60_000_000
    assert [one.object_id for one in desk.events() if one.action == "reveal:grant:begin"] == [view.grant_id]
    desk.clock.advance(540)
    shown = await desk.call("zhangwei", view)
    assert shown.value
    assert shown.ends_at - shown.now == 300_000_000


@pytest.mark.clause("C-5.4d-2")
async def test_opened_in_the_call_its_minutes_run_and_left_alone_it_lapses(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call = await line.start("zhangwei", case.case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    view, _ = await granted(desk, case)
    shown = await desk.call("zhangwei", view)
    desk.clock.advance(301)
    assert await desk.refused("zhangwei", view) == "grant.not_live"
    await desk.beat()
    again, _ = await granted(desk, case)
    # The desk is killed: its next start ends the call, and the time to open runs from then.
    await asyncio.to_thread(writing.recover, desk.running.parts)
    desk.clock.advance(601)
    assert await desk.refused("zhangwei", again) == "grant.not_live"
    line.dialer.end(call.call_id, Result.ANSWERED)
    await line.over(call.call_id)
    # Outside a call nothing waits.
    _, open_by = await granted(desk, case)
    assert open_by - desk.clock.now_us() <= 600_000_000
    assert shown.ends_at - shown.now == 300_000_000


def day_on(desk: WholeDesk, days: int) -> str:
    from console.desk.team.days import day_of  # noqa: PLC0415 - of one test

    return day_of(desk.clock.now_us() + days * DAY * 1_000_000, "Asia/Shanghai").isoformat()
