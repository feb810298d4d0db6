"""`veildesk roles matrix | list | explain | who-sees | catalogue`: what the running policy answers, and why."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.explain import ActLine, FieldLine, WhatIf


def register(group: typer.Typer) -> None:
    """Add the commands to `veildesk roles`."""
    for name, command in (
        ("list", list_roles),
        ("matrix", matrix),
        ("explain", explain),
        ("who-sees", who_sees),
        ("what-if", what_if),
        ("catalogue", catalogue),
    ):
        group.command(name, epilog=EVERYWHERE)(command)


def list_roles(
    ctx: typer.Context, role: Annotated[str, typer.Option(help="One role only, with everything it may do.")] = ""
) -> None:
    """The permission matrix this build decides by (it needs no desk)."""
    from access.roles import Role, load_matrix, seatable
    from console.cli.output import as_json, say, table
    from console.cli.seat import options_of
    from console.texts import Texts

    options = options_of(ctx)
    texts = Texts(options.language)
    if role and role not in set(Role):
        raise typer.BadParameter(", ".join(Role), param_hint="--role")
    chosen = [Role(role)] if role else [one for one in Role if seatable(one)]
    rows = [
        (str(row.number), row.title, str(one), f"{permit.mode}@{permit.scope}")
        for row in load_matrix().rows.values()
        for one in chosen
        for permit in row.cells[one]
    ]
    if options.json:
        say(as_json([dict(zip(("row", "title", "role", "permit"), row, strict=True)) for row in rows]))
    else:
        say(table([texts.t(f"cli.head.{head}") for head in ("row", "act", "role", "permit")], rows))


def matrix(
    ctx: typer.Context,
    built: Annotated[bool, typer.Option("--built", help="Only rows that this build has acts for.")] = False,
) -> None:
    """The permission matrix as the running policy answers it, cell by cell (it needs no desk).

    Each cell was asked for, not read: M@team prepares in the own team, C approves, L reads what is about it, · is
    refused, — has no act in this build. What a separation rule adds names that rule.
    """
    import time

    from access.policy.table import regenerate
    from access.roles import Role, load_matrix
    from console.cli.output import as_json, say, table
    from console.cli.seat import options_of
    from console.texts import Texts

    options = options_of(ctx)
    texts = Texts(options.language)
    titles = {number: row.title for number, row in load_matrix().rows.items()}
    rows: dict[int, dict[str, str]] = {}
    for cell in regenerate(time.time_ns() // 1000):
        if cell.built or not built:
            rows.setdefault(cell.row, {})[cell.role.value] = cell.text
    if options.json:
        say(as_json([{"row": number, "title": titles[number], **cells} for number, cells in rows.items()]))
        return
    heads = [texts.t("cli.head.row"), texts.t("cli.head.act"), *(texts.t(f"role.{role}") for role in Role)]
    say(table(heads, ((number, titles[number], *cells.values()) for number, cells in rows.items())))


def act_lines(seat: Seat, acts: Iterable[ActLine]) -> list[str]:
    """Acts as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("act", "role", "how", "where", "rule")]
    return table(
        heads,
        (
            (
                texts.t(f"action.{one.action}"),
                texts.t(f"role.{one.role}"),
                texts.t(f"access.mode.{one.mode}"),
                texts.t(f"access.scope.{one.scope}"),
                one.rule,
            )
            for one in acts
        ),
    )


def field_lines(seat: Seat, fields: Iterable[FieldLine], people: Iterable[str] = ()) -> list[str]:
    """Fields as a table; with people in front, where those are asked for."""
    from console.cli.output import table

    texts = seat.texts
    names = list(people)
    heads = [texts.t(f"cli.head.{name}") for name in ("field", "where", "mask", "tier", "minutes", "rule")]
    rows = [
        (
            texts.field(one.field),
            texts.t(f"access.scope.{one.scope}"),
            one.mask,
            texts.t(f"tier.{one.tier}"),
            one.minutes or "—",
            one.rule,
        )
        for one in fields
    ]
    if not names:
        return table(heads, rows)
    return table([texts.t("cli.head.person"), *heads], ((name, *row) for name, row in zip(names, rows, strict=True)))


