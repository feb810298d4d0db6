"""`veildesk recordings`: hear one on your own phone, for a task that was given, whose mark it is, destroy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from console.cli.seat import Seat
    from console.desk.api.base import Call
    from console.desk.api.listening import ListeningTask
    from console.desk.api.recordings import DestructionView

_group = typer.Typer(
    help="Recordings of calls: heard on a phone, never a file.", no_args_is_help=True, epilog=EVERYWHERE
)
_Id = Annotated[str, typer.Argument(help="Id of the destruction.")]
_Why = Annotated[str, typer.Option(help="complaint, data_request, incident or audit, with --reference.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="recordings")


@_group.command("listen", epilog=EVERYWHERE)
def listen(
    ctx: typer.Context,
    call: Annotated[str, typer.Argument(help="Id of the call.")],
    reason: Annotated[str, typer.Option(help="quality, coaching, dispute or wrap_up; or one of a task.")],
    reference: Annotated[
        str, typer.Option(help="Number of your task; or of the complaint or filing on the case.")
    ] = "",
    second: Annotated[int, typer.Option(min=0, help="To begin at.")] = 0,
) -> None:
    """Have a recording played to your registered phone. Ends with it; Ctrl-C stops it."""
    import asyncio

    from console.cli.seat import carry_out
    from console.desk.api.recordings import ReadListening, StartListening, StopListening

    async def act(seat: Seat) -> None:
        view = await seat.call(StartListening(call_id=call, reason=reason, reference=reference, second=second))
        try:
            while (said := await seat.call(ReadListening())).listening is not None:
                view = said.listening
                await asyncio.sleep(2)
        except asyncio.CancelledError:
            await seat.call(StopListening())
            raise
        t = seat.texts.t
        seat.show(view, [t("listen.over", number=view.number, mark=view.mark, state=t(f"listen.state.{view.state}"))])

    carry_out(ctx, act)


@_group.command("find", epilog=EVERYWHERE)
def find(
    ctx: typer.Context,
    reason: _Why,
    reference: Annotated[str, typer.Option(help="Number of your task; or of the complaint or filing on the case.")],
    case: Annotated[str, typer.Argument(help="Case number or id; not needed with a task's number.")] = "",
) -> None:
    """The calls that a task is about."""
    from console.cli.calls import call_lines
    from console.cli.seat import carry_out
    from console.desk.api.recordings import FindRecordings

    async def act(seat: Seat) -> None:
        found = await seat.call(FindRecordings(case_id=case, reason=reason, reference=reference))
        seat.show(found, call_lines(seat, found) if found.calls else [seat.texts.t("calls.empty")])

    carry_out(ctx, act)


@_group.command("tasks", epilog=EVERYWHERE)
def tasks(ctx: typer.Context) -> None:
    """Tasks to listen: your own, and those that you may end."""
    from console.cli.seat import carry_out
    from console.desk.api.listening import ListListeningTasks

    async def act(seat: Seat) -> None:
        found = await seat.call(ListListeningTasks())
        seat.show(found, _task_lines(seat, *found.tasks) if found.tasks else [seat.texts.t("listening.empty")])

    carry_out(ctx, act)


@_group.command("give-task", epilog=EVERYWHERE)
def give_task(
    ctx: typer.Context,
    staff_no: Annotated[str, typer.Argument(help="Staff number of who listens.")],
    reason: Annotated[str, typer.Option(help="audit, complaint or data_request.")],
    reference: Annotated[str, typer.Option(help="Number of the audit, complaint or request.")],
    lasts: Annotated[int, typer.Option(min=1, max=30, help="Days that it lasts.")] = 7,
    case: Annotated[str, typer.Option(help="Case number or id; none, for an audit: a sample is drawn.")] = "",
    count: Annotated[int, typer.Option(help="Recordings to draw.")] = 20,
    days: Annotated[int, typer.Option(help="Of how many days up to now.")] = 31,
    unit: Annotated[str, typer.Option(help="Of which team or agency, by its name; none: of all.")] = "",
) -> None:
    """Give somebody else a task to listen."""
    from console.cli.seat import carry_out
    from console.desk.api.listening import GiveListeningTask, ListListeningTasks

    async def act(seat: Seat) -> None:
        now = (await seat.call(ListListeningTasks())).at
        done = await seat.call(
            GiveListeningTask(
                staff_no=staff_no,
                reason=reason,
                reference=reference,
                ends_at=now + lasts * 86_400_000_000,
                case_id=case,
                count=0 if case else count,
                days=0 if case else days,
                unit="" if case else unit,
            )
        )
        seat.show(done, _task_lines(seat, done))

    carry_out(ctx, act)


@_group.command("end-task", epilog=EVERYWHERE)
def end_task(ctx: typer.Context, task: Annotated[str, typer.Argument(help="Number or id of the task.")]) -> None:
    """End a task now, or give your own back."""
    from console.cli.seat import carry_out
    from console.desk.api.listening import EndListeningTask

    async def act(seat: Seat) -> None:
        done = await seat.call(EndListeningTask(task_id=task))
        seat.show(done, [seat.texts.t("listening.state.ended")])

    carry_out(ctx, act)


def _task_lines(seat: Seat, *found: ListeningTask) -> Iterator[str]:
    from console.cli.output import table

    t = seat.texts.t
    names = ("listening.number", "listening.person", "column.reason", "listen.task.reference", "listening.what")
    heads = [*(t(name) for name in names), t("standing.until"), t("column.state")]
    rows = (
        (
            one.number,
            f"{one.staff_no} {one.person}",
            t(f"listen.reason.{one.reason}"),
            one.reference,
            one.case_number or t("listening.drawn", count=one.drawn),
            seat.texts.when(one.ends_at, seat.me.zone, "minute"),
            f"{t(f'listening.state.{one.state}')} {one.ended_by}".rstrip(),
        )
        for one in found
    )
    yield from table(heads, rows)


@_group.command("whose-mark", epilog=EVERYWHERE)
def whose_mark(ctx: typer.Context, mark: Annotated[str, typer.Argument(help="Its letters and digits.")]) -> None:
    """Who listened, by the mark that is heard in what was made of it."""
    from console.cli.seat import carry_out
    from console.desk.api.recordings import TraceListener

    async def act(seat: Seat) -> None:
        one = await seat.call(TraceListener(mark=mark))
        said = (
            f"{one.staff_no} {one.person}",
            seat.texts.when(one.started_at, seat.me.zone, "minute"),
            one.number,
            seat.texts.t(f"listen.reason.{one.reason}"),
            one.reference,
            one.call_id,
        )
        seat.show(one, ["  ".join(part for part in said if part)])

    carry_out(ctx, act)


@_group.command("destructions", epilog=EVERYWHERE)
def destructions(ctx: typer.Context) -> None:
    """What is due, what was destroyed, by whom."""
    from console.cli.seat import carry_out
    from console.desk.api.recordings import ListDestructions

    async def act(seat: Seat) -> None:
        found = await seat.call(ListDestructions())
        summary = seat.texts.t("destruction.summary", due=found.due, held=found.held)
        seat.show(found, [summary, *_lines(seat, *found.destructions)])

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(ctx: typer.Context) -> None:
    """Propose to destroy whatever is due and not held."""
    from console.desk.api.recordings import ProposeDestruction

    _step(ctx, lambda _: ProposeDestruction())


@_group.command("approve", epilog=EVERYWHERE)
def approve(ctx: typer.Context, destruction: _Id, refuse: Annotated[bool, typer.Option("--refuse")] = False) -> None:
    """Approve a destruction, or refuse it."""
    from console.desk.api.recordings import DecideDestruction

    _step(
        ctx,
        lambda version: DecideDestruction(destruction_id=destruction, version=version, approve=not refuse),
        destruction,
    )


@_group.command("carry-out", epilog=EVERYWHERE)
def carry_out_destruction(ctx: typer.Context, destruction: _Id) -> None:
    """Destroy keys and files."""
    from console.desk.api.recordings import CarryOutDestruction

    _step(ctx, lambda version: CarryOutDestruction(destruction_id=destruction, version=version), destruction)


@_group.command("witness", epilog=EVERYWHERE)
def witness(ctx: typer.Context, destruction: _Id) -> None:
    """Have it looked at whether keys and files are gone, and sign that they are."""
    from console.desk.api.recordings import WitnessDestruction

    _step(ctx, lambda version: WitnessDestruction(destruction_id=destruction, version=version), destruction)


def _step(ctx: typer.Context, make: Callable[[int], Call[DestructionView]], destruction: str = "") -> None:
    """Carry out a step on a destruction as it stands now."""
    from console.cli.seat import carry_out
    from console.desk.api.recordings import ListDestructions

    async def act(seat: Seat) -> None:
        version = 0
        if destruction:
            found = (await seat.call(ListDestructions())).destructions
            version = next((one.version for one in found if one.destruction_id == destruction), 0)
        done = await seat.call(make(version))
        seat.show(done, _lines(seat, done))

    carry_out(ctx, act)


def _lines(seat: Seat, *found: DestructionView) -> Iterator[str]:
    for one in found:
        people = (one.proposed_by, one.approved_by, one.executed_by, one.witnessed_by)
        state = seat.texts.t(f"destruction.state.{one.state}")
        when = seat.texts.when(one.proposed_at, seat.me.zone, "minute")
        yield "  ".join((one.destruction_id, when, state, f"{one.destroyed}/{one.covers}", *filter(None, people)))
