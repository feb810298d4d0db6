"""`veildesk roles deputies | units | post`: who decides in whose place, the units, technical posts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.roles import Deputies, UnitView
    from console.texts import Texts

_DAY: Final = 86_400_000_000


def register(group: typer.Typer) -> None:
    """Add the commands to `veildesk roles`."""
    for name, command in (("deputies", deputies), ("units", units), ("post", post)):
        group.command(name, epilog=EVERYWHERE)(command)


def deputy_lines(seat: Seat, deputies: Deputies) -> list[str]:
    """Delegations."""
    from console.cli.output import table

    texts, zone = seat.texts, seat.me.zone
    heads = [texts.t(f"cli.head.{name}") for name in ("unit", "for", "deputy", "since", "until")]
    return table(
        heads,
        (
            (
                one.unit,
                one.from_person,
                f"{one.to_staff_no} {one.to_person}",
                texts.when(one.starts_at, zone),
                texts.when(one.ends_at, zone),
            )
            for one in deputies.items
        ),
    )


def deputies(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Hand your approvals to somebody.")] = "",
    days: Annotated[int, typer.Option(help="For how many days, seven at most.")] = 7,
    end: Annotated[str, typer.Option("--end", metavar="STAFFNO", help="End what this deputy was given.")] = "",
) -> None:
    """Who decides in whose place; name a deputy for your unit, or end it."""
    from console.cli.roles import person_of
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import EndDeputy, ListDeputies, SetDeputy

    async def act(seat: Seat) -> None:
        if name:
            import time

            until = time.time_ns() // 1000 + days * _DAY
            reply = await seat.call(SetDeputy(person_id=await person_of(seat, name), ends_at=until))
        else:
            reply = await seat.call(ListDeputies())
        if end:
            found = [one for one in reply.items if one.to_staff_no == end and one.mine]
            if not found:
                raise DeskError(Refusal(code="delegation.not_found"))
            reply = await seat.call(EndDeputy(delegation_id=found[0].delegation_id))
        seat.show(reply, deputy_lines(seat, reply))

    carry_out(ctx, act)


def unit_lines(texts: Texts, units: Iterable[UnitView]) -> list[str]:
    """Units."""
    from console.cli.output import table

    heads = [texts.t(f"cli.head.{name}") for name in ("unit", "kind", "parent", "head", "deputy", "until")]
    rows = (
        (
            one.name,
            texts.t(f"unit.kind.{one.kind}"),
            one.parent or "—",
            one.head or "—",
            one.deputy or "—",
            one.until or "—",
        )
        for one in units
    )
    return table(heads, rows)


def units(
    ctx: typer.Context,
    make: Annotated[str, typer.Option("--make", metavar="NAME", help="Make one.")] = "",
    kind: Annotated[str, typer.Option(help="team or department.")] = "team",
    parent: Annotated[str, typer.Option(help="Below which unit; the topmost if not said.")] = "",
) -> None:
    """Units and who heads them; a system admin makes new ones. Agencies come by `veildesk agencies`."""
    from console.cli.roles import unit_id_of
    from console.cli.seat import carry_out
    from console.desk.api.roles import ListChoices, MakeUnit

    async def act(seat: Seat) -> None:
        if make:
            reply = await seat.call(MakeUnit(name=make, kind=kind, parent_id=await unit_id_of(seat, parent)))
        else:
            reply = await seat.call(ListChoices())
        seat.show(reply, unit_lines(seat.texts, reply.units))

    carry_out(ctx, act)


def post(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Login or staff number.")],
    kind: Annotated[str, typer.Argument(help="dev, test or ops; nothing for none of them.")] = "",
) -> None:
    """Note that somebody develops, tests or runs the program."""
    from console.cli.roles import person_of
    from console.cli.seat import carry_out
    from console.desk.api.roles import RecordPost

    async def act(seat: Seat) -> None:
        reply = await seat.call(RecordPost(person_id=await person_of(seat, person), kind=kind))
        seat.show(reply, [seat.texts.t("cli.done")])

    carry_out(ctx, act)
