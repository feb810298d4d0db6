"""`veildesk grants`: ask to reveal, decide, withdraw, revoke, review.

Looking at a revealed value is not offered here: what a command prints cannot be masked again. Screens do that.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.cases import FieldRef, GrantView
    from console.desk.api.reveal import InboxItem, RequestView

_group = typer.Typer(help="Ask to reveal, decide, revoke, review.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="grants")


def field_refs(names: Iterable[str]) -> tuple[FieldRef, ...]:
    """Fields as people write them: `home_address`, `contact_name#2`.

    Raises:
        typer.BadParameter: the part behind # is not a number.
    """
    from console.desk.api.cases import FieldRef

    refs = []
    for name in names:
        field, mark, ordinal = name.partition("#")
        if mark and not ordinal.isdigit():
            raise typer.BadParameter(name, param_hint="FIELD")
        refs.append(FieldRef(name=field, ordinal=int(ordinal) if mark else 1))
    return tuple(refs)


def request_lines(seat: Seat, requests: Iterable[RequestView]) -> list[str]:
    """Requests as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [
        texts.t(f"cli.head.{name}")
        for name in ("request", "state", "case", "fields", "minutes", "reason", "asked", "person")
    ]
    return table(
        heads,
        (
            (
                one.number,
                texts.state("request", one.state),
                one.case_number,
                texts.t("join.list").join(texts.field(ref.name, ref.ordinal) for ref in one.fields),
                one.minutes,
                texts.t(f"reason.{one.reason}"),
                texts.when(one.asked_at, seat.me.zone, "short"),
                f"{one.staff_no} {one.person}",
            )
            for one in requests
        ),
    )


def inbox_lines(seat: Seat, items: tuple[InboxItem, ...]) -> list[str]:
    """The inbox: each request with the asker's week beside the team's."""
    texts = seat.texts
    lines = request_lines(seat, (item.request for item in items))
    for at, item in enumerate(items):
        beside = texts.t("cli.inbox.beside", week=item.week, mean=f"{item.team_mean:.1f}", same=item.same_reason)
        lines[at + 1] += f"  {beside}"
    return lines


def grant_lines(seat: Seat, grants: Iterable[GrantView]) -> list[str]:
    """Grants in force."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("grant", "state", "case", "fields", "until", "person")]
    return table(
        heads,
        (
            (
                one.grant_id,
                texts.state("grant", one.state),
                one.number,
                texts.t("join.list").join(texts.field(ref.name, ref.ordinal) for ref in one.fields),
                texts.when(one.ends_at or one.open_by, seat.me.zone, "clock_second"),
                f"{one.staff_no} {one.person}",
            )
            for one in grants
        ),
    )


async def _waiting_id(seat: Seat, number: str) -> str:
    """The id of a request that waits for this person's decision, by its number."""
    from console.desk.api.reveal import ReadInbox

    items = (await seat.call(ReadInbox())).items
    return _find((item.request for item in items), number)


async def _own_id(seat: Seat, number: str) -> str:
    """The id of an own request, by its number."""
    from console.desk.api.reveal import ListMyReveals

    return _find((await seat.call(ListMyReveals())).requests, number)


def _find(requests: Iterable[RequestView], number: str) -> str:
    from console.desk.api.base import DeskError, Refusal

    for one in requests:
        if number in {one.number, one.request_id}:
            return one.request_id
    raise DeskError(Refusal(code="request.not_found"))


@_group.command("options", epilog=EVERYWHERE)
def options(ctx: typer.Context, case: Annotated[str, typer.Argument(help="Case number or id.")]) -> None:
    """What may be asked on a case, for how long, and who would decide."""
    from console.cli.output import table
    from console.cli.seat import carry_out
    from console.desk.api.cases import OpenCase
    from console.desk.api.reveal import GetRevealOptions

    async def act(seat: Seat) -> None:
        texts = seat.texts
        view = await seat.call(OpenCase(case_id=case))
        reply = await seat.call(GetRevealOptions(case_id=view.row.case_id))
        rows = (
            (
                one.field.name if one.field.ordinal == 1 else f"{one.field.name}#{one.field.ordinal}",
                texts.field(one.field.name, one.field.ordinal),
                one.tier,
                texts.minutes(one.max_minutes),
                texts.t(f"refusal.{one.why_not}") if one.why_not else "",
            )
            for one in reply.options
        )
        heads = [texts.t(f"cli.head.{name}") for name in ("field", "name", "tier", "minutes", "why_not")]
        seat.show(reply, [*table(heads, rows), " ".join(reply.reasons)])

    carry_out(ctx, act)


