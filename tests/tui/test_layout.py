"""Every screen and modal at 80×24 and wide, in both languages: nothing cut off, the mark there, no datum under it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from console.desk.api.cases import FieldRef
from console.tui.modals.base import DeskModal
from console.tui.places import PLACES, open_places
from console.tui.safe import cell_len
from tests.support.fake_desk import ACTS, FakeDesk
from tests.support.terminal import Seat, seated
from tests.support.views import VIEWS, View, typed
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked


async def reach(seat: Seat, view: View, language: str) -> None:
    """Go to the view."""
    seat.desk.requests = [
        seat.desk.request(),
        seat.desk.request(9, tier="U3", words="客户要求寄还款确认函", reason="other"),
    ]
    seat.desk.grant(FieldRef(name="home_address"))
    for key in typed(view, language):
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
        await reach(seat, view, language)
        whole_and_marked(seat, view, "modal" if isinstance(seat.screen, DeskModal) else "")


@pytest.mark.clause("S-6-18")
async def test_without_colour_state_and_cursor_are_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated() as seat:
        assert "▶ · 新案    C-2026-0000001" in seat.text
        assert "✗ 破诺" in seat.text
        assert "✓ 已连接" in seat.text
        update = seat.app.marker.frame(seat.screen._compositor.render_full_update())
        colours = {
            segment.style.color
            for line in update.strips  # type: ignore[attr-defined]
            for strip in line
            for segment in strip
            if segment.style is not None and segment.style.color is not None and not segment.style.color.is_default
        }
        assert colours == set()


@pytest.mark.clause("S-6-17")
async def test_every_place_of_every_role_opens_from_the_palette() -> None:
    reached = set()
    for role in ACTS:
        async with seated(role, size=(120, 40)) as seat:
            assert seat.app.me is not None
            held = seat.app.me.acts
            for place in open_places(held):
                words = seat.app.texts.t(f"place.{place.name}")
                await seat.press("ctrl+p", *words, "enter")
                await seat.settle()
                assert type(seat.screen).__name__ == place.screen
                assert not seat.app._exception
                reached.add(place.name)
    assert reached == {place.name for place in PLACES}


Empty = Callable[[FakeDesk], Awaitable[None] | None]


@pytest.mark.parametrize("language", LANGUAGES)
async def test_empty_lists_say_what_to_do(language: str) -> None:
    desk = FakeDesk()
    desk.cases = 0
    async with seated("supervisor", language=language, desk=desk) as seat:
        texts = seat.app.texts
        flat = seat.text.replace("\n", "").replace(" ", "")
        assert texts.t("queue.empty.team").replace(" ", "")[:12] in flat
        await seat.press("f3")
        assert texts.t("inbox.empty").replace(" ", "")[:10] in seat.text.replace(" ", "")
        await seat.press("f6")
        assert texts.t("grants.empty")[:6] in seat.text


async def test_a_resized_terminal_shows_the_case_side_by_side_or_stacked() -> None:
    async with seated(size=(120, 40)) as seat:
        await seat.press("enter")
        assert seat.screen.has_class("wide")
        await seat.pilot.resize_terminal(80, 24)
        await seat.settle()
        assert not seat.screen.has_class("wide")


def test_cells_are_measured_not_characters() -> None:
    assert cell_len("欧阳*") == 5
