"""`veildesk bench`: each figure beside its floor and its peers, measured in one run."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.bench.measure import Figure


class Bench(StrEnum):
    """What can be measured."""

    QUEUE = "queue"
    IMPORT = "import"
    LOG = "log"
    MARKS = "marks"
    DETECT = "detect"
    SESSIONS = "sessions"
    TRACE = "trace"
    CALLS = "calls"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("bench", epilog=EVERYWHERE)(bench)


def figure_lines(figures: Iterable[Figure]) -> Iterable[str]:
    """Figures for people."""
    for one in figures:
        yield one.name
        yield f"  {one.value:,.1f} {one.unit}   floor {one.floor:,.1f} ({one.floored_by})   ratio {one.ratio:.2f}"
        for peer, value in one.peers.items():
            yield f"  {value:,.1f}  {peer}"


def bench(
    ctx: typer.Context,
    what: Annotated[Bench | None, typer.Argument(help="Everything, if not said.")] = None,
    rounds: Annotated[int, typer.Option(min=0, help="Rounds; 0 for each benchmark's own number.")] = 0,
    cases: Annotated[int, typer.Option(min=100, help="import: debtors in the file.")] = 50_000,
    small: Annotated[int, typer.Option(min=2_000, help="queue: cases of the smaller desk.")] = 10_000,
    large: Annotated[int, typer.Option(min=2_000, help="queue: cases of the larger desk.")] = 1_000_000,
    sessions: Annotated[str, typer.Option(metavar="N,N,…", help="sessions: how many at once.")] = "1,10,50,100",
    seconds: Annotated[float, typer.Option(min=1, help="calls: how long each rate and the speech last.")] = 10,
    trials: Annotated[int, typer.Option(min=20, help="trace: fragments tried of each kind.")] = 10_000,
    pictures: Annotated[int, typer.Option(min=0, help="marks: pictures traced a condition; 0 for none.")] = 0,
    foreign: Annotated[int, typer.Option(min=0, help="marks: unmarked and foreign pictures traced.")] = 0,
    captures: Annotated[
        Path | None, typer.Option(file_okay=False, help="marks: captures of real terminals; missing ones are made.")
    ] = None,
    document: Annotated[
        Path | None, typer.Option(dir_okay=False, help="trace, marks, calls: write the tables here, as Markdown.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(file_okay=False, help="queue: keep the filled desks here and use them again.")
    ] = None,
) -> None:
    """Measure this machine: medians of interleaved rounds, each beside the least work that counts as the same."""
    import asyncio
    import tempfile

    from console.cli.output import as_json, say, tell
    from console.cli.seat import options_of

    chosen = [what] if what else list(Bench)
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="veildesk-bench-") as scratch:
        folder = Path(scratch)
        if Bench.LOG in chosen:
            from console.bench import log

            (folder / "log").mkdir()
            figures += log.run(folder / "log", **({"rounds": rounds} if rounds else {}))
        if Bench.DETECT in chosen:
            from console.bench import detect

            figures += detect.run(**({"rounds": rounds} if rounds else {}), told=tell)
        if Bench.MARKS in chosen:
            from console.bench import marks

            more = {"rounds": rounds} if rounds else {}
            kept_at = document if what is Bench.MARKS else None
            figures += asyncio.run(
                marks.full(pictures=pictures, foreign=foreign, captures=captures, document=kept_at, told=tell, **more)
            )
        if Bench.TRACE in chosen:
            from console.bench import trace

            more = {"rounds": rounds} if rounds else {}
            figures += trace.run(trials=trials, document=document, told=tell, **more)
        if Bench.IMPORT in chosen:
            from console.bench import imports

            (folder / "import").mkdir()
            more = {"rounds": rounds} if rounds else {}
            figures += asyncio.run(imports.run(folder / "import", cases=cases, told=tell, **more))
        if Bench.SESSIONS in chosen:
            from console.bench import sessions as served

            (folder / "sessions").mkdir()
            sizes = [int(one) for one in sessions.split(",")]
            figures += asyncio.run(served.run(folder / "sessions", sizes=sizes, told=tell))
        if Bench.CALLS in chosen:
            from console.bench import calls

            (folder / "calls").mkdir()
            figures += asyncio.run(calls.run(folder / "calls", seconds=seconds, told=tell))
            if what is Bench.CALLS and document is not None:
                from console.bench import calls_page

                calls_page.write(document, calls_page.page(figures, seconds))
        if Bench.QUEUE in chosen:
            from console.bench import queue

            kept = cache or folder / "queue"
            kept.mkdir(mode=0o700, parents=True, exist_ok=True)
            more = {"rounds": rounds} if rounds else {}
            figures += asyncio.run(queue.run(kept, small=small, large=large, told=tell, **more))
    say(as_json(figures) if options_of(ctx).json else figure_lines(figures))
