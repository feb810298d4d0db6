"""`veildesk agencies`: until when agencies are engaged, and putting that on the books by three people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.agencies import AgencyView
    from console.texts import Texts

_group = typer.Typer(
    help="Agencies and until when each is engaged: a supervisor proposes, compliance checks, the security admin agrees."
    " From the day after the last one nobody contacts an agency's cases.",
    no_args_is_help=True,
    epilog=EVERYWHERE,
)
_Agency = Annotated[str, typer.Argument(help="The agency's name.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="agencies")


def agency_lines(texts: Texts, found: tuple[AgencyView, ...]) -> list[str]:
    """Agencies as a table."""
    from console.cli.output import table

    if not found:
        return [texts.t("agency.empty")]
    heads = ("name", "until", "state", "next", "by")
    return table([texts.t(f"cli.head.{name}") for name in heads], (_line(texts, one) for one in found))


def _line(texts: Texts, one: AgencyView) -> tuple[str, ...]:
    if one.days_left is not None:
        state = texts.t("agency.left", days=texts.days(one.days_left))
    else:
        state = texts.t("agency.over" if one.last_day else "agency.none")
    shown, wanted = (one.name, one.last_day or "—", state), one.wanted
    if wanted is None:
        return (*shown, "—", "—")
    by = [one for one in (wanted.proposed_by, wanted.checked_by) if one]
    return *shown, texts.t(f"agency.state.{wanted.state}", day=wanted.last_day), texts.t("join.list").join(by)


@_group.command("list", epilog=EVERYWHERE)
def list_agencies(ctx: typer.Context) -> None:
    """Every agency, its last day, and what is proposed."""
    from console.cli.seat import carry_out
    from console.desk.api.agencies import ListAgencies

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListAgencies())
        seat.show(reply, agency_lines(seat.texts, reply.agencies))

    carry_out(ctx, act)


@_group.command("propose", epilog=EVERYWHERE)
def propose(
    ctx: typer.Context,
    agency: _Agency,
    day: Annotated[str, typer.Argument(help="The last day of the engagement, as 2027-11-23.")],
) -> None:
    """Propose until when an agency is engaged; a name that is no agency's yet is a new one's."""
    from console.cli.seat import carry_out
    from console.desk.api.agencies import ListAgencies, ProposeTerm

    async def act(seat: Seat) -> None:
        there = (await seat.call(ListAgencies())).agencies
        unit_id = next((one.unit_id for one in there if agency in {one.name, one.unit_id} and one.unit_id), "")
        done = await seat.call(ProposeTerm(unit_id=unit_id, name="" if unit_id else agency, last_day=day))
        seat.show(done, agency_lines(seat.texts, (done,)))

    carry_out(ctx, act)


@_group.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context, agency: _Agency, refuse: Annotated[bool, typer.Option("--refuse", help="Say no.")] = False
) -> None:
    """Agree to what is proposed for an agency, in your turn, or refuse it."""
    from console.cli.seat import carry_out
    from console.desk.api.agencies import DecideTerm

    async def act(seat: Seat) -> None:
        term_id, version = await _proposal(seat, agency)
        done = await seat.call(DecideTerm(term_id=term_id, version=version, approve=not refuse))
        seat.show(done, agency_lines(seat.texts, (done,)))

    carry_out(ctx, act)


@_group.command("withdraw", epilog=EVERYWHERE)
def withdraw(ctx: typer.Context, agency: _Agency) -> None:
    """Take back what you proposed."""
    from console.cli.seat import carry_out
    from console.desk.api.agencies import WithdrawTerm

    async def act(seat: Seat) -> None:
        term_id, _ = await _proposal(seat, agency)
        done = await seat.call(WithdrawTerm(term_id=term_id))
        seat.show(done, agency_lines(seat.texts, (done,)))

    carry_out(ctx, act)


async def _proposal(seat: Seat, agency: str) -> tuple[str, int]:
    from console.desk.api.agencies import ListAgencies

    for one in (await seat.call(ListAgencies())).agencies:
        if agency in {one.name, one.unit_id} and one.wanted is not None:
            return one.wanted.term_id, one.wanted.version
    # The desk says no to what it does not have, and logs it.
    return "none", 0
