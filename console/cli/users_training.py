"""Further `veildesk users`: sessions, the training ledger, agreements, and signing up, which needs no seat yet."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.staff import SessionView
    from console.desk.api.training import TrainingEntry

Who = Annotated[str, typer.Argument(metavar="STAFF", help="Login or staff number.")]


def register(group: typer.Typer) -> None:
    """Add the commands."""
    for name, command in (
        ("sessions", sessions),
        ("train", train),
        ("training", training),
        ("check-training", check_training),
        ("agreement", agreement),
        ("sign-up", sign_up),
    ):
        group.command(name, epilog=EVERYWHERE)(command)


def session_lines(seat: Seat, found: tuple[SessionView, ...]) -> list[str]:
    """Sessions as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = ("id", "staff_no", "person", "since", "source", "terminal", "state")
    return table(
        [texts.t(f"cli.head.{head}") for head in heads],
        (
            (
                one.session_id[-6:],
                one.staff_no,
                one.name,
                texts.when(one.since, seat.me.zone, "short"),
                one.source,
                one.terminal,
                texts.state("session", one.state),
            )
            for one in found
        ),
    )


def training_lines(seat: Seat, entries: tuple[TrainingEntry, ...]) -> list[str]:
    """The ledger as a table."""
    from console.cli.output import table

    texts = seat.texts
    heads = ("id", "staff_no", "person", "kind", "day", "result", "until", "state", "content")
    return table(
        [texts.t(f"cli.head.{head}") for head in heads],
        (
            (
                one.record_id[-6:],
                one.staff_no,
                one.name,
                texts.t(f"staff.course.{one.kind}"),
                one.held_on,
                texts.t("staff.passed" if one.passed else "staff.failed"),
                texts.when(one.valid_until, seat.me.zone, "day"),
                texts.state("training", one.state),
                one.content,
            )
            for one in entries
        ),
    )


def sessions(
    ctx: typer.Context,
    end: Annotated[str, typer.Option(metavar="CODE", help="End the session whose code ends so.")] = "",
) -> None:
    """Who is signed in, since when, from where."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.staff import EndSession, ListSessions

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListSessions())
        found = reply.sessions
        if not end:
            seat.show(reply, session_lines(seat, found))
            return
        meant = [one for one in found if one.session_id.endswith(end)]
        if len(meant) != 1:
            raise DeskError(Refusal(code="session.not_found"))
        done = await seat.call(EndSession(session_id=meant[0].session_id))
        seat.show(done, [seat.texts.t("staff.session_ended", name=meant[0].name)])

    carry_out(ctx, act)


def training(
    ctx: typer.Context,
    of: Annotated[str, typer.Option(metavar="STAFF", help="One person only.")] = "",
) -> None:
    """The training ledger: your own, your team's, or everybody's."""
    from console.cli.seat import carry_out
    from console.desk.api.training import ListTraining

    async def act(seat: Seat) -> None:
        person = await seat.person_id(of) if of else ""
        ledger = await seat.call(ListTraining(person_id=person))
        lines = training_lines(seat, ledger.entries) if ledger.entries else [seat.texts.t("cli.nothing")]
        seat.show(ledger, lines)

    carry_out(ctx, act)


def train(
    ctx: typer.Context,
    who: Who,
    kind: Annotated[str, typer.Option(help="induction, quarterly or exam.")] = "quarterly",
    held_on: Annotated[str, typer.Option("--on", metavar="YYYY-MM-DD", help="Day of the course.")] = "",
    minutes: Annotated[int, typer.Option(help="How long it took.")] = 60,
    failed: Annotated[bool, typer.Option("--failed", help="It was not passed: access ends at once.")] = False,
    score: Annotated[int | None, typer.Option(help="0 to 100.")] = None,
    content: Annotated[str, typer.Option(help="What it was about.")] = "",
) -> None:
    """Enter a course into the ledger."""
    from console.cli.seat import carry_out
    from console.desk.api.training import RecordTraining

    async def act(seat: Seat) -> None:
        entry = await seat.call(
            RecordTraining(
                person_id=await seat.person_id(who),
                kind=kind,
                held_on=held_on,
                minutes=minutes,
                passed=not failed,
                content=content,
                score=score,
            )
        )
        seat.show(entry, training_lines(seat, (entry,)))

    carry_out(ctx, act)


def check_training(
    ctx: typer.Context,
    record: Annotated[str, typer.Argument(metavar="CODE", help="Code of the entry, as `users training` prints it.")],
    strike: Annotated[bool, typer.Option("--strike", help="It does not count.")] = False,
) -> None:
    """Let an entry of the ledger stand, or strike it out."""
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.training import CheckTraining, ListTraining

    async def act(seat: Seat) -> None:
        entries = (await seat.call(ListTraining())).entries
        meant = [one for one in entries if one.record_id.endswith(record)]
        if len(meant) != 1:
            raise DeskError(Refusal(code="training.not_found"))
        entry = await seat.call(CheckTraining(record_id=meant[0].record_id, good=not strike))
        seat.show(entry, training_lines(seat, (entry,)))

    carry_out(ctx, act)


def agreement(
    ctx: typer.Context,
    who: Who,
    signed_on: Annotated[str, typer.Option("--signed", metavar="YYYY-MM-DD", help="Day of the signature.")],
    until: Annotated[str, typer.Option("--until", metavar="YYYY-MM-DD", help="Last day; else without end.")] = "",
) -> None:
    """Note that somebody signed the confidentiality agreement."""
    from console.cli.seat import carry_out
    from console.desk.api.training import RecordAgreement

    async def act(seat: Seat) -> None:
        person = await seat.person_id(who)
        done = await seat.call(RecordAgreement(person_id=person, signed_on=signed_on, until=until))
        seat.show(done, [seat.texts.t("staff.agreement.noted")])

    carry_out(ctx, act)


def sign_up(ctx: typer.Context, login: Annotated[str, typer.Argument(help="Your login name.")]) -> None:
    """Set password and one-time code with the code that the system admin handed you."""
    from access.people import totp
    from console.cli.output import say, tell
    from console.cli.seat import home_of, line, options_of, read_secret
    from console.desk.api.staff import ConfirmSignUp, SignUp
    from console.texts import Texts

    options = options_of(ctx)
    texts, home = Texts(options.language), home_of(options)

    async def work() -> None:
        async with line(home) as desk:
            invitation = await asyncio.to_thread(read_secret, texts.t("sign_up.invitation"))
            password = await asyncio.to_thread(read_secret, texts.t("sign_up.password"))
            signing = await desk.call(SignUp(login=login, invitation=invitation, password=password))
            say(signing.uri)
            tell(texts.t("sign_up.scan"))
            for row in totp.qr_rows(signing.uri):
                tell(row)
            code = await asyncio.to_thread(read_secret, texts.t("sign_in.code"))
            await desk.call(ConfirmSignUp(login=login, invitation=invitation, code=code))
            tell(texts.t("sign_up.done"))

    asyncio.run(work())
