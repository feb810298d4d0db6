"""`veildesk drop-keys`: the keys by which registered lenders leave files over SFTP; two people put one into use."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.drops import DropKeyView

_group = typer.Typer(help="Keys by which lenders leave files over SFTP.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="drop-keys")


def key_lines(seat: Seat, keys: Iterable[DropKeyView]) -> list[str]:
    """Keys as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("source", "login", "fingerprint", "addresses", "state", "id")]
    return table(
        heads,
        (
            (
                one.source,
                f"{one.login}+drop",
                one.fingerprint,
                " ".join(one.addresses) or texts.t("cli.drop_keys.anywhere"),
                texts.t(f"keys.{'pending' if one.state == 'proposed' else 'active'}"),
                one.key_id,
            )
            for one in keys
        ),
    )


@_group.command("list", epilog=EVERYWHERE)
def list_keys(ctx: typer.Context) -> None:
    """Which lenders may leave files, by which keys, from where."""
    from console.cli.seat import carry_out
    from console.desk.api.drops import ListDropKeys

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListDropKeys())
        seat.show(reply, key_lines(seat, reply.keys) if reply.keys else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="Name or id, from `sources list`.")],
    login: Annotated[str, typer.Argument(help="What the lender signs in as; `+drop` is put behind it.")],
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The .pub file.")],
    network: Annotated[
        list[str] | None, typer.Option("--from", metavar="NETWORK", help="It may come from here only; several.")
    ] = None,
) -> None:
    """Name a key for a lender of your team; the security admin agrees to it."""
    from console.cli.seat import carry_out
    from console.desk.api.drops import ProposeDropKey
    from console.desk.api.imports import ListSources

    line = file.read_text("utf-8").strip()

    async def act(seat: Seat) -> None:
        known = (await seat.call(ListSources())).sources
        source_id = next((one.source_id for one in known if one.name == source), source)
        asked = ProposeDropKey(source_id=source_id, login=login, line=line, addresses=tuple(network or ()))
        reply = await seat.call(asked)
        seat.show(reply, key_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("agree", epilog=EVERYWHERE)
def agree(ctx: typer.Context, key: Annotated[str, typer.Argument(help="Id, from `drop-keys list`.")]) -> None:
    """Put a named key into use, in the place of the lender's one before."""
    from console.cli.seat import carry_out
    from console.desk.api.drops import AgreeDropKey

    async def act(seat: Seat) -> None:
        reply = await seat.call(AgreeDropKey(key_id=key))
        seat.show(reply, key_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("end", epilog=EVERYWHERE)
def end(ctx: typer.Context, key: Annotated[str, typer.Argument(help="Id, from `drop-keys list`.")]) -> None:
    """End a key, or the proposal of one, at once."""
    from console.cli.seat import carry_out
    from console.desk.api.drops import EndDropKey

    async def act(seat: Seat) -> None:
        await seat.call(EndDropKey(key_id=key))
        seat.tell("cli.drop_keys.ended")

    carry_out(ctx, act)
