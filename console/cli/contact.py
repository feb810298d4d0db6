"""`veildesk contact`: may a customer be contacted now, consents, and numbers left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from console.cli import contact_rules
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.consents import ConsentLine
    from console.desk.api.contact import ConsentView, ContactCheck

_group = typer.Typer(
    help="May I contact, when, and by which rule; consents and stops.", no_args_is_help=True, epilog=EVERYWHERE
)
_Case = Annotated[str, typer.Argument(help="Case number or id.")]
_MINUTES = 60


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="contact")
    contact_rules.register(_group)


def check_lines(seat: Seat, found: ContactCheck) -> Iterator[str]:
    """Every number with every rule's answer, and the consents."""
    from console.cli.output import table

    texts = seat.texts
    for one in found.contacts:
        name = texts.field(one.contact.field, one.contact.ordinal)
        when = "" if one.allowed_at is None else str(one.allowed_at)
        verdict = texts.t("contact.allowed") if one.allowed else texts.t("contact.refused")
        later = "" if one.allowed else f"  {texts.allowed_from(when, found.zone)}"
        party = texts.t(f"contact.party.{one.party}")
        yield f"{name} {texts.mask(one.masked)}  {party}  {verdict}{later}"
        heads = [texts.t(f"contact.column.{column}") for column in ("rule", "figure", "why", "when")]
        yield from table(
            [*heads, texts.t("cli.head.clause")],
            (
                (
                    texts.rule(rule.rule, rule.kind),
                    "" if rule.used is None else f"{rule.used}/{rule.limit}",
                    texts.answer(rule.verdict, rule.why),
                    texts.when(rule.allowed_at, found.zone, "short") if rule.allowed_at is not None else "",
                    rule.clause,
                )
                for rule in one.rules
            ),
        )
        yield ""
    yield from consent_lines(seat, (*found.consents, *found.asked), found.zone)


def consent_lines(seat: Seat, consents: tuple[ConsentView, ...], zone: str) -> Iterator[str]:
    """Consents, one a line."""
    for one in consents:
        hours = f"{_clock(one.from_minute)}-{_clock(one.until_minute)}"
        until = seat.texts.when(one.expires_at, zone, "minute")
        said = f"{one.consent_id}  {one.means}  {hours}  {until}  {one.evidence} {one.reference}  {one.recorded_by}"
        yield said + (f"  {seat.texts.t('consent.asked')} ({one.version})" if one.state == "asked" else "")


def waiting_lines(seat: Seat, items: tuple[ConsentLine, ...]) -> Iterator[str]:
    """Consents with their cases, one a line, and under each what the second person said."""
    texts, zone = seat.texts, seat.me.zone
    for item in items:
        one = item.consent
        yield "  ".join((
            one.consent_id,
            texts.when(one.recorded_at, zone, "short"),
            item.staff_no,
            item.case_number,
            texts.mask(item.name),
            f"{texts.t(f'consent.by.{one.means}')} {_clock(one.from_minute)}-{_clock(one.until_minute)}",
            texts.when(one.expires_at, item.zone, "minute"),
            f"{texts.t(f'consent.shown.{one.evidence}')} {one.reference}",
            f"{texts.t(f'consent.state.{one.state}')} ({one.version})",
        ))  # fmt: skip
        if item.decided_at is not None:
            when = texts.when(item.decided_at, zone, "short")
            said = texts.t("consent.decided", person=item.decided_by or "—", when=when, reason=item.words or "—")
            yield f"  {said}"


