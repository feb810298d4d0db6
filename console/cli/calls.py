"""`veildesk calls`: call from a case, hang up, who speaks, what was; phones and the provider's password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.calling import CallList, CallView

_group = typer.Typer(
    help="Call customers whose number nobody sees; phones, the line.", no_args_is_help=True, epilog=EVERYWHERE
)
_Case = Annotated[str, typer.Argument(help="Case number or id.")]
_Person = Annotated[str, typer.Argument(help="Login or staff number.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    from console.cli import lines, wrapping

    lines.register(_group)
    wrapping.register(_group)
    app.add_typer(_group, name="calls")


def call_lines(seat: Seat, found: CallList) -> Iterator[str]:
    """One call a line."""
    from console.cli.output import table

    t = seat.texts.t
    heads = [t(f"calls.column.{column}") for column in ("at", "case", "caller", "state", "time", "recording", "id")]
    yield from table(heads, (cells(seat, one, found.at) for one in found.calls))


def cells(seat: Seat, one: CallView, at: int) -> tuple[str, ...]:
    """When, which, who, how, how long."""
    t = seat.texts.t
    number = f"{one.number} {seat.texts.field(one.contact.field, one.contact.ordinal)}"
    if one.result:
        state = f"{t(f'call.result.{one.result}')} {t(f'call.by.{one.by}') if one.by else ''}".rstrip()
        seconds = one.talked
    else:
        state = t(f"call.phase.{one.phase or one.state}")
        seconds = max(0, at - (one.connected_at or one.started_at)) // 1_000_000
    recording = t(f"call.recording.{one.recording}") if one.recording else ""
    when = seat.texts.when(one.started_at, seat.me.zone, "minute")
    return when, number, one.caller, state, f"{seconds // 60}:{seconds % 60:02}", recording, one.call_id


@_group.command("list", epilog=EVERYWHERE)
def list_calls(ctx: typer.Context, case: Annotated[str, typer.Option(help="Of one case: number or id.")] = "") -> None:
    """The last hundred calls: your own, or your team's."""
    from console.cli.seat import carry_out
    from console.desk.api.calling import ListCalls

    async def act(seat: Seat) -> None:
        found = await seat.call(ListCalls(case_id=case))
        seat.show(found, call_lines(seat, found) if found.calls else [seat.texts.t("calls.empty")])

    carry_out(ctx, act)


@_group.command("live", epilog=EVERYWHERE)
def live(ctx: typer.Context) -> None:
    """Who of the team speaks now."""
    from console.cli.seat import carry_out
    from console.desk.api.calling import ListLiveCalls

    async def act(seat: Seat) -> None:
        found = await seat.call(ListLiveCalls())
        seat.show(found, call_lines(seat, found) if found.calls else [seat.texts.t("calls.nobody")])

    carry_out(ctx, act)


@_group.command("start", epilog=EVERYWHERE)
def start(
    ctx: typer.Context,
    case: _Case,
    field: Annotated[str, typer.Option(help="mobile or contact_phone.")] = "mobile",
    ordinal: Annotated[int, typer.Option(min=1, max=99, help="Which of several.")] = 1,
) -> None:
    """Call a number of a case: your phone rings first. Ends with the call; Ctrl-C hangs up."""
    import asyncio

    from console.cli.seat import carry_out
    from console.desk.api.calling import CallList, HangUp, ReadOwnCall, StartCall
    from console.desk.api.contact import ContactRef

    async def act(seat: Seat) -> None:
        call = await seat.call(StartCall(case_id=case, contact=ContactRef(field=field, ordinal=ordinal)))
        at = call.started_at
        try:
            while not call.result:
                await asyncio.sleep(0.5)
                said = await seat.call(ReadOwnCall(call_id=call.call_id))
                if said.call is None:
                    break
                call, at = said.call, said.at
        except asyncio.CancelledError:
            await seat.call(HangUp(call_id=call.call_id))
            raise
        seat.show(call, call_lines(seat, CallList(calls=(call,), at=at)))

    carry_out(ctx, act)


@_group.command("hang-up", epilog=EVERYWHERE)
def hang_up(
    ctx: typer.Context, call: Annotated[str, typer.Argument(help="Id of a call of your team; empty: your own.")] = ""
) -> None:
    """End a call."""
    from console.cli.seat import carry_out
    from console.desk.api.calling import HangUp

    async def act(seat: Seat) -> None:
        done = await seat.call(HangUp(call_id=call))
        seat.show(done, [seat.texts.t("calls.hung_up")])

    carry_out(ctx, act)


@_group.command("phones", epilog=EVERYWHERE)
def phones(ctx: typer.Context) -> None:
    """Every phone that may be rung, and whether it is there."""
    from console.cli.output import table
    from console.cli.seat import carry_out
    from console.desk.api.calling import ListPhones

    async def act(seat: Seat) -> None:
        found = await seat.call(ListPhones())
        t = seat.texts.t
        heads = [t("calls.column.caller"), t("calls.column.phone"), t("calls.column.state")]
        rows = (
            (one.person, one.name, t("calls.phone.there" if one.present else "calls.phone.away"))
            for one in found.phones
        )
        seat.show(found, table(heads, rows) if found.phones else [t("calls.no_phones")])

    carry_out(ctx, act)


@_group.command("phone", epilog=EVERYWHERE)
def phone(
    ctx: typer.Context,
    person: _Person,
    drop: Annotated[bool, typer.Option("--drop", help="Ring it no more.")] = False,
) -> None:
    """Give somebody a phone: prints, once, what it is set up with."""
    from console.cli.seat import carry_out
    from console.desk.api.calling import DropPhone, SetPhone

    async def act(seat: Seat) -> None:
        person_id = await seat.person_id(person)
        if drop:
            seat.show(await seat.call(DropPhone(person_id=person_id)), [seat.texts.t("calls.phone.dropped")])
            return
        access = await seat.call(SetPhone(person_id=person_id))
        said = {
            "name": access.name,
            "password": access.password,
            "realm": access.realm,
            "server": access.server,
        }
        seat.show(access, (f"{seat.texts.t(f'calls.phone.{name}')}  {value}" for name, value in said.items()))

    carry_out(ctx, act)


@_group.command("cloud-secret", epilog=EVERYWHERE)
def cloud_secret(ctx: typer.Context) -> None:
    """EXPERIMENTAL. Keep what the desk signs with at a privacy-number provider: typed without echo; empty: nothing."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.calling import SetCloudSecret

    async def act(seat: Seat) -> None:
        import asyncio

        secret = await asyncio.to_thread(read_secret, seat.texts.t("calls.cloud_secret"))
        seat.show(await seat.call(SetCloudSecret(secret=secret)), [seat.texts.t("calls.cloud_kept")])

    carry_out(ctx, act)


@_group.command("trunk-password", epilog=EVERYWHERE)
def trunk_password(ctx: typer.Context) -> None:
    """Keep what the desk proves itself to the provider with: typed without echo, or a line of stdin; empty: nothing."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.calling import SetTrunkPassword

    async def act(seat: Seat) -> None:
        import asyncio

        password = await asyncio.to_thread(read_secret, seat.texts.t("calls.trunk_password"))
        seat.show(await seat.call(SetTrunkPassword(password=password)), [seat.texts.t("calls.trunk_kept")])

    carry_out(ctx, act)
