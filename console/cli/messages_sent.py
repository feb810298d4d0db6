"""`veildesk messages send | list | show | secret`: write to a customer from a template, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.exits import Exit
    from console.cli.seat import Seat
    from console.desk.api.sending import MessageView

_Case = Annotated[str, typer.Argument(help="Case number or id.")]


def register(group: typer.Typer) -> None:
    """Add the commands to the group of messages."""
    for command in (send, list_messages, show, secret):
        name = "list" if command is list_messages else command.__name__
        group.command(name, epilog=EVERYWHERE)(command)


def message_lines(seat: Seat, found: tuple[MessageView, ...]) -> list[str]:
    """Messages as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"calls.column.{name}") for name in ("at", "case")]
    heads += [texts.t(f"cli.head.{name}") for name in ("template", "state", "parts", "sender", "id")]
    return table(
        heads,
        (
            (
                texts.when(one.sent_at, seat.me.zone, "minute"),
                f"{one.number} {texts.field(one.contact.field, one.contact.ordinal)}",
                one.template,
                texts.state("message", one.state),
                one.parts,
                one.sender,
                one.message_id,
            )
            for one in found
        ),
    )


def send(
    ctx: typer.Context,
    case: _Case,
    template: Annotated[str, typer.Argument(help="Code of a live template, from `messages templates list --live`.")],
    amount: Annotated[str, typer.Option(help="Amount; without it, all that is due.")] = "",
    day: Annotated[str, typer.Option(help="Day: +3, 28, 11-30, 2026-11-30; without it, today.")] = "",
    field: Annotated[str, typer.Option(help="mobile or contact_phone.")] = "mobile",
    ordinal: Annotated[int, typer.Option(min=1, help="Which of several.")] = 1,
    yes: Annotated[bool, typer.Option("--yes", help="Send it; without, it is only shown.")] = False,
) -> None:
    """Show what a message would say, and with --yes send exactly that."""
    import time

    from console.cli.exits import Exit
    from console.cli.seat import carry_out
    from console.desk.api.contact import ContactRef
    from console.desk.api.sending import PreviewMessage, SendMessage
    from console.moments import read_day

    async def act(seat: Seat) -> Exit | None:
        texts, contact = seat.texts, ContactRef(field=field, ordinal=ordinal)
        on = read_day(day, time.time_ns() // 1000, seat.me.zone) if day else ""
        minor = texts.minor(amount) if amount else None
        if on is None or (amount and minor is None):
            raise typer.BadParameter(texts.t("promise.day_unread" if on is None else "promise.amount_unread"))
        template_id = await _live(seat, template)
        look = PreviewMessage(case_id=case, template_id=template_id, contact=contact, amount=minor, day=on)
        seen = await seat.call(look)
        lines = [texts.t("messages.to", masked=texts.mask(seen.masked), parts=seen.parts), seen.text]
        why = next((one.why for one in seen.rules if one.verdict == "refused"), "")
        if why:
            lines.append(texts.t("messages.not_now", why=texts.answer("refused", why)))
        if not yes:
            seat.show(seen, lines)
            return None if seen.allowed else Exit.REFUSED
        call = SendMessage(
            case_id=seen.case_id,
            template_id=template_id,
            contact=contact,
            amount=seen.amount,
            day=seen.day,
            digest=seen.digest,
        )
        done = await seat.call(call)
        seat.show(done, [*lines, *message_lines(seat, (done,))])
        return None

    carry_out(ctx, act)


def list_messages(
    ctx: typer.Context, case: Annotated[str, typer.Option(help="Of one case: number or id.")] = ""
) -> None:
    """The last hundred messages: your own, or your team's."""
    from console.cli.seat import carry_out
    from console.desk.api.sending import ListMessages

    async def act(seat: Seat) -> None:
        found = await seat.call(ListMessages(case_id=case))
        seat.show(found, message_lines(seat, found.messages) if found.messages else [seat.texts.t("messages.empty")])

    carry_out(ctx, act)


def show(ctx: typer.Context, message: Annotated[str, typer.Argument(help="Its id, from `messages list`.")]) -> None:
    """One message with its words."""
    from console.cli.seat import carry_out
    from console.desk.api.sending import ReadMessage

    async def act(seat: Seat) -> None:
        found = await seat.call(ReadMessage(message_id=message))
        seat.show(found, [*message_lines(seat, (found.message,)), "", found.text])

    carry_out(ctx, act)


def secret(ctx: typer.Context) -> None:
    """Keep what the desk proves itself to the provider with: typed without echo, or a line of stdin; empty: nothing."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.sending import SetMessageSecret

    async def act(seat: Seat) -> None:
        import asyncio

        typed = await asyncio.to_thread(read_secret, seat.texts.t("messages.secret"))
        seat.show(await seat.call(SetMessageSecret(secret=typed)), [seat.texts.t("messages.secret_kept")])

    carry_out(ctx, act)


async def _live(seat: Seat, code: str) -> str:
    """The live template of that code.

    Raises:
        DeskError: `template.none`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.messages import ListTemplates

    for one in (await seat.call(ListTemplates(live=True))).templates:
        if code in {one.code, one.template_id}:
            return one.template_id
    raise DeskError(Refusal(code="template.none"))
