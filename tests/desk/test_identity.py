"""Who is on the line (U1): in one's own answered call, under somebody else's standing approval, logged first."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import text

from access.roles import Role
from console.desk.api.base import DeskError
from console.desk.api.calling import CallView
from console.desk.api.cases import AssignCases
from console.desk.api.identity import GiveStanding, ListStanding, RevokeStanding, ShowIdentity, StandingView
from console.desk.api.record import ReadOwnRecord
from console.desk.api.reveal import GetRevealOptions
from console.desk.api.session import Lock
from console.desk.api.work import PlaceHold
from console.desk.calls.switchboard import Ending
from console.desk.contact import recorder
from console.dial.messages import Ended
from console.dial.results import By, Result
from tests.support.calls import Line
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened
from tests.support.heard import Heard
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "C-5.4d-2")
HOUR = 3_600_000_000
NAMES = {"欧阳建国", "王芳", "李四"}
ME = "zhangwei"


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


async def give(desk: WholeDesk, hours: int = 8, by: str = "lina") -> StandingView:
    return await desk.call(by, GiveStanding(ends_at=desk.clock.now_us() + hours * HOUR))


async def answered(line: Line, case_id: str, name: str = ME) -> CallView:
    call = await line.start(name, case_id)
    line.dialer.move(call.call_id, "customer_calling", "customer_answered")
    await until(lambda: call.call_id in line.dialer.bridged, "bridged")
    return call


async def over(line: Line, call: CallView) -> None:
    line.dialer.end(call.call_id, Result.ANSWERED)
    await line.over(call.call_id)


async def test_the_name_is_shown_while_the_customer_is_on_the_line_and_never_else(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open(ME)
    given = await give(desk)
    assert given.ends_at - given.given_at == 8 * HOUR
    left = (await desk.call(ME, GetRevealOptions(case_id=case.case_id))).quota_left
    call = await line.start(ME, case.case_id)
    show = ShowIdentity(call_id=call.call_id)
    assert await desk.refused(ME, show) == "identity.no_call"
    for phase in ("agent_calling", "agent_answered", "customer_calling", "customer_ringing"):
        line.dialer.move(call.call_id, phase)
        board = desk.running.parts.switchboard
        await until(lambda: getattr(board.find(call.call_id), "phase", "") == phase, phase)  # noqa: B023 - now
        assert await desk.refused(ME, show) == "identity.no_call"
    line.dialer.move(call.call_id, "customer_answered")
    await until(lambda: bool(line.dialer.bridged))
    shown = await desk.call(ME, show)
    assert shown.value in NAMES
    assert shown.value[0] == case.name[0]
    assert shown.ends_at - shown.now == 600_000_000
    # The event is there, names the approval and the call, and counts as a look at the customer; no quota is touched.
    (event,) = [one for one in desk.events() if one.action == "case:field:identify" and one.result == "ok"]
    assert (event.object_id, event.case_id, event.approval_id, event.fields) == (
        call.call_id,
        case.case_id,
        given.standing_id,
        ("full_name",),
    )
    assert not any(shown.value in repr(one) for one in desk.events())
    entries = (await desk.call(ME, ReadOwnRecord())).entries
    assert [one.fields for one in entries if one.action == "case:field:identify" and one.result == "ok"] == [
        ("full_name",)
    ]
    assert (await desk.call(ME, GetRevealOptions(case_id=case.case_id))).quota_left == left
    heard = Heard(desk, ME)
    line.dialer.end(call.call_id, Result.ANSWERED)
    await line.over(call.call_id)
    assert call.call_id in heard.of("call"), "the screen is told to hide it"
    assert await desk.refused(ME, show) == "identity.no_call"


async def test_a_dialer_that_dies_ends_it_and_so_does_a_call_that_is_only_on_the_books(
    line: Line, tmp_path: Path
) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open(ME)
    await give(desk)
    call = await answered(line, case.case_id)
    show = ShowIdentity(call_id=call.call_id)
    assert (await desk.call(ME, show)).value
    line.dialer.die()
    await line.over(call.call_id)
    assert await desk.refused(ME, show) == "identity.no_call"
    # As a killed desk leaves it: connected on the books, nobody on the line.
    with desk.running.parts.store.engine.connect() as connection:
        state = connection.execute(text("SELECT state FROM call_record WHERE id = :i"), {"i": call.call_id}).scalar()
    assert state == "ended"


async def test_whoever_cannot_give_it_any_more_gave_nothing(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open(ME, "lina")
    call = await answered(line, cases[0].case_id)
    show = ShowIdentity(call_id=call.call_id)
    assert await desk.refused(ME, show) == "standing.none"
    # Nobody's own word counts for themselves.
    await give(desk, 1)
    mine = await answered(line, cases[1].case_id, "lina")
    assert await desk.refused("lina", ShowIdentity(call_id=mine.call_id)) == "standing.none"
    await over(line, mine)
    assert (await desk.call(ME, show)).value
    # The shift is over.
    desk.clock.advance(3601)
    assert await desk.refused(ME, show) == "standing.none"
    # Revoked.
    given = await give(desk, 2)
    assert (await desk.call(ME, show)).value
    heard = Heard(desk, ME)
    await desk.call("lina", RevokeStanding(standing_id=given.standing_id))
    assert given.standing_id in heard.of("standing")
    assert await desk.refused(ME, show) == "standing.none"
    # Whoever gave it runs the team no more.
    await give(desk, 2)
    assert (await desk.call(ME, show)).value
    desk.lose("lina", Role.SUPERVISOR)
    assert await desk.refused(ME, show) == "standing.none"
    await over(line, call)


async def test_a_changed_row_is_no_approval(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open(ME)
    given = await give(desk, 1)
    call = await answered(line, case.case_id)
    show = ShowIdentity(call_id=call.call_id)
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE standing_approval SET ends_at = ends_at + 1"))
    assert await desk.refused(ME, show) == "standing.none"
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE standing_approval SET ends_at = ends_at - 1, given_by = :p"), {"p": "0" * 32})
    assert await desk.refused(ME, show) == "standing.none"
    assert await desk.refused("lina", RevokeStanding(standing_id=given.standing_id)) in {
        "standing.not_found",
        "scope.denied",
    }
    await over(line, call)


async def test_not_another_persons_call_nor_a_held_nor_a_lost_case(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    cases = await desk.with_cases(tmp_path)
    await line.open(ME)
    await give(desk)
    call = await answered(line, cases[0].case_id)
    show = ShowIdentity(call_id=call.call_id)
    for name in ("lina", "wangfang", "sunli", "fengxue", "zhenghao", "hejie", "machao"):
        assert await desk.refused(name, show)
    for junk in ("", "\0", "0" * 32, "x" * 9_000):
        assert await desk.refused(ME, ShowIdentity(call_id=junk)) in {"identity.no_call", "desk.call_unfit"}
    await desk.call("lina", PlaceHold(case_id=cases[0].case_id, reason="death"))
    assert await desk.refused(ME, show) == "held.death"
    await over(line, call)
    call = await answered(line, cases[1].case_id)
    show = ShowIdentity(call_id=call.call_id)
    assert (await desk.call(ME, show)).value
    await desk.call("lina", AssignCases(assignee_id=desk.founded.persons["wangfang"], case_ids=(cases[1].case_id,)))
    assert await desk.refused(ME, show) in {"case.not_found", "scope.denied"}
    await over(line, call)
    call = await answered(line, cases[2].case_id)
    await desk.call(ME, Lock())
    assert await desk.refused(ME, ShowIdentity(call_id=call.call_id)) == "session.locked"
    await over(line, call)


async def test_whose_call_to_somebody_else_shows_no_name(desk: WholeDesk, tmp_path: Path) -> None:
    line = Line(desk)
    case = (await desk.with_cases(tmp_path))[0]
    await line.open(ME)
    await give(desk)
    call = await answered(line, case.case_id)
    parts = desk.running.parts

    def third(uow: object) -> None:
        from access.store.schema import call_record  # noqa: PLC0415 - of one test
        from console.desk.calls.writing import of_desk  # noqa: PLC0415 - of one test

        act = of_desk(parts, uow)  # type: ignore[arg-type]
        row = act.proofs.get(act.uow, call_record, call.call_id)
        assert row is not None
        event = act.event("call:line:dial", object_kind="call", object_id=call.call_id)
        act.proofs.update(act.uow, call_record, row["id"], row["version"], {"third": 1}, event)

    parts.store.run(third)
    assert await desk.refused(ME, ShowIdentity(call_id=call.call_id)) == "identity.third_party"
    await over(line, call)


async def test_a_call_recovered_from_a_crash_shows_nothing(clock: FakeClock, tmp_path: Path) -> None:
    async with opened(tmp_path / "h", clock) as desk:
        line = Line(desk)
        case = (await desk.with_cases(tmp_path))[0]
        await line.open(ME)
        await give(desk)
        call = await answered(line, case.case_id)
        gone = Ended(call_id=call.call_id, result=Result.ANSWERED, by=By.LINE)
        desk.running.parts.switchboard.over(Ending(gone))
        # Still connected on the books, and nobody is on the line.
        assert await desk.refused(ME, ShowIdentity(call_id=call.call_id)) == "identity.no_call"


async def test_who_gives_and_who_ends(desk: WholeDesk) -> None:
    people = (ME, "lina", "sunli", "fengxue", "hejie", "zhenghao", "wugang", "machao")
    gives, lists = set(), set()
    for name in people:
        try:
            await give(desk, 1, name)
            gives.add(name)
        except DeskError:
            pass
        try:
            await desk.call(name, ListStanding())
            lists.add(name)
        except DeskError:
            pass
    assert gives == {"lina", "sunli"}
    assert lists == {"lina", "sunli", "wugang", "hejie"}
    assert await desk.refused("lina", GiveStanding(ends_at=desk.clock.now_us() + HOUR)) == "standing.already"
    (own,) = (await desk.call("lina", ListStanding())).approvals
    every = (await desk.call("hejie", ListStanding())).approvals
    other = next(one for one in every if one.standing_id != own.standing_id)
    assert len(every) == 2
    for name in (ME, "lina", "zhenghao", "machao"):
        assert await desk.refused(name, RevokeStanding(standing_id=other.standing_id))
    await desk.call("hejie", RevokeStanding(standing_id=other.standing_id))
    await desk.call("wugang", RevokeStanding(standing_id=own.standing_id))
    assert await desk.refused("lina", RevokeStanding(standing_id=own.standing_id)) == "standing.over"
    (mine,) = (await desk.call("lina", ListStanding())).approvals
    assert (mine.state, mine.may_revoke) == ("revoked", False)
    for hours in (-1, 0, 13):
        ends_at = desk.clock.now_us() + hours * HOUR
        assert await desk.refused("lina", GiveStanding(ends_at=ends_at)) == "standing.shift"
    assert await desk.refused("lina", GiveStanding(ends_at=1 << 62)) in {"standing.shift", "desk.call_unfit"}
    await give(desk, 12)
