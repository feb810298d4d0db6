"""`veildesk roles`: apply for roles, pass applications on; what else the group has is in the modules beside."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.roles import ApplicationView
    from console.texts import Texts

_roles = typer.Typer(help="Roles: who may do what, and how one comes to it.", no_args_is_help=True, epilog=EVERYWHERE)
_Number = Annotated[str, typer.Argument(help="Number of the application.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    from console.cli import access, roles_held, roles_units

    app.add_typer(_roles, name="roles")
    roles_held.register(_roles)
    roles_units.register(_roles)
    access.register(_roles)


def application_lines(seat: Seat, items: Iterable[ApplicationView]) -> list[str]:
    """Applications as a table: whose turn it is in the last column."""
    from console.cli.output import table

    texts = seat.texts
    heads = ("application", "person", "role", "unit", "state", "next")
    return table(
        [texts.t(f"cli.head.{name}") for name in heads],
        (
            (
                one.number,
                f"{one.staff_no} {one.person}",
                role_words(texts, one.role, head=one.head),
                one.unit or "—",
                state_words(texts, one),
                next_words(texts, one),
            )
            for one in items
        ),
    )


def role_words(texts: Texts, role: str, *, head: bool) -> str:
    """A role; the head of a unit is called so."""
    words = texts.t(f"role.{role}")
    return f"{words} ({texts.t('roles.head')})" if head else words


def state_words(texts: Texts, one: ApplicationView) -> str:
    """State, and what the role is worth; an application of the bootstrap time says so."""
    words = texts.t(f"roles.standing.{one.standing}") if one.standing else texts.t(f"roles.state.{one.state}")
    return f"{words} · {texts.t('roles.bootstrap')}" if one.bootstrap else words


def next_words(texts: Texts, one: ApplicationView) -> str:
    """Whose turn it is."""
    if not one.next:
        return "—"
    who = texts.t("join.list").join(one.next_by) or texts.t("roles.nobody")
    return f"{texts.t(f'roles.stage.{one.next}')}: {who}"


async def find(seat: Seat, number: str, *, only_open: bool = True) -> ApplicationView:
    """An application by its number.

    Raises:
        DeskError: `application.not_found`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import ListApplications

    for one in (await seat.call(ListApplications(only_open=only_open))).items:
        if number in {one.number, one.application_id}:
            return one
    raise DeskError(Refusal(code="application.not_found"))


async def person_of(seat: Seat, name: str) -> str:
    """A person's id by login or staff number: of the accounts one may list, else of the roles one may read.

    Raises:
        DeskError: `people.not_found`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import ListHeldRoles

    try:
        return await seat.person_id(name)
    except DeskError:
        for one in (await seat.call(ListHeldRoles())).items:
            if name in {one.staff_no, one.person}:
                return one.person_id
    raise DeskError(Refusal(code="people.not_found"))


async def unit_id_of(seat: Seat, name: str) -> str:
    """The id of a unit by its name; empty for none.

    Raises:
        DeskError: `unit.not_found`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import ListChoices

    if not name:
        return ""
    for one in (await seat.call(ListChoices())).units:
        if name in {one.name, one.unit_id}:
            return one.unit_id
    raise DeskError(Refusal(code="unit.not_found"))


@_roles.command("apply", epilog=EVERYWHERE)
def apply(
    ctx: typer.Context,
    role: Annotated[str, typer.Argument(help="Which role.")],
    person: Annotated[str, typer.Option("--for", metavar="NAME", help="Whose role; your own if not said.")] = "",
    unit: Annotated[str, typer.Option(help="Team it reaches; the person's own if not said.")] = "",
    days: Annotated[int, typer.Option(help="For how long from the last approval on.")] = 365,
    head: Annotated[bool, typer.Option("--head", help="As the unit's head.")] = False,
    words: Annotated[str, typer.Option(help="What for.")] = "",
) -> None:
    """Apply for a role, for yourself or for somebody you answer for."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import Apply

    async def act(seat: Seat) -> None:
        reply = await seat.call(
            Apply(
                role=role,
                person_id=await person_of(seat, person) if person else "",
                unit_id=await unit_id_of(seat, unit),
                days=days,
                head=head,
                words=words,
            )
        )
        seat.show(reply, application_lines(seat, [reply]))

    carry_out(ctx, act)


@_roles.command("applications", epilog=EVERYWHERE)
def applications(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Those that are over, too.")] = False,
) -> None:
    """Applications you may read; those that wait for you come first."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import ListApplications

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListApplications(only_open=not everything))
        lines = application_lines(seat, reply.items)
        if reply.bootstrap_until is not None:
            until = seat.texts.when(reply.bootstrap_until, seat.me.zone)
            lines.append(seat.texts.t("roles.bootstrap.until", when=until))
        seat.show(reply, lines)

    carry_out(ctx, act)


def _decide(ctx: typer.Context, number: str, verdict: str, reason: str) -> None:
    from console.cli.seat import carry_out
    from console.desk.api.roles import DecideApplication

    async def act(seat: Seat) -> None:
        one = await find(seat, number)
        reply = await seat.call(
            DecideApplication(
                application_id=one.application_id, verdict=verdict, seen_version=one.version, reason=reason
            )
        )
        seat.show(reply, application_lines(seat, [reply]))

    carry_out(ctx, act)


@_roles.command("approve", epilog=EVERYWHERE)
def approve(ctx: typer.Context, number: _Number) -> None:
    """Take the step that is your turn: endorse, enter, approve, file or countersign."""
    _decide(ctx, number, "approve", "")


@_roles.command("refuse", epilog=EVERYWHERE)
def refuse(ctx: typer.Context, number: _Number, reason: Annotated[str, typer.Option(help="Why.")]) -> None:
    """Refuse it at the step that is your turn."""
    _decide(ctx, number, "refuse", reason)


@_roles.command("withdraw", epilog=EVERYWHERE)
def withdraw(ctx: typer.Context, number: _Number) -> None:
    """Take your application back."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import WithdrawApplication

    async def act(seat: Seat) -> None:
        one = await find(seat, number)
        reply = await seat.call(WithdrawApplication(application_id=one.application_id))
        seat.show(reply, application_lines(seat, [reply]))

    carry_out(ctx, act)
