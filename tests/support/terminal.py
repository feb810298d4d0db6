"""The application driven by a pilot, with every frame it would write kept as a grid of cells.

A pilot's application never writes to a terminal; here what reaches `App._display` after the marker is laid out on a
grid, so that tests read exactly what a terminal would show.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual._cells import cell_len
from textual._compositor import ChopsUpdate, LayoutUpdate
from textual.app import App
from textual.pilot import Pilot
from textual.screen import ModalScreen, Screen

from console.desk.api import Desk
from console.tui.app import VeildeskApp
from console.tui.screens.lock import LockScreen
from tests.support.fake_desk import NOW, FakeDesk

PATIENCE = 60.0
"""Seconds that a busy machine is given before something counts as never coming."""


class Grid:
    """A terminal's cells; a wide character takes its cell and leaves the next one empty."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.cells = [[" "] * width for _ in range(height)]
        self.frames = 0

    def put(self, update: object) -> None:
        """Draw an update as the terminal would."""
        self.frames += 1
        if isinstance(update, LayoutUpdate):
            for y, line in enumerate(update.strips, update.region.y):
                self._write(update.region.x, y, [segment for strip in line for segment in strip])
        elif isinstance(update, ChopsUpdate):
            for y, x1, x2 in update.spans:
                for end, (x, strip) in zip(update.chop_ends[y], update.chops[y].items(), strict=False):
                    if strip is not None and x <= x2 and end > x1:
                        self._write(x, y, list(strip.crop(0, min(end, x2) - x)))

    def _write(self, x: int, y: int, segments: list[Any]) -> None:
        if not 0 <= y < self.height:
            return
        row = self.cells[y]
        for segment in segments:
            for char in segment.text:
                size = cell_len(char)
                if 0 <= x < self.width:
                    row[x] = char
                    if size > 1 and x + 1 < self.width:
                        row[x + 1] = ""
                x += size

    @property
    def lines(self) -> list[str]:
        """The rows as text."""
        return ["".join(row) for row in self.cells]

    @property
    def text(self) -> str:
        """All rows."""
        return "\n".join(self.lines)


class SeenApp(VeildeskApp):
    """The application with its frames kept."""

    def __init__(self, desk: Desk, size: tuple[int, int], **more: Any) -> None:
        super().__init__(desk, **more)
        self.grid = Grid(*size)
        frame = self.marker.frame

        def kept(update: object) -> Any:
            marked = frame(update)
            if not self._batch_count and self._running:
                self.grid.put(marked)
            return marked

        self.marker.frame = kept  # type: ignore[method-assign]


async def at_rest(app: SeenApp, pilot: Pilot[Any]) -> None:
    """Wait until nothing is read or drawn any more; a question on top or locked over keeps whoever asked it waiting."""
    start = time.monotonic()
    while time.monotonic() - start < PATIENCE:
        await pilot.pause()
        busy = any(not worker.is_finished and worker.group != "listen" for worker in app.workers)
        locked_over = isinstance(app.screen, LockScreen) and any(
            isinstance(one, ModalScreen) for one in app.screen_stack
        )
        if not busy or locked_over or isinstance(app.screen, ModalScreen):
            break
        await pilot.pause(0.005)
    await pilot.pause()


async def met(app: SeenApp, pilot: Pilot[Any], condition: Callable[[], object]) -> None:
    """Wait until something is so."""
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > PATIENCE:
            raise AssertionError(f"never met:\n{app.grid.text}")
        await pilot.pause(0.01)


async def come_in(app: SeenApp, pilot: Pilot[Any]) -> None:
    """Wait until the person who signs in is seated, at the screen where that person starts."""

    def seated() -> bool:
        return app.me is not None and len(app.screen_stack) > 1 and "SignIn" not in type(app.screen).__name__

    await met(app, pilot, seated)


class Seat:
    """A running application and what a test does with it."""

    def __init__(self, app: SeenApp, pilot: Pilot[Any], desk: FakeDesk) -> None:
        self.app, self.pilot, self.desk = app, pilot, desk

    @property
    def screen(self) -> Screen[Any]:
        """What is on top."""
        return self.app.screen

    @property
    def text(self) -> str:
        """What the terminal shows."""
        return self.app.grid.text

    async def press(self, *keys: str) -> None:
        """Type, and let everything settle."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Until nothing is being read or drawn any more."""
        await at_rest(self.app, self.pilot)

    async def until(self, words: str, *, gone: bool = False) -> None:
        """Wait until the terminal shows some words, or no longer does."""
        await until(self.app, self.pilot, words, gone=gone)


@asynccontextmanager
async def seated(
    role: str = "agent", *, size: tuple[int, int] = (80, 24), language: str = "zh_CN", desk: FakeDesk | None = None
) -> AsyncIterator[Seat]:
    """Sign somebody in at a fresh application."""
    desk = desk or FakeDesk()
    desk.language = language
    app = SeenApp(desk, size, language=language, sign_in_as=role, clock=lambda: desk.now)
    async with app.run_test(size=size) as pilot:
        seat = Seat(app, pilot, desk)
        if role:
            await come_in(app, pilot)
        await seat.settle()
        yield seat


@asynccontextmanager
async def opened(
    desk: Desk, role: str, *, size: tuple[int, int] = (80, 24), language: str = "zh_CN"
) -> AsyncIterator[tuple[SeenApp, Pilot[Any]]]:
    """The screens on any desk, with somebody signed in."""
    app = SeenApp(desk, size, language=language, sign_in_as=role)
    async with app.run_test(size=size) as pilot:
        yield app, pilot


async def until(app: SeenApp, pilot: Pilot[Any], words: str, *, gone: bool = False) -> float:
    """Wait for words to be on the screen, or no longer; the seconds that took."""
    start = time.monotonic()
    while (words in app.grid.text) is gone:
        if time.monotonic() - start > PATIENCE:
            raise AssertionError(f"the screen {'still shows' if gone else 'never shows'} {words!r}:\n{app.grid.text}")
        await pilot.pause(0.01)
    return time.monotonic() - start


__all__ = [
    "NOW",
    "PATIENCE",
    "App",
    "Grid",
    "Seat",
    "SeenApp",
    "at_rest",
    "come_in",
    "met",
    "opened",
    "seated",
    "until",
]
