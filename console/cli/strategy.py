"""`veildesk strategy`: versioned rules for who works which cases in which order."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from console.cli.seat import Seat
    from console.desk.api.strategy import Applied, ApplyStrategy, DryRun, Edition, RollBackStrategy, RuleFault

_group = typer.Typer(help="Versioned rules for who works which cases.", no_args_is_help=True, epilog=EVERYWHERE)
_FIRST = 20
_Which = Annotated[str, typer.Argument(help="Edition's number or id, from `strategy list`.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="strategy")


def edition_lines(seat: Seat, editions: Iterable[Edition]) -> list[str]:
    """Editions as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [
        texts.t(f"cli.head.{name}") for name in ("edition", "name", "unit", "state", "made_by", "approved_by", "id")
    ]
    rows = (
        (
            one.edition,
            one.name,
            one.unit,
            texts.state("strategy", one.state),
            one.made_by,
            one.approved_by,
            one.strategy_id,
        )
        for one in editions
    )
    return table(heads, rows)


def run_lines(seat: Seat, run: DryRun) -> Iterator[str]:
    """What going live would do."""
    from console.cli.assign import load_lines, move_lines, passed_lines, refused_lines
    from console.cli.output import table

    texts = seat.texts
    yield texts.t("strategy.run", count=run.count, ranked=run.ranked, waiting=run.waiting)
    yield ""
    heads = [texts.t(f"cli.head.{name}") for name in ("rule", "cases", "moves")]
    yield from table(heads, ((one.rule, one.cases, one.moves) for one in run.rules))
    yield ""
    yield from load_lines(seat, run.people)
    yield ""
    yield from move_lines(seat, run.moves[:_FIRST])
    yield from passed_lines(seat, run.passed)
    yield from refused_lines(seat, run.refused[:_FIRST])


def fault_lines(seat: Seat, faults: Iterable[RuleFault]) -> Iterator[str]:
    """What is wrong with a text, by line."""
    for fault in faults:
        line = seat.texts.t("strategy.line", line=fault.line)
        yield f"{line}  {seat.texts.t(f'refusal.{fault.code}', what=fault.what)}"


async def _named(seat: Seat, which: str) -> Edition:
    """The edition of that number or id.

    Raises:
        DeskError: `strategy.not_found`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.strategy import ListStrategies

    found = (await seat.call(ListStrategies())).editions
    for one in found:
        if which in {one.strategy_id, str(one.edition)}:
            return one
    raise DeskError(Refusal(code="strategy.not_found"))


async def _to_the_end(
    seat: Seat, first: Applied, again: Callable[[Applied], ApplyStrategy | RollBackStrategy], *, stuck: bool = True
) -> Applied:
    """Go on until nothing is left, with a bar on stderr; interrupted, what is done stays done.

    Args:
        seat: who asks.
        first: what the first part did.
        again: the call for the next part.
        stuck: whether a part that moved nothing means that nothing more will.
    """
    import msgspec
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    terminal = Console(stderr=True)
    applied, moved, kept = first, first.moved, first.kept
    with Progress(*columns, console=terminal, disable=not terminal.is_terminal, transient=True) as bar:
        task = bar.add_task(applied.edition.name, total=moved + kept + applied.left, completed=moved + kept)
        while applied.left and (applied.moved or not stuck):
            applied = await seat.call(again(applied))
            moved, kept = moved + applied.moved, kept + applied.kept
            bar.update(task, completed=moved + kept)
    return msgspec.structs.replace(applied, moved=moved, kept=kept, ranked=first.ranked)


def _apply_again(done: Applied) -> ApplyStrategy:
    from console.desk.api.strategy import ApplyStrategy

    return ApplyStrategy(strategy_id=done.edition.strategy_id)


def _roll_back_again(done: Applied) -> RollBackStrategy:
    from console.desk.api.strategy import RollBackStrategy

    return RollBackStrategy(strategy_id=done.edition.strategy_id, version=done.edition.version)


@_group.command("list", epilog=EVERYWHERE)
def list_strategies(ctx: typer.Context) -> None:
    """Every edition, the newest first."""
    from console.cli.seat import carry_out
    from console.desk.api.strategy import ListStrategies

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListStrategies())
        lines = edition_lines(seat, reply.editions) if reply.editions else [seat.texts.t("cli.nothing")]
        run = reply.run
        if run is not None:
            at = seat.texts.when(run.at, seat.me.zone, "short")
            lines.append(seat.texts.t(f"strategy.run.{run.state}", at=at, moved=run.moved, waiting=run.waiting))
        seat.show(reply, lines)

    carry_out(ctx, act)


@_group.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context, which: _Which) -> None:
    """One edition: its text, how it differs from what it replaces, its last dry run."""
    from console.cli.editions import text_lines
    from console.cli.seat import carry_out
    from console.desk.api.strategy import ReadStrategy

    async def act(seat: Seat) -> None:
        view = await seat.call(ReadStrategy(strategy_id=(await _named(seat, which)).strategy_id))
        lines = [*edition_lines(seat, [view.edition]), *text_lines(seat, view)]
        if view.dry_run is not None:
            lines += ["", *run_lines(seat, view.dry_run)]
        seat.show(view, lines)

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML.")]
) -> None:
    """Propose rules for your team; every fault is named by its line, and a faulty text changes nothing."""
    from console.cli.editions import propose_text
    from console.desk.api.strategy import ProposeStrategy

    propose_text(ctx, file, lambda lines: ProposeStrategy(lines=lines), edition_lines)


@_group.command("try", epilog=EVERYWHERE)
def dry_run(ctx: typer.Context, which: _Which) -> None:
    """What going live would do now: who moves, who stands where."""
    from console.cli.seat import carry_out
    from console.desk.api.strategy import TryStrategy

    async def act(seat: Seat) -> None:
        run = await seat.call(TryStrategy(strategy_id=(await _named(seat, which)).strategy_id))
        seat.show(run, run_lines(seat, run))

    carry_out(ctx, act)


@_group.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context,
    which: _Which,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
) -> None:
    """Approve a tried edition: the security admin, then compliance where contact limits change."""
    from console.cli.seat import carry_out
    from console.desk.api.strategy import DecideStrategy

    async def act(seat: Seat) -> None:
        seen = await _named(seat, which)
        call = DecideStrategy(strategy_id=seen.strategy_id, version=seen.version, approve=not refuse)
        done = await seat.call(call)
        seat.show(done, edition_lines(seat, [done]))

    carry_out(ctx, act)


@_group.command("start", epilog=EVERYWHERE)
def start(ctx: typer.Context, which: _Which) -> None:
    """Make an approved edition live and apply it to the team's cases."""
    from console.cli.seat import carry_out
    from console.desk.api.strategy import StartStrategy

    async def act(seat: Seat) -> None:
        seen = await _named(seat, which)
        first = await seat.call(StartStrategy(strategy_id=seen.strategy_id, version=seen.version))
        done = await _to_the_end(seat, first, _apply_again)
        seat.show(done, [seat.texts.t("strategy.applied", moved=done.moved, ranked=done.ranked, left=done.left)])

    carry_out(ctx, act)


