"""Every place at 80×24 without colour in both languages: full with long names, empty, and when the desk says no.

What each looks like is kept (`tests.support.snapshots`); `test_layout` keeps the modals.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from console.desk.api import session
from console.desk.api.base import DeskError, Refusal
from console.texts import Texts
from console.tui.marker import FrameMarker
from console.tui.modals.base import DeskModal
from console.tui.places import PLACES
from console.tui.screens.base import Worded
from console.tui.widgets.bars import MessageBar
from tests.support.fake_desk import ACTS, FakeDesk
from tests.support.fake_notes import NOTE_ACTS
from tests.support.snapshots import same
from tests.support.terminal import Seat, seated
from tests.support.whole import LANGUAGES, is_whole, paint

_KEPT = {value.__name__ for value in vars(session).values() if isinstance(value, type)}


class EmptyDesk(FakeDesk):
    """Knows people, and nothing that they could work on."""

    def _answer(self, request: Any) -> Any:
        reply = super()._answer(request)
        if type(request).__name__ in _KEPT or not isinstance(reply, msgspec.Struct):
            return reply
        names = [field.name for field in msgspec.structs.fields(reply) if isinstance(getattr(reply, field.name), tuple)]
        return msgspec.structs.replace(reply, **dict.fromkeys(names, ()))


class RefusingDesk(FakeDesk):
    """Lets everybody in, and then says no to everything."""

    def _answer(self, request: Any) -> Any:
        if type(request).__name__ in _KEPT:
            return super()._answer(request)
        raise DeskError(Refusal(code="role.denied", clause="C-5.4c", ask=("system_admin", "security_admin")))


def _reached() -> list[tuple[str, str]]:
    """Each place with one role that may open it."""
    found = []
    for place in PLACES:
        held = {role: {act.value for act in acts | NOTE_ACTS.get(role, set())} for role, acts in ACTS.items()}
        roles = [role for role, acts in held.items() if place.open_to(acts)]
        if roles:
            found.append((place.name, roles[0]))
    return found


REACHED = _reached()
# Recordings for a task are asked for once the task is named.
ASKING = [(place, role) for place, role in REACHED if place != "recordings"]


async def _go(seat: Seat, place: str) -> str:
    await seat.app.action_go_to(place)
    await seat.settle()
    screen = seat.screen
    assert isinstance(screen, Worded)
    text = paint(seat, FrameMarker()).text
    is_whole(seat, screen, text)
    assert Texts(seat.app.texts.language).t("reading") not in text, text
    return text


def test_every_place_is_reached_by_somebody() -> None:
    assert {place.name for place in PLACES} == {name for name, _ in REACHED}


@pytest.mark.clause("S-6-17", "S-6-18", "S-6-19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "role"), REACHED, ids=[name for name, _ in REACHED])
async def test_a_full_place_is_whole(place: str, role: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(role, language=language) as seat:
        seat.desk.requests = [seat.desk.request(), seat.desk.request(9, tier="U3", words="客户要求寄还款确认函")]
        same(await _go(seat, place), f"{place}-full-{language}")


@pytest.mark.clause("S-6-17", "S-6-18", "S-6-19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "role"), REACHED, ids=[name for name, _ in REACHED])
async def test_an_empty_place_says_so(place: str, role: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(role, language=language, desk=EmptyDesk()) as seat:
        text = await _go(seat, place)
        same(text, f"{place}-empty-{language}")
        assert not any(bar.said[1] for bar in seat.screen.query(MessageBar)), text


@pytest.mark.clause("S-6-17", "S-6-18", "S-6-20")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "role"), ASKING, ids=[name for name, _ in ASKING])
async def test_a_refused_place_says_why_and_whom_to_ask(
    place: str, role: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(role, language=language, desk=RefusingDesk()) as seat:
        text = await _go(seat, place)
        assert any(bar.said[1] and "C-5.4c" in bar.said[0] for bar in seat.screen.query(MessageBar)), text
        assert "C-5.4c" in text
        same(text, f"{place}-refused-{language}")


@pytest.mark.clause("S-6-17", "S-6-18", "S-6-20")
@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_modal_that_asks_the_desk_says_why_it_is_refused(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated("agent", language=language, desk=RefusingDesk()) as seat:
        await seat.press("slash", "1", "enter")
        await seat.settle()
        screen = seat.screen
        assert isinstance(screen, DeskModal)
        text = paint(seat, FrameMarker()).text
        is_whole(seat, screen, text)
        assert "C-5.4c" in text, text
        same(text, f"modal-SearchModal-refused-{language}")
