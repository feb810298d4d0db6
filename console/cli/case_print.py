"""`veildesk cases print`: ask for a printout of one case, agreed to, marked and released like any other file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat

_FORMATS = ("pdf", "xlsx")


def register(group: typer.Typer) -> None:
    """Add the command to the group of cases."""
    group.command("print", epilog=EVERYWHERE)(print_case)


def print_case(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    to: Annotated[str, typer.Option(help="For whom.")],
    why: Annotated[str, typer.Option(help="Why, in words.")],
    key: Annotated[
        Path | None, typer.Option(help="The recipient's SM2 public key, PEM.", exists=True, dir_okay=False)
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="Kind of file; pdf where the desk makes it.")] = "",
    days: Annotated[int, typer.Option(min=1, help="How long it may be used.")] = 7,
) -> None:
    """Ask for one case as a page, masked as you see it; says who must agree. Then as with `exports`."""
    from console.cli.export_lines import view_lines
    from console.cli.seat import carry_out
    from console.desk.api.exports import DraftExport, GetExportOptions, Rule, SubmitExport

    public = key.read_text(encoding="utf-8", errors="replace") if key is not None else ""

    async def act(seat: Seat) -> None:
        options = await seat.call(GetExportOptions())
        usual = next((one for one in _FORMATS if one in options.formats), options.formats[0])
        if format_ and format_ not in options.formats:
            raise typer.BadParameter(format_, param_hint="--format")
        call = DraftExport(
            purpose="operations",
            words=why,
            recipient=to,
            recipient_key=public,
            fields=tuple(one.name for one in options.fields),
            rule=Rule(case=case),
            row_cap=1,
            format=format_ or usual,  # type: ignore[arg-type]
            use_days=days,
            template="case",
        )
        view = await seat.call(call)
        view = await seat.call(SubmitExport(export_id=view.export_id, version=view.version))
        seat.show(view, view_lines(seat, view))

    carry_out(ctx, act)
