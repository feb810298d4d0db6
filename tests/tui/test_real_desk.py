"""The screens on a real desk: from opening it to a supervisor's revocation masking the agent's screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

import pytest
import pytest_asyncio

from console.bootstrap import RunningDesk
from console.demo import build
from console.desk.api import cases, contact, log, reveal, session
from console.proving import nothing, proven
from console.tui.modals.consents import ConsentsModal
from console.tui.places import open_places
from console.tui.widgets.bars import MessageBar
from console.tui.widgets.masked import MaskedValue
from tests.support.terminal import SeenApp, at_rest, come_in, met, opened, until

pytestmark = pytest.mark.slow
ADDRESS = "home_address"
UNDER_CONDITIONS = {
    ("agency_agent", "mine"),
    ("compliance", "mine"),
}
"""Acts that a role holds inside a task or under a qualifier only: offered, refused by the desk with the rule."""


@pytest_asyncio.fixture
async def running(tmp_path: Path) -> AsyncIterator[RunningDesk]:
    desk = await build.build(tmp_path / "home", cases=30, seed=11)
    yield desk
    await desk.stop()


def address_of(app: SeenApp) -> MaskedValue:
    return next(masked for masked in app.screen.query(MaskedValue) if masked.field == ADDRESS)


@pytest.mark.clause("C-5.4d-2", "S-4.1", "issue-2", "issue-4")
@pytest.mark.usefixtures("way")
async def test_asked_narrowed_approved_seen_revoked_and_all_of_it_in_the_log(
    running: RunningDesk, record_property: Callable[[str, object], None]
) -> None:
    supervisor = running.line("pts/2")
    await supervisor.call(session.SignInAs(name="lina"))
    async with opened(running.line("pts/1"), "zhangwei") as (app, pilot):
        await until(app, pilot, "我的队列")
        await until(app, pilot, "C-20")
        await pilot.press("enter")
        await until(app, pilot, "家庭地址")
        masked = address_of(app)
        masked.focus()
        await pilot.press("u")
        await until(app, pilot, "[x] 家庭地址")
        await pilot.press("enter")
        await until(app, pilot, "已提交 R-")

        inbox = await supervisor.call(reveal.ReadInbox())
        (item,) = inbox.items
        approve = reveal.DecideReveal(
            request_id=item.request.request_id, verdict="approve", minutes=3, seen_version=item.request.version
        )
        await proven(supervisor, approve, None, nothing)
        record_property("seconds until told", await until(app, pilot, "◆ 已批准"))
        before = app.grid.text
        address_of(app).focus()
        await pilot.press("u")
        await until(app, pilot, "◷ 0")
        shown = address_of(app)
        value = "".join(shown._characters)
        assert value
        assert value not in before
        assert 170 <= shown.seconds_left <= 180

        await pilot.press("x")
        await until(app, pilot, "◷ 0", gone=True)
        await pilot.press("u")
        await until(app, pilot, "◷ 0")

        (grant,) = (await supervisor.call(reveal.ListGrants())).grants
        await supervisor.call(reveal.RevokeGrant(grant_id=grant.grant_id))
        # Far sooner than its minutes would end; how much sooner depends on the machine.
        record_property("seconds until masked", await until(app, pilot, "◷ 0", gone=True))
        assert not address_of(app).shown
        await pilot.press("u")
        await until(app, pilot, "申请明文")

    timeline = await supervisor.call(cases.ReadTimeline(case_id=grant.case_id))
    views = [entry for entry in timeline.entries if entry.action == "case:field:reveal" and entry.result == "ok"]
    assert len(views) == 2, "each view is an event of its own"
    auditor = running.line("pts/3")
    await auditor.call(session.SignInAs(name="auditor"))
    assert (await auditor.call(log.VerifyLog())).ok


def on_top(app: SeenApp, screen: str) -> bool:
    return type(app.screen).__name__ == screen


@pytest.mark.clause("C-5.4d-1")
@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_every_seat_of_the_demo_opens_every_place_it_has(running: RunningDesk, language: str) -> None:
    refused: set[tuple[str, str]] = set()
    welcome = await running.line().call(session.Greet())
    for role in sorted({role for card in welcome.people for role in card.roles}):
        async with opened(running.line("pts/4"), role, language=language, size=(120, 40)) as (app, pilot):
            await come_in(app, pilot)
            assert app.me is not None
            for place in open_places(app.me.acts):
                await app.action_go_to(place.name)
                await met(app, pilot, partial(on_top, app, place.screen))
                await at_rest(app, pilot)
                if any(bar.said[1] for bar in app.screen.query(MessageBar)):
                    refused.add((role, place.name))
                assert app.mark_text() in app.grid.text
            assert app._exception is None
    assert refused <= UNDER_CONDITIONS


@pytest.mark.clause("S-5-1", "C-5.4c", "issue-5")
async def test_an_agent_keeps_what_a_customer_agreed_to_and_takes_it_back(running: RunningDesk) -> None:
    async with opened(running.line("pts/1"), "zhangwei") as (app, pilot):
        await until(app, pilot, "C-20")
        await pilot.press("enter")
        await until(app, pilot, "c 联系")
        await pilot.press("c")
        await until(app, pilot, "客户同意：无")
        await pilot.press("c")
        await until(app, pilot, "n 登记同意")
        await pilot.press("n", "right", "right", "tab", *"10:00", "tab", *"12:00", "tab", "tab", "right", "tab")
        await pilot.press(*"LETTER-one", "enter")
        await until(app, pilot, "LETTER-one")
        await until(app, pilot, "待复核")
        await until(app, pilot, "w 撤回")
        # The head of the team saw the letter.
        consents = app.screen
        assert isinstance(consents, ConsentsModal)
        head = running.line("pts/2")
        await head.call(session.SignInAs(name="lina"))
        (waits,) = (await head.call(contact.CheckContacts(case_id=consents._case_id))).asked
        await head.call(contact.ConfirmConsent(consent_id=waits.consent_id, version=waits.version))
        await pilot.press("escape", "escape")
        await until(app, pilot, "c 联系")
        await pilot.press("c")
        await until(app, pilot, "客户同意：外访 10:00–12:00")
        await pilot.press("c", "w")
        await until(app, pilot, "撤回此同意？")
        await pilot.press("enter")
        await until(app, pilot, "没有有效的同意")
    auditor = running.line("pts/3")
    await auditor.call(session.SignInAs(name="fengxue"))
    events = (await auditor.call(log.ReadLog(action="contact:consent:"))).entries
    assert [(one.action, one.result) for one in events] == [
        ("contact:consent:withdraw", "ok"),
        ("contact:consent:confirm", "ok"),
        ("contact:consent:record", "ok"),
    ]
    assert [one.staff_no == "A0173" for one in events] == [True, False, True]
