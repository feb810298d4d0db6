"""`veildesk users`: accounts from being asked for to being archived. Sessions, training, sign-up: `users_training`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import users_words as words
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.base import Call
    from console.desk.api.staff import DepartureView, OrderView

_group = typer.Typer(help="Colleagues and their accounts.", no_args_is_help=True, epilog=EVERYWHERE)

Who = Annotated[str, typer.Argument(metavar="STAFF", help="Login or staff number.")]
Why = Annotated[str, typer.Option("--reason", help="Why, in a few words.")]
Number = Annotated[str, typer.Argument(metavar="CODE", help="Code, as `users orders` prints it.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    from console.cli import users_training

    users_training.register(_group)
    app.add_typer(_group, name="users")


async def _find(seat: Seat, number: str) -> tuple[OrderView | None, DepartureView | None]:
    """What is open under this id, or under the only one that ends so.

    Raises:
        DeskError: `order.not_found`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.staff import ListOrders

    found = await seat.call(ListOrders())
    orders = [one for one in found.orders if number and one.order_id.endswith(number)]
    leaving = [one for one in found.departures if number and one.departure_id.endswith(number)]
    if len(orders) + len(leaving) != 1:
        raise DeskError(Refusal(code="order.not_found"))
    return (orders[0], None) if orders else (None, leaving[0])


def _do(ctx: typer.Context, who: str, make: type[Call[object]], said: str, **more: object) -> None:
    """One act on one person."""
    from console.cli.seat import carry_out

    async def act(seat: Seat) -> None:
        reply = await seat.call(make(person_id=await seat.person_id(who), **more))
        seat.show(reply, [seat.texts.t(said)])

    carry_out(ctx, act)


@_group.command("list", epilog=EVERYWHERE)
def list_users(ctx: typer.Context) -> None:
    """Your team; every account for the admins, compliance and the auditor."""
    from console.cli.seat import carry_out
    from console.desk.api.people import ListPeople

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListPeople())
        seat.show(reply, words.staff_lines(seat.texts, reply.people))

    carry_out(ctx, act)


@_group.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context, who: Who) -> None:
    """One account: roles, training, agreement, sessions, cases."""
    from console.cli.seat import carry_out
    from console.desk.api.people import ReadPerson

    async def act(seat: Seat) -> None:
        view = await seat.call(ReadPerson(person_id=await seat.person_id(who)))
        seat.show(view, words.person_lines(seat, view))

    carry_out(ctx, act)


@_group.command("request", epilog=EVERYWHERE)
def request(
    ctx: typer.Context,
    login: Annotated[str, typer.Argument(help="Login name wished for.")],
    name: Annotated[str, typer.Argument(help="Name.")],
    staff_no: Annotated[str, typer.Argument(help="Staff number.")],
    reason: Why = "",
) -> None:
    """Ask for a new account in your team; the system admin makes it."""
    from console.cli.seat import carry_out
    from console.desk.api.staff import RequestPerson

    async def act(seat: Seat) -> None:
        order = await seat.call(RequestPerson(login=login, name=name, staff_no=staff_no, reason=reason))
        seat.show(order, [seat.texts.t("staff.requested", name=order.name)])

    carry_out(ctx, act)


