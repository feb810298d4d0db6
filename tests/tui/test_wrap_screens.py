"""After a call and who is on the line: the screens whole at every size, the mark on each, as they were found good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from console.desk.api.contact import ContactRef
from console.desk.api.wrapping import LostContactView
from console.tui.modals.wrap import WrapForm
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Seat, met, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked
from tests.tui.test_calls import called
from tests.tui.test_wrap import ends, left, names, speaks

Way = Callable[[Seat], Awaitable[None]]


async def unanswered(seat: Seat) -> None:
    """A call that nobody answered, one of several in a row."""
    seat.desk.evidence = LostContactView(holds=False, failed=2, limit=3)
    await called(seat)
    await ends(seat, "no_answer")


async def promising(seat: Seat) -> None:
    """While they speak, with a promise."""
    await called(seat)
    await speaks(seat)
    await seat.press("r")
    await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, WrapForm))
    await seat.settle()
    await seat.press("9")


async def waiting(seat: Seat) -> None:
    """The queue of somebody who left a call."""
    await seat.until("1")
    await met(seat.app, seat.pilot, lambda: seat.app.wraps_left)


async def identified(seat: Seat) -> None:
    """The name of whom one speaks to."""
    await called(seat)
    await speaks(seat)
    await seat.press("i")
    await met(seat.app, seat.pilot, lambda: len(names(seat)) == 1)


async def none_yet(seat: Seat) -> None:
    """No standing approval."""
    await seat.app.action_go_to("standing")
    await seat.until(seat.app.texts.t("standing.empty")[:8])


async def asked(seat: Seat) -> None:
    """Until when."""
    await none_yet(seat)
    await seat.press("n")


async def given(seat: Seat) -> None:
    """One in force."""
    await asked(seat)
    await seat.press(*"+8h", "enter")
    await seat.until(seat.app.texts.t("standing.active"))


async def ending(seat: Seat) -> None:
    """It, before it is ended."""
    await given(seat)
    await seat.press("x")


async def ended(seat: Seat) -> None:
    """It, ended."""
    await ending(seat)
    await seat.press("enter")
    await seat.until(seat.app.texts.t("standing.revoked"))


VIEWS: tuple[tuple[View, Way], ...] = (
    (View("WrapForm", "agent"), unanswered),
    (View("WrapForm live", "agent"), promising),
    (View("QueueScreen waiting", "agent"), waiting),
    (View("CaseScreen identified", "agent"), identified),
    (View("StandingScreen none", "supervisor"), none_yet),
    (View("WordsModal standing", "supervisor"), asked),
    (View("StandingScreen", "supervisor"), given),
    (View("ConfirmModal standing", "supervisor"), ending),
    (View("StandingScreen ended", "supervisor"), ended),
)


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19", "issue-5")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize(("view", "way"), VIEWS, ids=[f"{view.name}-{view.role}" for view, _ in VIEWS])
async def test_whole_and_marked(
    view: View, way: Way, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk = FakeDesk()
    if way is waiting:
        desk.left = (left(contact=ContactRef(field="mobile")),)
    async with seated(view.role, desk=desk, size=size, language=language) as seat:
        await way(seat)
        await seat.settle()
        assert seat.app.size == size
        whole_and_marked(seat, view, "wrap")
