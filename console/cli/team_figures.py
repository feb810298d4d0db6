"""`veildesk team figures` and `peers`: a day or a week as a table, as bars, as CSV or JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.team import FigureRow, Figures, Peers

_SUMS: Final = ("worked", "made", "kept", "broken", "promised", "paid", "asked", "approved", "refused", "refusals")
_MONEY: Final = frozenset({"promised", "paid"})
_BAR: Final = 40


def register(group: typer.Typer) -> None:
    """Add both commands to the group."""
    group.command("figures", epilog=EVERYWHERE)(figures)
    group.command("peers", epilog=EVERYWHERE)(peers)


def figures(
    ctx: typer.Context,
    week: Annotated[bool, typer.Option("--week", help="The week instead of the day.")] = False,
    back: Annotated[int, typer.Option(min=0, max=60, help="How many days or weeks ago.")] = 0,
    csv: Annotated[bool, typer.Option("--csv", help="Print CSV; money in minor units.")] = False,
    plot: Annotated[str, typer.Option(metavar="FIGURE", help="Which figure to draw as bars.")] = "worked",
) -> None:
    """Figures of a day or week: your own, or your team's by name."""
    from console.cli.output import say
    from console.cli.seat import carry_out
    from console.desk.api.team import ReadFigures

    if plot not in _SUMS:
        raise typer.BadParameter(", ".join(_SUMS), param_hint="--plot")

    async def act(seat: Seat) -> None:
        reply = await seat.call(ReadFigures(period="week" if week else "day", back=back))
        if csv and not seat.options.json:
            say(csv_lines(reply))
        else:
            seat.show(reply, figure_lines(seat, reply, plot))

    carry_out(ctx, act)


def figure_lines(seat: Seat, reply: Figures, plot: str) -> list[str]:
    """A table of people and sum, and one figure of the last spans as bars."""
    from console.bars import bar
    from console.cli.output import table

    t, texts = seat.texts.t, seat.texts

    def said(row: FigureRow, name: str) -> object:
        value = getattr(row, name)
        return texts.money(value, reply.currency) if name in _MONEY else value

    heads = [t("cli.head.staff_no"), t("cli.head.person"), *(t(f"cli.figure.{name}") for name in _SUMS)]
    rows = [*reply.rows, reply.total] if len(reply.rows) > 1 else list(reply.rows)
    cells = [(row.staff_no, row.person or t("figures.total"), *(said(row, name) for name in _SUMS)) for row in rows]
    most = max((getattr(one.row, plot) for one in reply.series), default=0)
    title = t(f"figures.plot.{reply.period}", measure=t(f"cli.figure.{plot}"))
    bars = table(
        ("", "", ""),
        ((one.first_day, said(one.row, plot), bar(getattr(one.row, plot), most, _BAR)) for one in reply.series),
    )[1:]
    span = t(f"figures.span.{reply.period}", first=reply.first_day, last=reply.last_day)
    return [span, *table(heads, cells), "", title, *bars]


def csv_lines(reply: Figures) -> list[str]:
    """Every line of the span as CSV, results by code at the end."""
    import csv as writer
    import io

    codes = sorted({code for row in reply.rows for code, _ in row.results})
    out = io.StringIO()
    page = writer.writer(out, lineterminator="\n")
    page.writerow(["first_day", "last_day", "staff_no", "person", *_SUMS, "currency", *(f"result:{c}" for c in codes)])
    for row in reply.rows:
        found = dict(row.results)
        page.writerow(
            [
                reply.first_day,
                reply.last_day,
                row.staff_no,
                row.person,
                *(getattr(row, name) for name in _SUMS),
                reply.currency,
                *(found.get(code, 0) for code in codes),
            ]
        )
    return out.getvalue().splitlines()


def peers(
    ctx: typer.Context,
    day: Annotated[bool, typer.Option("--day", help="The day instead of the week.")] = False,
    back: Annotated[int, typer.Option(min=0, max=60, help="How many days or weeks ago.")] = 0,
) -> None:
    """Where you stand in your team; nobody is named."""
    from console.cli.seat import carry_out
    from console.desk.api.team import ComparePeers

    async def act(seat: Seat) -> None:
        reply = await seat.call(ComparePeers(period="day" if day else "week", back=back))
        seat.show(reply, peer_lines(seat, reply))

    carry_out(ctx, act)


def peer_lines(seat: Seat, reply: Peers) -> list[str]:
    """Own figure, median, quarter, a line each."""
    from console.cli.output import table

    t = seat.texts.t
    heads = [t("cli.head.figure"), t("cli.head.own"), t("cli.head.median"), t("cli.head.quarter")]
    rows = (
        (t(f"cli.figure.{one.name}"), one.own, f"{one.median:g}", t(f"peers.quartile.{one.quartile}"))
        for one in reply.figures
    )
    return [t("peers.words", size=reply.size, first=reply.first_day, last=reply.last_day), *table(heads, rows)]
