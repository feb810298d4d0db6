"""Screens of a demo desk to measure marks on: driven as a person would, kept as rows of segments without any mark."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Final, NamedTuple

from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.pilot import Pilot
from textual.screen import Screen
from textual.strip import Strip

from console.bootstrap import RunningDesk
from console.demo import build
from console.tui.app import VeildeskApp
from console.tui.marker import FrameMarker
from console.tui.shading import Shader
from watermark import Tile
from watermark.screen_mark import ShadePlan

SIZES: Final = ((80, 24), (120, 40))
THEMES: Final = ("veil", "textual-light")
_WALKS: Final = {
    "lina": ((), ("pagedown",), ("enter",), ("escape", "f3"), ("f10",)),
    "zhangwei": ((), ("enter",), ("t",), ("question_mark",)),
    "fengxue": ((), ("pagedown",)),
}
_SEED: Final = 20261122


class Frame(NamedTuple):
    """One screen: its rows without a mark, its size in cells, the visible mark's words, and its theme."""

    rows: tuple[tuple[Segment, ...], ...]
    size: tuple[int, int]
    words: str
    theme: str


class MeasuredApp(VeildeskApp):
    """The application, every frame of it written out as for a terminal of all colours, to nobody."""

    written: list[str]

    def __init__(self, *args: Any, **more: Any) -> None:  # noqa: ANN401 - whatever the application takes
        super().__init__(*args, **more)
        self.written = []
        self.console._color_system = ColorSystem.TRUECOLOR  # noqa: SLF001 - what a terminal would say

    def _display(self, screen: Screen[Any], renderable: Any) -> None:  # noqa: ANN401 - Textual's signature
        if renderable is not None:
            self.written.append(self.marker.frame(renderable).render_segments(self.console))
        super()._display(screen, None)


@asynccontextmanager
async def demo_desk(cases: int) -> AsyncIterator[RunningDesk]:
    """A demo desk that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="veildesk-bench-") as folder:
        desk = await build.build(Path(folder) / "home", cases=cases, seed=_SEED)
        try:
            yield desk
        finally:
            await desk.stop()


@asynccontextmanager
async def opened(desk: RunningDesk, login: str, size: tuple[int, int]) -> AsyncIterator[tuple[MeasuredApp, Pilot[int]]]:
    """The screens of one person, once they are there."""
    app = MeasuredApp(desk.line(), language="zh_CN", sign_in_as=login)
    async with app.run_test(size=size) as pilot:
        while app.me is None or "SignIn" in type(app.screen).__name__:
            await pilot.pause(0.02)
        await settled(app, pilot)
        yield app, pilot


async def settled(app: VeildeskApp, pilot: Pilot[int]) -> None:
    """Wait until nothing is being read any more."""
    for _ in range(200):
        await pilot.pause()
        if all(worker.is_finished or worker.group == "listen" for worker in app.workers):
            break
        await pilot.pause(0.02)
    await pilot.pause()


async def captured(told: Callable[[str], object], *, sizes: Sequence[tuple[int, int]] = SIZES) -> list[Frame]:
    """Screens of an agent, a head and an auditor, in both themes."""
    frames: list[Frame] = []
    async with demo_desk(600) as desk:
        for login, walk in _WALKS.items():
            for size in sizes:
                for theme in THEMES:
                    async with opened(desk, login, size) as (app, pilot):
                        app.theme = theme
                        for keys in walk:
                            await pilot.press(*keys)
                            await settled(app, pilot)
                            frames.append(_frame(app, size, theme))
        told(f"{len(frames)} screens")
    return frames


def _frame(app: MeasuredApp, size: tuple[int, int], theme: str) -> Frame:
    update: Any = app.screen._compositor.render_full_update()  # noqa: SLF001 - the one way to a whole screen
    rows = tuple(tuple(segment for strip in line for segment in strip) for line in update.strips)
    return Frame(rows, size, app.mark_text(), theme)


def marked(frame: Frame, packed: str | None) -> list[list[Segment]]:
    """The rows of a screen with the visible mark, and the invisible one of a word if there is one."""
    return [[segment for strip in line for segment in strip] for line in _shown(frame, packed).strips]


def written(frame: Frame, packed: str | None) -> str:
    """The same as it is written to a terminal of all colours."""
    text: str = _shown(frame, packed).render_segments(Console(color_system="truecolor", force_terminal=True))
    return text


def _shown(frame: Frame, packed: str | None) -> Any:  # noqa: ANN401 - an update of the compositor's
    marker = FrameMarker()
    marker.show(Tile(frame.words), keep=False)
    if packed is not None:
        marker.shade(Shader(ShadePlan(packed)))
    update = LayoutUpdate([[Strip(row)] for row in frame.rows], Region(0, 0, *frame.size))
    return marker.frame(update)
