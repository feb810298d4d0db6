"""Writing to a customer from a case, and what was sent: whole at every size, and the keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import messages, sending
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked

GO = ("已发短信", "Messages sent")
VIEWS = (
    View("MessagesScreen", "agent", ("go",)),
    View("MessageWords", "agent", ("go", "down", "enter")),
    View("MessageForm", "agent", ("enter", "s")),
    View("ConfirmModal message", "agent", ("enter", "s", "enter")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; the place's name goes through the palette."""
    for key in keys:
        if key == "go":
            await seat.press("ctrl+p", *GO[LANGUAGES.index(seat.app.texts.language)], "enter")
        else:
            await seat.press(key)
    await seat.settle()


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("view", VIEWS, ids=[f"{view.name}-{view.role}" for view in VIEWS])
async def test_whole_and_marked(
    view: View, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(view.role, size=size, language=language) as seat:
        await go(seat, view.keys)
        whole_and_marked(seat, view, "messages")


@pytest.mark.clause("issue-5", "S-5-14")
async def test_what_is_sent_is_what_was_looked_at() -> None:
    async with seated("agent", language="en") as seat:
        await go(seat, ("enter", "s", "tab", *"500", "tab", *"2026-11-30", "enter"))
        (look,) = seat.desk.asked(sending.PreviewMessage)
        assert (look.amount, look.day, look.contact.field) == (50_000, "2026-11-30", "mobile")
        assert "138****5678" in seat.text
        assert not seat.desk.asked(sending.SendMessage)
        await go(seat, ("enter",))
        (sent,) = seat.desk.asked(sending.SendMessage)
        assert (sent.digest, sent.amount, sent.day) == ("d" * 64, 50_000, "2026-11-30")


@pytest.mark.clause("issue-5")
async def test_looked_at_and_left_alone() -> None:
    async with seated("agent", language="en") as seat:
        seat.desk.night = True
        await go(seat, ("enter", "s", "enter"))
        assert "do not allow it now" in seat.text
        await go(seat, ("escape",))
        assert not seat.desk.asked(sending.SendMessage)
        seat.desk.answers[messages.ListTemplates] = lambda _: messages.TemplateList(templates=())
        await go(seat, ("s",))
        assert "No template is live" in seat.text
