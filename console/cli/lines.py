"""`veildesk calls lines`: how trunk, recorder, messages and cloud numbers are set, and how they are; no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.lines import LineView


def register(group: typer.Typer) -> None:
    """Add the command to the group of calls."""
    group.command("lines", epilog=EVERYWHERE)(lines)


def lines(ctx: typer.Context) -> None:
    """Settings and state of trunk, recorder, messages and cloud numbers; of a secret, whether it is kept."""
    from console.cli.output import table
    from console.cli.seat import carry_out
    from console.desk.api.lines import ReadLines

    async def act(seat: Seat) -> None:
        found = await seat.call(ReadLines())
        heads = [seat.texts.t("lines.what"), seat.texts.t("lines.value"), seat.texts.t("lines.where")]
        seat.show(found, table(heads, (row for one in found.lines for row in _rows(seat, one))))

    carry_out(ctx, act)


def _rows(seat: Seat, line: LineView) -> Iterator[tuple[str, str, str]]:
    t = seat.texts.t
    state = t("lines.off") if line.state == "off" else t(f"health.{line.state}")
    yield t(f"lines.name.{line.name}"), f"{state} {seat.texts.health(line.detail)}".rstrip(), ""
    for one in line.settings:
        value = t("lines.yes" if one.value else "lines.no") if isinstance(one.value, bool) else str(one.value) or "—"
        yield f"  {t(f'lines.set.{one.name}')}", value, one.name
    secret = line.secret
    if secret is not None:
        when = seat.texts.when(secret.kept_at, seat.me.zone, "minute")
        kept = t("lines.kept", when=when, person=secret.kept_by) if secret.kept else t("lines.not_kept")
        yield f"  {t(f'lines.secret.{line.name}')}", kept, ""
