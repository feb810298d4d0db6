"""`veildesk console`: the desk's screens in this terminal."""

from __future__ import annotations

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("console", epilog=EVERYWHERE)(console)


def console(ctx: typer.Context) -> None:
    """Open the desk here; beside a running desk this is one more screen on it."""
    import asyncio
    import sys
    from functools import partial

    from console.cli.seat import home_of, line, options_of, prove_factors
    from console.client import SocketDesk, attach
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.session import Greet
    from console.texts import Texts
    from console.tui.start import show

    options = options_of(ctx)
    home = home_of(options)
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise DeskError(Refusal(code="cli.no_terminal"))

    async def run() -> int:
        async with line(home) as desk:
            profile = (await desk.call(Greet())).profile
            if profile == "prod" and options.key:
                # The key is here, not in the screens: three factors first, then the desk of whom they are. Without one
                # there is only what an invited person sets up.
                _, me = await prove_factors(desk, home, options, Texts(options.language), profile, command=False)
                return await show(desk, language=me.language, asked=options.asked, seated=True)
            again = partial(attach, home.socket) if isinstance(desk, SocketDesk) else None
            return await show(
                desk, language=options.language, asked=options.asked, sign_in_as=options.person, again=again
            )

    raise typer.Exit(Exit.REFUSED if asyncio.run(run()) else Exit.DONE)
