"""Walking the screens of a real desk key by key, as a person may, looking after each key at what a terminal shows."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from textual.pilot import Pilot

from console.desk.api import Desk
from console.tui.places import open_places
from tests.support.terminal import SeenApp, at_rest, come_in, opened

KEYS = {
    "queue": ("2", "3", "1", "down", "a", "escape", "slash", "escape", "n", "question_mark", "escape"),
    "case": ("down", "down", "u", "escape", "tab", "t", "enter", "escape", "w", "escape", "question_mark", "escape"),
    "inbox": ("down", "m", "escape", "r", "escape"),
    "imports": ("down", "enter", "m", "escape", "n", "escape", "n", "escape"),
    "log": ("down", "enter", "escape", "f", "escape", "n", "n", "p"),
}
SIZES = ((80, 24), (160, 50))


@dataclass(slots=True)
class Eye:
    """What was on the screen, each frame once."""

    app: SeenApp
    pilot: Pilot[Any]
    frames: set[str] = field(default_factory=set)

    async def look(self, key: str = "") -> None:
        """Let what is being read arrive, then keep the frame. key: what was pressed, if anything was."""
        del key
        await at_rest(self.app, self.pilot)
        self.frames.add(self.app.grid.text)
        self.frames.add("".join(self.app.grid.text.split()))

    async def press(self, *keys: str) -> None:
        """Keys, one after the other, looking after each."""
        for key in keys:
            await self.pilot.press(key)
            await self.look(key)


@asynccontextmanager
async def watched(line: Desk, name: str, size: tuple[int, int], language: str) -> AsyncIterator[Eye]:
    async with opened(line, name, size=size, language=language) as (app, pilot):
        eye = Eye(app, pilot)
        await come_in(app, pilot)
        await eye.look()
        assert app.me is not None
        yield eye
        assert app._exception is None


async def walk(eye: Eye) -> set[str]:
    """Every place the person may go to, every list's first rows opened, every key that only looks."""
    app = eye.app
    assert app.me is not None
    seen = set()
    for place in open_places(app.me.acts):
        await app.action_go_to(place.name)
        await eye.look()
        if type(app.screen).__name__ != place.screen:
            continue
        seen.add(place.name)
        await eye.press(*KEYS.get(place.name, ("down", "enter", "escape")))
        if place.name in {"queue", "mine"}:
            await app.action_go_to(place.name)
            await eye.look()
            await eye.press("enter")
            if type(app.screen).__name__ == "CaseScreen":
                seen.add("case")
                await eye.press(*KEYS["case"])
        await eye.press("ctrl+p", "escape")
    await eye.press("ctrl+l")
    return seen