def explain(
    ctx: typer.Context, person: Annotated[str, typer.Argument(help="Login or staff number; you if not said.")] = ""
) -> None:
    """What somebody may do and see, and by which rule, as the decision itself answers."""
    from console.cli.roles import person_of
    from console.cli.seat import carry_out
    from console.desk.api.base import Refusal
    from console.desk.api.explain import ExplainPerson

    async def act(seat: Seat) -> None:
        reply = await seat.call(ExplainPerson(person_id=await person_of(seat, person) if person else ""))
        lines = [f"{reply.staff_no} {reply.person} · {seat.texts.roles(reply.roles) or '—'}"]
        if reply.why_nothing:
            lines.append(seat.texts.refusal(Refusal(code=reply.why_nothing, clause=reply.clause)))
        seat.show(reply, [*lines, "", *act_lines(seat, reply.acts), "", *field_lines(seat, reply.fields)])

    carry_out(ctx, act)


def who_sees(
    ctx: typer.Context, field: Annotated[str, typer.Argument(help="Field of the catalogue, such as home_address.")]
) -> None:
    """Who may see a field, and how much of it."""
    from console.cli.seat import carry_out
    from console.desk.api.explain import ExplainField

    async def act(seat: Seat) -> None:
        reply = await seat.call(ExplainField(field=field))
        people = [f"{one.staff_no} {one.person} ({seat.texts.roles(one.roles)})" for one in reply.people]
        seat.show(reply, field_lines(seat, (one.line for one in reply.people), people))

    carry_out(ctx, act)


def what_if_lines(seat: Seat, found: WhatIf) -> list[str]:
    """What an application would give, and what stands against it."""
    from console.desk.api.base import Refusal

    texts = seat.texts
    lines = [texts.refusal(Refusal(code=code)) for code in found.conflicts]
    lines += [texts.t("whatif.acts", count=len(found.acts)), *act_lines(seat, found.acts)]
    lines += ["", texts.t("whatif.fields", count=len(found.fields)), *field_lines(seat, found.fields)]
    if found.lost:
        lines += ["", texts.t("whatif.lost", count=len(found.lost)), *act_lines(seat, found.lost)]
    return lines


def what_if(ctx: typer.Context, number: Annotated[str, typer.Argument(help="Number of the application.")]) -> None:
    """What an application would let its subject do and see beyond what they can now, and what stands against it."""
    from console.cli.roles import find
    from console.cli.seat import carry_out
    from console.desk.api.explain import ExplainApplication

    async def act(seat: Seat) -> None:
        one = await find(seat, number, only_open=False)
        reply = await seat.call(ExplainApplication(application_id=one.application_id))
        seat.show(reply, what_if_lines(seat, reply))

    carry_out(ctx, act)


def catalogue(
    ctx: typer.Context, field: Annotated[str, typer.Argument(help="One field only, with every role.")] = ""
) -> None:
    """The catalogue in force: levels, masks per role, ways to reveal."""
    from console.cli.output import table
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.explain import ReadCatalogue

    async def act(seat: Seat) -> None:
        texts = seat.texts
        reply = await seat.call(ReadCatalogue())
        if not field:
            heads = [texts.t(f"cli.head.{name}") for name in ("field", "name", "jrt", "plan", "reg", "tiers")]
            rows = (
                (
                    texts.field(one.name),
                    one.name,
                    one.jrt,
                    one.plan,
                    one.reg,
                    " ".join(sorted({line.tier for line in one.reveals})) or "—",
                )
                for one in reply.fields
            )
            seat.show(reply, table(heads, rows))
            return
        found = next((one for one in reply.fields if one.name == field), None)
        if found is None:
            raise DeskError(Refusal(code="catalogue.unknown_field"))
        ways = {role: [line for line in found.reveals if line.role == role] for role in {m.role for m in found.masks}}
        rows2 = (
            (
                texts.t(f"role.{mask.role}"),
                mask.predicate,
                mask.mask,
                " ".join(f"{line.tier} {line.minutes}" for line in ways[mask.role]) or "—",
            )
            for mask in found.masks
        )
        seat.show(found, table([texts.t(f"cli.head.{name}") for name in ("role", "where", "mask", "tiers")], rows2))

    carry_out(ctx, act)
