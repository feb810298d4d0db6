"""`veildesk sources`: lenders whose files the desk takes."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.imports import SourceView

_group = typer.Typer(help="Lenders whose files the desk takes.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="sources")


def source_lines(seat: Seat, sources: Iterable[SourceView]) -> list[str]:
    """Sources as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("source", "state", "tenant", "unit", "id")]
    return table(
        heads, ((one.name, texts.state("source", one.state), one.tenant, one.unit, one.source_id) for one in sources)
    )


@_group.command("list", epilog=EVERYWHERE)
def list_sources(ctx: typer.Context) -> None:
    """Known lenders."""
    from console.cli.seat import carry_out
    from console.desk.api.imports import ListSources

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListSources())
        seat.show(reply, source_lines(seat, reply.sources) if reply.sources else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What the lender is called.")],
    public_key: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="PEM of the SM2 key that signs its files.")
    ] = None,
) -> None:
    """Name a lender for your team; the security admin registers it."""
    from console.cli.seat import carry_out
    from console.desk.api.imports import ProposeSource

    pem = public_key.read_text("ascii") if public_key else ""

    async def act(seat: Seat) -> None:
        reply = await seat.call(ProposeSource(name=name, public_key=pem))
        seat.show(reply, source_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("register", epilog=EVERYWHERE)
def register_source(
    ctx: typer.Context, source: Annotated[str, typer.Argument(help="Name or id, from `sources list`.")]
) -> None:
    """Register a proposed lender."""
    from console.cli.seat import carry_out
    from console.desk.api.imports import RegisterSource

    async def act(seat: Seat) -> None:
        reply = await seat.call(RegisterSource(source_id=await _id_of(seat, source)))
        seat.show(reply, source_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("key", epilog=EVERYWHERE)
def rekey(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(help="Name or id, from `sources list`.")],
    public_key: Annotated[Path, typer.Option(exists=True, dir_okay=False, help="PEM of the SM2 key that signs now.")],
) -> None:
    """Give a lender another signing key: the old one counts no more at once, the new one once it is registered."""
    from console.cli.seat import carry_out
    from console.desk.api.imports import RekeySource

    pem = public_key.read_text("ascii")

    async def act(seat: Seat) -> None:
        reply = await seat.call(RekeySource(source_id=await _id_of(seat, source), public_key=pem))
        seat.show(reply, source_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("retire", epilog=EVERYWHERE)
def retire(ctx: typer.Context, source: Annotated[str, typer.Argument(help="Name or id, from `sources list`.")]) -> None:
    """Take no more files of a lender."""
    from console.cli.seat import carry_out
    from console.desk.api.imports import RetireSource

    async def act(seat: Seat) -> None:
        reply = await seat.call(RetireSource(source_id=await _id_of(seat, source)))
        seat.show(reply, source_lines(seat, [reply]))

    carry_out(ctx, act)


async def _id_of(seat: Seat, source: str) -> str:
    """The id of a source by its name; what is no name is taken for the id."""
    from console.desk.api.imports import ListSources

    known = (await seat.call(ListSources())).sources
    return next((one.source_id for one in known if one.name == source), source)
