"""`veildesk team`: the board, absences, coaching notes; the same calls as the screens make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import team_figures
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.team import AbsenceView, CoachingView, TeamView

_group = typer.Typer(help="Run a team.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group, figures included."""
    team_figures.register(_group)
    app.add_typer(_group, name="team")


@_group.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context) -> None:
    """Who is there, what each has done today, what waits."""
    from console.cli.seat import carry_out
    from console.desk.api.team import ReadTeam

    async def act(seat: Seat) -> None:
        board = await seat.call(ReadTeam())
        seat.show(board, board_lines(seat, board))

    carry_out(ctx, act)


def board_lines(seat: Seat, board: TeamView) -> list[str]:
    """The board as a table under its summary."""
    from console.cli.output import table

    t = seat.texts.t
    key = "team.head_away" if board.head_away else "team.head"
    names = ("presence", "worked", "due", "broken", "untouched", "pending", "live")
    heads = [t("cli.head.staff_no"), t("cli.head.person"), *(t(f"team.{name}") for name in names), t("team.away")]
    rows = (
        (
            one.staff_no,
            one.name,
            t(f"team.presence.{one.presence}"),
            one.worked,
            one.due,
            one.broken,
            one.untouched,
            one.pending,
            one.live,
            seat.texts.when(one.away_until - 1, seat.me.zone, "day") if one.away_until is not None else "",
        )
        for one in board.members
    )
    return [t(key, head=board.head or "—", deputy=board.deputy or "—"), *table(heads, rows)]


@_group.command("wallboard", epilog=EVERYWHERE)
def wallboard(ctx: typer.Context) -> None:
    """The team in numbers, without any name."""
    from console.cli.output import pairs
    from console.cli.seat import carry_out
    from console.desk.api.team import ReadWallboard

    async def act(seat: Seat) -> None:
        board = await seat.call(ReadWallboard())
        seat.show(board, pairs((seat.texts.t(f"wall.{name}"), number) for name, number in board.figures))

    carry_out(ctx, act)


@_group.command("absences", epilog=EVERYWHERE)
def absences(ctx: typer.Context) -> None:
    """Absences of the team, in force and to come."""
    from console.cli.seat import carry_out
    from console.desk.api.team import ListAbsences

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListAbsences())
        seat.show(reply, absence_lines(seat, reply.absences) if reply.absences else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


def absence_lines(seat: Seat, found: tuple[AbsenceView, ...]) -> list[str]:
    """Absences as a table."""
    from console.cli.output import table

    t, when = seat.texts.t, seat.texts.when
    heads = [t("cli.head.staff_no"), t("cli.head.person"), t("absence.first"), t("absence.last")]
    heads += [t("absence.reason"), t("absence.cover")]
    rows = (
        (
            one.staff_no,
            one.person,
            when(one.starts_at, seat.me.zone, "day"),
            when(one.ends_at - 1, seat.me.zone, "day"),
            t(f"absence.reason.{one.reason}"),
            one.cover or t("absence.nobody"),
        )
        for one in found
    )
    return table(heads, rows)


@_group.command("away", epilog=EVERYWHERE)
def away(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Login or staff number.")],
    first: Annotated[str, typer.Argument(metavar="FIRST-DAY", help="As 2026-11-22.")],
    last: Annotated[str, typer.Argument(metavar="LAST-DAY", help="Included.")],
    reason: Annotated[str, typer.Option(help="vacation, sick, training or other.")] = "vacation",
    cover: Annotated[str, typer.Option(help="Login or staff number of who works the queue meanwhile.")] = "",
) -> None:
    """Note that somebody of the team is away."""
    from console.cli.seat import carry_out
    from console.desk.api.team import SetAbsence

    async def act(seat: Seat) -> None:
        reply = await seat.call(
            SetAbsence(
                person_id=await seat.person_id(person),
                first_day=first,
                last_day=last,
                reason=reason,
                cover_id=await seat.person_id(cover) if cover else None,
            )
        )
        seat.show(reply, absence_lines(seat, reply.absences))

    carry_out(ctx, act)


@_group.command("back", epilog=EVERYWHERE)
def back(ctx: typer.Context, person: Annotated[str, typer.Argument(help="Login or staff number.")]) -> None:
    """End somebody's absence now, or call the next one off."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.team import EndAbsence, ListAbsences

    async def act(seat: Seat) -> None:
        person_id = await seat.person_id(person)
        listed = await seat.call(ListAbsences())
        found = next((one for one in listed.absences if one.person_id == person_id), None)
        if found is None:
            raise DeskError(Refusal(code="absence.not_found"))
        reply = await seat.call(EndAbsence(absence_id=found.absence_id, seen_version=found.version))
        seat.show(reply, absence_lines(seat, reply.absences) if reply.absences else [seat.texts.t("cli.done")])

    carry_out(ctx, act)


@_group.command("coach", epilog=EVERYWHERE)
def coach(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(help="Login or staff number of the agent.")],
    text: Annotated[str, typer.Argument(help="Your words; personal data in them is masked before they are kept.")],
    case: Annotated[str, typer.Option(help="Number of the case they are about.")] = "",
    score: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME=POINTS", help="opening, identity, listening, rules, result, closing; 1 to 5."),
    ] = None,
) -> None:
    """Write a coaching note to one of your agents."""
    from console.cli.seat import carry_out
    from console.desk.api.team import WriteCoaching

    scores = {}
    for one in score or []:
        name, mark, points = one.partition("=")
        if not (mark and points.isascii() and points.isdigit()):
            raise typer.BadParameter(one, param_hint="--score")
        scores[name] = int(points)

    async def act(seat: Seat) -> None:
        person_id = await seat.person_id(person)
        reply = await seat.call(WriteCoaching(person_id=person_id, text=text, case=case, scores=scores))
        seat.show(reply, note_lines(seat, (reply,)))

    carry_out(ctx, act)


def note_lines(seat: Seat, notes: tuple[CoachingView, ...]) -> list[str]:
    """Notes, the text of each under its line."""
    lines: list[str] = []
    for note in notes:
        state = seat.texts.t("coaching.waits" if note.acknowledged_at is None else "coaching.read")
        when = seat.texts.when(note.written_at, seat.me.zone)
        lines.append(f"{note.note_id}  {when}  {note.author} → {note.agent}  {note.case_number}  {state}")
        points = "  ".join(f"{seat.texts.t(f'coach.criterion.{name}')} {value}" for name, value in note.scores)
        lines += [f"    {part}" for part in (note.text, points) if part]
    return lines


@_group.command("coaching", epilog=EVERYWHERE)
def coaching(
    ctx: typer.Context,
    acknowledge: Annotated[str, typer.Option(metavar="NOTE", help="Say that you have read this one.")] = "",
) -> None:
    """Coaching notes to you; for whoever runs a team, the team's."""
    from console.cli.seat import carry_out
    from console.desk.api.team import AcknowledgeCoaching, ReadCoaching

    async def act(seat: Seat) -> None:
        reply = await seat.call(AcknowledgeCoaching(note_id=acknowledge) if acknowledge else ReadCoaching())
        seat.show(reply, note_lines(seat, reply.notes) if reply.notes else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)
