"""Templates: whole at every size, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import messages
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

GO = {"go": ("短信模板", "Message templates")}
VIEWS = (
    View("TemplatesScreen", "supervisor", ("go",)),
    View("TemplateScreen", "compliance", ("go", "enter")),
    View("TemplateScreen refused", "agent", ("go", "end", "enter")),
    View("TemplateForm", "supervisor", ("go", "n")),
    View("ConfirmModal template", "compliance", ("go", "enter", "a")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; the place's name goes through the palette."""
    await typed_with_places(seat, keys, GO)


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "templates")


@pytest.mark.clause("C-5.5b")
async def test_a_template_is_decided_as_it_was_seen() -> None:
    async with seated("compliance", language="en") as seat:
        await go(seat, ("go", "enter"))
        assert "‹amount›" in seat.text
        await go(seat, ("a",))
        assert not seat.desk.asked(messages.DecideTemplate)
        await go(seat, ("enter",))
        (decided,) = seat.desk.asked(messages.DecideTemplate)
        assert (decided.template_id, decided.version, decided.approve) == ("t4", 1, True)


@pytest.mark.clause("S-6-30")
async def test_a_faulty_template_stays_to_be_mended() -> None:
    async with seated("supervisor", language="en") as seat:
        seat.desk.answers[messages.ListTemplates] = lambda _: messages.TemplateList(templates=())
        await go(seat, ("go",))
        assert "A supervisor writes one with n" in seat.text
        await go(seat, ("n", "down", *"abc", "enter"))
        assert "a code has small letters" in seat.text
        assert "abc" in seat.text
        await go(seat, (*"due", "enter"))
        (first, second) = seat.desk.asked(messages.ProposeTemplate)
        assert (first.code, second.code, second.title) == ("", "due", "abc")
