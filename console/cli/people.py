"""`veildesk users`: colleagues."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.session import PersonCard
    from console.texts import Texts

_users = typer.Typer(help="Colleagues.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_users, name="users")


def people_lines(texts: Texts, people: tuple[PersonCard, ...]) -> list[str]:
    """People as a table."""
    from console.cli.output import table

    heads = [texts.t(f"cli.head.{name}") for name in ("login", "staff_no", "person", "roles", "unit")]
    return table(heads, ((one.login, one.staff_no, one.name, texts.roles(one.roles), one.unit) for one in people))


@_users.command("list", epilog=EVERYWHERE)
def list_users(ctx: typer.Context) -> None:
    """Your team; every account for the admins and the auditor."""
    from console.cli.seat import carry_out
    from console.desk.api.people import ListPeople

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListPeople())
        seat.show(reply, people_lines(seat.texts, reply.people))

    carry_out(ctx, act)
