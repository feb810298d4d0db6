"""`veildesk trace`: whose copy a leaked fragment is, or whose screen a picture shows or a text was copied from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace", epilog=EVERYWHERE)(trace)


def trace(
    ctx: typer.Context,
    file: Annotated[
        str | None,
        typer.Argument(
            metavar="[FILE|-]", help="Leaked rows or copied text: text, CSV, XLSX, ODS, PDF, a picture; - reads stdin."
        ),
    ] = None,
    screenshot: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Picture of a screen, PNG or JPEG: whole, cropped, photographed."),
    ] = None,
    pack: Annotated[
        Path | None, typer.Option(metavar="ZIP", help="Rows: write the signed answer here, as evidence.")
    ] = None,
    corners: Annotated[
        str,
        typer.Option(
            metavar="X,Y X,Y X,Y X,Y",
            help="Photograph: the screen's corners in pixels, upper left first, clockwise.",
        ),
    ] = "",
) -> None:
    """Name the export that rows come from, or the session that a text or picture is from; exit code 3 when named."""
    if (file is None) == (screenshot is None) or (pack is not None and file is None):
        from console.desk.api.base import DeskError, Refusal

        raise DeskError(Refusal(code="trace.choose_one"))
    if screenshot is None:
        from console.cli.trace_file import trace_file

        trace_file(ctx, file or "-", pack)
    else:
        _trace_screen(ctx, screenshot, corners)


def _trace_screen(ctx: typer.Context, screenshot: Path, corners: str) -> None:
    """Ask the desk whose screen a picture shows."""
    from console.cli.seat import carry_out
    from console.desk.api.marks import TraceScreen
    from console.trace_words import screen_lines

    digest, readings = _read(screenshot, corners)

    async def act(seat: Seat) -> Exit:
        found = await seat.call(TraceScreen(readings=readings, digest=digest))
        seat.show(found, screen_lines(seat.texts, seat.me.zone, found))
        return Exit.FOUND if found.verdict == "named" else Exit.DONE

    carry_out(ctx, act)


def _read(path: Path, corners: str) -> tuple[str, tuple[bytes, ...]]:
    """The picture's digest and its readings; the picture goes no further.

    Raises:
        DeskError: It cannot be read.
    """
    from console.desk.api.base import DeskError, Refusal
    from masking.gm import sm3
    from watermark.screen_trace.picture import MOST_BYTES, PictureRefused, read_picture
    from watermark.screen_trace.signs import packed_readings

    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
        picture = read_picture(data, _corners(corners))
    except OSError:
        raise DeskError(Refusal(code="trace.file_unreadable", params={"file": path.name})) from None
    except PictureRefused as refused:
        raise DeskError(Refusal(code=refused.code, params={**refused.params, "file": path.name})) from None
    return sm3(data).hex(), packed_readings(picture)


def _corners(said: str) -> list[tuple[float, float]]:
    from watermark.screen_trace.picture import PictureRefused

    try:
        pairs = [tuple(float(part) for part in pair.split(",")) for pair in said.split()]
    except ValueError:
        raise PictureRefused("trace.corners") from None
    if any(len(pair) != 2 for pair in pairs):  # noqa: PLR2004 - x and y
        raise PictureRefused("trace.corners")
    return [(pair[0], pair[1]) for pair in pairs]
