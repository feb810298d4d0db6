"""`veildesk users` and `veildesk roles`: colleagues, and what each role may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.session import PersonCard
    from console.texts import Texts

_users = typer.Typer(help="Colleagues.", no_args_is_help=True, epilog=EVERYWHERE)
_roles = typer.Typer(help="What each role may do.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add both groups."""
    app.add_typer(_users, name="users")
    app.add_typer(_roles, name="roles")


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


@_roles.command("list", epilog=EVERYWHERE)
def list_roles(
    ctx: typer.Context, role: Annotated[str, typer.Option(help="One role only, with everything it may do.")] = ""
) -> None:
    """The permission matrix this build decides by (it needs no desk)."""
    from access.roles import Role, load_matrix, seatable
    from console.cli.output import as_json, say, table
    from console.cli.seat import options_of
    from console.texts import Texts

    options = options_of(ctx)
    texts = Texts(options.language)
    if role and role not in set(Role):
        raise typer.BadParameter(", ".join(Role), param_hint="--role")
    chosen = [Role(role)] if role else [one for one in Role if seatable(one)]
    rows = [
        (str(row.number), row.title, str(one), f"{permit.mode}@{permit.scope}")
        for row in load_matrix().rows.values()
        for one in chosen
        for permit in row.cells[one]
    ]
    if options.json:
        say(as_json([dict(zip(("row", "title", "role", "permit"), row, strict=True)) for row in rows]))
    else:
        say(table([texts.t(f"cli.head.{head}") for head in ("row", "act", "role", "permit")], rows))
