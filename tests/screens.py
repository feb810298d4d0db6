"""`python -m tests.screens > .docs/screens.md`: what the desk looks like, taken from the real screens of a demo desk.

A fresh desk with synthetic people is opened at 80x24, and what a terminal would show is printed. Nothing is drawn by
hand; instants and ids differ from run to run.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

_ROOT = str(Path(__file__).resolve().parent.parent)
sys.path.insert(0, _ROOT)  # a distribution of a dependency brings a package `tests` of its own

from textual.pilot import Pilot  # noqa: E402 - the tree must be on the path first

from console import bootstrap  # noqa: E402
from console.demo import build  # noqa: E402
from console.desk.api.cases import FieldRef, ListQueue  # noqa: E402
from console.desk.api.reveal import AskReveal, DecideReveal  # noqa: E402
from console.desk.api.session import SetLanguage, SignInAs  # noqa: E402
from console.proving import nothing, proven  # noqa: E402
from tests.support.terminal import SeenApp, opened, until  # noqa: E402

_HEAD = """# Screens

Written by `python -m tests.screens > .docs/screens.md` from the real screens of a demo desk at 80×24.
"""
SHOWN = FieldRef(name="home_address")


@asynccontextmanager
async def demo() -> AsyncIterator[bootstrap.RunningDesk]:
    """A demo desk that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        desk = await build.build(Path(folder) / "h", cases=120, seed=20261122)
        try:
            yield desk
        finally:
            await desk.stop()


def shot(title: str, app: SeenApp) -> str:
    """One screen as a block of text."""
    lines = "\n".join(line.rstrip() for line in app.grid.lines)
    return f"## {title}\n\n```text\n{lines}\n```\n"


async def settle(pilot: Pilot[Any]) -> None:
    """Let what was asked for arrive and be drawn."""
    for _ in range(20):
        await pilot.pause(0.02)


async def asked(desk: bootstrap.RunningDesk) -> str:
    """A request on the first case of the agent's queue."""
    line = desk.line()
    await line.call(SignInAs(name="zhangwei"))
    row = (await line.call(ListQueue())).rows[0]
    request = await line.call(AskReveal(case_id=row.case_id, fields=(SHOWN,), reason="letter_or_visit", minutes=10))
    await line.close()
    return request.request_id


async def granted(desk: bootstrap.RunningDesk, request_id: str) -> None:
    """The head approves."""
    line = desk.line()
    await line.call(SignInAs(name="lina"))
    await proven(line, DecideReveal(request_id=request_id, verdict="approve", minutes=5), None, nothing)
    await line.close()


async def english(desk: bootstrap.RunningDesk, name: str) -> None:
    """Somebody prefers English."""
    line = desk.line()
    await line.call(SignInAs(name=name))
    await line.call(SetLanguage(language="en"))
    await line.close()


async def render() -> str:
    """All screens."""
    parts = [_HEAD]
    async with demo() as desk:
        async with opened(desk.line(), "zhangwei") as (app, pilot):
            await until(app, pilot, "C-2026-")
            await settle(pilot)
            parts.append(shot("An agent's queue", app))
            await pilot.press("enter")
            await settle(pilot)
            parts.append(shot("A case, masked", app))
            await pilot.press("r")
            await settle(pilot)
            parts.append(shot("Wrapping up: one key a result, Enter saves and opens the next case", app))
            await pilot.press("escape")
            await settle(pilot)
            await pilot.press("u")
            await settle(pilot)
            parts.append(shot("Asking to reveal", app))
        request_id = await asked(desk)
        async with opened(desk.line(), "lina") as (app, pilot):
            await settle(pilot)
            await pilot.press("f3")
            await settle(pilot)
            parts.append(shot("The supervisor's inbox", app))
            await pilot.press("f10")
            await settle(pilot)
            parts.append(shot("Her team", app))
        await granted(desk, request_id)
        async with opened(desk.line(), "zhangwei") as (app, pilot):
            await until(app, pilot, "C-2026-")
            await settle(pilot)
            await pilot.press("enter")
            await settle(pilot)
            await pilot.press("down", "down", "down", "down", "u")
            await settle(pilot)
            parts.append(shot("One value, approved, for minutes", app))
        async with opened(desk.line(), "fengxue") as (app, pilot):
            await settle(pilot)
            parts.append(shot("The auditor's log", app))
        await english(desk, "wangfang")
        async with opened(desk.line(), "wangfang", size=(110, 24)) as (app, pilot):
            await until(app, pilot, "C-2026-")
            await settle(pilot)
            parts.append(shot("A queue in English, wider", app))
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(asyncio.run(render()))
