"""A screen that is whole: nothing cut off, the mark there, no datum under it, and as it was last found good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pytest

from console.tui.marker import FrameMarker
from console.tui.modals.base import DeskModal
from console.tui.screens.base import DeskScreen, Worded
from console.tui.widgets.bars import KeyBar, TitleBar
from console.tui.widgets.rows import RowList
from tests.support.fake_desk import FakeDesk
from tests.support.snapshots import same
from tests.support.terminal import Grid, Seat, seated
from tests.support.views import View

SIZES: Final = ((80, 24), (120, 40))
LANGUAGES: Final = ("zh_CN", "en")


@dataclass(frozen=True)
class Look:
    """A view, how large the terminal is, and in which language."""

    view: View
    size: tuple[int, int]
    language: str

    async def stands(
        self, go: Callable[[Seat, tuple[str, ...]], Awaitable[None]], prefix: str, desk: FakeDesk | None = None
    ) -> None:
        """Go there without colours: it is whole and marked.

        Args:
            go: types the view's keys.
            prefix: what the kept looks of these views are called.
            desk: that answers; None: a fresh one.

        Raises:
            AssertionError: it is not.
        """
        with pytest.MonkeyPatch.context() as around:
            around.setenv("NO_COLOR", "1")
            async with seated(self.view.role, desk=desk, size=self.size, language=self.language) as seat:
                await go(seat, self.view.keys)
                whole_and_marked(seat, self.view, prefix)


def every_look(views: Iterable[View]) -> pytest.MarkDecorator:
    """Ask a test for each view, at every size, in both languages, as `look`."""
    looks = [Look(view, size, language) for view in views for size in SIZES for language in LANGUAGES]
    names = [f"{one.view.name}-{one.view.role}-{one.size[0]}-{one.language}" for one in looks]
    return pytest.mark.parametrize("look", looks, ids=names)


async def typed_with_places(seat: Seat, keys: Iterable[str], places: Mapping[str, tuple[str, str]]) -> None:
    """Type; a place's word goes through the palette, by what the place is called in both languages."""
    for key in keys:
        if key in places:
            await seat.press("ctrl+p", *places[key][LANGUAGES.index(seat.app.texts.language)], "enter")
        else:
            await seat.press(key)
    await seat.settle()


def whole_and_marked(seat: Seat, view: View, prefix: str = "") -> None:
    """The seat shows the view, whole and marked; with a prefix it also looks on the small size as it is kept.

    Raises:
        AssertionError: it does not.
    """
    screen = seat.screen
    assert isinstance(screen, Worded)
    assert type(screen).__name__ == view.name.split()[0]
    bare = paint(seat, FrameMarker())
    is_whole(seat, screen, bare.text)
    if prefix and tuple(seat.app.size) == SIZES[0]:
        same(bare.text, f"{prefix}-{view.name.replace(' ', '-')}-{view.role}-{seat.app.texts.language}")
    if view.role:
        is_marked(bare, paint(seat, seat.app.marker), seat.app.mark_text())


def paint(seat: Seat, marker: FrameMarker) -> Grid:
    """The whole screen as that marker would let it out."""
    grid = Grid(seat.app.size.width, seat.app.size.height)
    grid.put(marker.frame(seat.screen._compositor.render_full_update()))
    return grid


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
