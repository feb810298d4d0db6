"""Frames that two desks must paint alike, whole: text and style of every cell, after every key.

What no two runs of a program share is injected, none of it looked away from: one call goes to the desk at a time, in
the order in which the screens make them; what the desk tells by itself is told once the screen rests; clocks stand
where the test puts them; ids and codes come from a seed that each person begins anew.
"""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

import msgspec
import pytest
from rich.style import Style
from textual._cells import cell_len
from textual.screen import ModalScreen

import console.tui
from access.ids import UuidIds
from console.desk.api.base import Call, Push
from console.desk.host import EmbeddedDesk
from console.tui.screens import team
from console.tui.widgets.masked import MaskedValue
from console.wire import decode_reply
from tests.leak.alike import still
from tests.leak.seats import Stage, Stream
from tests.leak.walks import Eye
from tests.support.clock import FakeClock
from tests.support.terminal import PATIENCE, Grid, SeenApp, come_in

R = TypeVar("R")
Row = tuple[tuple[str, str], ...]
"""One line of a terminal: runs of text and their style."""

_NEVER: Final = 86_400.0
_QUIET: Final = 3
"""So many looks in a row without a call and without a frame are rest."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood on a terminal, and after which key on which screen."""

    after: str
    rows: tuple[Row, ...]

    @property
    def text(self) -> str:
        """Without style."""
        return "\n".join("".join(text for text, _ in row) for row in self.rows)


class Canvas(Grid):
    """A terminal's cells with their styles."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self.styles = [[""] * width for _ in range(height)]

    def _write(self, x: int, y: int, segments: list[Any]) -> None:
        if not 0 <= y < self.height:
            return
        for segment in segments:
            style = str(segment.style or Style.null())
            for char in segment.text:
                width = cell_len(char)
                if width and 0 <= x <= self.width - width:
                    self._put(x, y, (char, "")[:width], style)
                x += width

    def _put(self, x: int, y: int, cells: tuple[str, ...], style: str) -> None:
        row, end = self.cells[y], x + len(cells)
        # Half of a wide character is no character: a terminal blanks what is left of it.
        if row[x] == "" and x:
            row[x - 1] = " "
        if end < self.width and row[end] == "":
            row[end] = " "
        row[x:end] = cells
        self.styles[y][x:end] = [style] * len(cells)

    def rows(self) -> Iterator[Row]:
        """Every line in runs of one style."""
        for cells, styles in zip(self.cells, self.styles, strict=True):
            starts = [at for at in range(self.width) if at == 0 or styles[at] != styles[at - 1]]
            ends = [*starts[1:], self.width]
            yield tuple(("".join(cells[a:b]), styles[a]) for a, b in zip(starts, ends, strict=True))


class OneByOne:
    """A line on which one call is made after the other, and pushes wait until the screen rests."""

    def __init__(self, line: EmbeddedDesk) -> None:
        self._line = line
        self._turn = asyncio.Lock()
        self._open = asyncio.Event()
        self._waiting = 0
        self.calls: list[str] = []
        self.under_way = 0

    async def call(self, request: Call[R], *, key: str | None = None) -> R:
        """See `Desk.call`. A screen that is left waits no longer; what it asked for is carried out all the same."""
        self.calls.append(type(request).__name__)
        self.under_way += 1
        begun = asyncio.create_task(self._in_turn(request, key))
        begun.add_done_callback(self._over)
        return await asyncio.shield(begun)

    async def _in_turn(self, request: Call[R], key: str | None) -> R:
        async with self._turn:
            reply = await self._line.call(request, key=key)
        if not type(request).__module__.endswith((".imports", ".log")):
            return reply
        return decode_reply(request, msgspec.msgpack.encode(still(msgspec.to_builtins(reply))))

    def _over(self, task: asyncio.Task[Any]) -> None:
        self.under_way -= 1
        if not task.cancelled():
            # Asked for here too, because whoever called may be gone.
            task.exception()

    async def subscribe(self) -> AsyncIterator[Push]:
        """See `Desk.subscribe`."""
        async for push in self._line.subscribe():
            self._waiting += 1
            await self._open.wait()
            self._waiting -= 1
            yield push

    async def tell(self) -> bool:
        """Let go on what waits to be told; whether there was anything."""
        for _ in range(4):
            await asyncio.sleep(0)
        told = self._waiting > 0 or not self._line._pushes.empty()
        self._open.set()
        while self._waiting or not self._line._pushes.empty():
            await asyncio.sleep(0)
        self._open.clear()
        return told

    async def close(self) -> None:
        """See `Desk.close`."""
        await self._line.close()


@dataclass(slots=True)
class Keen(Eye):
    """Keeps every frame whole and in order."""

    line: OneByOne = field(kw_only=True)
    kept: list[Frame] = field(default_factory=list)
    about: set[str] = field(default_factory=set)

    async def look(self, key: str = "") -> None:
        """Once nothing is read, told or drawn any more."""
        await self._rest()
        while await self.line.tell():
            await self._rest()
        canvas = self._painted_anew()
        name = type(self.app.screen).__name__
        self.about.add(name)
        self.kept.append(Frame(f"{name} after {key or 'going there'}", tuple(canvas.rows())))

    def _painted_anew(self) -> Canvas:
        """The whole terminal in one go, as after a resize, by the way that every frame goes.

        Where a question grew while it read, the mark beside it was laid out around another edge: what partial frames
        leave there hangs on how many there were.
        """
        canvas = self.app.grid = Canvas(self.app.grid.width, self.app.grid.height)
        self.app.marker.frame(self.app.screen._compositor.render_full_update())
        return canvas

    async def _rest(self) -> None:
        start, quiet, before = time.monotonic(), 0, (-1, -1)
        while quiet < _QUIET:
            assert time.monotonic() - start < PATIENCE, f"never at rest:\n{self.app.grid.text}"
            await self.pilot.pause()
            now = (self.app.grid.frames, len(self.line.calls))
            reading = not isinstance(self.app.screen, ModalScreen) and any(
                not worker.is_finished and worker.group != "listen" for worker in self.app.workers
            )
            quiet = quiet + 1 if now == before and not reading and not self.line.under_way else 0
            before = now

    async def go_to(self, name: str) -> None:
        """A place, from whatever is on top."""
        await self.leave_questions()
        await self.app.action_go_to(name)
        await self.look()

    async def leave_questions(self) -> None:
        """Close what lies over a screen; what stands beneath is looked at by whoever goes on."""
        while isinstance(self.app.screen, ModalScreen):
            top = self.app.screen
            await self.pilot.press("escape")
            await self._rest()
            assert self.app.screen is not top, "a question that cannot be left"

    async def unseen(self, *keys: str) -> None:
        """Keys of which nothing is looked at before all are pressed."""
        await self.pilot.press(*keys)
        await self.look("what was typed")

    def on(self, *screens: str) -> bool:
        """Whether one of these is on top."""
        return type(self.app.screen).__name__ in screens

    async def to_the_end(self) -> None:
        """Put the cursor of a case on its last field, so that those which have no room come into view."""
        for last in tuple(self.app.screen.query(MaskedValue))[-1:]:
            last.focus()
            await self.look("going to the last field")

    def to(self, name: str) -> bool:
        """Put the cursor of a case on a field; whether it has one."""
        found = [one for one in self.app.screen.query(MaskedValue) if one.field == name]
        if found:
            found[0].focus()
        return bool(found)


class _Standing:
    """The module `time`, with a clock that stands where the test put it."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock

    def monotonic(self) -> float:
        """Seconds."""
        return self._clock.now_us() / 1_000_000

    def __getattr__(self, name: str) -> Any:
        return getattr(time, name)


