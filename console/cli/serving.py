"""`veildesk serve`: the desk and its SSH front door, until interrupted."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.home import Home
    from console.serve.service import Address, Users
    from console.texts import Texts


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", epilog=EVERYWHERE)(serve)


def serve(
    ctx: typer.Context,
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where the front door listens; port 0 takes a free one.")
    ] = "127.0.0.1:2222",
    door_socket: Annotated[
        str,
        typer.Option(
            metavar="PATH",
            help="Wait here for a front door that runs by itself; `handed` for a socket that the service manager made.",
        ),
    ] = "",
    door_user: Annotated[
        str, typer.Option(metavar="NAME", help="Whose process the front door is, where that is not this user.")
    ] = "nobody",
    session_user: Annotated[
        str, typer.Option(metavar="NAME", help="Whose processes sessions are, when started by root.")
    ] = "nobody",
    no_ssh: Annotated[
        bool, typer.Option("--no-ssh", help="Only this machine's own screens and commands; never in prod.")
    ] = False,
) -> None:
    """Run the desk and its SSH front door; staff come in with `ssh -p PORT name@host` and three factors."""
    from console import bootstrap
    from console.cli.seat import home_of, options_of
    from console.desk.api.base import DeskError, Refusal
    from console.serve import fences
    from console.serve.service import Address, Users
    from console.texts import Texts

    options = options_of(ctx)
    home = home_of(options)
    home.check()
    try:
        address = Address.parse(listen)
    except ValueError as fault:
        raise typer.BadParameter("HOST:PORT", param_hint="--listen") from fault
    if no_ssh and bootstrap.profile(home) == "prod":
        raise DeskError(Refusal(code="desk.third_factor_missing", clause="Y-4.2.2"))
    fences.harden()
    run = _run(home, None if no_ssh else address, Texts(options.language), Users(door_user, session_user), door_socket)
    if not asyncio.run(run):
        raise typer.Exit(Exit.REFUSED)


async def _run(home: Home, address: Address | None, texts: Texts, users: Users, waits_at: str) -> bool:
    """Serve until told to end; False when the front door ended by itself."""
    import contextlib
    import os
    import signal

    from console import bootstrap
    from console.cli.output import tell
    from console.serve.gate import Gate
    from console.serve.messages import Listening
    from console.serve.service import FrontDoor

    def say_open(said: Listening) -> None:
        tell(texts.t("cli.serve.fences", fences=" ".join(said.fences)))

    told, over = asyncio.Event(), asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    desk = await bootstrap.RunningDesk.start(home)
    door: FrontDoor | Gate | None = None
    try:
        if address is not None and waits_at:
            who = frozenset({os.geteuid(), users.user_of(users.door)})
            door = await Gate.at(desk, waits_at, address, who, say_open)
        elif address is not None:
            door = await FrontDoor.open(desk, address, over, users)
            tell(texts.t("cli.serve.door", address=door.address, fingerprint=door.fingerprint))
            tell(texts.t("cli.serve.fences", fences=" ".join(door.fences)))
        tell(texts.t("cli.serve.ready", home=home.root))
        await _first(told, over)
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            if door is not None:
                await door.close()
            await desk.stop()
    if not told.is_set():
        tell(texts.t("cli.serve.door_gone"))
    return told.is_set()


async def _first(*events: asyncio.Event) -> None:
    waits = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
