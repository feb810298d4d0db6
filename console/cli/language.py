"""`veildesk language`: the language that screens and commands speak to you."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("language", epilog=EVERYWHERE)(set_language)


def set_language(ctx: typer.Context, code: Annotated[str, typer.Argument(help="zh_CN or en.")]) -> None:
    """Keep your language for the next sign-in."""
    from console.cli.seat import carry_out
    from console.desk.api.session import SetLanguage

    async def act(seat: Seat) -> None:
        me = await seat.call(SetLanguage(language=code))
        seat.show(me, [me.language])

    carry_out(ctx, act)
