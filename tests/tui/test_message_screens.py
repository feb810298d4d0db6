"""Writing to a customer from a case, and what was sent: whole at every size, and the keys do what they say."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from console.desk.api import contact, messages, sending
from console.desk.api.contact import ContactRef, RuleVerdict
from tests.support.fake_contact import CONTACTS
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
        assert "2/3" in seat.text, "what is left of today's messages is shown before one is sent"
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


def refused(rule: str, why: str, **more: int) -> RuleVerdict:
    return RuleVerdict(rule=rule, kind=rule, clause="S-5-1", verdict="refused", why=why, **more)


@pytest.mark.clause("issue-5", "S-5-13", "S-6-17")
async def test_which_of_the_customers_own_lawful_numbers_is_chosen_by_keys_alone() -> None:
    first = CONTACTS[0]
    second = replace(first, contact=ContactRef(field="mobile", ordinal=2), masked="139****0002")
    night = replace(
        first,
        contact=ContactRef(field="mobile", ordinal=3),
        masked="137****0003",
        allowed=False,
        rules=(refused("quiet_hours", "quiet_hours"),),
    )
    unlawful = replace(
        first,
        contact=ContactRef(field="mobile", ordinal=4),
        masked="136****0004",
        allowed=False,
        rules=(refused("source", "source_unlawful"),),
    )
    found = (night, unlawful, first, second, CONTACTS[1])
    async with seated("agent", language="en") as seat:
        asked = seat.desk._CheckContacts
        seat.desk.answers[contact.CheckContacts] = lambda call: replace(asked(call), contacts=found)
        await go(seat, ("enter", "s"))
        (check,) = seat.desk.asked(contact.CheckContacts)
        assert check.means == "sms"
        assert "138****5678 ✓" in seat.text
        assert "1/3" in seat.text
        await go(seat, ("right",))
        assert "139****0002 ✓" in seat.text
        await go(seat, ("right",))
        assert "137****0003 ✗" in seat.text
        assert "136****0004" not in seat.text
        await go(seat, ("left", "enter"))
        (look,) = seat.desk.asked(sending.PreviewMessage)
        assert (look.contact.field, look.contact.ordinal) == ("mobile", 2)
        assert "139****0002" in seat.text
        await go(seat, ("enter",))
        (sent,) = seat.desk.asked(sending.SendMessage)
        assert sent.contact == look.contact
        seat.desk.answers[contact.CheckContacts] = lambda call: replace(asked(call), contacts=(unlawful, CONTACTS[1]))
        await go(seat, ("s",))
        assert "lawful source" in seat.text
        assert len(seat.desk.asked(sending.PreviewMessage)) == 1