@_group.command("apply", epilog=EVERYWHERE)
def apply(ctx: typer.Context) -> None:
    """Apply what is live to the cases as they are now."""
    from console.cli.seat import carry_out
    from console.desk.api.strategy import ApplyStrategy

    async def act(seat: Seat) -> None:
        first = await seat.call(ApplyStrategy())
        done = await _to_the_end(seat, first, _apply_again)
        seat.show(done, [seat.texts.t("strategy.applied", moved=done.moved, ranked=done.ranked, left=done.left)])

    carry_out(ctx, act)


@_group.command("rollback", epilog=EVERYWHERE)
def roll_back(ctx: typer.Context, which: _Which) -> None:
    """Back to the edition before; what this one moved goes back where nobody touched it since.

    It goes on part by part until nothing is left. Interrupted, each part is whole; the same command goes on.
    """
    from console.cli.seat import carry_out
    from console.desk.api.strategy import RollBackStrategy

    async def act(seat: Seat) -> None:
        seen = await _named(seat, which)
        first = await seat.call(RollBackStrategy(strategy_id=seen.strategy_id, version=seen.version))
        done = await _to_the_end(seat, first, _roll_back_again, stuck=False)
        seat.show(done, [seat.texts.t("strategy.rolled_back", moved=done.moved, kept=done.kept, ranked=done.ranked)])

    carry_out(ctx, act)


@_group.command("advice", epilog=EVERYWHERE)
def advice(ctx: typer.Context, case: Annotated[str, typer.Argument(help="Case number or id.")]) -> None:
    """What the live rules say of one case: first means of contact, least days between two contacts."""
    from console.cli.output import pairs
    from console.cli.seat import carry_out
    from console.desk.api.strategy import ReadAdvice

    async def act(seat: Seat) -> None:
        found = await seat.call(ReadAdvice(case_id=case))
        texts = seat.texts
        said = (
            (texts.t("strategy.rule"), found.rule or "—"),
            (texts.t("strategy.channel"), texts.t(f"strategy.channel.{found.channel}") if found.channel else "—"),
            (texts.t("strategy.interval"), texts.days(found.interval_days) if found.interval_days else "—"),
        )
        seat.show(found, pairs(said))

    carry_out(ctx, act)