def stand_still(clock: FakeClock, patch: pytest.MonkeyPatch) -> None:
    """No screen tells the time by itself."""
    for found in pkgutil.walk_packages(console.tui.__path__, "console.tui."):
        importlib.import_module(found.name)
    for name, module in tuple(sys.modules.items()):
        if name.startswith("console.tui") and getattr(module, "time", None) is time:
            patch.setattr(module, "time", _Standing(clock))
    # The board reads itself again so many real seconds after it was told; how many screens that is differs.
    patch.setattr(team, "PACE", _NEVER)


@asynccontextmanager
async def keenly(stage: Stage, name: str, size: tuple[int, int], language: str, seed: int) -> AsyncIterator[Keen]:
    """Somebody's screens, in a minute of their own and with ids that do not hang on how many were used before."""
    stage.desk.clock.advance(60)
    ids = stage.desk.running.parts.ids
    assert isinstance(ids, UuidIds)
    ids._drawn, ids._random_bytes = b"", Stream(seed)
    line = OneByOne(stage.desk.running.line("pts/3"))
    app = SeenApp(line, size, language=language, asked=language, sign_in_as=name, clock=stage.desk.clock.now_us)
    app.grid = Canvas(*size)
    app.animation_level = "none"
    async with app.run_test(size=size) as pilot:
        eye = Keen(app, pilot, line=line)
        await come_in(app, pilot)
        await eye.look()
        yield eye
        assert app._exception is None
    await line.close()
