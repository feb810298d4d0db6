"""`veildesk messages templates`: what messages are written from, proposed, approved, retired; beside it, sending."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import messages_sent
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.exits import Exit
    from console.cli.seat import Seat
    from console.desk.api.messages import TemplateEdition

_group = typer.Typer(help="Messages to customers.", no_args_is_help=True, epilog=EVERYWHERE)
_templates = typer.Typer(help="What messages are written from.", no_args_is_help=True, epilog=EVERYWHERE)
_Which = Annotated[
    str, typer.Argument(help="Template's id, or code and edition as `due/2`, from `messages templates list`.")
]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="messages")
    _group.add_typer(_templates, name="templates")
    messages_sent.register(_group)


def edition_lines(seat: Seat, editions: tuple[TemplateEdition, ...]) -> list[str]:
    """Editions as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("code", "edition", "title", "state", "parts", "made_by")]
    return table(
        [*heads, texts.t("cli.head.approved_by"), texts.t("cli.head.id")],
        (
            (
                one.code,
                one.edition,
                one.title,
                ("● " if one.state == "live" else "") + texts.state("template", one.state),
                one.parts or "",
                one.made_by,
                one.approved_by,
                one.template_id,
            )
            for one in editions
        ),
    )


async def named(seat: Seat, which: str) -> TemplateEdition:
    """The edition of that id, or of that code and number.

    Raises:
        DeskError: `template.none`.
    """
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.messages import ListTemplates

    for one in (await seat.call(ListTemplates())).templates:
        if which in {one.template_id, f"{one.code}/{one.edition}"}:
            return one
    raise DeskError(Refusal(code="template.none"))


@_templates.command("list", epilog=EVERYWHERE)
def list_templates(
    ctx: typer.Context, live: Annotated[bool, typer.Option("--live", help="Only what can be sent.")] = False
) -> None:
    """Every edition, by code; ● can be sent."""
    from console.cli.seat import carry_out
    from console.desk.api.messages import ListTemplates

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListTemplates(live=live))
        seat.show(reply, edition_lines(seat, reply.templates))

    carry_out(ctx, act)


@_templates.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context, which: _Which) -> None:
    """One edition: its words, and those of the live one it would replace."""
    from console.cli.seat import carry_out
    from console.cli.strategy import fault_lines
    from console.desk.api.messages import ReadTemplate

    async def act(seat: Seat) -> None:
        view = await seat.call(ReadTemplate(template_id=(await named(seat, which)).template_id))
        sign = f"【{view.signature}】" if view.signature else ""
        lines = [*edition_lines(seat, (view.template,)), "", f"+ {sign}{view.body}"]
        lines += [f"- {sign}{view.replaces}"] if view.replaces else []
        seat.show(view, [*lines, *(fault_lines(seat, view.faults) if view.faults else ())])

    carry_out(ctx, act)


@_templates.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    code: Annotated[str, typer.Argument(help="Small letters, digits, dashes.")],
    title: Annotated[str, typer.Argument(help="What people call it.")],
    body: Annotated[str, typer.Argument(help="Words with {amount}, {date}, {account}.")],
) -> None:
    """Propose an edition; every fault is named, and a faulty text changes nothing."""
    from console.cli.exits import Exit
    from console.cli.seat import carry_out
    from console.cli.strategy import fault_lines
    from console.desk.api.messages import ProposeTemplate

    async def act(seat: Seat) -> Exit | None:
        reply = await seat.call(ProposeTemplate(code=code, title=title, body=body))
        if reply.template is None:
            seat.show(reply, fault_lines(seat, reply.faults))
            return Exit.REFUSED
        seat.show(reply, edition_lines(seat, (reply.template,)))
        return None

    carry_out(ctx, act)


@_templates.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context,
    which: _Which,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it instead.")] = False,
) -> None:
    """Approve an edition, which retires the live one of its code; by compliance."""
    from console.cli.seat import carry_out
    from console.desk.api.messages import DecideTemplate

    async def act(seat: Seat) -> None:
        seen = await named(seat, which)
        call = DecideTemplate(template_id=seen.template_id, version=seen.version, approve=not refuse)
        seat.show(done := await seat.call(call), edition_lines(seat, (done,)))

    carry_out(ctx, act)


@_templates.command("retire", epilog=EVERYWHERE)
def retire(ctx: typer.Context, which: _Which) -> None:
    """It is sent no more, at once; by a supervisor or compliance."""
    from console.cli.seat import carry_out
    from console.desk.api.messages import RetireTemplate

    async def act(seat: Seat) -> None:
        seen = await named(seat, which)
        done = await seat.call(RetireTemplate(template_id=seen.template_id, version=seen.version))
        seat.show(done, edition_lines(seat, (done,)))

    carry_out(ctx, act)
