"""`veildesk assign` and `veildesk interests`: many cases at once, how much each holds, who is kept from a case."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from console.cli.seat import Seat
    from console.desk.api.assign import Interest, Load, Move, MoveView, Passed, Plan, Refused

_assign = typer.Typer(help="Many cases to many hands.", no_args_is_help=True, epilog=EVERYWHERE)
_interests = typer.Typer(help="Who is kept from which case.", no_args_is_help=True, epilog=EVERYWHERE)
_FIRST = 20


def register(app: typer.Typer) -> None:
    """Add the groups."""
    app.add_typer(_assign, name="assign")
    app.add_typer(_interests, name="interests")


def load_lines(seat: Seat, people: Iterable[Load]) -> list[str]:
    """Members with what they hold, get and give, and the most they may hold."""
    from console.cli.output import table

    heads = [seat.texts.t(f"cli.head.{name}") for name in ("staff", "person", "holds", "gets", "gives", "most")]
    rows = (
        (
            one.staff_no,
            f"{one.name} ⊘ {seat.texts.unfit(one.unfit, one.until, seat.me.zone)}" if one.unfit else one.name,
            one.open,
            one.gets or "—",
            one.gives or "—",
            one.most,
        )
        for one in people
    )
    return table(heads, rows)


def move_lines(seat: Seat, moves: Iterable[Move]) -> list[str]:
    """Which case goes from whom to whom."""
    from console.cli.output import table

    pool = seat.texts.t("assign.pool_name")
    heads = [seat.texts.t(f"cli.head.{name}") for name in ("number", "late", "giver", "taker", "rule")]
    rows = (
        (one.number, seat.texts.days(one.days_past_due), one.giver or pool, one.taker or pool, one.rule)
        for one in moves
    )
    return table(heads, rows)


def passed_lines(seat: Seat, passed: Iterable[Passed]) -> Iterator[str]:
    """Who gets nothing, or not everything, and why."""
    for one in passed:
        many = seat.texts.t("assign.cases", count=one.cases) if one.cases else ""
        yield f"⊘ {one.staff_no} {one.name}  {seat.texts.unfit(one.code, one.until, seat.me.zone)}  {many}".rstrip()


def refused_lines(seat: Seat, refused: Iterable[Refused]) -> Iterator[str]:
    """What stays where it is, and by which rule."""
    for one in refused:
        why = seat.texts.t(f"refusal.{one.code}")
        yield f"{one.number or seat.texts.t('assign.cases', count=one.count)}  {why}  {one.clause}"


def plan_lines(seat: Seat, plan: Plan) -> Iterator[str]:
    """What would happen."""
    yield seat.texts.t("assign.plan", count=plan.count, stays=plan.stays, refused=sum(r.count for r in plan.refused))
    yield ""
    yield from load_lines(seat, plan.people)
    yield ""
    yield from move_lines(seat, plan.moves[:_FIRST])
    yield from passed_lines(seat, plan.passed)
    yield from refused_lines(seat, plan.refused[:_FIRST])


def past_lines(seat: Seat, moves: Iterable[MoveView]) -> list[str]:
    """Bulk moves of late."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("at", "person", "count", "state", "undo_until", "id")]
    rows = (
        (
            texts.when(one.made_at, seat.me.zone),
            texts.t("assign.by_strategy") if one.by_strategy else one.made_by,
            one.count,
            texts.state("move", one.state),
            texts.when(one.undo_until, seat.me.zone, "short") if one.can_undo else "—",
            one.move_id,
        )
        for one in moves
    )
    return table(heads, rows)


