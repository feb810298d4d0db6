"""`veildesk ssh-keys`: the keys that let people in by SSH; two admins put one into use, either ends it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.possession import KeyView

_group = typer.Typer(help="Keys that let people in by SSH.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="ssh-keys")


def key_lines(seat: Seat, keys: Iterable[KeyView]) -> list[str]:
    """Keys as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("person", "staff_no", "kind", "fingerprint", "state", "id")]
    return table(
        heads,
        (
            (one.name, one.staff_no, one.kind, one.fingerprint, texts.t(f"keys.{one.state}"), one.factor_id)
            for one in keys
        ),
    )


@_group.command("list", epilog=EVERYWHERE)
def list_keys(ctx: typer.Context) -> None:
    """Whose keys are in use, and which wait for a second person."""
    from console.cli.seat import carry_out
    from console.desk.api.possession import ListKeys

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListKeys())
        seat.show(reply, key_lines(seat, reply.keys) if reply.keys else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Login or staff number.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The .pub file.")],
    until: Annotated[str, typer.Option(metavar="DATE", help="Last day in prod of a key that is no token.")] = "",
) -> None:
    """Name a key for somebody; the security admin agrees to it."""
    from console.cli.seat import carry_out
    from console.desk.api.possession import ProposeKey

    line = file.read_text("utf-8").strip()

    async def act(seat: Seat) -> None:
        reply = await seat.call(ProposeKey(person_id=await seat.person_id(person), line=line, until=until))
        seat.show(reply, key_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("agree", epilog=EVERYWHERE)
def agree(ctx: typer.Context, key: Annotated[str, typer.Argument(help="Id, from `ssh-keys list`.")]) -> None:
    """Put a named key into use, in the place of the person's one before."""
    from console.cli.seat import carry_out
    from console.desk.api.possession import AgreeKey

    async def act(seat: Seat) -> None:
        reply = await seat.call(AgreeKey(factor_id=key))
        seat.show(reply, key_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("drop", epilog=EVERYWHERE)
def drop(ctx: typer.Context, key: Annotated[str, typer.Argument(help="Id, from `ssh-keys list`.")]) -> None:
    """End a key, or the proposal of one, at once; sessions that it opened end too."""
    from console.cli.seat import carry_out
    from console.desk.api.possession import DropKey

    async def act(seat: Seat) -> None:
        await seat.call(DropKey(factor_id=key))
        seat.tell("cli.ssh_keys.dropped")

    carry_out(ctx, act)
