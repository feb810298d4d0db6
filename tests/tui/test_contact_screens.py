"""May I call now, and the contact rules: whole at every size, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import contact
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked

GO = ("联系规则", "Contact rules")
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
    for key in keys:
        if key == "rules":
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
        whole_and_marked(seat, view, "contact")


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
