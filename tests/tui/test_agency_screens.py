"""Agencies: whole at every size, and the keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import agencies
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked

PLACE = ("外包机构", "Agencies")
VIEWS = (
    View("AgenciesScreen", "supervisor", ("agencies",)),
    View("DetailsModal agency", "security_admin", ("agencies", "down", "enter")),
    View("AgencyForm", "supervisor", ("agencies", "n")),
    View("AgencyForm change", "supervisor", ("agencies", "e")),
    View("ConfirmModal agency", "compliance", ("agencies", "down", "a")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; the place's name goes through the palette."""
    for key in keys:
        if key == "agencies":
            await seat.press("ctrl+p", *PLACE[LANGUAGES.index(seat.app.texts.language)], "enter")
        else:
            await seat.press(key)
    await seat.settle()


@pytest.mark.clause("S-5-15")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("view", VIEWS, ids=[f"{view.name}-{view.role}" for view in VIEWS])
async def test_whole_and_marked(
    view: View, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(view.role, size=size, language=language) as seat:
        await go(seat, view.keys)
        whole_and_marked(seat, view, "agencies")


@pytest.mark.clause("S-5-15")
async def test_an_engagement_is_proposed_changed_and_taken_back_by_keys_alone() -> None:
    async with seated("supervisor", language="en") as seat:
        await go(seat, ("agencies", "n", "enter"))
        assert "Every line" in seat.text
        await go(seat, (*"North", "tab", *"2027-06-30", "enter"))
        await go(seat, ("e", *("backspace",) * 10, *"2028-01-31", "enter"))
        new, changed = seat.desk.asked(agencies.ProposeTerm)
        assert (new.unit_id, new.name, new.last_day) == ("", "North", "2027-06-30")
        assert (changed.unit_id, changed.name, changed.last_day) == ("u1", "", "2028-01-31")
        await go(seat, ("w",))
        assert not seat.desk.asked(agencies.WithdrawTerm)
        await go(seat, ("end", "e"))
        assert "Not possible here now" in seat.text
        await go(seat, ("w", "enter"))
        (taken,) = seat.desk.asked(agencies.WithdrawTerm)
        assert taken.term_id == "t4"


@pytest.mark.clause("S-5-15", "S-3.3")
async def test_a_step_is_taken_as_it_was_seen_where_it_is_ones_turn() -> None:
    async with seated("security_admin", language="en") as seat:
        await go(seat, ("agencies", "a"))
        assert not seat.desk.asked(agencies.DecideTerm)
        await go(seat, ("down", "a", "enter", "r", "enter"))
        yes, no = seat.desk.asked(agencies.DecideTerm)
        assert [(one.term_id, one.version, one.approve) for one in (yes, no)] == [("t2", 2, True), ("t2", 2, False)]