@_group.command("ask", epilog=EVERYWHERE)
def ask(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    fields: Annotated[list[str], typer.Argument(metavar="FIELD...", help="Such as home_address or contact_name#2.")],
    reason: Annotated[str, typer.Option(help="Reason code; `grants options` lists them.")],
    minutes: Annotated[int, typer.Option(min=1, help="How long you need it.")],
    words: Annotated[str, typer.Option(help="Why, in words; needed for reason `other` and two-approval fields.")] = "",
) -> None:
    """Ask to see fields of one case."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import OpenCase
    from console.desk.api.reveal import AskReveal

    refs = field_refs(fields)

    async def act(seat: Seat) -> None:
        view = await seat.call(OpenCase(case_id=case))
        asked = AskReveal(case_id=view.row.case_id, fields=refs, reason=reason, words=words, minutes=minutes)
        reply = await seat.call(asked)
        seat.show(reply, request_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("mine", epilog=EVERYWHERE)
def mine(ctx: typer.Context) -> None:
    """Your own requests of seven days."""
    from console.cli.seat import carry_out
    from console.desk.api.reveal import ListMyReveals

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListMyReveals())
        seat.show(reply, request_lines(seat, reply.requests))

    carry_out(ctx, act)


@_group.command("withdraw", epilog=EVERYWHERE)
def withdraw(ctx: typer.Context, request: Annotated[str, typer.Argument(help="Request number.")]) -> None:
    """Take back an own request that nobody has decided."""
    from console.cli.seat import carry_out
    from console.desk.api.reveal import WithdrawReveal

    async def act(seat: Seat) -> None:
        reply = await seat.call(WithdrawReveal(request_id=await _own_id(seat, request)))
        seat.show(reply, request_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("inbox", epilog=EVERYWHERE)
def inbox(ctx: typer.Context) -> None:
    """Requests that wait for your decision."""
    from console.cli.seat import carry_out
    from console.desk.api.reveal import ReadInbox

    async def act(seat: Seat) -> None:
        reply = await seat.call(ReadInbox())
        seat.show(reply, inbox_lines(seat, reply.items) if reply.items else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


def _decide(ctx: typer.Context, request: str, verdict: str, fields: list[str], minutes: int, reason: str) -> None:
    from console.cli.seat import carry_out
    from console.desk.api.reveal import DecideReveal

    refs = field_refs(fields)

    async def act(seat: Seat) -> None:
        request_id = await _waiting_id(seat, request)
        call = DecideReveal(request_id=request_id, verdict=verdict, fields=refs, minutes=minutes, reason=reason)
        reply = await seat.call(call)
        seat.show(reply, request_lines(seat, [reply]))

    carry_out(ctx, act)


@_group.command("approve", epilog=EVERYWHERE)
def approve(
    ctx: typer.Context,
    request: Annotated[str, typer.Argument(help="Request number.")],
    field: Annotated[list[str] | None, typer.Option(help="Only these of the fields asked for.")] = None,
    minutes: Annotated[int, typer.Option(min=0, help="Fewer minutes than asked for.")] = 0,
) -> None:
    """Approve a request, or less of it."""
    _decide(ctx, request, "approve", field or [], minutes, "")


@_group.command("refuse", epilog=EVERYWHERE)
def refuse(
    ctx: typer.Context,
    request: Annotated[str, typer.Argument(help="Request number.")],
    reason: Annotated[str, typer.Option(help="Why; the asker reads it.")],
) -> None:
    """Refuse a request."""
    _decide(ctx, request, "refuse", [], 0, reason)


@_group.command("live", epilog=EVERYWHERE)
def live(ctx: typer.Context) -> None:
    """Grants in force that you could revoke."""
    from console.cli.seat import carry_out
    from console.desk.api.reveal import ListGrants

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListGrants())
        seat.show(reply, grant_lines(seat, reply.grants) if reply.grants else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("revoke", epilog=EVERYWHERE)
def revoke(ctx: typer.Context, grant: Annotated[str, typer.Argument(help="Grant id, from `grants live`.")]) -> None:
    """End a grant now; the value is masked within a second."""
    from console.cli.seat import carry_out
    from console.desk.api.reveal import RevokeGrant

    async def act(seat: Seat) -> None:
        reply = await seat.call(RevokeGrant(grant_id=grant))
        seat.show(reply, [seat.texts.t("cli.done")])

    carry_out(ctx, act)


@_group.command("reviews", epilog=EVERYWHERE)
def reviews(
    ctx: typer.Context,
    close: Annotated[str, typer.Option(metavar="GRANT", help="Close this one.")] = "",
    verdict: Annotated[str, typer.Option(help="justified or doubtful.")] = "justified",
) -> None:
    """Past reveals drawn for your review."""
    from console.cli.seat import carry_out
    from console.desk.api.reveal import ListReviews, ReviewReveal

    async def act(seat: Seat) -> None:
        reply = await seat.call(ReviewReveal(grant_id=close, verdict=verdict) if close else ListReviews())
        lines = request_lines(seat, (item.request for item in reply.items))
        seat.show(reply, lines if reply.items else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)