def interest_lines(seat: Seat, interests: Iterable[Interest]) -> list[str]:
    """Who is kept from what."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("number", "person", "kind", "state", "declared_by", "id")]
    rows = (
        (
            one.number,
            f"{one.person} {one.staff_no}",
            texts.t(f"interest.kind.{one.kind}"),
            texts.state("interest", one.state),
            one.declared_by,
            one.interest_id,
        )
        for one in interests
    )
    return table(heads, rows)


@_assign.command("many", epilog=EVERYWHERE)
def many(
    ctx: typer.Context,
    cases: Annotated[list[str] | None, typer.Argument(help="Case numbers or ids.")] = None,
    to: Annotated[list[str] | None, typer.Option(metavar="STAFF", help="Shared out among these; none: pool.")] = None,
    giver: Annotated[
        str, typer.Option("--from", metavar="STAFF", help="A member's cases; without it the pool's.")
    ] = "",
    count: Annotated[int, typer.Option(min=0, help="So many from the top, where no cases are named.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; move nothing.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask again.")] = False,
) -> None:
    """Give many cases at once: first what would happen, then, once confirmed, exactly that or nothing."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import MoveCases, PreviewMoves

    async def act(seat: Seat) -> None:
        takers = tuple([await seat.person_id(one) for one in to or []])
        whose = await seat.person_id(giver) if giver else None
        ask = PreviewMoves(case_ids=tuple(cases or ()), from_id=whose, count=count, to_ids=takers)
        plan = await seat.call(ask)
        if dry_run or not plan.count:
            seat.show(plan, plan_lines(seat, plan))
            return
        if not yes:
            for text in plan_lines(seat, plan):
                seat.say_fault(text)
            if not sys.stdin.isatty() or not typer.confirm(seat.texts.t("assign.confirm", count=plan.count), err=True):
                raise typer.Abort
        done = await seat.call(
            MoveCases(case_ids=ask.case_ids, from_id=whose, count=count, to_ids=takers, digest=plan.digest)
        )
        until = seat.texts.when(done.undo_until, seat.me.zone, "clock")
        seat.show(done, [seat.texts.t("assign.moved", count=done.count, until=until), done.move_id])

    carry_out(ctx, act)


@_assign.command("undo", epilog=EVERYWHERE)
def undo(
    ctx: typer.Context, move: Annotated[str, typer.Argument(help="From `assign moves`; else the last.")] = ""
) -> None:
    """Take a bulk move back, as far as nobody touched its cases since."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import UndoMove

    async def act(seat: Seat) -> None:
        done = await seat.call(UndoMove(move_id=move))
        seat.show(done, [seat.texts.t("assign.undone", count=done.count, kept=done.kept, pooled=done.pooled)])

    carry_out(ctx, act)


@_assign.command("moves", epilog=EVERYWHERE)
def moves(ctx: typer.Context) -> None:
    """The team's bulk moves of late."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import ListMoves

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListMoves())
        seat.show(reply, past_lines(seat, reply.moves) if reply.moves else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_assign.command("loads", epilog=EVERYWHERE)
def loads(ctx: typer.Context) -> None:
    """Who of the team holds how many, and the most they may."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import ListLoads

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListLoads())
        lines = [*load_lines(seat, reply.people), seat.texts.t("assign.in_pool", count=reply.pool)]
        seat.show(reply, lines)

    carry_out(ctx, act)


@_assign.command("capacity", epilog=EVERYWHERE)
def capacity(
    ctx: typer.Context,
    staff: Annotated[str, typer.Argument(help="Login or staff number.")],
    most: Annotated[int | None, typer.Argument(min=0, max=9999, help="Open cases; without it as usual.")] = None,
) -> None:
    """Set the most open cases that a member may hold."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import SetCapacity

    async def act(seat: Seat) -> None:
        reply = await seat.call(SetCapacity(person_id=await seat.person_id(staff), most=most))
        seat.show(reply, load_lines(seat, reply.people))

    carry_out(ctx, act)


@_interests.command("list", epilog=EVERYWHERE)
def list_interests(ctx: typer.Context) -> None:
    """Interests in force."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import ListInterests

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListInterests())
        lines = interest_lines(seat, reply.interests) if reply.interests else [seat.texts.t("cli.nothing")]
        seat.show(reply, lines)

    carry_out(ctx, act)


@_interests.command("declare", epilog=EVERYWHERE)
def declare(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    of: Annotated[str, typer.Option(metavar="STAFF", help="Whom to keep from it; without it yourself.")] = "",
    kind: Annotated[str, typer.Option(help="relative, colleague or vip.")] = "relative",
) -> None:
    """Keep yourself or a member of your team from a case, at once."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import DeclareInterest

    async def act(seat: Seat) -> None:
        person = await seat.person_id(of) if of else ""
        done = await seat.call(DeclareInterest(case_id=case, person_id=person, kind=kind))
        seat.show(done, [seat.texts.t("interest.declared")])

    carry_out(ctx, act)


@_interests.command("lift", epilog=EVERYWHERE)
def lift(ctx: typer.Context, interest: Annotated[str, typer.Argument(help="From `interests list`.")]) -> None:
    """Ask for an interest to be lifted; as a second person, lift it."""
    from console.cli.seat import carry_out
    from console.desk.api.assign import LiftInterest, ListInterests

    async def act(seat: Seat) -> None:
        known = (await seat.call(ListInterests())).interests
        version = next((one.version for one in known if one.interest_id == interest), 0)
        reply = await seat.call(LiftInterest(interest_id=interest, version=version))
        lines = interest_lines(seat, reply.interests) if reply.interests else [seat.texts.t("cli.nothing")]
        seat.show(reply, lines)

    carry_out(ctx, act)
