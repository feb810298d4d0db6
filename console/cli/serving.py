"""`veildesk serve`: the desk without a screen of its own, until interrupted."""

from __future__ import annotations

import typer

from console.cli.options import EVERYWHERE


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", epilog=EVERYWHERE)(serve)


def serve(ctx: typer.Context) -> None:
    """Run the desk of a dev or demo home; screens and commands attach. A prod desk waits for its third factor."""
    import asyncio
    import contextlib
    import signal

    from console import bootstrap
    from console.cli.output import tell
    from console.cli.seat import home_of, options_of
    from console.desk.api.base import DeskError, Refusal
    from console.texts import Texts

    options = options_of(ctx)
    home = home_of(options)
    home.check()
    if bootstrap.profile(home) == "prod":
        raise DeskError(Refusal(code="desk.third_factor_missing", clause="Y-4.2.2"))
    texts = Texts(options.language)

    async def run() -> None:
        desk = await bootstrap.RunningDesk.start(home)
        over = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, over.set)
        tell(texts.t("cli.serve.ready", home=home.root))
        try:
            await over.wait()
        finally:
            with contextlib.suppress(asyncio.CancelledError):
                await desk.stop()

    asyncio.run(run())
