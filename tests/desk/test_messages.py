"""Messages on a whole desk: what is written before what, what each answer and report means, what a crash leaves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from unittest.mock import AsyncMock

import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy import select, text

from access.audit.details import DetailKey
from access.store.schema import call_secret, contact_slot, message_sent
from console.desk.api.base import DeskError
from console.desk.api.cases import ReadTimeline
from console.desk.api.contact import ContactRef, StopContact
from console.desk.api.contacts import CheckContact, ProposeContact
from console.desk.api.people import ReadHealth
from console.desk.api.sending import ListMessages, PreviewMessage, ReadMessage, SendMessage, SetMessageSecret
from console.desk.messages import books, office
from console.dial.ticket import TicketRefused
from console.send.messages import Answer, Fate
from console.send.sender import Heard, Sender, SenderDown
from tests.support.clock import FakeClock
from tests.support.desk import ROWS, WholeDesk, opened
from tests.support.sending import ACCOUNT, POST, PostOffice
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5")
HANDLE = bytes(range(16))


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def both(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[PostOffice]:
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(tmp_path / "h", clock, url=url, message=replace(POST, provider="")) as whole:
        yield PostOffice(whole)


@pytest_asyncio.fixture
async def post(tmp_path: Path, clock: FakeClock) -> AsyncIterator[PostOffice]:
    async with opened(tmp_path / "h", clock, message=replace(POST, provider="")) as whole:
        yield PostOffice(whole)


def row_of(desk: WholeDesk, message_id: str) -> dict[str, object]:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(message_sent).where(message_sent.c.id == message_id)
        return dict(connection.execute(query).mappings().one())


def outcome(desk: WholeDesk, message_id: str) -> str:
    with desk.running.parts.store.engine.connect() as connection:
        query = select(contact_slot.c.outcome).join(message_sent, message_sent.c.slot_id == contact_slot.c.id)
        return str(connection.execute(query.where(message_sent.c.id == message_id)).scalar_one())


def state(desk: WholeDesk, message_id: str) -> tuple[object, str]:
    return row_of(desk, message_id)["state"], outcome(desk, message_id)


def actions(desk: WholeDesk, message_id: str) -> list[str]:
    return [one.action for one in desk.events() if one.object_id == message_id and one.result == "ok"]


@pytest.mark.clause("C-5.4f", "S-5-14")
async def test_a_message_from_looking_at_it_to_its_delivery(both: PostOffice, tmp_path: Path) -> None:
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await both.open()
    seen = await both.preview("zhangwei", case.case_id)
    assert seen.allowed
    assert f"CNY {case.due // 100:,}.{case.due % 100:02d}" in seen.text
    assert seen.text.startswith("【示例银行】")
    assert ACCOUNT not in seen.text
    assert "7890" in seen.text
    assert "*" in seen.masked
    sent = await both.send("zhangwei", case.case_id)
    # The event was committed before the sender had it, and the ticket is the number's, once, for this message.
    order = both.sender.sent[sent.message_id]
    assert actions(desk, sent.message_id) == ["message:text:send", "message:text:hand"]
    assert state(desk, sent.message_id) == ("handed", "pending")
    assert ACCOUNT in "".join(order.parts)
    assert len(order.parts) == sent.parts == seen.parts == 2
    assert both.sender.tickets.open(order.ticket, sent.message_id) in {one[2] for one in ROWS}
    with pytest.raises(TicketRefused):
        both.sender.tickets.open(order.ticket, sent.message_id)
    both.sender.answer(sent.message_id, Answer.ACCEPTED, Answer.ACCEPTED, handle=HANDLE)
    await both.quiet()
    assert state(desk, sent.message_id) == ("accepted", "connected")
    both.sender.report(Fate.DELIVERED, handle=HANDLE)
    await both.quiet()
    assert row_of(desk, sent.message_id)["state"] == "accepted"
    second = HANDLE[:-1] + bytes([HANDLE[-1] + 1])
    number = both.sender.report(Fate.DELIVERED, handle=second)
    await until(lambda: number in both.sender.reports_kept, "kept")
    assert state(desk, sent.message_id) == ("delivered", "connected")
    (line,) = (await desk.call("zhangwei", ListMessages(case_id=case.case_id))).messages
    assert (line.state, line.template, line.number, line.parts) == ("delivered", "due", case.number, 2)
    read = await desk.call("lina", ReadMessage(message_id=sent.message_id))
    assert read.text == seen.text
    shown = [one.action for one in (await desk.call("zhangwei", ReadTimeline(case_id=case.case_id))).entries]
    assert [one for one in shown if one.startswith("message:text") and "list" not in one and "preview" not in one] == [
        *["message:text:report"] * 2,
        *["message:text:answer"] * 2,
        "message:text:hand",
        "message:text:send",
    ]
    started = next(one for one in desk.events() if one.action == "message:text:send")
    assert dict(started.detail)[DetailKey.NAME] == "due"
    assert not any(one[2] in repr(desk.events()) for one in ROWS)


ENDS = {
    "taken": ((Answer.ACCEPTED, Answer.ACCEPTED), 0, "accepted", "connected"),
    "refused": ((Answer.REFUSED, Answer.UNSENT), 69, "refused", "cancelled"),
    "no such number": ((Answer.REFUSED, Answer.UNSENT), 11, "refused", "invalid"),
    "half taken": ((Answer.ACCEPTED, Answer.REFUSED), 69, "torn", "connected"),
    "nobody knows": ((Answer.ACCEPTED, Answer.UNKNOWN), 0, "unknown", "connected"),
    "never left": ((Answer.UNSENT, Answer.UNSENT), 0, "unsent", "cancelled"),
}


async def test_every_answer_is_written_and_the_contact_settled(post: PostOffice, tmp_path: Path) -> None:
    cases = await post.desk.with_cases(tmp_path)
    await post.open()
    found = {}
    for at, (name, (answers, code, _, _)) in enumerate(ENDS.items()):
        post.desk.clock.advance(660)
        sent = await post.send("zhangwei", cases[at % 3].case_id)
        post.sender.answer(sent.message_id, *answers, code=code)
        await post.quiet()
        found[name] = state(post.desk, sent.message_id)
    assert found == {name: (said, settled) for name, (_, _, said, settled) in ENDS.items()}


@pytest.mark.clause("C-5.4e-1", "S-5-5")
async def test_what_was_looked_at_for_one_number_goes_to_no_other(both: PostOffice, tmp_path: Path) -> None:
    desk = both.desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    await both.open()
    looked_at = await both.order("zhangwei", case_id)
    change = await desk.call(
        "zhangwei",
        ProposeContact(case_id=case_id, field="mobile", ordinal=1, value="13955556666", lawful_source="customer"),
    )
    check = CheckContact(change_id=change.change_id, accept=True, lawful_source="", seen_version=change.version)
    await desk.call("lina", check)
    assert await desk.refused("zhangwei", looked_at) == "message.changed"
    sent = await both.send("zhangwei", case_id)
    assert both.sender.tickets.open(both.sender.sent[sent.message_id].ticket, sent.message_id) == "13955556666"


async def test_what_stands_against_it_is_said(post: PostOffice, tmp_path: Path) -> None:
    desk, clock = post.desk, post.desk.clock
    cases = await desk.with_cases(tmp_path)
    case_id = cases[0].case_id
    await post.open()
    order = await post.order("zhangwei", case_id)
    assert await desk.refused("wangfang", order) == "case.not_found"
    assert await desk.refused("fengxue", order) == "role.denied"
    assert await desk.refused("zhangwei", replace(order, digest="0" * 64)) == "message.changed"
    # Another figure or day than was looked at is another message.
    assert await desk.refused("zhangwei", replace(order, amount=1)) == "message.changed"
    look = PreviewMessage(case_id=case_id, template_id=post.template_id)
    for wrong in (0, -1, cases[0].due + 1):
        assert await desk.refused("zhangwei", replace(look, amount=wrong)) == "message.amount"
    for day in ("2020-01-01", "tomorrow", "2026-13-40"):
        assert await desk.refused("zhangwei", replace(look, day=day)) == "message.day"
    assert await desk.refused("zhangwei", replace(look, template_id="0" * 32)) == "template.none"
    none = ContactRef(field="mobile", ordinal=9)
    assert await desk.refused("zhangwei", replace(look, contact=none)) == "contact.no_such_number"
    sent = await post.send("zhangwei", case_id)
    # The same words to the same number again, by a slip or by a client that tries once more.
    assert await desk.refused("zhangwei", order) == "message.just_sent"
    post.sender.answer(sent.message_id, Answer.UNSENT, Answer.UNSENT)
    await post.quiet()
    again = await post.send("zhangwei", case_id)
    assert again.message_id != sent.message_id
    # Nobody writes at night, nor to whom it was forbidden.
    clock.advance(14 * 3600)
    night = await post.preview("zhangwei", case_id)
    assert (night.allowed, [one.rule for one in night.rules if one.verdict == "refused"]) == (False, ["quiet_hours"])
    late = await post.order("zhangwei", case_id)
    assert await desk.refused("zhangwei", late) == "contact.refused"
    clock.advance(12 * 3600)
    await desk.call("zhangwei", StopContact(case_id=case_id, contact=ContactRef(field="mobile"), reason="asked"))
    stopped = await post.order("zhangwei", case_id)
    assert await desk.refused("zhangwei", stopped) == "contact.refused"
    assert set(post.sender.sent) == {sent.message_id, again.message_id}


async def test_one_order_asked_for_twice_is_one_message(both: PostOffice, tmp_path: Path) -> None:
    desk = both.desk
    case = (await desk.with_cases(tmp_path))[0]
    await both.open()
    order = await both.order("zhangwei", case.case_id)
    first = await desk.call("zhangwei", order, key="k" * 32)
    again = await desk.call("zhangwei", order, key="k" * 32)
    assert again.message_id == first.message_id

    async def one() -> str:
        try:
            return (await desk.call("zhangwei", order)).message_id
        except DeskError as refused:
            return refused.code

    assert set(await asyncio.gather(*(one() for _ in range(4)))) == {"message.just_sent"}
    await both.quiet()
    assert list(both.sender.sent) == [first.message_id]


async def test_a_sender_that_dies_leaves_no_message_sent_twice_and_says_what_is_known(
    post: PostOffice, tmp_path: Path
) -> None:
    desk = post.desk
    cases = await desk.with_cases(tmp_path)
    await post.open()
    sent = await post.send("zhangwei", cases[0].case_id)
    before = post.sender
    before.die()
    await until(lambda: len(post.pool.made) == 2, "another sender")
    await post.plugged()
    await post.quiet()
    # It had it, and never said: it may have been taken, so it counts, and nobody sends it again.
    assert state(desk, sent.message_id) == ("unknown", "connected")
    assert post.sender.sent == {}
    # The old sender's ticket is nothing to the new one.
    with pytest.raises(TicketRefused):
        post.sender.tickets.open(before.sent[sent.message_id].ticket, sent.message_id)
    # What was unknown is known once the provider reports it by our own reference.
    reference = row_of(desk, sent.message_id)["reference"]
    for at in range(2):
        post.sender.report(Fate.DELIVERED, handle=bytes([9]) * 16, reference=int(str(reference)) + at)
    await post.quiet()
    assert state(desk, sent.message_id) == ("delivered", "connected")


async def test_a_sender_that_cannot_be_started_now_is_started_later(
    post: PostOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "_FIRST_PAUSE", 0.01)
    cases = await post.desk.with_cases(tmp_path)
    real, faults = post.pool.open, [OSError(11, "no process"), SenderDown(), ValueError("of nobody's making")]

    async def opener(told: Callable[[Heard], None]) -> tuple[Sender, asyncio.Event]:
        if faults:
            raise faults.pop(0)
        return await real(told)

    monkeypatch.setattr(post.pool, "open", opener)
    await post.open()
    assert faults == []
    # One that does not even end as it should is followed by another one all the same.
    before = post.sender
    monkeypatch.setattr(before, "close", AsyncMock(side_effect=OSError))
    before.die()
    await until(lambda: len(post.pool.made) == 2, "another sender")
    await post.plugged()
    sent = await post.send("zhangwei", cases[0].case_id)
    assert list(post.sender.sent) == [sent.message_id]


async def test_what_a_killed_desk_left_is_said_at_its_next_start(post: PostOffice, tmp_path: Path) -> None:
    desk = post.desk
    cases = await desk.with_cases(tmp_path)
    await post.open()
    handed = await post.send("zhangwei", cases[0].case_id)
    desk.running.parts.mailbox.staff(None)
    waiting = await desk.call("zhangwei", await post.order("zhangwei", cases[1].case_id))
    assert row_of(desk, waiting.message_id)["state"] == "waiting"
    await asyncio.to_thread(books.recover, desk.running.parts)
    assert state(desk, handed.message_id) == ("unknown", "connected")
    assert state(desk, waiting.message_id) == ("unsent", "cancelled")
    # The sender's own last words change nothing any more, but a report does.
    post.sender.answer(handed.message_id, Answer.UNSENT, Answer.UNSENT)
    await post.quiet()
    assert row_of(desk, handed.message_id)["state"] == "unknown"


async def test_reports_that_mean_nothing_change_nothing(post: PostOffice, tmp_path: Path) -> None:
    desk = post.desk
    cases = await desk.with_cases(tmp_path)
    await post.open()
    sent = await post.send("zhangwei", cases[0].case_id)
    post.sender.answer(sent.message_id, Answer.ACCEPTED, Answer.ACCEPTED, handle=HANDLE)
    other = await post.send("zhangwei", cases[1].case_id)
    post.sender.answer(other.message_id, Answer.REFUSED, Answer.UNSENT, code=69)
    await post.quiet()
    reference = int(str(row_of(desk, sent.message_id)["reference"]))
    strays: tuple[dict[str, object], ...] = (
        {"handle": b"x" * 16},
        {"message_id": "0" * 32},
        {"message_id": sent.message_id},  # in two pieces: our name alone does not say which
        {"reference": reference},  # its pieces' names are known, and this is none of them
        {"reference": 65_535},
        {},
    )
    for stray in strays:
        post.sender.report(Fate.UNDELIVERED, **stray)
    await post.quiet()
    assert len(post.sender.reports_kept) == len(strays)
    assert [row_of(desk, one.message_id)["state"] for one in (sent, other)] == ["accepted", "refused"]
    # A row that somebody changed is nobody's message.
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(text("UPDATE message_sent SET body = 'x' WHERE id = :i"), {"i": sent.message_id})
    post.sender.report(Fate.DELIVERED, handle=HANDLE)
    await post.quiet()
    assert row_of(desk, sent.message_id)["state"] == "accepted"
    assert [one.message_id for one in (await desk.call("zhangwei", ListMessages())).messages] == [other.message_id]


@pytest.mark.clause("Y-4.1.1")
async def test_the_secret_is_kept_sealed_and_only_the_sender_gets_it(tmp_path: Path, clock: FakeClock) -> None:
    async with opened(tmp_path / "h", clock, message=replace(POST, provider="")) as desk:
        await desk.call("zhenghao", SetMessageSecret(secret="hunter-2-of-http"))
        with desk.running.parts.store.engine.connect() as connection:
            rows = connection.execute(select(call_secret)).mappings().all()
        assert b"hunter-2" not in b"".join(bytes(row["sealed"]) for row in rows)
        assert "hunter-2" not in repr(desk.events())
        made = desk.running.office.provider("s")
        assert made.handle_key == desk.running.office.provider("t").handle_key
        assert await desk.refused("zhenghao", SetMessageSecret(secret="x" * 129)) == "message.secret_unfit"
        for name in ("zhangwei", "lina", "wugang", "fengxue", "hejie"):
            assert await desk.refused(name, SetMessageSecret(secret="x"))


async def test_without_a_sender_nothing_is_sent_and_health_says_so(post: PostOffice, tmp_path: Path) -> None:
    desk = post.desk
    cases = await desk.with_cases(tmp_path)
    await post.open()

    async def health() -> str:
        checks = (await desk.call("zhenghao", ReadHealth())).checks
        return next(one.state for one in checks if one.name == "messages")

    assert await health() == "ok"
    order = await post.order("zhangwei", cases[0].case_id)
    desk.running.parts.mailbox.plug(None)
    assert await desk.refused("zhangwei", order) == "message.no_line"


@pytest.mark.clause("C-5.4d-1", "Y-4.2.1")
async def test_who_may_what(post: PostOffice, tmp_path: Path) -> None:
    """Row 14 of the matrix: messages; row 52: the line."""
    cases = await post.desk.with_cases(tmp_path)
    await post.open()
    sent = await post.send("zhangwei", cases[0].case_id)
    may = {
        ListMessages(): {"zhangwei", "lina", "machao"},
        ReadMessage(message_id=sent.message_id): {"zhangwei", "lina"},
        PreviewMessage(case_id=cases[0].case_id, template_id=post.template_id): {"zhangwei", "lina"},
        SetMessageSecret(secret="x"): {"zhenghao"},
        SendMessage(case_id=cases[0].case_id, template_id=post.template_id, digest=""): set(),
    }
    for request, allowed in may.items():
        found = set()
        for name in ("zhangwei", "lina", "wangfang", "machao", "zhenghao", "wugang", "fengxue", "hejie"):
            try:
                await post.desk.call(name, request)
            except DeskError:
                continue
            found.add(name)
        assert found - ({"wangfang"} if isinstance(request, ListMessages) else set()) == allowed, type(request).__name__
