"""`veildesk cases result | promise | withdraw | next | hold | holds`: working a case, as the screens do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.cases import CaseView
    from console.desk.api.work import HoldView


def register(group: typer.Typer) -> None:
    """Add the commands to the group of cases."""
    group.command("result", epilog=EVERYWHERE)(result)
    group.command("promise", epilog=EVERYWHERE)(promise)
    group.command("withdraw", epilog=EVERYWHERE)(withdraw)
    group.command("next", epilog=EVERYWHERE)(next_contact)
    group.command("hold", epilog=EVERYWHERE)(hold)
    group.command("holds", epilog=EVERYWHERE)(holds)


def hold_lines(seat: Seat, found: tuple[HoldView, ...]) -> list[str]:
    """Holds as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = [texts.t(f"cli.head.{name}") for name in ("id", "number", "reason", "state", "person", "may")]
    return table(
        heads,
        (
            (
                one.hold_id,
                one.number,
                texts.t(f"hold.reason.{one.reason}"),
                texts.state("hold", one.state),
                one.placed_by,
                ",".join(one.may),
            )
            for one in found
        ),
    )


async def _opened(seat: Seat, case: str) -> CaseView:
    from console.desk.api.cases import OpenCase

    return await seat.call(OpenCase(case_id=case))


def _moment(seat: Seat, typed: str, zone: str) -> int | None:
    """What `--next` says; usage error for what is no time."""
    from console.moments import read_moment

    if not typed:
        return None
    found = read_moment(typed, _now(), zone)
    if found is None:
        raise typer.BadParameter(seat.texts.t("next.unread"))
    return found


def _now() -> int:
    import time

    return time.time_ns() // 1000


def result(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    code: Annotated[
        str, typer.Argument(help="Such as no_answer, answered_self, dispute; promises have their own command.")
    ],
    at: Annotated[str, typer.Option("--next", help="Agreed next contact: 15:30, +2h, +3, 11-30 9:15.")] = "",
    note: Annotated[bool, typer.Option("--note", help="Keep a note with it, read from stdin.")] = False,
) -> None:
    """Record what came of working a case."""
    from console.cli.seat import carry_out, read_secret
    from console.desk.api.work import RecordResult

    async def act(seat: Seat) -> None:
        words = read_secret(seat.texts.t("note.text")) if note else ""
        view = await _opened(seat, case)
        call = RecordResult(
            case_id=view.row.case_id,
            version=view.version,
            code=code,
            next_at=_moment(seat, at, view.zone),
            note=words,
        )
        done = await seat.call(call)
        said = seat.texts.t("result.saved", number=view.row.number, result=seat.texts.t(f"result.{code}"))
        seat.show(done, [said])

    carry_out(ctx, act)


def promise(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    by: Annotated[str, typer.Option(help="Day: +3, 28, 11-30, 2026-11-30.")],
    amount: Annotated[str, typer.Option(help="Amount; without it, all that is due.")] = "",
    channel: Annotated[
        str, typer.Option(help="bank_app, bank_transfer, auto_debit, mobile_wallet, counter, other.")
    ] = "bank_app",
    replace: Annotated[bool, typer.Option("--replace", help="Replace the promise that is open.")] = False,
) -> None:
    """Record a promise to pay."""
    from console.cli.seat import carry_out
    from console.desk.api.work import RecordResult, ResultCode, Terms
    from console.moments import read_day

    async def act(seat: Seat) -> None:
        view = await _opened(seat, case)
        day = read_day(by, _now(), view.zone)
        minor = seat.texts.minor(amount, view.row.currency) if amount else view.row.due
        if day is None or minor is None:
            raise typer.BadParameter(seat.texts.t("promise.day_unread" if day is None else "promise.amount_unread"))
        call = RecordResult(
            case_id=view.row.case_id,
            version=view.version,
            code=ResultCode.PROMISED.value,
            promise=Terms(amount=minor, due_on=day, channel=channel, replace=replace),
        )
        done = await seat.call(call)
        said = seat.texts.t("result.saved", number=view.row.number, result=seat.texts.t("result.promised"))
        seat.show(done, [said])

    carry_out(ctx, act)


def withdraw(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    reason: Annotated[str, typer.Option(help="mistake, customer, wrong_amount or wrong_date.")],
) -> None:
    """Take an open promise back."""
    from console.cli.seat import carry_out
    from console.desk.api.work import WithdrawPromise

    async def act(seat: Seat) -> None:
        view = await _opened(seat, case)
        promised = view.promise.promise_id if view.promise is not None else ""
        call = WithdrawPromise(case_id=view.row.case_id, version=view.version, promise_id=promised, reason=reason)
        seat.show(await seat.call(call), [seat.texts.t("promise.withdrawn")])

    carry_out(ctx, act)


def next_contact(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    at: Annotated[str, typer.Argument(help="15:30, +2h, +3, 11-30 9:15; without it, no agreed time any more.")] = "",
) -> None:
    """Set when the customer is contacted next."""
    from console.cli.seat import carry_out
    from console.desk.api.work import PlanContact

    async def act(seat: Seat) -> None:
        view = await _opened(seat, case)
        moment = _moment(seat, at, view.zone)
        done = await seat.call(PlanContact(case_id=view.row.case_id, version=view.version, next_at=moment))
        texts = seat.texts
        said = texts.t("next.set", when=texts.when(moment, view.zone)) if moment else texts.t("next.cleared")
        seat.show(done, [said])

    carry_out(ctx, act)


def hold(
    ctx: typer.Context,
    case: Annotated[str, typer.Argument(help="Case number or id.")],
    reason: Annotated[
        str,
        typer.Argument(
            help="death, identity_theft, wrong_person, legal, bankruptcy, complaint, illness, dispute or requested."
        ),
    ],
    verdict: Annotated[
        str, typer.Option(help="On one there is: withdraw your own request, ask_lift, confirm, reject or lift.")
    ] = "",
) -> None:
    """Stop contacting a customer, or ask for it; or say what becomes of that."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.work import DecideHold, PlaceHold

    async def act(seat: Seat) -> None:
        if verdict:
            held = next((one for one in (await _opened(seat, case)).holds if one.reason == reason), None)
            if held is None:
                raise DeskError(Refusal(code="hold.not_now"))
            placed = await seat.call(DecideHold(hold_id=held.hold_id, verdict=verdict, version=held.version))
        else:
            placed = await seat.call(PlaceHold(case_id=case, reason=reason))
        seat.show(placed, hold_lines(seat, (placed,)))

    carry_out(ctx, act)


def holds(
    ctx: typer.Context,
    decide: Annotated[str, typer.Option(metavar="ID", help="Decide on this one.")] = "",
    verdict: Annotated[str, typer.Option(help="confirm, reject, ask_lift or lift.")] = "confirm",
) -> None:
    """Holds of the cases whose holds you decide on, those that wait first; or decide on one."""
    from console.cli.seat import carry_out
    from console.desk.api.work import DecideHold, ListHolds

    async def act(seat: Seat) -> None:
        listed = await seat.call(ListHolds())
        found = listed.holds
        if decide:
            version = next((one.version for one in found if one.hold_id == decide), 1)
            fresh = await seat.call(DecideHold(hold_id=decide, verdict=verdict, version=version))
            seat.show(fresh, hold_lines(seat, (fresh,)))
            return
        seat.show(listed, hold_lines(seat, found) if found else [seat.texts.t("cli.nothing")])

    carry_out(ctx, act)
