"""`veildesk demo`: a fresh desk with synthetic people and cases, opened on the screen or told as a story."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.bootstrap import RunningDesk
    from console.cli.options import Options
    from console.texts import Texts


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo", epilog=EVERYWHERE)(demo)


def demo(
    ctx: typer.Context,
    cases: Annotated[int, typer.Option(min=10, max=100_000, help="How many synthetic debtors.")] = 500,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 20261122,
) -> None:
    """A fresh desk in seconds, opened on the screen. Without a terminal, plays its story as text."""
    import asyncio
    import shutil
    import sys
    import tempfile

    from console.cli.seat import options_of
    from console.texts import Texts

    options = options_of(ctx)
    texts = Texts(options.language)
    kept = options.home.absolute() if options.home else None
    root = kept or Path(tempfile.mkdtemp(prefix="veildesk-demo-"))
    on_screen = sys.stdin.isatty() and sys.stdout.isatty()
    try:
        ended = asyncio.run(_run(root, cases, seed, options, texts, on_screen=on_screen))
    finally:
        if kept is None:
            shutil.rmtree(root, ignore_errors=True)
    raise typer.Exit(ended)


async def _run(root: Path, cases: int, seed: int, options: Options, texts: Texts, *, on_screen: bool) -> Exit:
    import asyncio

    from console.cli.output import say
    from console.tui.start import show

    desk = await _open(root, cases, seed, texts)
    try:
        if options.json:
            return await _as_json(desk, texts)
        say(await _people(desk, texts, on_screen=on_screen))
        if not on_screen:
            return await _story(desk, texts, say)
        await asyncio.to_thread(input, texts.t("demo.press_enter"))
        code = await show(desk.line(), language=options.language, asked=options.asked, sign_in_as=options.person)
        return Exit.REFUSED if code else Exit.DONE
    finally:
        await desk.stop()


async def _open(root: Path, cases: int, seed: int, texts: Texts) -> RunningDesk:
    from rich.console import Console
    from rich.progress import Progress

    from console.demo import build
    from console.home import Home

    home = Home(root)
    if home.settings.is_file():
        return await build.reopen(home)
    terminal = Console(stderr=True)
    with Progress(console=terminal, disable=not terminal.is_terminal, transient=True) as bar:
        task = bar.add_task(texts.t("demo.building"), total=None)

        def told(name: str, done: int, total: int) -> None:
            bar.update(task, description=name, completed=done, total=total or None)

        return await build.build(root, cases=cases, seed=seed, progress=told)


async def _people(desk: RunningDesk, texts: Texts, *, on_screen: bool) -> list[str]:
    from console.cli.people import people_lines
    from console.desk.api.session import Greet

    line = desk.line()
    try:
        welcome = await line.call(Greet())
    finally:
        await line.close()
    lines = [f"{welcome.desk} · {desk.home.root}", "", *people_lines(texts, welcome.people), ""]
    if on_screen:
        lines += [texts.t("demo.switch"), f"  veildesk console --home {desk.home.root} --as lina", ""]
    return lines


async def _as_json(desk: RunningDesk, texts: Texts) -> Exit:
    """Desk, people and story as one JSON object."""
    from console.cli.output import as_json, say
    from console.desk.api.session import Greet

    line = desk.line()
    try:
        welcome = await line.call(Greet())
    finally:
        await line.close()
    told: list[str] = []
    ended = await _story(desk, texts, told.append)
    people = {"desk": welcome.desk, "home": str(desk.home.root), "people": welcome.people}
    say(as_json({**people, "story": told, "held": ended is Exit.DONE}))
    return ended


async def _story(desk: RunningDesk, texts: Texts, say: Callable[[str], None]) -> Exit:
    from console.cli.output import clean, tell
    from console.demo.story import Story, StoryBroken

    def line(text: str) -> None:
        words = text.lstrip()
        say(" " * (len(text) - len(words)) + clean(words))

    try:
        await Story(desk, texts, line).play()
    except StoryBroken as broken:
        tell(texts.t("story.broken", step=broken.code))
        return Exit.FOUND
    say(texts.t("story.end"))
    return Exit.DONE