@_group.command("add", epilog=EVERYWHERE)
def add(
    ctx: typer.Context,
    login: Annotated[str, typer.Argument(help="Login name.")] = "",
    name: Annotated[str, typer.Argument(help="Name.")] = "",
    staff_no: Annotated[str, typer.Argument(help="Staff number.")] = "",
    unit: Annotated[str, typer.Option(help="Name of the unit.")] = "",
    order: Annotated[str, typer.Option(metavar="ID", help="As a supervisor asked; what is not said is hers.")] = "",
    privileged: Annotated[bool, typer.Option(help="An admin's account: the security admin checks it.")] = False,
) -> None:
    """Make an account without any role."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.people import ListPeople
    from console.desk.api.staff import MakePerson

    async def act(seat: Seat) -> None:
        asked = (await _find(seat, order))[0] if order else None
        units = {one.name: one.unit_id for one in (await seat.call(ListPeople())).units}
        unit_id = units.get(unit, asked.unit_id if asked is not None and not unit else "")
        if not unit_id:
            raise DeskError(Refusal(code="unit.not_found"))
        made = await seat.call(
            MakePerson(
                login=login or (asked.login if asked else ""),
                name=name or (asked.name if asked else ""),
                staff_no=staff_no or (asked.staff_no if asked else ""),
                unit_id=unit_id,
                privileged=privileged,
                order_id=asked.order_id if asked else "",
            )
        )
        seat.show(made, words.staff_lines(seat.texts, (made.card,)))
        if made.namesakes:
            seat.tell("staff.namesakes", numbers=", ".join(made.namesakes))

    carry_out(ctx, act)


@_group.command("invite", epilog=EVERYWHERE)
def invite(ctx: typer.Context, who: Who) -> None:
    """Print a one-time code, good for a day, once; hand it over by another channel."""
    from console.cli.seat import carry_out
    from console.desk.api.staff import InvitePerson

    async def act(seat: Seat) -> None:
        handed = await seat.call(InvitePerson(person_id=await seat.person_id(who)))
        until = seat.texts.when(handed.valid_until, seat.me.zone)
        seat.show(handed, [handed.code])
        seat.tell("staff.invite.handed", login=handed.login, until=until)

    carry_out(ctx, act)


@_group.command("orders", epilog=EVERYWHERE)
def orders(ctx: typer.Context) -> None:
    """What waits for somebody: new accounts, checks, resets, returns, transfers, leaves."""
    from console.cli.seat import carry_out
    from console.desk.api.staff import ListOrders

    async def act(seat: Seat) -> None:
        found = await seat.call(ListOrders())
        seat.show(found, words.open_lines(seat, found))

    carry_out(ctx, act)


@_group.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context,
    number: Number,
    verdict: Annotated[str, typer.Argument(help="approve, refuse or withdraw; a departure: do, confirm or withdraw.")],
) -> None:
    """Settle what waits."""
    from console.cli.seat import carry_out
    from console.desk.api.staff import CarryOutDeparture, ConfirmDeparture, DecideOrder, WithdrawDeparture

    steps = {"do": CarryOutDeparture, "confirm": ConfirmDeparture, "withdraw": WithdrawDeparture}

    async def act(seat: Seat) -> None:
        order, departure = await _find(seat, number)
        if order is not None:
            settled = await seat.call(DecideOrder(order_id=order.order_id, verdict=verdict))
            seat.show(settled, ["  ".join(words.order_line(seat, settled)).rstrip()])
        elif departure is not None and verdict in steps:
            done = await seat.call(steps[verdict](departure_id=departure.departure_id))
            seat.show(done, ["  ".join(words.departure_line(seat, done)).rstrip()])
        else:
            raise typer.BadParameter(", ".join(steps), param_hint="VERDICT")

    carry_out(ctx, act)


@_group.command("suspend", epilog=EVERYWHERE)
def suspend(
    ctx: typer.Context,
    who: Who,
    reason: Annotated[str, typer.Option(help="investigation, misconduct, absence, containment or other.")] = "other",
) -> None:
    """Stop somebody at once: seats, values, sessions, requests and cases."""
    from console.desk.api.staff import SuspendPerson

    _do(ctx, who, SuspendPerson, "staff.suspended", reason=reason)


@_group.command("reactivate", epilog=EVERYWHERE)
def reactivate(ctx: typer.Context, who: Who, reason: Why = "") -> None:
    """Ask that a suspended person may work again; the security admin agrees."""
    from console.desk.api.staff import AskReactivation

    _do(ctx, who, AskReactivation, "staff.asked", reason=reason)


@_group.command("reset", epilog=EVERYWHERE)
def reset(ctx: typer.Context, who: Who, reason: Why = "") -> None:
    """Ask for new factors; the security admin agrees."""
    from console.desk.api.staff import AskReset

    _do(ctx, who, AskReset, "staff.asked", reason=reason)


@_group.command("unlock", epilog=EVERYWHERE)
def unlock(ctx: typer.Context, who: Who) -> None:
    """Forget failed attempts to sign in."""
    from console.desk.api.staff import UnlockPerson

    _do(ctx, who, UnlockPerson, "staff.unlocked")


def _depart(ctx: typer.Context, who: str, kind: str, last_day: str, unit: str, reason: str) -> None:
    from console.cli.seat import carry_out
    from console.desk.api.people import ListPeople
    from console.desk.api.staff import NoteDeparture

    async def act(seat: Seat) -> None:
        units = {one.name: one.unit_id for one in (await seat.call(ListPeople())).units}
        noted = await seat.call(
            NoteDeparture(
                person_id=await seat.person_id(who),
                kind=kind,
                last_day=last_day,
                to_unit_id=units.get(unit, unit),
                reason=reason,
            )
        )
        seat.show(noted, ["  ".join(words.departure_line(seat, noted)).rstrip()])

    carry_out(ctx, act)


LastDay = Annotated[str, typer.Option("--last-day", metavar="YYYY-MM-DD", help="Else at once.")]


@_group.command("transfer", epilog=EVERYWHERE)
def transfer(
    ctx: typer.Context,
    who: Who,
    to: Annotated[str, typer.Option(metavar="UNIT", help="Name of the new unit.")],
    last_day: LastDay = "",
    reason: Why = "",
) -> None:
    """Move somebody to another unit: every grant goes, roles are applied for anew."""
    _depart(ctx, who, "transfer", last_day, to, reason)


@_group.command("leave", epilog=EVERYWHERE)
def leave(ctx: typer.Context, who: Who, last_day: LastDay = "", reason: Why = "") -> None:
    """Note that somebody leaves; the account freezes after the last day, or at once."""
    _depart(ctx, who, "leave", last_day, "", reason)
