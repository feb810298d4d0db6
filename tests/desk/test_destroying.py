"""Recordings destroyed once their time is over: four people, a hold that keeps them, no key and no file afterwards."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.store.base import UnitOfWork
from access.store.schema import call_recording
from console.desk.api.base import DeskError
from console.desk.api.recordings import (
    CarryOutDestruction,
    DecideDestruction,
    DestructionView,
    ListDestructions,
    ProposeDestruction,
    StartListening,
    WitnessDestruction,
)
from console.desk.api.work import PlaceHold
from console.desk.calls import shredding, writing
from console.desk.calls.shredding import shred
from console.desk.contact import recorder
from console.dial.results import By, Result
from tests.support.calls import Line
from tests.support.desk import WholeDesk
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "F-13", "F-15", "R-46", "S-5-12")


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def line(any_desk: WholeDesk) -> AsyncIterator[Line]:
    yield Line(any_desk)


def row_of(desk: WholeDesk, call_id: str) -> dict[str, object]:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(call_recording).where(call_recording.c.call_id == call_id)
        return dict(connection.execute(query).mappings().one())


def time_passes(desk: WholeDesk, call_id: str) -> None:
    """It need not be kept any more."""
    found = row_of(desk, call_id)

    def act(uow: UnitOfWork) -> None:
        ours = writing.of_desk(desk.running.parts, uow)
        event = ours.event(writing.KEEP, object_kind="recording", object_id=found["id"])
        changes = {"keep_until": ours.now - 1}
        ours.proofs.update(uow, call_recording, str(found["id"]), int(str(found["version"])), changes, event)

    desk.running.parts.store.run(act)


async def recorded(line: Line, case_id: str) -> str:
    call = await line.start("zhangwei", case_id)
    line.dialer.move(call.call_id, "agent_calling", "agent_answered", "customer_calling", "customer_answered")
    await until(lambda: call.call_id in line.dialer.bridged, "bridged")
    line.dialer.end(call.call_id, Result.ANSWERED, By.CUSTOMER, talked=3000, seconds=3)
    await line.over(call.call_id)
    file = line.desk.running.parts.home
    assert file is not None
    (file.recordings / f"{row_of(line.desk, call.call_id)['id']}.vdr").write_bytes(b"sealed" * 1000)
    return call.call_id


async def refused(desk: WholeDesk, name: str, call: object) -> str:
    with pytest.raises(DeskError) as error:
        await desk.call(name, call)  # type: ignore[arg-type]
    return error.value.refusal.code


async def test_four_people_destroy_what_is_due_and_a_hold_keeps_the_rest(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    cases = await desk.with_cases(tmp_path)
    await line.open("zhangwei", "lina")
    calls = [await recorded(line, case.case_id) for case in cases[:3]]
    assert await refused(desk, "wugang", ProposeDestruction()) == "destruction.nothing_due"
    time_passes(desk, calls[0])
    time_passes(desk, calls[1])
    listed = await desk.call("wugang", ListDestructions())
    assert (listed.due, listed.held) == (2, 0)
    for name in ("zhangwei", "lina", "zhenghao", "fengxue", "hejie"):
        assert await refused(desk, name, ProposeDestruction()) == "role.denied", name
    seen = await desk.call("wugang", ProposeDestruction())
    assert (seen.state, seen.covers, seen.proposed_by != "") == ("proposed", 2, True)
    assert (await desk.call("hejie", ListDestructions())).due == 0

    def decide(approve: bool = True) -> DecideDestruction:  # noqa: FBT001, FBT002 - as it is asked
        return DecideDestruction(destruction_id=seen.destruction_id, version=seen.version, approve=approve)

    def carry_out() -> CarryOutDestruction:
        return CarryOutDestruction(destruction_id=seen.destruction_id, version=seen.version)

    def witness() -> WitnessDestruction:
        return WitnessDestruction(destruction_id=seen.destruction_id, version=seen.version)

    assert await refused(desk, "zhenghao", carry_out()) == "destruction.not_now"
    assert await refused(desk, "wugang", decide()) == "role.denied"
    seen = await desk.call("hejie", decide())
    assert await refused(desk, "fengxue", carry_out()) == "role.denied"
    # A complaint that came meanwhile keeps the second one.
    await desk.call("lina", PlaceHold(case_id=cases[1].case_id, reason="dispute", words="客户提出异议"))
    seen = await desk.call("zhenghao", carry_out())
    assert (seen.state, seen.covers, seen.destroyed) == ("destroyed", 2, 1)
    first, second, third = (row_of(desk, one) for one in calls)
    assert (first["state"], bytes(first["wrapped_key"])) == ("destroyed", b"")  # type: ignore[call-overload]
    assert second["state"] == third["state"] == "whole"
    await until(lambda: {file.stem for file in line.files()} == {second["id"], third["id"]}, "its file is gone")
    (event,) = [one for one in desk.events() if one.action == "call:recording:destroy" and one.object_id == first["id"]]
    assert (event.verb, event.approval_id) == ("destroy", seen.destruction_id)
    assert await refused(desk, "zhangwei", StartListening(call_id=calls[0], reason="quality")) == "recording.none"
    assert await refused(desk, "zhenghao", witness()) == "separation.own_request"
    # The witness looks: what came back is found, and goes at the next start.
    home = desk.running.parts.home
    assert home is not None
    back = home.recordings / f"{first['id']}.vdr"
    back.write_bytes(b"left by a crash")
    assert await refused(desk, "fengxue", witness()) == "destruction.left"
    shredding.recover(desk.running.parts)
    assert not back.exists()
    seen = await desk.call("fengxue", witness())
    assert seen.state == "witnessed"
    people = {seen.proposed_by, seen.approved_by, seen.executed_by, seen.witnessed_by}
    assert len(people) == 4
    listed = await desk.call("fengxue", ListDestructions())
    assert (listed.due, listed.held) == (0, 1)
    assert await refused(desk, "wugang", ProposeDestruction()) == "destruction.nothing_due"


async def test_a_refused_one_leaves_everything_and_what_changed_is_not_decided(line: Line, tmp_path: Path) -> None:
    desk = line.desk
    case = (await desk.with_cases(tmp_path))[0]
    await line.open("zhangwei")
    call_id = await recorded(line, case.case_id)
    time_passes(desk, call_id)
    seen = await desk.call("wugang", ProposeDestruction())
    stale = DecideDestruction(destruction_id=seen.destruction_id, version=seen.version + 1, approve=True)
    assert await refused(desk, "hejie", stale) == "destruction.changed"
    no = DecideDestruction(destruction_id=seen.destruction_id, version=seen.version, approve=False)
    refused_one: DestructionView = await desk.call("hejie", no)
    assert refused_one.state == "refused"
    again = CarryOutDestruction(destruction_id=seen.destruction_id, version=refused_one.version)
    assert await refused(desk, "zhenghao", again) == "destruction.not_now"
    assert row_of(desk, call_id)["state"] == "whole"
    assert (await desk.call("wugang", ListDestructions())).due == 1


def test_a_file_is_written_over_before_it_goes(tmp_path: Path) -> None:
    file, other = tmp_path / "one.vdr", tmp_path / "other"
    file.write_bytes(b"what was said" * 1000)
    other.hardlink_to(file)
    shred(file)
    assert not file.exists()
    assert other.stat().st_size == 13_000
    assert b"what was said" not in other.read_bytes()
    shred(file)
