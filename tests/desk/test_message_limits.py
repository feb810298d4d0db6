"""How many messages a debtor is sent: counted by the rules, shown before, refused with when; and to which number."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from console.desk.api.base import DeskError, Refusal
from console.desk.api.contact import CheckContacts, ContactRef, RuleVerdict
from console.desk.api.sending import MessagePreview, SendMessage
from console.desk.contact.profile import shipped_lines
from console.desk.team.days import day_of
from console.send.messages import Answer
from tests.desk.test_contact import approved
from tests.desk.test_contacts import NEW, accept, adding
from tests.support.clock import FakeClock
from tests.support.desk import ROWS, WholeDesk, opened
from tests.support.sending import POST, PostOffice
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5", "C-5.4e-1")
DAY_US = 24 * 3600 * 1_000_000


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[PostOffice]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(tmp_path / "h", clock, url=url, message=replace(POST, provider="")) as whole:
        yield PostOffice(whole)


def of_messages(seen: MessagePreview) -> RuleVerdict:
    return next(one for one in seen.rules if one.rule == "messages")


async def refusal(desk: WholeDesk, name: str, call: SendMessage) -> Refusal:
    with pytest.raises(DeskError) as refused:
        await desk.call(name, call)
    return refused.value.refusal


async def test_three_a_day_then_none_until_the_day_is_over_where_the_debtor_is(
    both: PostOffice, tmp_path: Path
) -> None:
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await both.open()
    for used in range(3):
        seen = await both.preview("zhangwei", case.case_id, amount=100 + used)
        shown = of_messages(seen)
        assert (seen.allowed, shown.used, shown.limit) == (True, used, 3)
        assert shown.verdict == ("advice" if used == 2 else "allowed")
        await both.send("zhangwei", case.case_id, amount=100 + used)
    last = await both.order("zhangwei", case.case_id, amount=200)
    seen = await both.preview("zhangwei", case.case_id, amount=200)
    shown = of_messages(seen)
    assert (seen.allowed, shown.verdict, shown.why, shown.used) == (False, "refused", "count_placed", 3)
    assert shown.allowed_at is not None
    assert desk.clock.now_us() < shown.allowed_at <= desk.clock.now_us() + DAY_US
    assert day_of(shown.allowed_at, case_zone(desk)) == day_of(desk.clock.now_us(), case_zone(desk)) + dt.timedelta(1)
    # The day begins at night, when nobody is written to: it is allowed once both rules do.
    opens = seen.allowed_at
    assert opens is not None
    assert opens > shown.allowed_at
    said = await refusal(desk, "zhangwei", last)
    assert (said.code, said.clause, said.params["contact_why"]) == ("contact.refused", "issue-5", "count_placed")
    assert said.params["contact_at"] == str(opens)
    assert any(one.rule == "contact.count_placed" and one.result == "refused" for one in desk.events())
    assert len(both.sender.sent) == 3
    desk.clock.advance((opens - desk.clock.now_us()) / 1_000_000 - 1)
    assert not (await both.preview("zhangwei", case.case_id, amount=200)).allowed
    desk.clock.advance(1)
    await both.send("zhangwei", case.case_id, amount=200)


def case_zone(desk: WholeDesk) -> str:
    return desk.running.parts.settings.zone


async def test_what_surely_did_not_leave_gives_its_place_back(both: PostOffice, tmp_path: Path) -> None:
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await both.open()
    sent = [await both.send("zhangwei", case.case_id, amount=100 + at) for at in range(3)]
    order = await both.order("zhangwei", case.case_id, amount=200)
    assert (await refusal(desk, "zhangwei", order)).code == "contact.refused"
    both.sender.answer(sent[0].message_id, Answer.UNSENT, Answer.UNSENT)
    both.sender.answer(sent[1].message_id, Answer.ACCEPTED, Answer.UNKNOWN)
    await both.quiet()
    assert of_messages(await both.preview("zhangwei", case.case_id, amount=200)).used == 2
    await desk.call("zhangwei", order)
    again = await both.order("zhangwei", case.case_id, amount=201)
    assert (await refusal(desk, "zhangwei", again)).code == "contact.refused"


async def test_two_agents_do_not_both_take_the_last_place(both: PostOffice, tmp_path: Path) -> None:
    """The agent and the supervisor send at the same time, each another message; the debtor has one place left."""
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await both.open()
    for at in range(2):
        await both.send("zhangwei", case.case_id, amount=100 + at)
    for attempt in range(3):
        people = ("zhangwei", "lina")
        orders = [
            await both.order(name, case.case_id, amount=200 + attempt * 10 + at) for at, name in enumerate(people)
        ]
        done = await asyncio.gather(
            *(desk.call(name, order) for name, order in zip(people, orders, strict=True)), return_exceptions=True
        )
        went = [one for one in done if not isinstance(one, BaseException)]
        assert len(went) == 1, done
        assert [one.code for one in done if isinstance(one, DeskError)] == ["contact.refused"]
        await until(lambda: went[0].message_id in both.sender.sent, "sent")  # noqa: B023 - waited for in this round
        both.sender.answer(went[0].message_id, Answer.UNSENT, Answer.UNSENT)
        await both.quiet()


async def test_the_figure_is_a_setting_of_the_profile_changed_by_maker_and_checker(
    both: PostOffice, tmp_path: Path
) -> None:
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await both.open()
    lines = list(shipped_lines("cn"))
    place = lines.index('name = "messages"')
    at = lines.index("limit = 3", place)
    lines[at : at + 2] = ["limit = 1"]
    await both.send("zhangwei", case.case_id, amount=100)
    assert (await both.preview("zhangwei", case.case_id, amount=101)).allowed
    await approved(desk, tuple(lines))
    seen = of_messages(await both.preview("zhangwei", case.case_id, amount=101))
    assert (seen.verdict, seen.used, seen.limit) == ("refused", 1, 1)
    order = await both.order("zhangwei", case.case_id, amount=101)
    assert (await refusal(desk, "zhangwei", order)).params["contact_why"] == "count_placed"


async def test_it_goes_to_the_number_that_was_chosen_and_is_judged_for_it(both: PostOffice, tmp_path: Path) -> None:
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await accept(desk, await desk.call("zhangwei", adding(case)), source="customer")
    await both.open()
    found = await desk.call("zhangwei", CheckContacts(case_id=case.case_id, means="sms"))
    own = [one for one in found.contacts if one.contact.field == "mobile"]
    assert [one.contact.ordinal for one in own] == [1, 2]
    assert all("*" in one.masked and one.allowed for one in own)
    seen = [await both.preview("zhangwei", case.case_id, contact=one.contact) for one in own]
    assert [one.masked for one in seen] == [one.masked for one in own]
    assert seen[0].digest != seen[1].digest
    first, second = ContactRef(field="mobile"), ContactRef(field="mobile", ordinal=2)
    order = await both.order("zhangwei", case.case_id, contact=second)
    # What was looked at for one number is not sent to another.
    assert await desk.refused("zhangwei", replace(order, contact=first)) == "message.changed"
    sent = await both.send("zhangwei", case.case_id, contact=second)
    ticket = both.sender.sent[sent.message_id].ticket
    assert both.sender.tickets.open(ticket, sent.message_id) == NEW
    assert NEW not in {one[2] for one in ROWS}
    assert of_messages(await both.preview("zhangwei", case.case_id, contact=first)).used == 1
