"""The visible tile on every place, full to the last row, and on every modal, at every usual size.

There, under the data and never over it, and denser while something is revealed.

`test_layout` asks the same of every screen with few rows at 80×24 and 120×40.
"""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from console.desk.api import session
from console.desk.api.cases import FieldRef
from console.tui.marker import FrameMarker
from console.tui.screens.base import Worded
from console.tui.widgets.rows import RowList
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Grid, Seat, seated
from tests.support.views import VIEWS, View, typed
from tests.support.whole import is_marked, is_whole, paint
from tests.tui.test_states import REACHED
from watermark import Tile
from watermark.screen import Density

pytestmark = [pytest.mark.clause("C-5.4d-1", "S-6-16")]

SIZES = ((160, 50), (120, 40), (100, 30), (80, 24))
MANY = 60
MODALS = [view for view in VIEWS if "Modal" in view.name or "Form" in view.name]
_KEPT = {value.__name__ for value in vars(session).values() if isinstance(value, type)}


class DenseDesk(FakeDesk):
    """Everything there is, so many times that no list ends on the screen."""

    def _answer(self, request: Any) -> Any:
        reply = super()._answer(request)
        if type(request).__name__ in _KEPT or not isinstance(reply, msgspec.Struct):
            return reply
        lists = {field.name: getattr(reply, field.name) for field in msgspec.structs.fields(reply)}
        return msgspec.structs.replace(reply, **{name: _many(one) for name, one in lists.items() if _rows(one)})


def _rows(value: object) -> bool:
    return isinstance(value, tuple) and bool(value) and isinstance(value[0], msgspec.Struct)


def _many(rows: tuple[Any, ...]) -> tuple[Any, ...]:
    """The rows again and again, each under a name of its own."""
    first = msgspec.structs.fields(rows[0])[0].name
    if not isinstance(getattr(rows[0], first), str):
        return rows
    return tuple(
        msgspec.structs.replace(row, **{first: f"{getattr(row, first)}{turn or ''}"})
        for turn in range(-(-MANY // len(rows)))
        for row in rows
    )


def taken(before: Grid, after: Grid) -> int:
    return sum(old != new for old, new in zip(_flat(before), _flat(after), strict=True))


def _flat(grid: Grid) -> list[str]:
    return [cell for row in grid.cells for cell in row]


def holds(seat: Seat) -> None:
    """The tile is on what the seat shows, calm and dense, and hides nothing either way."""
    screen, mark = seat.screen, seat.app.mark_text()
    assert isinstance(screen, Worded)
    bare = paint(seat, FrameMarker())
    is_whole(seat, screen, bare.text)
    marked = {}
    for density in Density:
        marker = FrameMarker()
        marker.show(Tile(mark, density), keep=False)
        marked[density] = paint(seat, marker)
        is_marked(bare, marked[density], mark)
    assert taken(bare, marked[Density.DENSE]) >= taken(bare, marked[Density.CALM]), bare.text
    assert paint(seat, seat.app.marker).cells == marked[Density.CALM].cells, "nothing is revealed"


async def test_the_lists_of_this_desk_do_not_end_on_the_screen() -> None:
    for place in ("drop_keys", "log", "sessions"):
        role = dict(REACHED)[place]
        desk = DenseDesk()
        desk.cases = MANY
        async with seated(role, size=SIZES[0], desk=desk) as seat:
            await seat.app.action_go_to(place)
            await seat.settle()
            rows = seat.screen.query_one(RowList)
            assert len(rows.rows) > rows.size.height, place


async def at_every_size(seat: Seat, sizes: tuple[tuple[int, int], ...]) -> None:
    for size in sizes:
        await seat.pilot.resize_terminal(*size)
        await seat.settle()
        assert tuple(seat.app.size) == size
        holds(seat)


@pytest.mark.parametrize(("place", "role"), REACHED, ids=[name for name, _ in REACHED])
async def test_a_place_full_to_the_last_row_is_marked(place: str, role: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    desk = DenseDesk()
    desk.cases = MANY
    async with seated(role, size=SIZES[0], desk=desk) as seat:
        await seat.app.action_go_to(place)
        await seat.settle()
        await at_every_size(seat, SIZES)


@pytest.mark.parametrize("view", MODALS, ids=[f"{view.name}-{view.role}" for view in MODALS])
async def test_a_modal_is_marked_at_sizes_between(view: View, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(view.role, size=(160, 50)) as seat:
        seat.desk.requests = [seat.desk.request(), seat.desk.request(9, tier="U3")]
        seat.desk.grant(FieldRef(name="home_address"))
        for key in typed(view, "zh_CN"):
            await seat.press(key)
        await seat.settle()
        await at_every_size(seat, ((160, 50), (100, 30)))


async def test_whatever_the_size_more_of_it_stands_there_while_something_is_revealed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(size=SIZES[0]) as seat:
        seat.desk.grant(FieldRef(name="home_address"))
        await seat.press("enter")
        calm = {}
        for size in SIZES:
            await seat.pilot.resize_terminal(*size)
            await seat.settle()
            calm[size] = taken(paint(seat, FrameMarker()), paint(seat, seat.app.marker))
        while "▶ 家庭地址" not in paint(seat, FrameMarker()).text:
            await seat.press("down")
        await seat.press("u")
        for size in SIZES:
            await seat.pilot.resize_terminal(*size)
            await seat.settle()
            bare = paint(seat, FrameMarker())
            assert "◷" in bare.text
            is_marked(bare, paint(seat, seat.app.marker), seat.app.mark_text())
            assert taken(bare, paint(seat, seat.app.marker)) > calm[size]
