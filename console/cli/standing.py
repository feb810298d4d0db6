"""`veildesk standing`: let the team see, for one shift, who is on the line; list, end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.identity import StandingView

_group = typer.Typer(
    help="Let a team see who is on the line while they speak.", no_args_is_help=True, epilog=EVERYWHERE
)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="standing")


def _lines(seat: Seat, found: tuple[StandingView, ...]) -> Iterator[str]:
    from console.cli.output import table

    t = seat.texts.t
    heads = [t("standing.team"), t("standing.from"), t("standing.until"), t("standing.by"), t("column.state"), "ID"]
    rows = (
        (
            one.unit,
            seat.texts.when(one.given_at, seat.me.zone, "minute"),
            seat.texts.when(one.ends_at, seat.me.zone, "minute"),
            one.given_by,
            f"{t(f'standing.{one.state}')} {one.revoked_by}".rstrip(),
            one.standing_id,
        )
        for one in found
    )
    yield from table(heads, rows)


@_group.command("list", epilog=EVERYWHERE)
def list_standing(ctx: typer.Context) -> None:
    """Your team's, or every team's."""
    from console.cli.seat import carry_out
    from console.desk.api.identity import ListStanding

    async def act(seat: Seat) -> None:
        found = await seat.call(ListStanding())
        seat.show(found, _lines(seat, found.approvals) if found.approvals else [seat.texts.t("standing.empty")])

    carry_out(ctx, act)


@_group.command("give", epilog=EVERYWHERE)
def give(
    ctx: typer.Context, hours: Annotated[int, typer.Option(min=1, max=12, help="Until so many hours from now.")] = 8
) -> None:
    """Give your team one for this shift."""
    from console.cli.seat import carry_out
    from console.desk.api.identity import GiveStanding, ListStanding

    async def act(seat: Seat) -> None:
        now = (await seat.call(ListStanding())).at
        done = await seat.call(GiveStanding(ends_at=now + hours * 3_600_000_000))
        seat.show(done, _lines(seat, (done,)))

    carry_out(ctx, act)


@_group.command("end", epilog=EVERYWHERE)
def end(ctx: typer.Context, standing: Annotated[str, typer.Argument(help="Id, as `list` shows it.")]) -> None:
    """End one now; names that are shown under it go."""
    from console.cli.seat import carry_out
    from console.desk.api.identity import RevokeStanding

    async def act(seat: Seat) -> None:
        done = await seat.call(RevokeStanding(standing_id=standing))
        seat.show(done, [seat.texts.t("standing.ended")])

    carry_out(ctx, act)
