"""`veildesk contacts`: contact data proposed and checked, and blind verification."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.contacts import ContactChange, ContactFiled

_group = typer.Typer(help="Contact data and blind verification.", no_args_is_help=True, epilog=EVERYWHERE)


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="contacts")


def filed_lines(seat: Seat, done: ContactFiled) -> list[str]:
    """Where a proposal stands."""
    return [f"{done.change_id}  {seat.texts.state('contact', done.state)}"]


def change_lines(seat: Seat, items: tuple[ContactChange, ...]) -> Iterator[str]:
    """Proposals, one a line, with the note under them."""
    texts = seat.texts
    for item in items:
        source = texts.t(f"lawful.{item.lawful_source}") if item.lawful_source else texts.t("contact.source_open")
        yield "  ".join((
            item.change_id,
            texts.when(item.asked_at, seat.me.zone, "short"),
            item.staff_no,
            item.case_number,
            texts.field(item.field, item.ordinal or 1),
            texts.mask(item.masked),
            source,
            texts.state("contact", item.state),
        ))  # fmt: skip
        if item.note:
            yield f"  {item.note}"


@_group.command("list", epilog=EVERYWHERE)
def list_changes(
    ctx: typer.Context,
    mine: Annotated[bool, typer.Option("--mine", help="What you proposed, not what waits for your check.")] = False,
    case: Annotated[str, typer.Option(metavar="CASE", help="Of one case only.")] = "",
) -> None:
    """List contact data that wait for a check."""
    from console.cli.seat import carry_out
    from console.desk.api.cases import OpenCase
    from console.desk.api.contacts import ListContactChanges

    async def act(seat: Seat) -> None:
        case_id = (await seat.call(OpenCase(case_id=case))).row.case_id if case else None
        reply = await seat.call(ListContactChanges(scope="mine" if mine else "waiting", case_id=case_id))
        seat.show(reply, change_lines(seat, reply.items) if reply.items else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    field: Annotated[str, typer.Argument(help="mobile, contact_phone, email, im_account or an address.")],
    source: Annotated[
        str, typer.Option(help="contract, customer, authorised, public, told_by_contact or bureau; an agency: none.")
    ] = "",
    correct: Annotated[int, typer.Option(min=0, help="Which one it corrects; 0 adds one.")] = 0,
) -> None:
    """Add or correct a contact datum; the value is asked for without echo (or read from stdin)."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.contacts import ProposeContact

    async def act(seat: Seat) -> None:
        value = read_secret(seat.texts.t("contact.value"))
        call = ProposeContact(case_id=case, field=field, value=value, ordinal=correct, lawful_source=source)
        done = await seat.call(call)
        seat.show(done, filed_lines(seat, done))

    carry_out(ctx, act)


@_group.command("accept", epilog=EVERYWHERE)
def accept(
    ctx: typer.Context,
    change: Annotated[str, typer.Argument(help="Id of the proposal.")],
    source: Annotated[str, typer.Option(help="Where it lawfully comes from, if that was not said.")] = "",
) -> None:
    """Put a proposed contact datum on its case."""
    from console.cli.seat import carry_out
    from console.desk.api.contacts import CheckContact

    async def act(seat: Seat) -> None:
        seen = await _version(seat, change)
        call = CheckContact(change_id=change, accept=True, lawful_source=source, seen_version=seen)
        done = await seat.call(call)
        seat.show(done, filed_lines(seat, done))

    carry_out(ctx, act)


@_group.command("refuse", epilog=EVERYWHERE)
def refuse(
    ctx: typer.Context,
    change: Annotated[str, typer.Argument(help="Id of the proposal.")],
    reason: Annotated[str, typer.Option(help="Why, in words.")],
) -> None:
    """Refuse a proposed contact datum."""
    from console.cli.seat import carry_out
    from console.desk.api.contacts import CheckContact

    async def act(seat: Seat) -> None:
        seen = await _version(seat, change)
        done = await seat.call(CheckContact(change_id=change, accept=False, reason=reason, seen_version=seen))
        seat.show(done, filed_lines(seat, done))

    carry_out(ctx, act)


async def _version(seat: Seat, change: str) -> int:
    """The version that waits now; 0, which no row has, when it does not wait for this person."""
    from console.desk.api.contacts import ListContactChanges

    items = (await seat.call(ListContactChanges())).items
    return next((item.version for item in items if item.change_id == change), 0)


@_group.command("withdraw", epilog=EVERYWHERE)
def withdraw(ctx: typer.Context, change: Annotated[str, typer.Argument(help="Id of the proposal.")]) -> None:
    """Take back an own proposal."""
    from console.cli.seat import carry_out
    from console.desk.api.contacts import WithdrawContact

    async def act(seat: Seat) -> None:
        done = await seat.call(WithdrawContact(change_id=change))
        seat.show(done, filed_lines(seat, done))

    carry_out(ctx, act)


@_group.command("verify", epilog=EVERYWHERE)
def verify(ctx: typer.Context, case: Annotated[str, typer.Argument(help="Case number or id.")]) -> None:
    """Compare the last 4 or 6 characters of the ID number as the customer says them, asked for without echo.

    Exit code 3 when they do not match.
    """
    from console.cli.exits import Exit
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.verify import VerifyDigits

    async def act(seat: Seat) -> Exit | None:
        reply = await seat.call(VerifyDigits(case_id=case, digits=read_secret(seat.texts.t("verify.digits"))))
        key = "match" if reply.match else "no_match" if reply.misses_left else "last_miss"
        seat.show(reply, [seat.texts.t(f"verify.{key}", left=reply.misses_left)])
        return None if reply.match else Exit.FOUND

    carry_out(ctx, act)
