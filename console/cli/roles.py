"""`veildesk roles`: apply for roles, pass applications on, take roles away, confirm them, stand in for somebody."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.roles import ApplicationView, Deputies, HeldRoles, Recertification, UnitView
    from console.texts import Texts

_roles = typer.Typer(help="Roles: who may do what, and how one comes to it.", no_args_is_help=True, epilog=EVERYWHERE)
_DAY: Final = 86_400_000_000
_Number = Annotated[str, typer.Argument(help="Number of the application.")]
_Person = Annotated[str, typer.Argument(help="Login or staff number.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    from console.cli import access

    app.add_typer(_roles, name="roles")
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


async def _unit_id(seat: Seat, name: str) -> str:
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
                unit_id=await _unit_id(seat, unit),
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


@_roles.command("held", epilog=EVERYWHERE)
def held(
    ctx: typer.Context, person: Annotated[str, typer.Argument(help="Login or staff number; all if not said.")] = ""
) -> None:
    """Roles in force, those that end first on top."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import ListHeldRoles

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListHeldRoles(person_id=await person_of(seat, person) if person else ""))
        seat.show(reply, held_lines(seat, reply))

    carry_out(ctx, act)


@_roles.command("revoke", epilog=EVERYWHERE)
def revoke(
    ctx: typer.Context,
    person: _Person,
    role: Annotated[str, typer.Argument(help="Which role.")],
    unit: Annotated[str, typer.Option(help="Where they hold it for several.")] = "",
) -> None:
    """Take a role away at once; values, sessions and waiting requests go with it."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.roles import ListHeldRoles, RevokeRole

    async def act(seat: Seat) -> None:
        person_id = await person_of(seat, person)
        items = (await seat.call(ListHeldRoles(person_id=person_id))).items
        found = [
            one
            for one in items
            if one.role == role and one.standing in {"active", "expiring"} and unit in {"", one.unit}
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


@_roles.command("recertification", epilog=EVERYWHERE)
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


@_roles.command("confirm", epilog=EVERYWHERE)
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


@_roles.command("deputies", epilog=EVERYWHERE)
def deputies(
    ctx: typer.Context,
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Hand your approvals to somebody.")] = "",
    days: Annotated[int, typer.Option(help="For how many days, seven at most.")] = 7,
    end: Annotated[str, typer.Option("--end", metavar="STAFFNO", help="End what this deputy was given.")] = "",
) -> None:
    """Who decides in whose place; name a deputy for your unit, or end it."""
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

    heads = [texts.t(f"cli.head.{name}") for name in ("unit", "kind", "parent", "head", "deputy")]
    rows = (
        (one.name, texts.t(f"unit.kind.{one.kind}"), one.parent or "—", one.head or "—", one.deputy or "—")
        for one in units
    )
    return table(heads, rows)


@_roles.command("units", epilog=EVERYWHERE)
def units(
    ctx: typer.Context,
    make: Annotated[str, typer.Option("--make", metavar="NAME", help="Make one.")] = "",
    kind: Annotated[str, typer.Option(help="team or department.")] = "team",
    parent: Annotated[str, typer.Option(help="Below which unit; the topmost if not said.")] = "",
) -> None:
    """Units and who heads them; a system admin makes new ones."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import ListChoices, MakeUnit

    async def act(seat: Seat) -> None:
        if make:
            reply = await seat.call(MakeUnit(name=make, kind=kind, parent_id=await _unit_id(seat, parent)))
        else:
            reply = await seat.call(ListChoices())
        seat.show(reply, unit_lines(seat.texts, reply.units))

    carry_out(ctx, act)


@_roles.command("post", epilog=EVERYWHERE)
def post(
    ctx: typer.Context,
    person: _Person,
    kind: Annotated[str, typer.Argument(help="dev, test or ops; nothing for none of them.")] = "",
) -> None:
    """Note that somebody develops, tests or runs the program."""
    from console.cli.seat import carry_out
    from console.desk.api.roles import RecordPost

    async def act(seat: Seat) -> None:
        reply = await seat.call(RecordPost(person_id=await person_of(seat, person), kind=kind))
        seat.show(reply, [seat.texts.t("cli.done")])

    carry_out(ctx, act)
