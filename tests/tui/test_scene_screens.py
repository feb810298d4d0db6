"""Special scenes and visits: whole at every size, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import special, visits
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked

PLACES = {"specials": ("特殊场景", "Special scenes"), "visits": ("外访", "Field visits")}
VIEWS = (
    View("SpecialsScreen", "agent", ("specials",)),
    View("SpecialScreen", "supervisor", ("specials", "enter")),
    View("SpecialScreen open", "agent", ("specials", "down", "enter")),
    View("SpecialScreen review", "auditor", ("specials", "end", "enter")),
    View("SpecialForm", "agent", ("specials", "n", *"C-1", "enter")),
    View("ReportForm", "agent", ("specials", "down", "enter", "w")),
    View("WordsModal special", "supervisor", ("specials", "enter", "r")),
    View("VisitsScreen", "supervisor", ("visits",)),
    View("VisitForm", "agent", ("visits", "n")),
    View("VisitReport", "agent", ("visits", "down", "down", "w")),
    View("ConfirmModal visit", "agent", ("visits", "down", "o")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; a place's name goes through the palette."""
    for key in keys:
        if key in PLACES:
            await seat.press("ctrl+p", *PLACES[key][LANGUAGES.index(seat.app.texts.language)], "enter")
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
        whole_and_marked(seat, view, "scenes")


@pytest.mark.clause("S-4.2", "C-5.4d-2")
async def test_the_number_is_seen_on_its_own_screen_and_goes_with_it() -> None:
    async with seated("agent", language="en") as seat:
        await go(seat, ("specials", "down", "enter"))
        assert "138****8000" in seat.text
        await go(seat, ("o",))
        assert "13800138000" in seat.text
        assert seat.desk.asked(special.OpenSpecial)
        await go(seat, ("x",))
        assert "13800138000" not in seat.text
        await go(seat, ("o",))
        await go(seat, ("question_mark",))
        await go(seat, ("escape",))
        assert "13800138000" not in seat.text


@pytest.mark.clause("S-4.2")
async def test_a_filing_is_decided_as_it_was_seen_and_refused_with_words() -> None:
    async with seated("supervisor", language="en") as seat:
        await go(seat, ("specials", "enter", "r", *"no", "enter"))
        assert not seat.desk.asked(special.DecideSpecial)
        await go(seat, (*"t this way", "enter"))
        (decided,) = seat.desk.asked(special.DecideSpecial)
        assert (decided.filing_id, decided.version, decided.approve, decided.words) == ("f1", 1, False, "not this way")


@pytest.mark.clause("S-5-10")
async def test_a_visit_is_planned_agreed_to_and_written_by_keys_alone() -> None:
    async with seated("supervisor", language="en") as seat:
        await go(seat, ("visits", "n", "enter"))
        assert "Every line" in seat.text
        keys = (*"C-1", "tab", "tab", *"2026-11-24", "tab", "tab", "tab", *"A0173", "tab", *"A0174", "enter")
        await go(seat, keys)
        (planned,) = seat.desk.asked(visits.PlanVisit)
        assert (planned.case_id, planned.day, planned.from_minute, planned.visitors) == (
            "C-1",
            "2026-11-24",
            600,
            ("A0173", "A0174"),
        )
        await go(seat, ("a", "enter"))
        (decided,) = seat.desk.asked(visits.DecideVisit)
        assert (decided.visit_id, decided.approve) == ("v1", True)
        await go(seat, ("o",))
        assert not seat.desk.asked(visits.SetOut)
        await go(seat, ("down", "down", "w", "enter"))
        (written,) = seat.desk.asked(visits.WriteVisit)
        assert (written.visit_id, written.went, written.ids_shown) == ("v3", ("A0173", "A0174"), False)
