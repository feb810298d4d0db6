"""A desk killed in the middle of a dismissal or a suspension: afterwards it did not happen, or all of it did."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.store.schema import case_file, departure, person, reveal_grant, role_grant
from console.bootstrap import RunningDesk
from console.demo import build
from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.log import VerifyLog
from console.desk.api.people import ListPeople
from console.desk.api.reveal import AskReveal, DecideReveal, ViewField
from console.desk.api.session import SignInAs
from console.desk.api.staff import NoteDeparture, SuspendPerson
from console.home import Home
from console.proving import nothing, proven

WORKER = Path(__file__).with_name("staff_crash_worker.py")
ADDRESS = FieldRef(name="home_address")
POINTS = {
    "leave": ("end_sessions", "release_cases", "departure_view"),
    "suspend": ("end_sessions", "tell"),
}
pytestmark = pytest.mark.slow


async def filled(root: Path) -> None:
    """A demo desk in which an agent holds cases and a live value."""
    running = await build.build(root, cases=24, seed=5)
    agent, head = running.line("pts/1"), running.line("pts/2")
    await agent.call(SignInAs(name="zhangwei"))
    await head.call(SignInAs(name="lina"))
    case_id = (await agent.call(ListQueue())).rows[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await agent.call(ask)
    decided = await proven(head, DecideReveal(request_id=asked.request_id, verdict="approve"), None, nothing)
    assert decided.grant is not None
    await agent.call(ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS))
    await agent.call(ask)
    await running.stop()


def standing(running: RunningDesk, person_id: str) -> tuple[str, int, int, int, int]:
    """State, seats, live grants, cases, departures."""
    live = reveal_grant.c.state.in_(("approved", "active"))
    with running.parts.store.engine.connect() as connection:
        state = connection.execute(select(person.c.state).where(person.c.id == person_id)).scalar_one()
        counts = [
            connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one()
            for table, where in (
                (role_grant, (role_grant.c.person_id == person_id, role_grant.c.state == "active")),
                (reveal_grant, (reveal_grant.c.person_id == person_id, live)),
                (case_file, (case_file.c.assignee_id == person_id,)),
                (departure, (departure.c.person_id == person_id,)),
            )
        ]
    return str(state), *counts  # type: ignore[return-value]


@pytest.mark.clause("S-4.5", "C-5.4c", "issue-3")
async def test_killed_in_the_middle_nothing_is_half_done(tmp_path: Path) -> None:
    root = tmp_path / "h"
    await filled(root)
    before: tuple[str, int, int, int, int] | None = None
    for act, points in POINTS.items():
        for point in points:
            ended = await asyncio.to_thread(
                subprocess.run,
                [sys.executable, str(WORKER), str(root), act, point],
                capture_output=True,
                text=True,
                check=False,
            )
            assert ended.returncode == -9, (act, point, ended.stdout, ended.stderr[-2000:])
            assert f"at {point}" in ended.stdout
            running = await RunningDesk.start(Home(root))
            try:
                line = running.line("pts/1")
                await line.call(SignInAs(name="zhenghao"))
                people = (await line.call(ListPeople())).people
                her = next(one.person_id for one in people if one.login == "zhangwei")
                found = standing(running, her)
                assert found[0] == "active", (act, point)
                assert found[1] == 1
                assert found[2] == 1
                assert found[3] > 0
                assert found[4] == 0
                assert before in (None, found)
                before = found
                auditor = running.line("pts/2")
                await auditor.call(SignInAs(name="auditor"))
                assert (await auditor.call(VerifyLog())).ok
            finally:
                await running.stop()
    running = await RunningDesk.start(Home(root))
    try:
        line = running.line("pts/1")
        await line.call(SignInAs(name="zhenghao"))
        await line.call(SuspendPerson(person_id=her, reason="other"))
        assert standing(running, her) == ("suspended", 0, 0, 0, 0)
        await line.call(NoteDeparture(person_id=her, kind="leave"))
        assert standing(running, her) == ("frozen", 0, 0, 0, 1)
    finally:
        await running.stop()
