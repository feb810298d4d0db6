"""`veildesk contact rules`: the editions of the contact rules, proposed, checked, rolled back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.contact import RulesEdition

_rules = typer.Typer(help="The rules' editions.", no_args_is_help=True, epilog=EVERYWHERE)
_Which = Annotated[str, typer.Argument(help="Edition's number or id, from `contact rules list`.")]


def register(app: typer.Typer) -> None:
    """Add the group to `contact`."""
    app.add_typer(_rules, name="rules")


def edition_lines(seat: Seat, editions: tuple[RulesEdition, ...]) -> list[str]:
    """Editions as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("edition", "name", "state", "made_by", "approved_by", "id")]
    return table(
        heads,
        (
            (
                one.edition,
                one.code,
                ("● " if one.in_force else "") + texts.state("rules", one.state),
                one.made_by,
                one.approved_by or one.reviewed_by,
                one.edition_id,
            )
            for one in editions
        ),
    )


async def _named(seat: Seat, which: str) -> RulesEdition:
    """The edition of that number or id.

    Raises:
        DeskError: `contact.no_such_edition`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.contact import ListRules

    for one in (await seat.call(ListRules())).editions:
        if which in {one.edition_id, str(one.edition)}:
            return one
    raise DeskError(Refusal(code="contact.no_such_edition"))


@_rules.command("list", epilog=EVERYWHERE)
def list_rules(ctx: typer.Context) -> None:
    """Every edition, the newest first; ● decides now."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import ListRules

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListRules())
        seat.show(reply, edition_lines(seat, reply.editions))

    carry_out(ctx, act)


@_rules.command("show", epilog=EVERYWHERE)
def show(
    ctx: typer.Context,
    which: Annotated[str, typer.Argument(help="Edition's number or id; a profile's code; empty: what decides.")] = "",
) -> None:
    """One edition: its text, and how it differs from what it replaces."""
    from console.cli.editions import text_lines
    from console.cli.seat import carry_out
    from console.desk.api.contact import ListRules, ReadRules

    async def act(seat: Seat) -> None:
        call = ReadRules()
        if which and which in (await seat.call(ListRules())).shipped:
            call = ReadRules(shipped=which)
        elif which:
            found = await _named(seat, which)
            call = ReadRules(edition_id=found.edition_id, shipped="" if found.edition_id else found.code)
        view = await seat.call(call)
        seat.show(view, [*edition_lines(seat, (view.edition,)), *text_lines(seat, view)])

    carry_out(ctx, act)


@_rules.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML.")]
) -> None:
    """Propose an edition; every fault is named by its line, and a faulty text changes nothing."""
    from console.cli.editions import propose_text
    from console.desk.api.contact import ProposeRules

    propose_text(ctx, file, lambda lines: ProposeRules(lines=lines), edition_lines)


@_rules.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context,
    which: _Which,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
) -> None:
    """Approve an edition: the security admin, then compliance."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import DecideRules

    async def act(seat: Seat) -> None:
        seen = await _named(seat, which)
        call = DecideRules(edition_id=seen.edition_id, version=seen.version, approve=not refuse)
        done = await seat.call(call)
        seat.show(done, edition_lines(seat, (done,)))

    carry_out(ctx, act)


@_rules.command("rollback", epilog=EVERYWHERE)
def roll_back(ctx: typer.Context, which: _Which) -> None:
    """Back to the edition approved before it, at once; by compliance."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import RollBackRules

    async def act(seat: Seat) -> None:
        seen = await _named(seat, which)
        done = await seat.call(RollBackRules(edition_id=seen.edition_id, version=seen.version))
        seat.show(done, edition_lines(seat, (done,)))

    carry_out(ctx, act)
