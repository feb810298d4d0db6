"""Every place at 80×24 without colour in both languages: full with long names, empty, and when the desk says no.

What each looks like is kept in `snapshots/`; `VEILDESK_SNAPSHOTS=write pytest tests/tui/test_states.py` writes it anew.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.desk.api import session
from console.desk.api.base import DeskError, Refusal
from console.texts import Texts
from console.tui.marker import FrameMarker
from console.tui.places import PLACES
from console.tui.screens.base import Worded
from console.tui.widgets.bars import MessageBar
from tests.support.fake_desk import ACTS, FakeDesk
from tests.support.fake_notes import NOTE_ACTS
from tests.support.terminal import Seat, seated
from tests.tui.test_layout import LANGUAGES, is_whole, paint

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


SNAPSHOTS = Path(__file__).parent / "snapshots"


def _same(text: str, name: str) -> None:
    """The screen is as it was when somebody last looked at it and found it good."""
    lines = "".join(f"{line.rstrip()}\n" for line in text.splitlines())
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("VEILDESK_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines, encoding="utf-8")
    assert lines == path.read_text(encoding="utf-8")


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
        _same(await _go(seat, place), f"{place}-full-{language}")


@pytest.mark.clause("S-6-17", "S-6-18", "S-6-19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "role"), REACHED, ids=[name for name, _ in REACHED])
async def test_an_empty_place_says_so(place: str, role: str, language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(role, language=language, desk=EmptyDesk()) as seat:
        text = await _go(seat, place)
        _same(text, f"{place}-empty-{language}")
        assert not any(bar.said[1] for bar in seat.screen.query(MessageBar)), text


@pytest.mark.clause("S-6-17", "S-6-18", "S-6-20")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("place", "role"), REACHED, ids=[name for name, _ in REACHED])
async def test_a_refused_place_says_why_and_whom_to_ask(
    place: str, role: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(role, language=language, desk=RefusingDesk()) as seat:
        text = await _go(seat, place)
        assert any(bar.said[1] and "C-5.4c" in bar.said[0] for bar in seat.screen.query(MessageBar)), text
        assert "C-5.4c" in text
        _same(text, f"{place}-refused-{language}")
