"""A role taken away while its holder looks at a value: the value is gone in one second, the session in five."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from console.bootstrap import RunningDesk
from console.demo import build
from console.desk.api import reveal, roles, session
from console.proving import nothing, proven
from console.tui.screens.sign_in import SignInScreen
from console.tui.widgets.masked import MaskedValue
from tests.support.terminal import met, opened, until

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningDesk]:
    desk = await build.build(tmp_path / "home", cases=30, seed=11)
    yield desk
    await desk.stop()


@pytest.mark.clause("C-5.4c", "S-3.2-39", "issue-3")
async def test_value_gone_and_session_ended_by_the_push(
    running: RunningDesk, record_property: Callable[[str, object], None]
) -> None:
    supervisor, officer = running.line("pts/2"), running.line("pts/3")
    await supervisor.call(session.SignInAs(name="lina"))
    await officer.call(session.SignInAs(name="hejie"))
    async with opened(running.line("pts/1"), "zhangwei") as (app, pilot):
        await until(app, pilot, "C-20")
        await pilot.press("enter")
        await until(app, pilot, "家庭地址")
        masked = next(one for one in app.screen.query(MaskedValue) if one.field == "home_address")
        masked.focus()
        await pilot.press("u")
        await until(app, pilot, "[x] 家庭地址")
        await pilot.press("enter")
        await until(app, pilot, "已提交 R-")
        (item,) = (await supervisor.call(reveal.ReadInbox())).items
        approve = reveal.DecideReveal(request_id=item.request.request_id, verdict="approve")
        await proven(supervisor, approve, None, nothing)
        await until(app, pilot, "◆ 已批准")
        masked = next(one for one in app.screen.query(MaskedValue) if one.field == "home_address")
        masked.focus()
        await pilot.press("u")
        await until(app, pilot, "◷ 0")
        assert masked._characters

        assert app.me is not None
        held = (await officer.call(roles.ListHeldRoles(person_id=app.me.person_id))).items
        await officer.call(roles.RevokeRole(grant_id=held[0].grant_id))
        # Promised are one second and five; what it takes here depends on the machine.
        masked_in = await until(app, pilot, "◷ 0", gone=True)
        start = time.monotonic()
        await met(app, pilot, lambda: isinstance(app.screen, SignInScreen))
        record_property("seconds until masked, until over", (masked_in, time.monotonic() - start))
