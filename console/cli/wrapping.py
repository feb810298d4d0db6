"""`veildesk calls wraps` and `wrap`: calls nobody has said anything of yet, and what came of one."""

from __future__ import annotations

from typing import Annotated

import typer

from console.cli.options import EVERYWHERE


def register(group: typer.Typer) -> None:
    """Add the commands to those of calls."""
    group.command("wraps", epilog=EVERYWHERE)(wraps)
    group.command("wrap", epilog=EVERYWHERE)(wrap)


def wraps(ctx: typer.Context) -> None:
    """Your calls of the last seven days that wait to be wrapped up."""
    from console.cli.output import table
    from console.cli.seat import Seat, carry_out
    from console.desk.api.wrapping import ListWraps

    async def act(seat: Seat) -> None:
        found = await seat.call(ListWraps())
        t = seat.texts.t
        heads = [t(f"calls.column.{column}") for column in ("at", "case", "state", "time", "id")]
        rows = (
            (
                seat.texts.when(one.started_at, seat.me.zone, "minute"),
                f"{one.number} {seat.texts.field(one.contact.field, one.contact.ordinal)}",
                f"{t(f'call.result.{one.result}')} → {t(f'result.{one.code}') if one.code else '—'}",
                f"{one.talked // 60}:{one.talked % 60:02}",
                one.call_id,
            )
            for one in found.wraps
        )
        seat.show(found, table(heads, rows) if found.wraps else [t("wrap.none")])

    carry_out(ctx, act)


def wrap(
    ctx: typer.Context,
    call: Annotated[str, typer.Argument(help="Id of the call, as `wraps` shows it.")],
    code: Annotated[str, typer.Option(help="What came of it; empty: what the dialer says.")] = "",
    note: Annotated[str, typer.Option(help="Kept with it, personal data masked.")] = "",
    stop: Annotated[str, typer.Option(help="asked, third_party or wrong_number: call the number no more.")] = "",
) -> None:
    """Say what came of a call. A promise is made on the screen."""
    from console.cli.seat import Seat, carry_out
    from console.desk.api.wrapping import ReadWrap, SaveWrap

    async def act(seat: Seat) -> None:
        one = await seat.call(ReadWrap(call_id=call))
        chosen = code or one.code
        request = SaveWrap(call_id=call, version=one.version, code=chosen, note=note, stop=stop)
        done = await seat.call(request)
        t = seat.texts.t
        seat.show(done, [t("result.saved", number=one.number, result=t(f"result.{chosen}"))])

    carry_out(ctx, act)
