"""`veildesk privacy`: numbers of our own that customers may call back, and who is bound to whom over which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.privacy import BindingView, NumberView

_group = typer.Typer(
    help="Privacy numbers: a pool of our own numbers, and customers bound to a case's agent over one, until an end."
    " Numbers of a cloud provider are EXPERIMENTAL: proven only against a peer of our own.",
    no_args_is_help=True,
    epilog=EVERYWHERE,
)
_Number = Annotated[str, typer.Argument(help="A number of the pool, in digits.")]
_Case = Annotated[str, typer.Argument(help="Case number or id.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="privacy")


@_group.command("numbers", epilog=EVERYWHERE)
def numbers(ctx: typer.Context) -> None:
    """The pool, and how many customers are bound on each."""
    from console.cli.seat import carry_out
    from console.desk.api.privacy import ListNumbers

    async def act(seat: Seat) -> None:
        found = await seat.call(ListNumbers())
        seat.show(found, _numbers(seat, *found.numbers) if found.numbers else [seat.texts.t("privacy.no_numbers")])

    carry_out(ctx, act)


@_group.command("add", epilog=EVERYWHERE)
def add(
    ctx: typer.Context,
    number: Annotated[str, typer.Argument(help="Digits, as the provider calls it.")],
    cloud: Annotated[
        bool,
        typer.Option(
            "--cloud",
            help="EXPERIMENTAL: bought from a privacy-number provider (BindAxb). No provider was ever spoken with.",
        ),
    ] = False,
) -> None:
    """Offer a number to the pool; somebody else approves it."""
    from console.cli.seat import carry_out
    from console.desk.api.privacy import ProposeNumber

    async def act(seat: Seat) -> None:
        made = await seat.call(ProposeNumber(number=number, cloud=cloud))
        seat.show(made, _numbers(seat, made))

    carry_out(ctx, act)


@_group.command("approve", epilog=EVERYWHERE)
def approve(
    ctx: typer.Context, number: _Number, refuse: Annotated[bool, typer.Option("--refuse", help="Say no.")] = False
) -> None:
    """Approve a number that somebody else offered, or refuse it."""
    from console.cli.seat import carry_out
    from console.desk.api.privacy import DecideNumber

    async def act(seat: Seat) -> None:
        one = await _find(seat, number)
        done = await seat.call(DecideNumber(number_id=one.number_id, version=one.version, approve=not refuse))
        seat.show(done, _numbers(seat, done))

    carry_out(ctx, act)


@_group.command("retire", epilog=EVERYWHERE)
def retire(ctx: typer.Context, number: _Number) -> None:
    """Take a number out of the pool: whoever calls it finds nobody."""
    from console.cli.seat import carry_out
    from console.desk.api.privacy import RetireNumber

    async def act(seat: Seat) -> None:
        one = await _find(seat, number)
        done = await seat.call(RetireNumber(number_id=one.number_id, version=one.version))
        seat.show(done, _numbers(seat, done))

    carry_out(ctx, act)


@_group.command("bind", epilog=EVERYWHERE)
def bind(
    ctx: typer.Context,
    case: _Case,
    ordinal: Annotated[int, typer.Option(min=1, max=99, help="Which of the customer's numbers.")] = 1,
    hours: Annotated[int, typer.Option(min=1, max=168, help="Until it ends.")] = 24,
) -> None:
    """Give a customer of yours a number to call back, that your calls show them from now on."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import ContactRef
    from console.desk.api.privacy import BindNumber

    async def act(seat: Seat) -> None:
        contact = ContactRef(field="mobile", ordinal=ordinal)
        made = await seat.call(BindNumber(case_id=case, contact=contact, hours=hours))
        seat.show(made, _bindings(seat, made))

    carry_out(ctx, act)


@_group.command("bindings", epilog=EVERYWHERE)
def bindings(ctx: typer.Context, case: _Case) -> None:
    """Who of a case is bound over which number, and until when."""
    from console.cli.seat import carry_out
    from console.desk.api.privacy import ListBindings

    async def act(seat: Seat) -> None:
        found = await seat.call(ListBindings(case_id=case))
        rows = (*found.bindings, *found.refused)
        seat.show(found, _bindings(seat, *rows) if rows else [seat.texts.t("privacy.no_bindings")])

    carry_out(ctx, act)


@_group.command("unbind", epilog=EVERYWHERE)
def unbind(ctx: typer.Context, binding: Annotated[str, typer.Argument(help="Id of a binding.")]) -> None:
    """End a binding now."""
    from console.cli.seat import carry_out
    from console.desk.api.privacy import UnbindNumber

    async def act(seat: Seat) -> None:
        seat.show(await seat.call(UnbindNumber(binding_id=binding)), [seat.texts.t("privacy.unbound")])

    carry_out(ctx, act)


async def _find(seat: Seat, number: str) -> NumberView:
    from console.desk.api.privacy import ListNumbers, NumberView

    found = (await seat.call(ListNumbers())).numbers
    nothing = NumberView(
        number_id="none",
        number=number,
        provider="",
        state="",
        made_by="",
        made_at=0,
        approved_by="",
        bound=0,
        version=0,
    )
    # The desk says no to what it does not have, and logs it.
    return next((one for one in found if one.number == number), nothing)


def _numbers(seat: Seat, *found: NumberView) -> Iterator[str]:
    from console.cli.output import table

    t = seat.texts.t
    heads = [
        t(f"privacy.column.{column}") for column in ("number", "provider", "state", "bound", "made_by", "approved_by")
    ]
    rows = (
        (
            one.number,
            t(f"privacy.provider.{one.provider}"),
            t(f"privacy.number.{one.state}"),
            str(one.bound),
            one.made_by,
            one.approved_by,
        )
        for one in found
    )
    yield from table(heads, rows)


def _bindings(seat: Seat, *found: BindingView) -> Iterator[str]:
    from console.cli.output import table

    t = seat.texts.t
    heads = [t(f"privacy.column.{column}") for column in ("number", "contact", "holder", "state", "until", "id")]
    rows = (
        (
            one.number,
            seat.texts.field(one.contact.field, one.contact.ordinal),
            one.holder,
            t(f"privacy.why.{one.why}") if one.why else t(f"privacy.binding.{one.state}"),
            seat.texts.when(one.expires_at, seat.me.zone, "minute"),
            one.binding_id,
        )
        for one in found
    )
    yield from table(heads, rows)
