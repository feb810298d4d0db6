"""`veildesk doctor`: is the desk healthy, and does any customer's value stand in clear?"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.doctor.examine import Examination
    from console.texts import Texts

_SHOWN: Final = 50
_SIGNS: Final = {"ok": "✓", "warn": "!", "bad": "✗"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor", epilog=EVERYWHERE)(doctor)


def _lines(texts: Texts, seen: Examination) -> Iterator[str]:
    for check in seen.checks:
        state = texts.t(f"check.state.{check.state}")
        yield f"{_SIGNS[check.state]} {state}  {texts.t(f'check.{check.name}')}  {check.detail}".rstrip()
    if seen.customers is None:
        yield f"{_SIGNS['bad']} {texts.t('cli.doctor.no_hunt')}"
        return
    key = "cli.doctor.found" if seen.found else "cli.doctor.clean"
    sign = _SIGNS["bad" if seen.found else "ok"]
    said = texts.t(key, found=len(seen.found), customers=seen.customers, values=seen.values, places=seen.places)
    yield f"{sign} {said}"
    for one in seen.found[:_SHOWN]:
        yield f"    {one.place}@{one.offset}  {texts.field(one.field)}  {one.spelling}  {one.case_id}"


def doctor(
    ctx: typer.Context,
    customers: Annotated[int, typer.Option(min=1, help="Whose values to hunt for, spread over all.")] = 200,
    everybody: Annotated[bool, typer.Option("--all", help="Hunt for every customer's values.")] = False,
) -> None:
    """Check files, keys, schema, clock and log of a desk that is not running, and hunt for plaintext in its files.

    Exit code 3 when something is bad. The hunt opens customers' sealed values in memory; that is an event in the log.
    """
    from rich.console import Console
    from rich.progress import Progress

    from console.cli.output import as_json, say
    from console.cli.seat import home_of, options_of
    from console.doctor.examine import Examiner
    from console.home import HomeRefused
    from console.texts import Texts

    options = options_of(ctx)
    home = home_of(options)
    if not home.settings.is_file():
        raise HomeRefused("home.missing", home.root)
    texts = Texts(options.language)
    terminal = Console(stderr=True)
    with Progress(console=terminal, disable=not terminal.is_terminal, transient=True) as bar:
        task = bar.add_task("", total=None)

        def told(name: str, read: int) -> None:
            bar.update(task, description=name, advance=read)

        seen = Examiner(None if everybody else customers, told).examine(home)
    say(as_json(seen) if options.json else _lines(texts, seen))
    raise typer.Exit(Exit.DONE if seen.ok else Exit.FOUND)
