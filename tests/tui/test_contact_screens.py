"""May I call now, and the contact rules: whole at every size, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import contact
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

GO = {"rules": ("联系规则", "Contact rules")}
VIEWS = (
    View("ContactCheckModal", "agent", ("enter", "c")),
    View("ContactCheckModal third", "supervisor", ("enter", "c", "right")),
    View("StopForm", "agent", ("enter", "c", "x")),
    View("ContactEditionScreen", "supervisor", ("rules", "down", "enter")),
    View("ContactEditionScreen diff", "security_admin", ("rules", "enter", "2")),
    View("ConfirmModal rules", "security_admin", ("rules", "enter", "a")),
    View("ContactRulesEditScreen", "supervisor", ("rules", "n")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; the place's name goes through the palette."""
    await typed_with_places(seat, keys, GO)


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "contact")


@pytest.mark.clause("S-6-20", "R-54")
async def test_a_number_is_stopped_from_where_its_rules_are_read() -> None:
    async with seated("agent", language="en") as seat:
        await go(seat, ("enter", "c"))
        assert "138****5678" in seat.text
        await go(seat, ("x", "enter"))
        (stop,) = seat.desk.asked(contact.StopContact)
        assert (stop.contact.field, stop.contact.ordinal, stop.reason) == ("mobile", 1, "asked")


@pytest.mark.clause("C-5.5b")
async def test_an_edition_is_decided_as_it_was_seen() -> None:
    async with seated("security_admin", language="en") as seat:
        await go(seat, ("rules", "enter", "a"))
        assert not seat.desk.asked(contact.DecideRules)
        await go(seat, ("enter",))
        (decided,) = seat.desk.asked(contact.DecideRules)
        assert (decided.edition_id, decided.version, decided.approve) == ("r5", 2, True)
