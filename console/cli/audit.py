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


def verification_lines(seat: Seat, seen: VerificationView) -> Iterator[str]:
    """The verdict first, then each finding with its position."""
    texts = seat.texts
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
    """Recompute the whole log and compare it with the checkpoints outside the database; exit code 3 on a finding."""
    from console.cli.seat import carry_out
    from console.desk.api.log import VerifyLog

    async def act(seat: Seat) -> Exit:
        seen = await seat.call(VerifyLog())
        seat.show(seen, verification_lines(seat, seen))
        return Exit.DONE if seen.ok else Exit.FOUND

    carry_out(ctx, act)


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
    from console.cli.seat import carry_out
    from console.desk.api.log import ReadLog

    async def act(seat: Seat) -> None:
        page = await seat.call(
            ReadLog(staff_no=person, case_number=case, action=action, before=before, limit=limit),
        )
        seat.show(page, entry_lines(seat, page.entries) if page.entries else [seat.texts.t("cli.nothing")])

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
