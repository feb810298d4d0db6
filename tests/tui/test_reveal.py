"""A plain value on the screen: shown while the desk allows it, gone from screen and memory afterwards."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec
import pytest
from rich.segment import Segment
from textual import events
from textual.geometry import Size

from console.desk.api import cases, reveal, session
from console.desk.api.cases import FieldRef
from console.tui import shroud
from console.tui.screens import case_base as case_module
from console.tui.screens.case import CaseScreen
from console.tui.widgets.masked import MaskedValue
from tests.support.fake_desk import SUPERVISOR, FakeDesk, secret
from tests.support.terminal import Seat, seated

ADDRESS = FieldRef(name="home_address")
EMPLOYER = FieldRef(name="employer_name")
FIVE_DOWN = ("down",) * 5


def text_of(thing: object) -> str:
    """The text of a string, a run of cells, or a sequence of either."""
    if isinstance(thing, str):
        return thing
    if isinstance(thing, Segment):
        return thing.text
    if isinstance(thing, list | tuple) and thing and all(isinstance(part, str | Segment) for part in thing):
        return "".join(text_of(part) for part in thing)
    return ""


def in_memory(value: str) -> list[str]:
    """Kinds of the objects that hold the value: whole, within a longer text, or in pieces one after the other."""
    gc.collect()
    things = gc.get_objects()
    holders = [type(thing).__name__ for thing in things if value in text_of(thing)]
    holders += [
        f"referred to by {type(thing).__name__}"
        for thing in things
        for held in gc.get_referents(thing)
        if isinstance(held, str) and value in held and held is not value
    ]
    return holders


def shown(seat: Seat) -> list[MaskedValue]:
    return [masked for screen in seat.app.screen_stack for masked in screen.query(MaskedValue) if masked.shown]


async def revealed(seat: Seat, *fields: FieldRef) -> None:
    """Grant, open the first case and show the address."""
    seat.desk.grant(*(fields or (ADDRESS,)))
    await seat.press("enter")
    await seat.until("家庭地址")
    await seat.press(*FIVE_DOWN, "u")
    await seat.until(secret(ADDRESS))


@pytest.mark.clause("C-5.4d-2", "S-4.1")
async def test_a_granted_field_is_shown_with_a_countdown_and_a_denser_mark() -> None:
    async with seated() as seat:
        await seat.press("enter")
        calm = seat.text.count("K7QF2M")
        await seat.press("escape")
        await revealed(seat)
        assert "◷ 0" in seat.text
        assert seat.text.count("K7QF2M") >= 2 * calm - 2
        assert in_memory(secret(ADDRESS)), "the hunt of these tests finds what is there"
        assert seat.desk.asked(reveal.ViewField) == [
            reveal.ViewField(case_id="case-1", grant_id="g1", field=ADDRESS),
        ]


@pytest.mark.clause("C-5.4d-2")
async def test_a_field_without_a_grant_opens_the_request_form_instead() -> None:
    async with seated() as seat:
        await seat.press("enter")
        await seat.press(*FIVE_DOWN, "u")
        await seat.until("申请明文")
        assert "[x] 家庭地址" in seat.text
        assert seat.desk.asked(reveal.ViewField) == []


@dataclass(frozen=True)
class Way:
    """A way in which a value goes; `back` returns to a screen where nothing may be plain."""

    name: str
    act: Callable[[Seat], Awaitable[None]]


async def _escape(seat: Seat) -> None:
    await seat.press("escape")


async def _key(seat: Seat) -> None:
    await seat.press("x")


async def _help(seat: Seat) -> None:
    await seat.press("question_mark")


async def _palette(seat: Seat) -> None:
    await seat.press("ctrl+p")


async def _lock(seat: Seat) -> None:
    await seat.press("ctrl+l")


async def _language(seat: Seat) -> None:
    await seat.press("ctrl+n")


async def _dropped(seat: Seat) -> None:
    seat.desk.drop()
    await seat.until("没有应答")


async def _session_pushed(seat: Seat) -> None:
    seat.desk.push("session")
    await seat.settle()


async def _session_ended(seat: Seat) -> None:
    seat.desk.refuse(cases.OpenCase, "session.ended")
    seat.desk.push("case", "case-1")
    await seat.until("会话已结束")


async def _revoked(seat: Seat) -> None:
    seat.desk.grants.clear()
    seat.desk.push("grant", "g1")
    await seat.until(secret(ADDRESS), gone=True)


async def _reassigned(seat: Seat) -> None:
    seat.desk.refuse(cases.OpenCase, "case.not_found")
    seat.desk.push("case", "case-1")
    await seat.until(secret(ADDRESS), gone=True)


async def _refused_again(seat: Seat) -> None:
    seat.desk.refuse(reveal.ViewField, "grant.not_live")
    await seat.press("u")


async def _handler_broke(seat: Seat) -> None:
    def broken(_: object) -> None:
        raise ZeroDivisionError

    seat.desk.answers[cases.OpenCase] = broken
    await seat.press("f5")
    await seat.until("编号")


async def _switched(seat: Seat) -> None:
    await seat.app.action_switch()
    await seat.until("选一位同事")


WAYS = (
    Way("leaving the screen", _escape),
    Way("the key", _key),
    Way("help over it", _help),
    Way("the palette over it", _palette),
    Way("lock", _lock),
    Way("language", _language),
    Way("line dropped", _dropped),
    Way("session pushed", _session_pushed),
    Way("session ended", _session_ended),
    Way("grant revoked", _revoked),
    Way("case taken away", _reassigned),
    Way("view refused", _refused_again),
    Way("something broke", _handler_broke),
    Way("another person", _switched),
)


@pytest.mark.clause("C-5.4d-2", "S-4.1", "T11")
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
async def test_the_value_leaves_the_screen_and_the_memory(way: Way) -> None:
    async with seated() as seat:
        await revealed(seat)
        await way.act(seat)
        await seat.settle()
        assert shown(seat) == []
        await seat.until(secret(ADDRESS), gone=True)
        await seat.settle()
        assert in_memory(secret(ADDRESS)) == []


@pytest.mark.clause("C-5.4d-2", "S-4.1")
async def test_it_expires_by_itself_without_asking_the_desk() -> None:
    desk = FakeDesk()
    desk.seconds = 0.6
    async with seated(desk=desk) as seat:
        await revealed(seat)
        desk.gone = True
        await seat.until(secret(ADDRESS), gone=True)
        assert shown(seat) == []
        assert in_memory(secret(ADDRESS)) == []


@pytest.mark.clause("S-4.1")
async def test_until_the_minutes_end_one_key_shows_it_again_each_time_by_a_call_of_its_own() -> None:
    async with seated() as seat:
        await revealed(seat)
        await seat.press("x")
        await seat.until(secret(ADDRESS), gone=True)
        await seat.press("u")
        await seat.until(secret(ADDRESS))
        assert len(seat.desk.asked(reveal.ViewField)) == 2


@pytest.mark.clause("S-4.1")
async def test_a_change_that_the_desk_confirms_leaves_the_value_and_shortens_it_where_it_must() -> None:
    async with seated() as seat:
        await revealed(seat)
        live = msgspec.structs.replace(seat.desk.grants[0], state="active", ends_at=seat.desk.now + 60_000_000)
        seat.desk.grants[:] = [live]
        seat.desk.push("grant", "g1")
        await seat.until("◷ 03", gone=True)
        await seat.until("◷ 04", gone=True)
        (masked,) = shown(seat)
        assert 50 <= masked.seconds_left <= 60
        assert secret(ADDRESS) in seat.text


@pytest.mark.clause("S-4.1")
async def test_a_change_that_the_desk_does_not_confirm_in_time_hides_the_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_module, "CONFIRM_SECONDS", 0.05)
    async with seated() as seat:
        await revealed(seat)
        answered = asyncio.Event()
        opened = seat.app.client.ask

        async def slow(request: object, **more: object) -> object:
            if isinstance(request, cases.OpenCase):
                await answered.wait()
            return await opened(request, **more)  # type: ignore[arg-type]

        monkeypatch.setattr(seat.app.client, "ask", slow)
        seat.desk.push("grant", "g1")
        await seat.until(secret(ADDRESS), gone=True)
        answered.set()


@pytest.mark.clause("S-4.1")
async def test_losing_the_terminals_focus_hides_after_half_a_minute_and_not_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert shroud.BLUR_SECONDS == 30
    monkeypatch.setattr(shroud, "BLUR_SECONDS", 0.2)
    async with seated() as seat:
        await revealed(seat)
        seat.app.post_message(events.AppBlur())
        seat.app.post_message(events.AppFocus())
        await seat.pilot.pause(0.3)
        assert secret(ADDRESS) in seat.text
        seat.app.post_message(events.AppBlur())
        await seat.until(secret(ADDRESS), gone=True)


@pytest.mark.clause("S-4.1")
async def test_a_reply_that_arrives_after_the_screen_was_left_shows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with seated() as seat:
        seat.desk.grant(ADDRESS)
        await seat.press("enter")
        await seat.press(*FIVE_DOWN)
        arrived = asyncio.Event()
        ask = seat.app.client.ask

        async def late(request: object, **more: object) -> object:
            reply: object = await ask(request, **more)  # type: ignore[arg-type]
            if isinstance(request, reveal.ViewField):
                await arrived.wait()
            return reply

        monkeypatch.setattr(seat.app.client, "ask", late)
        await seat.pilot.press("u")
        await seat.pilot.press("question_mark")
        arrived.set()
        await seat.settle()
        assert shown(seat) == []
        assert secret(ADDRESS) not in seat.text


async def test_two_fields_of_one_grant_are_shown_and_hidden_apart() -> None:
    async with seated() as seat:
        await revealed(seat, ADDRESS, EMPLOYER)
        await seat.press("down", "u")
        await seat.until(secret(EMPLOYER))
        assert secret(ADDRESS) in seat.text
        assert len(shown(seat)) == 2


async def test_a_long_value_takes_the_lines_it_needs_and_none_once_hidden() -> None:
    async with seated() as seat:
        await revealed(seat)
        (masked,) = shown(seat)
        masked.reveal("长" * 80, 60_000_000)
        await seat.settle()
        assert seat.text.count("长") == 80
        assert masked.get_content_height(Size(79, 20), Size(79, 20), 79) == 4
        await seat.press("x")
        assert masked.get_content_height(Size(79, 20), Size(79, 20), 79) == 1


async def test_a_value_whose_time_is_over_is_never_shown() -> None:
    desk = FakeDesk()
    desk.seconds = -1.0
    async with seated(desk=desk) as seat:
        seat.desk.grant(ADDRESS)
        await seat.press("enter")
        await seat.press(*FIVE_DOWN, "u")
        assert len(desk.asked(reveal.ViewField)) == 1
        assert shown(seat) == []
        assert secret(ADDRESS) not in seat.text


async def test_unlocking_comes_back_to_the_masked_case() -> None:
    async with seated() as seat:
        await revealed(seat)
        await seat.press("ctrl+l")
        await seat.until("已锁定")
        assert "家庭地址" not in seat.text
        assert seat.desk.locked
        await seat.press("enter")
        await seat.until("家庭地址")
        assert isinstance(seat.screen, CaseScreen)
        assert shown(seat) == []
        assert seat.desk.asked(session.Unlock)


async def test_another_person_sees_neither_the_case_nor_the_grant_of_the_one_before() -> None:
    async with seated() as seat:
        await revealed(seat)
        await seat.app.action_switch()
        await seat.until("选一位同事")
        await seat.press("down", "enter")
        await seat.until(SUPERVISOR.staff_no)
        assert not isinstance(seat.screen, CaseScreen)
        assert shown(seat) == []