@_group.command("check", epilog=EVERYWHERE)
def check(
    ctx: typer.Context, case: _Case, by: Annotated[str, typer.Option(help="call, sms or visit.")] = "call"
) -> None:
    """May the customer be contacted now? Every rule with its answer, figure and when it will allow."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import CheckContacts

    async def act(seat: Seat) -> None:
        found = await seat.call(CheckContacts(case_id=case, means=by))
        lines = check_lines(seat, found) if found.contacts else [seat.texts.t("contact.no_numbers")]
        seat.show(found, lines)

    carry_out(ctx, act)


@_group.command("consent", epilog=EVERYWHERE)
def consent(
    ctx: typer.Context,
    case: _Case,
    start: Annotated[str, typer.Option("--from", metavar="HH:MM", help="Where the customer is.")],
    until: Annotated[str, typer.Option(metavar="HH:MM", help="Before --from: past midnight.")],
    days: Annotated[int, typer.Option(min=1, max=90, help="For how long.")] = 30,
    by: Annotated[str, typer.Option(help="call, sms or visit.")] = "call",
    evidence: Annotated[str, typer.Option(help="recording, letter or message.")] = "recording",
    reference: Annotated[
        str, typer.Option(help="Id of the recorded call; empty: the customer's latest. Else of the letter or message.")
    ] = "",
) -> None:
    """Keep that the customer agreed to be contacted in further hours. A letter or message counts once confirmed."""
    import time

    from console.cli.seat import carry_out
    from console.desk.api.contact import RecordConsent

    first, last = _minute(start), _minute(until)

    async def act(seat: Seat) -> None:
        # A minute early, so that the whole of the last day is never refused for the clocks' difference.
        ends = time.time_ns() // 1000 + days * 86_400_000_000 - 60_000_000
        call = RecordConsent(
            case_id=case,
            means=by,
            from_minute=first,
            until_minute=last,
            expires_at=ends,
            evidence=evidence,
            reference=reference,
        )
        done = await seat.call(call)
        seat.show(done, consent_lines(seat, (done,), seat.me.zone))

    carry_out(ctx, act)


@_group.command("consents", epilog=EVERYWHERE)
def consents(
    ctx: typer.Context,
    mine: Annotated[bool, typer.Option("--mine", help="What you recorded, not what waits for you.")] = False,
    cursor: Annotated[str | None, typer.Option(help="Continue behind an earlier page.")] = None,
) -> None:
    """List consents by letter or message that wait for you to confirm or refuse them."""
    from console.cli.seat import carry_out
    from console.desk.api.consents import ListConsents

    async def act(seat: Seat) -> None:
        page = await seat.call(ListConsents(scope="mine" if mine else "waiting", cursor=cursor))
        seat.show(page, waiting_lines(seat, page.items) if page.items else [seat.texts.t("cli.nothing")])
        if page.cursor and not seat.options.json:
            seat.tell("cli.more", cursor=page.cursor)

    carry_out(ctx, act)


@_group.command("confirm", epilog=EVERYWHERE)
def confirm(
    ctx: typer.Context,
    consent_id: Annotated[str, typer.Argument(help="Consent's id, from `contact consents`.")],
    version: Annotated[int, typer.Option(help="As it was seen.")] = 1,
) -> None:
    """You saw the letter or message in which the customer agrees, and did not record it yourself."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import ConfirmConsent

    async def act(seat: Seat) -> None:
        done = await seat.call(ConfirmConsent(consent_id=consent_id, version=version))
        seat.show(done, [seat.texts.t("cli.done")])

    carry_out(ctx, act)


@_group.command("refuse", epilog=EVERYWHERE)
def refuse(
    ctx: typer.Context,
    consent_id: Annotated[str, typer.Argument(help="Consent's id, from `contact consents`.")],
    reason: Annotated[str, typer.Option(help="Why, in words; whoever recorded it reads them.")],
    version: Annotated[int, typer.Option(help="As it was seen.")] = 1,
) -> None:
    """The letter or message does not show that the customer agrees; the consent never counts."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import RefuseConsent

    async def act(seat: Seat) -> None:
        done = await seat.call(RefuseConsent(consent_id=consent_id, version=version, reason=reason))
        seat.show(done, [seat.texts.t("cli.done")])

    carry_out(ctx, act)


@_group.command("withdraw", epilog=EVERYWHERE)
def withdraw(
    ctx: typer.Context, consent_id: Annotated[str, typer.Argument(help="Consent's id, from `contact check`.")]
) -> None:
    """The customer takes a consent back."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import WithdrawConsent

    async def act(seat: Seat) -> None:
        done = await seat.call(WithdrawConsent(consent_id=consent_id))
        seat.show(done, [seat.texts.t("cli.done")])

    carry_out(ctx, act)


@_group.command("stop", epilog=EVERYWHERE)
def stop(
    ctx: typer.Context,
    case: _Case,
    reason: Annotated[str, typer.Option(help="asked, third_party or wrong_number.")],
    field: Annotated[str, typer.Option(help="mobile or contact_phone.")] = "mobile",
    ordinal: Annotated[int, typer.Option(min=1, help="Which of several.")] = 1,
) -> None:
    """Contact a number no more, at once and on every case of the creditor."""
    from console.cli.seat import carry_out
    from console.desk.api.contact import ContactRef, StopContact

    async def act(seat: Seat) -> None:
        contact = ContactRef(field=field, ordinal=ordinal)
        done = await seat.call(StopContact(case_id=case, contact=contact, reason=reason))
        seat.show(done, [seat.texts.t("contact.stopped")])

    carry_out(ctx, act)


@_group.command("lift", epilog=EVERYWHERE)
def lift(
    ctx: typer.Context,
    case: _Case,
    field: Annotated[str, typer.Option(help="mobile or contact_phone.")] = "mobile",
    ordinal: Annotated[int, typer.Option(min=1, help="Which of several.")] = 1,
) -> None:
    """Contact a number again that was left alone."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.contact import CheckContacts, ContactRef, LiftStop

    async def act(seat: Seat) -> None:
        found = await seat.call(CheckContacts(case_id=case))
        wanted = ContactRef(field=field, ordinal=ordinal)
        one = next((one for one in found.contacts if one.contact == wanted and one.stop_id), None)
        if one is None:
            raise DeskError(Refusal(code="contact.no_such_stop"))
        done = await seat.call(LiftStop(stop_id=one.stop_id, version=one.stop_version))
        seat.show(done, [seat.texts.t("contact.stop_lifted")])

    carry_out(ctx, act)


def _clock(minute: int) -> str:
    return f"{minute // _MINUTES:02}:{minute % _MINUTES:02}"


def _minute(text: str) -> int:
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdigit() and minute.isdigit() and int(minute) < _MINUTES and int(hour) <= 24):  # noqa: PLR2004
        raise typer.BadParameter("HH:MM", param_hint="--from/--until")
    return int(hour) * _MINUTES + int(minute)
