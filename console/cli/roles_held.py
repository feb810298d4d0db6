"""`veildesk roles held | revoke | recertification | confirm`: roles that people hold, taken away or confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.roles import HeldRoles, Recertification


def register(group: typer.Typer) -> None:
    """Add the commands to `veildesk roles`."""
    for name, command in (
        ("held", held),
        ("revoke", revoke),
        ("recertification", recertification),
        ("confirm", confirm),
    ):
        group.command(name, epilog=EVERYWHERE)(command)


def held_lines(seat: Seat, held: HeldRoles) -> list[str]:
    """Roles that people hold."""
    from console.cli.output import table

    texts = seat.texts
    heads = ("person", "role", "unit", "state", "until", "by")
    return table(
        [texts.t(f"cli.head.{name}") for name in heads],
        (
            (
                f"{one.staff_no} {one.person}",
                texts.t(f"role.{one.role}"),
                one.unit or "—",
                texts.t(f"roles.standing.{one.standing}")
                + (f" · {texts.t('roles.bootstrap')}" if one.bootstrap else ""),
                texts.when(one.until, seat.me.zone, "day"),
                f"{one.entered_by} / {one.approved_by}",
            )
            for one in held.items
        ),
    )


def held(
    ctx: typer.Context, person: Annotated[str, typer.Argument(help="Login or staff number; all if not said.")] = ""
) -> None:
    """Roles in force, those that end first on top."""
    from console.cli.roles import person_of
    from console.cli.seat import carry_out
    from console.desk.api.roles import ListHeldRoles

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListHeldRoles(person_id=await person_of(seat, person) if person else ""))
        seat.show(reply, held_lines(seat, reply))

    carry_out(ctx, act)


def revoke(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Login or staff number.")],
    role: Annotated[str, typer.Argument(help="Which role.")],
    unit: Annotated[str, typer.Option(help="Where they hold it for several.")] = "",
) -> None:
    """Take a role away at once; values, sessions and waiting requests go with it."""
    from console.cli.roles import person_of
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import ListHeldRoles, RevokeRole

    async def act(seat: Seat) -> None:
        person_id = await person_of(seat, person)
        items = (await seat.call(ListHeldRoles(person_id=person_id))).items
        found = [
            one
            for one in items
            if one.role == role and one.standing in {"active", "expiring", "overdue"} and unit in {"", one.unit}
        ]
        if not found:
            raise DeskError(Refusal(code="role.not_found"))
        reply = await seat.call(RevokeRole(grant_id=found[0].grant_id))
        seat.show(reply, held_lines(seat, reply))

    carry_out(ctx, act)


def campaign_lines(seat: Seat, campaign: Recertification) -> list[str]:
    """A campaign and its roles."""
    from console.cli.output import table

    texts = seat.texts
    if not campaign.number:
        return [texts.t("recert.none")]
    heads = [texts.t(f"cli.head.{name}") for name in ("person", "role", "unit", "state", "by")]
    rows = (
        (
            f"{one.staff_no} {one.person}",
            texts.t(f"role.{one.role}"),
            one.unit or "—",
            texts.t(f"recert.state.{one.state}"),
            one.decided_by or "—",
        )
        for one in campaign.items
    )
    due = texts.when(campaign.due_at, seat.me.zone, "day")
    return [texts.t("recert.title", number=campaign.number, due=due), *table(heads, rows)]


def recertification(
    ctx: typer.Context,
    begin: Annotated[bool, typer.Option("--begin", help="Begin one over every role in force.")] = False,
    days: Annotated[int, typer.Option(help="How long it runs.")] = 30,
) -> None:
    """The newest recertification."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import OpenRecertification, ReadRecertification

    async def act(seat: Seat) -> None:
        reply = await seat.call(OpenRecertification(days=days) if begin else ReadRecertification())
        seat.show(reply, campaign_lines(seat, reply))

    carry_out(ctx, act)


def confirm(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Staff number.")],
    role: Annotated[str, typer.Argument(help="Which role.")],
    remove: Annotated[bool, typer.Option("--remove", help="Take it away instead.")] = False,
) -> None:
    """Confirm somebody's role in the recertification, or take it away."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import ReadRecertification, Recertify

    async def act(seat: Seat) -> None:
        items = (await seat.call(ReadRecertification())).items
        for one in items:
            if (one.staff_no, one.role, one.state) == (person, role, "open"):
                reply = await seat.call(Recertify(item_id=one.item_id, verdict="remove" if remove else "confirm"))
                seat.show(reply, campaign_lines(seat, reply))
                return
        raise DeskError(Refusal(code="recert.not_found"))

    carry_out(ctx, act)
