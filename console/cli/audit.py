"""`veildesk audit`: read and verify the log, sign its head."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.log import LogEntry, VerificationView
    from console.texts import Texts

_PROD = "desk.prod_not_served"
_UNOPENED = frozenset({"access.log_broken", "access.log_unavailable", _PROD})
"""Ends of a call after which only the file of the log itself can still be asked."""

_group = typer.Typer(help="Read and verify the log.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="audit")


def entry_lines(seat: Seat, entries: tuple[LogEntry, ...]) -> Iterator[str]:
    """Events, one a line, newest first."""
    texts = seat.texts
    for one in entries:
        parts = (
            f"#{one.seq}",
            texts.when(one.at, seat.me.zone, "second"),
            one.staff_no,
            one.person,
            one.role,
            one.action,
            one.result,
            one.rule,
            one.case_number,
            ",".join(one.fields),
            one.approval,
            one.source,
            one.terminal,
            " ".join(f"{name}={value}" for name, value in one.detail),
        )
        yield "  ".join(part for part in parts if part)


def verification_lines(texts: Texts, seen: VerificationView) -> Iterator[str]:
    """The verdict first, then each finding with its position."""
    verdict = "cli.audit.good" if seen.ok else "cli.audit.bad"
    yield texts.t(verdict, events=seen.events, checkpoints=seen.checkpoints, seconds=f"{seen.seconds:.2f}")
    yield f"SM3 {seen.root}"
    if seen.waiting:
        yield texts.t("cli.audit.waiting", count=seen.waiting)
    for finding in seen.findings:
        where = "—" if finding.position is None else f"#{finding.position}"
        yield f"{where}  {texts.t(f'finding.{finding.kind}')}  {finding.detail}".rstrip()


@_group.command("verify", epilog=EVERYWHERE)
def verify(ctx: typer.Context) -> None:
    """Recompute the whole log and compare it with the checkpoints outside the database; exit code 3 on a finding.

    Where the desk does not open its log any more, or a prod desk is not served, the log is read without the desk.
    """
    from access.errors import AccessError
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError
    from console.desk.api.log import VerifyLog

    async def act(seat: Seat) -> Exit:
        seen = await seat.call(VerifyLog())
        seat.show(seen, verification_lines(seat.texts, seen))
        return Exit.DONE if seen.ok else Exit.FOUND

    try:
        carry_out(ctx, act)
    except (AccessError, DeskError) as wrong:
        if wrong.code not in _UNOPENED:
            raise
        if _read_unopened(ctx):
            raise typer.Exit(Exit.FOUND) from None
        if wrong.code != _PROD:
            raise


def _read_unopened(ctx: typer.Context) -> bool:
    """Verify without the desk and print it; whether something was found."""
    from console import unopened
    from console.cli.output import as_json, say, tell
    from console.cli.seat import home_of, options_of
    from console.desk.logbook import view_of
    from console.texts import Texts

    options = options_of(ctx)
    texts = Texts(options.language)
    tell(texts.t("cli.audit.unopened"))
    seen = view_of(unopened.verify_unopened(home_of(options)))
    say(as_json(seen) if options.json else verification_lines(texts, seen))
    return not seen.ok


@_group.command("show", epilog=EVERYWHERE)
def show(
    ctx: typer.Context,
    person: Annotated[str, typer.Option(metavar="STAFF", help="One person's, by staff number.")] = "",
    case: Annotated[str, typer.Option(metavar="NUMBER", help="One case's.")] = "",
    action: Annotated[str, typer.Option(help="One action, or its beginning such as `reveal:`.")] = "",
    before: Annotated[int | None, typer.Option(help="Events older than this number.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="Events to print.")] = 50,
) -> None:
    """Print the newest events, masked."""
    import msgspec

    from console.cli.seat import carry_out
    from console.desk.api.log import ReadLog

    async def act(seat: Seat) -> None:
        wanted = ReadLog(staff_no=person, case_number=case, action=action, before=before, limit=limit)
        page = await seat.call(wanted)
        entries, cursor = page.entries, page.cursor
        while cursor is not None and len(entries) < limit:
            # The desk hands out no more at once than a page of its own.
            more = await seat.call(msgspec.structs.replace(wanted, before=cursor, limit=limit - len(entries)))
            entries, cursor = (*entries, *more.entries), more.cursor
        page = msgspec.structs.replace(page, entries=entries, cursor=cursor)
        seat.show(page, entry_lines(seat, entries) if entries else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("checkpoint", epilog=EVERYWHERE)
def checkpoint(ctx: typer.Context) -> None:
    """Sign the log's head now and print the signed note."""
    from console.cli.seat import carry_out
    from console.desk.api.log import TakeCheckpoint

    async def act(seat: Seat) -> None:
        reply = await seat.call(TakeCheckpoint())
        seat.show(reply, [reply.note])

    carry_out(ctx, act)
