"""`veildesk notes`: the notes of a case, written from stdin, shown masked; what was found in one handed on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.notes import FoundDatum, NotePage

_group = typer.Typer(help="Notes on cases.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="notes")


def note_lines(seat: Seat, page: NotePage) -> Iterator[str]:
    """Notes, newest first; of one with something hidden, what `grants ask` calls it."""
    for note in page.notes:
        when = seat.texts.when(note.at, seat.me.zone, "short")
        slot = f"  collection_note#{note.ordinal}" if note.found else ""
        yield f"{note.note_id}  {when}  {note.staff_no} {note.person}{slot}"
        yield f"  {note.text}"
        yield from found_lines(seat, note.found)


def found_lines(seat: Seat, found: tuple[FoundDatum, ...]) -> Iterator[str]:
    """What is hidden in a note, with the place that `notes propose` takes."""
    for datum in found:
        fields = seat.texts.t("join.list").join(seat.texts.field(name) for name in datum.fields)
        yield f"  #{datum.place} {seat.texts.t(f'found.{datum.kind}')}  {fields}".rstrip()


@_group.command("list", epilog=EVERYWHERE)
def list_notes(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    cursor: Annotated[str | None, typer.Option(help="Continue behind an earlier page.")] = None,
) -> None:
    """Show a case's notes, masked, newest first."""
    from console.cli.seat import carry_out
    from console.desk.api.notes import ReadNotes

    async def act(seat: Seat) -> None:
        page = await seat.call(ReadNotes(case_id=case, cursor=cursor))
        seat.show(page, note_lines(seat, page) if page.notes else [seat.texts.t("cli.nothing")])
        if page.cursor and not seat.options.json:
            seat.tell("cli.more", cursor=page.cursor)

    carry_out(ctx, act)


@_group.command("write", epilog=EVERYWHERE)
def write(ctx: typer.Context, case: Annotated[str, typer.Argument(help="Case number or id.")]) -> None:
    """Write a note, which is asked for without echo (or read from stdin), never taken as a word."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.notes import WriteNote

    async def act(seat: Seat) -> None:
        text = read_secret(seat.texts.t("note.text"))
        done = await seat.call(WriteNote(case_id=case, text=text))
        seat.show(done, [done.note_id, *found_lines(seat, done.found)])

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    note: Annotated[str, typer.Argument(help="Note's id.")],
    place: Annotated[int, typer.Argument(min=0, help="Which of the data found in it.")] = 0,
    field: Annotated[str, typer.Option(help="What it is; without it, the likeliest.")] = "",
    source: Annotated[str, typer.Option(help="Where it lawfully comes from; without it, the checker says.")] = "",
) -> None:
    """Hand what was found in a note to the supervisor, to become a contact datum."""
    from console.cli.contacts import filed_lines
    from console.cli.seat import carry_out
    from console.desk.api.contacts import ProposeFound

    async def act(seat: Seat) -> None:
        done = await seat.call(ProposeFound(note_id=note, place=place, field=field, lawful_source=source))
        seat.show(done, filed_lines(seat, done))

    carry_out(ctx, act)
