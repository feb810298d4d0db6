"""`veildesk special`: one number in clear in a special scene: filed, agreed to, reported, looked at afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.base import Call
    from console.desk.api.special import SpecialFiling

_group = typer.Typer(help="Special scenes: one number, one contact.", no_args_is_help=True, epilog=EVERYWHERE)
_Which = Annotated[str, typer.Argument(help="Filing's id or number, as `S-00000001`.")]
_Words = Annotated[str, typer.Argument(help="In words.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="special")


def filing_lines(seat: Seat, filings: tuple[SpecialFiling, ...]) -> list[str]:
    """Filings as a table."""
    from console.cli.output import table

    texts = seat.texts
    return table(
        [texts.t(f"cli.head.{name}") for name in ("number", "case", "field", "scene", "asker", "state", "steps")],
        (
            (
                one.number,
                one.case_number,
                texts.t(f"field.{one.field.name}"),
                texts.t(f"special.scene.{one.scenario}"),
                one.asker,
                ("! " if one.overdue else "") + texts.t(f"special.state.{one.state}"),
                f"{sum(step.verdict == 'approve' for step in one.steps)}/{len(one.chain)}",
            )
            for one in filings
        ),
    )


def _carried_out(ctx: typer.Context, call: Call[SpecialFiling]) -> None:
    from console.cli.seat import carry_out

    async def act(seat: Seat) -> None:
        done = await seat.call(call)
        seat.show(done, filing_lines(seat, (done,)))

    carry_out(ctx, act)


async def _version(seat: Seat, which: str) -> tuple[str, int]:
    from console.desk.api.special import ReadSpecial

    seen = await seat.call(ReadSpecial(filing_id=which))
    return seen.filing_id, seen.version


@_group.command("list", epilog=EVERYWHERE)
def list_filings(
    ctx: typer.Context, todo: Annotated[bool, typer.Option("--todo", help="Only what waits for you.")] = False
) -> None:
    """Filings that you may know of; ! was not looked at in time."""
    from console.cli.seat import carry_out
    from console.desk.api.special import ListSpecials

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListSpecials(todo=todo))
        lines = filing_lines(seat, reply.filings)
        seat.show(reply, [*lines, seat.texts.t("special.blocked")] if reply.blocked else lines)

    carry_out(ctx, act)


@_group.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context, which: _Which) -> None:
    """One filing, with what each said."""
    from console.cli.seat import carry_out
    from console.desk.api.special import ReadSpecial

    async def act(seat: Seat) -> None:
        one = await seat.call(ReadSpecial(filing_id=which))
        texts = seat.texts
        said = [
            f"{texts.t(f'role.{step.role}')} {step.person}: {texts.t(f'verdict.{step.verdict}')} {step.words}".rstrip()
            for step in one.steps
        ]
        seat.show(one, [*filing_lines(seat, (one,)), "", one.words, *said, one.report, one.review])

    carry_out(ctx, act)


@_group.command("file", epilog=EVERYWHERE)
def file(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case's id or number.")],
    scenario: Annotated[
        str,
        typer.Argument(help="proxy_failure, court_request, field_visit, other_line, hearing_impaired or disaster."),
    ],
    words: _Words,
    field: Annotated[str, typer.Option(help="mobile, or contact_phone.")] = "mobile",
    ordinal: Annotated[int, typer.Option(help="Which of several.")] = 1,
    minutes: Annotated[int, typer.Option(help="How long; 0: as long as is allowed.")] = 0,
) -> None:
    """File for one number of a case."""
    from console.desk.api.cases import FieldRef
    from console.desk.api.special import FileSpecial

    ref = FieldRef(name=field, ordinal=ordinal)
    _carried_out(ctx, FileSpecial(case_id=case, field=ref, scenario=scenario, words=words, minutes=minutes))


@_group.command("decide", epilog=EVERYWHERE)
def decide(
    ctx: typer.Context,
    which: _Which,
    refuse: Annotated[bool, typer.Option("--refuse", help="Refuse it, saying why.")] = False,
    words: Annotated[str, typer.Option(help="Why; needed to refuse.")] = "",
) -> None:
    """Agree to a filing when it is your turn."""
    from console.cli.seat import carry_out
    from console.desk.api.special import DecideSpecial

    async def act(seat: Seat) -> None:
        filing_id, version = await _version(seat, which)
        call = DecideSpecial(filing_id=filing_id, version=version, approve=not refuse, words=words)
        seat.show(done := await seat.call(call), filing_lines(seat, (done,)))

    carry_out(ctx, act)


@_group.command("withdraw", epilog=EVERYWHERE)
def withdraw(ctx: typer.Context, which: _Which) -> None:
    """Take back your own before it is opened."""
    from console.desk.api.special import WithdrawSpecial

    _carried_out(ctx, WithdrawSpecial(filing_id=which))


@_group.command("end", epilog=EVERYWHERE)
def end(ctx: typer.Context, which: _Which) -> None:
    """Give it back, or take it away; the number itself is seen on the screen only."""
    from console.desk.api.special import EndSpecial

    _carried_out(ctx, EndSpecial(filing_id=which))


@_group.command("report", epilog=EVERYWHERE)
def report(
    ctx: typer.Context,
    which: _Which,
    outcome: Annotated[str, typer.Argument(help="reached, not_reached, invalid, handed_over or unused.")],
    words: _Words,
) -> None:
    """Say what came of the one contact."""
    from console.desk.api.special import ReportSpecial

    _carried_out(ctx, ReportSpecial(filing_id=which, outcome=outcome, words=words))


@_group.command("review", epilog=EVERYWHERE)
def review(
    ctx: typer.Context,
    which: _Which,
    words: _Words,
    escalate: Annotated[bool, typer.Option("--escalate", help="Hand it on as an incident.")] = False,
) -> None:
    """Look at one that is over; by an auditor or compliance."""
    from console.cli.seat import carry_out
    from console.desk.api.special import ReviewSpecial

    async def act(seat: Seat) -> None:
        filing_id, version = await _version(seat, which)
        call = ReviewSpecial(filing_id=filing_id, version=version, cleared=not escalate, words=words)
        seat.show(done := await seat.call(call), filing_lines(seat, (done,)))

    carry_out(ctx, act)
