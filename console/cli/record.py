"""`veildesk record`: what was opened and why: one's own, the team's, one customer's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.record import RecordPage

_group = typer.Typer(help="Who saw what, and why.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="record")


def record_lines(seat: Seat, page: RecordPage) -> list[str]:
    """A page as a table, with the number that continues it."""
    from console.cli.output import table

    texts = seat.texts
    heads = [
        texts.t(f"cli.head.{name}")
        for name in ("when", "staff_no", "person", "act", "case", "creditor", "fields", "why")
    ]
    rows = (
        (
            texts.when(one.at, seat.me.zone, "second"),
            one.staff_no,
            one.person,
            texts.t(f"action.{one.action}"),
            one.case_number,
            one.creditor,
            texts.t("join.list").join(texts.field(name) for name in one.fields),
            f"{one.why} {one.approval}".strip(),
        )
        for one in page.entries
    )
    lines = table(heads, rows) if page.entries else [texts.t("cli.nothing")]
    return [*lines, texts.t("cli.record.more", before=page.cursor)] if page.cursor is not None else lines


@_group.command("mine", epilog=EVERYWHERE)
def mine(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="All your acts about customers, not looks only.")] = False,
    before: Annotated[int | None, typer.Option(help="Continue towards older ones.")] = None,
) -> None:
    """What you opened and why."""
    from console.cli.seat import carry_out
    from console.desk.api.record import ReadOwnRecord

    async def act(seat: Seat) -> None:
        page = await seat.call(ReadOwnRecord(everything=everything, before=before))
        seat.show(page, record_lines(seat, page))

    carry_out(ctx, act)


@_group.command("team", epilog=EVERYWHERE)
def team(
    ctx: typer.Context,
    person: Annotated[str, typer.Option(help="Login or staff number of one member.")] = "",
    before: Annotated[int | None, typer.Option(help="Continue towards older ones.")] = None,
) -> None:
    """What your team opened and why."""
    from console.cli.seat import carry_out
    from console.desk.api.record import ReadTeamRecord

    async def act(seat: Seat) -> None:
        person_id = await seat.person_id(person) if person else ""
        page = await seat.call(ReadTeamRecord(person_id=person_id, before=before))
        seat.show(page, record_lines(seat, page))

    carry_out(ctx, act)


@_group.command("customer", epilog=EVERYWHERE)
def customer(
    ctx: typer.Context,
    reason: Annotated[str, typer.Option(help="complaint, data_request, incident or audit.")],
    reference: Annotated[str, typer.Option(help="Number of the complaint, request, incident or audit.")],
    case: Annotated[str, typer.Option(help="Case number; without it a value is asked for and not echoed.")] = "",
    kind: Annotated[str, typer.Option(help="mobile, id_number, bank_card or loan_number.")] = "mobile",
    before: Annotated[int | None, typer.Option(help="Continue towards older ones; with --case.")] = None,
) -> None:
    """Who saw one customer, found by case number or by a whole value."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.record import ReadCustomerRecord

    value = case or read_secret(kind)

    async def act(seat: Seat) -> None:
        page = await seat.call(
            ReadCustomerRecord(
                kind="case_number" if case else kind,
                value=value,
                reason=reason,
                reference=reference,
                before=before,
            )
        )
        seat.show(page, [" ".join(page.cases), *record_lines(seat, page)])

    carry_out(ctx, act)
