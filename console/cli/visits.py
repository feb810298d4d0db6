"""`veildesk visits`: field visits, planned, agreed to, begun, written down, called off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.base import Call
    from console.desk.api.visits import Visit

_group = typer.Typer(help="Field visits.", no_args_is_help=True, epilog=EVERYWHERE)
_Which = Annotated[str, typer.Argument(help="Visit's id, from `visits list`.")]
_Hour = Annotated[str, typer.Argument(help="As 10:30, where the debtor is.")]
_HOUR = 60
_NO_TIME = -1


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="visits")


def visit_lines(seat: Seat, visits: tuple[Visit, ...]) -> list[str]:
    """Visits as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = ("case", "day", "visitors", "planner", "state", "result", "id")
    return table(
        [texts.t(f"cli.head.{name}") for name in heads],
        (
            (
                one.case_number,
                one.day,
                ", ".join(person.name for person in one.visitors),
                one.planner,
                texts.t(f"visit.state.{one.state}"),
                texts.t(f"visit.result.{one.result}") if one.result else "",
                one.visit_id,
            )
            for one in visits
        ),
    )


def _carried_out(ctx: typer.Context, call: Call[Visit]) -> None:
    from console.cli.seat import carry_out

    async def act(seat: Seat) -> None:
        done = await seat.call(call)
        seat.show(done, visit_lines(seat, (done,)))

    carry_out(ctx, act)


def _minute(text: str) -> int:
    """The minute of the day; what is none fits no visit, and the desk says so."""
    hours, _, minutes = text.partition(":")
    if not (hours.isdecimal() and minutes.isdecimal() and hours.isascii() and minutes.isascii()):
        return _NO_TIME
    return int(hours[:4]) * _HOUR + int(minutes[:4])


@_group.command("list", epilog=EVERYWHERE)
def list_visits(ctx: typer.Context) -> None:
    """Visits that you may know of."""
    from console.cli.seat import carry_out
    from console.desk.api.visits import ListVisits

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListVisits())
        seat.show(reply, visit_lines(seat, reply.visits))

    carry_out(ctx, act)


@_group.command("plan", epilog=EVERYWHERE)
def plan(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case's id or number.")],
    day: Annotated[str, typer.Argument(help="As 2026-11-24.")],
    start: _Hour,
    end: _Hour,
    visitors: Annotated[list[str], typer.Argument(help="Staff numbers of the two who go.")],
    field: Annotated[str, typer.Option(help="home_address, or employer_address.")] = "home_address",
) -> None:
    """Plan a visit to which the customer agreed (`contact consent` keeps that)."""
    from console.desk.api.cases import FieldRef
    from console.desk.api.visits import PlanVisit

    hours = {"from_minute": _minute(start), "until_minute": _minute(end)}
    place = FieldRef(name=field)
    _carried_out(ctx, PlanVisit(case_id=case, field=place, day=day, visitors=tuple(visitors), **hours))


@_group.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context,
    which: _Which,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it, saying why.")] = False,
    words: Annotated[str, typer.Option(help="Why; needed to refuse.")] = "",
) -> None:
    """Agree to a visit that you neither planned nor make."""
    from console.cli.seat import carry_out
    from console.desk.api.visits import DecideVisit, ListVisits

    async def act(seat: Seat) -> None:
        seen = next((one for one in (await seat.call(ListVisits())).visits if one.visit_id == which), None)
        version = seen.version if seen is not None else 0
        call = DecideVisit(visit_id=which, version=version, approve=not refuse, words=words)
        seat.show(done := await seat.call(call), visit_lines(seat, (done,)))

    carry_out(ctx, act)


@_group.command("cancel", epilog=EVERYWHERE)
def cancel(ctx: typer.Context, which: _Which, words: Annotated[str, typer.Argument(help="Why.")]) -> None:
    """Call one off that has not begun."""
    from console.desk.api.visits import CancelVisit

    _carried_out(ctx, CancelVisit(visit_id=which, words=words))


@_group.command("set-out", epilog=EVERYWHERE)
def set_out(ctx: typer.Context, which: _Which) -> None:
    """Begin: everything is judged again, and the customer's day is taken."""
    from console.desk.api.visits import SetOut

    _carried_out(ctx, SetOut(visit_id=which))


@_group.command("write", epilog=EVERYWHERE)
def write(
    ctx: typer.Context,
    which: _Which,
    result: Annotated[str, typer.Argument(help="met, not_in, other_person, turned_away, wrong_place or broken_off.")],
    went: Annotated[list[str], typer.Argument(help="Staff numbers of those who did go.")],
    ids_shown: Annotated[bool, typer.Option("--ids-shown", help="They showed who they are.")] = False,
    note: Annotated[str, typer.Option(help="In words.")] = "",
) -> None:
    """Write down what came of it."""
    from console.desk.api.visits import WriteVisit

    _carried_out(ctx, WriteVisit(visit_id=which, result=result, went=tuple(went), ids_shown=ids_shown, note=note))
