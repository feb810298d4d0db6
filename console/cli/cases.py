"""`veildesk cases`: queues, one case, its timeline, exact search, assignment, customers frozen by too many misses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.cases import CaseRow, CaseView, Frozen, TimelineEntry

_group = typer.Typer(help="Queues, cases, search, assignment.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    from console.cli import case_print, case_work

    case_work.register(_group)
    case_print.register(_group)
    app.add_typer(_group, name="cases")


def row_lines(seat: Seat, rows: tuple[CaseRow, ...]) -> list[str]:
    """A queue as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("number", "name", "late", "due", "last", "next", "assignee")]
    return table(
        heads,
        (
            (
                row.number,
                texts.mask(row.name),
                texts.days(row.days_past_due),
                texts.money(row.due, row.currency),
                texts.t(f"result.{row.last_result}") if row.last_result else "—",
                texts.when(row.next_at, seat.me.zone, "short"),
                row.assignee or "—",
            )
            for row in rows
        ),
    )


def timeline_lines(seat: Seat, entries: tuple[TimelineEntry, ...]) -> Iterator[str]:
    """Events, one a line."""
    texts = seat.texts
    for entry in entries:
        more = " ".join(f"{name}={value}" for name, value in entry.detail)
        yield (
            f"#{entry.seq} {texts.when(entry.at, seat.me.zone, 'second')} {entry.staff_no} {entry.person} "
            f"{texts.t(f'action.{entry.action}')} {entry.result} {more}".rstrip()
        )


def case_lines(seat: Seat, case: CaseView) -> Iterator[str]:
    """One case."""
    from console.cli.output import pairs

    texts = seat.texts
    yield from row_lines(seat, (case.row,))
    if case.advice is not None:
        yield texts.advice(case.advice.rule, case.advice.channel, case.advice.interval_days)
    yield ""
    yield from pairs(
        (texts.field(one.name, one.ordinal), f"{texts.mask(one.masked)}  {one.tier}".rstrip()) for one in case.fields
    )
    yield ""
    for account in case.accounts:
        due = texts.money(account.due, account.currency) if account.due is not None else account.due_bucket
        late = texts.days(account.days_past_due)
        yield f"{account.loan}  {account.product}  {account.bill_period}  {due}  {late}  {account.state}"
    yield ""
    yield from timeline_lines(seat, case.timeline)


def frozen_lines(seat: Seat, items: tuple[Frozen, ...]) -> Iterator[str]:
    """Frozen customers: only the freeze's own id, never whom it is about."""
    for item in items:
        yield f"{item.freeze_id}  {seat.texts.when(item.frozen_at, seat.me.zone)}  {item.tripped_by}"


@_group.command("list", epilog=EVERYWHERE)
def list_cases(
    ctx: typer.Context,
    scope: Annotated[str, typer.Option(help="own, team, or pool (the team's unassigned cases).")] = "own",
    of: Annotated[str, typer.Option(metavar="STAFF", help="One member of the team only.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=50, help="Rows to print.")] = 50,
    cursor: Annotated[str | None, typer.Option(help="Continue behind an earlier page.")] = None,
) -> None:
    """List a queue in working order."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import ListQueue

    async def act(seat: Seat) -> None:
        person = await seat.person_id(of) if of else None
        page = await seat.call(ListQueue(scope=scope, person_id=person, cursor=cursor, limit=limit))
        seat.show(page, row_lines(seat, page.rows) if page.rows else [seat.texts.t("cli.nothing")])
        if page.cursor and not seat.options.json:
            seat.tell("cli.more", cursor=page.cursor)

    carry_out(ctx, act)


@_group.command("open", epilog=EVERYWHERE)
def open_case(ctx: typer.Context, case: Annotated[str, typer.Argument(help="Case number or id.")]) -> None:
    """Show one case, masked as you may see it."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import OpenCase

    async def act(seat: Seat) -> None:
        view = await seat.call(OpenCase(case_id=case))
        seat.show(view, case_lines(seat, view))

    carry_out(ctx, act)


@_group.command("timeline", epilog=EVERYWHERE)
def timeline(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    looks: Annotated[bool, typer.Option("--looks", help="Only who opened or revealed it.")] = False,
    before: Annotated[int | None, typer.Option(help="Events older than this number.")] = None,
) -> None:
    """What happened on a case, newest first."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import OpenCase, ReadTimeline

    async def act(seat: Seat) -> None:
        view = await seat.call(OpenCase(case_id=case))
        page = await seat.call(ReadTimeline(case_id=view.row.case_id, looks_only=looks, before=before))
        seat.show(page, timeline_lines(seat, page.entries))

    carry_out(ctx, act)


@_group.command("search", epilog=EVERYWHERE)
def search(
    ctx: typer.Context,
    kind: Annotated[str, typer.Argument(help="mobile, id_number, bank_card, loan_number or case_number.")],
) -> None:
    """Find a case by one whole value, which is asked for without echo (or read from stdin), never taken as a word."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.cases import ExactSearch

    async def act(seat: Seat) -> None:
        value = read_secret(seat.texts.t("cli.search.value"))
        reply = await seat.call(ExactSearch(kind=kind, value=value))
        seat.show(reply, row_lines(seat, reply.rows) if reply.rows else [seat.texts.t("cli.nothing")])
        seat.tell("cli.search.left", count=reply.searches_left)

    carry_out(ctx, act)


@_group.command("assign", epilog=EVERYWHERE)
def assign(
    ctx: typer.Context,
    cases: Annotated[list[str] | None, typer.Argument(help="Case numbers or ids.")] = None,
    to: Annotated[str, typer.Option(metavar="STAFF", help="Login or staff number; without it, back to the pool.")] = "",
    count: Annotated[int, typer.Option(min=0, help="Or this many from the top of the team's pool.")] = 0,
) -> None:
    """Give cases to a member of the team, or take them back."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import AssignCases, OpenCase

    async def act(seat: Seat) -> None:
        ids = [(await seat.call(OpenCase(case_id=case))).row.case_id for case in cases or []]
        person = await seat.person_id(to) if to else None
        done = await seat.call(AssignCases(assignee_id=person, case_ids=tuple(ids), count=count))
        seat.show(done, [seat.texts.t("cli.assigned", count=done.count)])

    carry_out(ctx, act)


@_group.command("frozen", epilog=EVERYWHERE)
def frozen(
    ctx: typer.Context,
    lift: Annotated[str, typer.Option(metavar="ID", help="Answer for this customer again.")] = "",
) -> None:
    """Customers that search no longer answers for, after too many misses."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import LiftFreeze, ListFrozen

    async def act(seat: Seat) -> None:
        reply = await seat.call(LiftFreeze(freeze_id=lift) if lift else ListFrozen())
        seat.show(reply, frozen_lines(seat, reply.items))

    carry_out(ctx, act)
