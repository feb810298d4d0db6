"""Every screen and modal at 80×24 and wide, in both languages: nothing cut off, the mark there, no datum under it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from console.desk.api.cases import FieldRef
from console.tui.marker import FrameMarker
from console.tui.modals.base import DeskModal
from console.tui.places import PLACES, open_places
from console.tui.safe import cell_len
from console.tui.screens.base import DeskScreen, Worded
from console.tui.widgets.bars import KeyBar, TitleBar
from console.tui.widgets.rows import RowList
from tests.support.fake_desk import ACTS, FakeDesk
from tests.support.snapshots import same
from tests.support.terminal import Grid, Seat, seated
from tests.support.views import VIEWS, View, typed

SIZES = ((80, 24), (120, 40))
LANGUAGES = ("zh_CN", "en")


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


def paint(seat: Seat, marker: FrameMarker) -> Grid:
    """The whole screen as that marker would let it out."""
    grid = Grid(seat.app.size.width, seat.app.size.height)
    grid.put(marker.frame(seat.screen._compositor.render_full_update()))
    return grid


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
        screen = seat.screen
        assert isinstance(screen, Worded)
        assert type(screen).__name__ == view.name.split()[0]
        bare = paint(seat, FrameMarker())
        is_whole(seat, screen, bare.text)
        if isinstance(screen, DeskModal) and size == SIZES[0]:
            same(bare.text, f"modal-{view.name.replace(' ', '-')}-{view.role}-{language}")
        if view.role:
            is_marked(bare, paint(seat, seat.app.marker), seat.app.mark_text())


def is_whole(seat: Seat, screen: Worded, text: str) -> None:
    """Heading, person, every key and every column heading are there, none cut off."""
    for key, words in screen.shown_keys():
        assert f"{key} {words}" in text, f"{key} {words} is cut off:\n{text}"
    for bar in screen.query(KeyBar):
        assert bar.region.bottom <= seat.app.size.height
        assert bar.size.height >= len(bar.lines(bar.size.width))
    for title in screen.query(TitleBar):
        assert "…" not in title.lines(seat.app.size.width)[0][1][0]
    if isinstance(screen, DeskScreen):
        assert screen.title_text() in text
        assert seat.app.me is not None
        assert seat.app.me.staff_no in text
    if isinstance(screen, DeskModal):
        assert screen.heading() in text
        assert "╰" in text
    for rows in screen.query(RowList):
        if rows.display and rows.size.height:
            heading = "".join(segment.text for segment in rows.render_line(0))
            assert "…" not in heading, heading


def is_marked(bare: Grid, marked: Grid, mark: str) -> None:
    """The whole mark is there, in pieces all over the screen, and every cell it takes was blank with blanks beside."""
    assert mark
    assert mark in marked.text
    taken = 0
    for y, (before, after) in enumerate(zip(bare.cells, marked.cells, strict=True)):
        for x, (old, new) in enumerate(zip(before, after, strict=True)):
            if old != new:
                taken += 1
                assert set(before[max(0, x - 2) : x + 3]) == {" "}, f"({x},{y}): {''.join(before)!r}"
    assert taken > 24


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
