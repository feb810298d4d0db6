"""`veildesk exports`: ask for a file, agree, release, fetch, return; the same acts as the screens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.cli.seat import Seat
    from console.desk.api.base import Call
    from console.desk.api.exports import ExportOptions, ExportView

_group = typer.Typer(help="Files that leave the desk.", no_args_is_help=True, epilog=EVERYWHERE)
_Which = Annotated[str, typer.Argument(help="Number (VX-000042) or id.")]
_Why = Annotated[str, typer.Option(help="Why, in words.")]


def register(app: typer.Typer) -> None:
    """Add the group."""
    app.add_typer(_group, name="exports")


def _answer(ctx: typer.Context, call: Call[ExportView]) -> None:
    from console.cli.export_lines import view_lines
    from console.cli.seat import carry_out

    async def act(seat: Seat) -> None:
        view = await seat.call(call)
        seat.show(view, view_lines(seat, view))

    carry_out(ctx, act)


@_group.command("list", epilog=EVERYWHERE)
def list_exports(ctx: typer.Context) -> None:
    """Show exports that you asked for, may agree to, release or watch."""
    from console.cli.output import table
    from console.cli.seat import carry_out
    from console.desk.api.exports import ListExports

    async def act(seat: Seat) -> None:
        found, texts = await seat.call(ListExports()), seat.texts
        heads = [texts.t(f"cli.head.{name}") for name in ("export", "state", "asker", "recipient", "rows", "level")]
        rows = (
            (one.number, texts.state("export", one.state), one.asker, one.recipient, one.rows or one.row_cap, one.level)
            for one in found.exports
        )
        seat.show(found, table(heads, rows) if found.exports else [texts.t("cli.nothing")])

    carry_out(ctx, act)


@_group.command("show", epilog=EVERYWHERE)
def show(ctx: typer.Context, export: _Which) -> None:
    """Show one export: what, for whom, who agreed, how far it is."""
    from console.desk.api.exports import ReadExport

    _answer(ctx, ReadExport(export_id=export))


@_group.command("options", epilog=EVERYWHERE)
def options(ctx: typer.Context) -> None:
    """Show which fields, units and formats a request may name."""
    from console.cli.seat import carry_out
    from console.desk.api.exports import GetExportOptions

    async def act(seat: Seat) -> None:
        found = await seat.call(GetExportOptions())
        seat.show(found, _option_lines(seat, found))

    carry_out(ctx, act)


def _option_lines(seat: Seat, found: ExportOptions) -> Iterator[str]:
    for field in found.fields:
        yield f"{field.name}  {seat.texts.field(field.name)}  {field.level}{' *' if field.analytics else ''}"
    for unit in found.units:
        yield f"{unit.unit_id}  {unit.name}"
    yield " ".join(found.formats)


@_group.command("ask", epilog=EVERYWHERE)
def ask(
    ctx: typer.Context,
    fields: Annotated[str, typer.Option(help="Fields, comma separated, from `exports options`.")],
    to: Annotated[str, typer.Option(help="Recipient: person or organisation.")],
    why: _Why,
    purpose: Annotated[str, typer.Option(help="operations, modelling, audit, dispute, outsourcing or regulator.")],
    rows: Annotated[int, typer.Option(min=1, help="At most so many customers.")],
    reach: Annotated[str, typer.Option(help="internal, agency or external.")] = "internal",
    key: Annotated[
        Path | None, typer.Option(help="The recipient's SM2 public key, PEM.", exists=True, dir_okay=False)
    ] = None,
    unit: Annotated[str, typer.Option(help="Whose cases: a unit's id; without it, your own.")] = "",
    profile: Annotated[str, typer.Option(help="display or analytics.")] = "display",
    format_: Annotated[str, typer.Option("--format", help="Kind of file.")] = "csv",
    lock: Annotated[bool, typer.Option("--lock", help="With a password, shown by `exports password`.")] = False,
    days: Annotated[int, typer.Option(min=1, help="How long it may be used.")] = 7,
    basis: Annotated[str, typer.Option(help="duty, contract, consent or statute.")] = "duty",
    assessment: Annotated[str, typer.Option(help="Number of the assessment, for what leaves the house.")] = "",
    notice: Annotated[str, typer.Option(help="Day a large batch for outside was reported; or statute, order.")] = "",
    days_from: Annotated[int | None, typer.Option(help="Days past due, at least.")] = None,
    days_to: Annotated[int | None, typer.Option(help="Days past due, at most.")] = None,
    due_from: Annotated[str, typer.Option(metavar="YUAN", help="Amount due, at least.")] = "",
    due_to: Annotated[str, typer.Option(metavar="YUAN", help="Amount due, at most.")] = "",
    cross_border: Annotated[
        bool, typer.Option("--cross-border/--no-cross-border", help="No file leaves the country: yes is refused.")
    ] = False,
    submit: Annotated[bool, typer.Option("--submit/--draft", help="Send it off, or only write it down.")] = True,
) -> None:
    """Ask for a file; says who must agree."""
    import msgspec

    from console.cli.export_lines import view_lines
    from console.cli.seat import carry_out
    from console.desk.api.base import DeskError, Refusal
    from console.desk.api.exports import DraftExport, SubmitExport

    if cross_border:
        # There is no way to ask the desk for it; this only says so (J-19).
        raise DeskError(Refusal(code="export.cross_border", clause="J-19"))
    said = {
        "fields": [one.strip() for one in fields.split(",")],
        "recipient": to,
        "words": why,
        "purpose": purpose,
        "row_cap": rows,
        "reach": reach,
        "recipient_key": key.read_text(encoding="utf-8", errors="replace") if key is not None else "",
        "unit_id": unit,
        "profile": profile,
        "format": format_,
        "locked": lock,
        "use_days": days,
        "basis": basis,
        "assessment": assessment,
        "notice": notice,
        "rule": {
            "days_from": days_from,
            "days_to": days_to,
            "due_from": _amount(due_from, "--due-from"),
            "due_to": _amount(due_to, "--due-to"),
        },
    }
    try:
        call = msgspec.convert({"type": "exports.draft", **said}, DraftExport)
    except msgspec.ValidationError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong

    async def act(seat: Seat) -> None:
        view = await seat.call(call)
        if submit:
            view = await seat.call(SubmitExport(export_id=view.export_id, version=view.version))
        seat.show(view, view_lines(seat, view))

    carry_out(ctx, act)


def _amount(typed: str, option: str) -> int | None:
    """An amount in minor units; none where none was typed."""
    from console.texts import Texts

    found = Texts.minor(typed) if typed else None
    if typed and found is None:
        raise typer.BadParameter(typed, param_hint=option)
    return found


@_group.command("submit", epilog=EVERYWHERE)
def submit_draft(ctx: typer.Context, export: _Which) -> None:
    """Send a draft off."""
    _after_reading(ctx, export, "submit", "")


@_group.command("approve", epilog=EVERYWHERE)
def approve(ctx: typer.Context, export: _Which, why: _Why = "") -> None:
    """Agree to an export, as it is now."""
    _after_reading(ctx, export, "approve", why)


@_group.command("refuse", epilog=EVERYWHERE)
def refuse(ctx: typer.Context, export: _Which, why: _Why) -> None:
    """Refuse an export."""
    _after_reading(ctx, export, "refuse", why)


@_group.command("release", epilog=EVERYWHERE)
def release(ctx: typer.Context, export: _Which) -> None:
    """Let a finished file go; it is sealed, whoever releases it cannot open it."""
    _after_reading(ctx, export, "release", "")


def _after_reading(ctx: typer.Context, export: str, what: str, words: str) -> None:
    """Read an export, then act on the version read."""
    from console.cli.export_lines import view_lines
    from console.cli.seat import carry_out
    from console.desk.api.exports import DecideExport, ReadExport, ReleaseExport, SubmitExport

    async def act(seat: Seat) -> None:
        seen = await seat.call(ReadExport(export_id=export))
        which, version = seen.export_id, seen.version
        if what == "submit":
            view = await seat.call(SubmitExport(export_id=which, version=version))
        elif what == "release":
            view = await seat.call(ReleaseExport(export_id=which, version=version))
        else:
            agreed = what == "approve"
            view = await seat.call(DecideExport(export_id=which, version=version, approve=agreed, words=words))
        seat.show(view, view_lines(seat, view))

    carry_out(ctx, act)


@_group.command("fetch", epilog=EVERYWHERE)
def fetch(ctx: typer.Context, export: _Which) -> None:
    """Put a released file into the desk's outbox, once; it stays there for a day."""
    from console.desk.api.exports import FetchExport

    _answer(ctx, FetchExport(export_id=export))


@_group.command("password", epilog=EVERYWHERE)
def password(ctx: typer.Context, export: _Which) -> None:
    """Show a locked file's password, once; tell it the recipient by another way than the file."""
    from console.cli.seat import carry_out
    from console.desk.api.exports import TakePassword

    async def act(seat: Seat) -> None:
        found = await seat.call(TakePassword(export_id=export))
        seat.show(found, [found.password])

    carry_out(ctx, act)


@_group.command("confirm", epilog=EVERYWHERE)
def confirm(
    ctx: typer.Context,
    export: _Which,
    destroyed: Annotated[bool, typer.Option("--destroyed/--returned", help="What became of every copy.")] = True,
) -> None:
    """Confirm that every copy was returned or destroyed."""
    from console.desk.api.exports import ConfirmExport

    _answer(ctx, ConfirmExport(export_id=export, how="destroyed" if destroyed else "returned"))


@_group.command("withdraw", epilog=EVERYWHERE)
def withdraw(ctx: typer.Context, export: _Which) -> None:
    """Take your own request back; a file that is there is destroyed."""
    from console.desk.api.exports import WithdrawExport

    _answer(ctx, WithdrawExport(export_id=export))


@_group.command("stop", epilog=EVERYWHERE)
def stop(ctx: typer.Context, export: _Which, why: _Why) -> None:
    """Security or compliance: stop an export that was not fetched yet."""
    from console.desk.api.exports import CancelExport

    _answer(ctx, CancelExport(export_id=export, words=why))


@_group.command("basis", epilog=EVERYWHERE)
def basis(
    ctx: typer.Context,
    cases: Annotated[list[str], typer.Argument(help="Case numbers.")],
    to: Annotated[str, typer.Option(help="Recipient.")],
    reference: Annotated[str, typer.Option(help="Number of the consent, contract or order.")],
    kind: Annotated[str, typer.Option(help="consent, contract or statute.")] = "consent",
    days: Annotated[int, typer.Option(min=1, help="How long it holds.")] = 365,
    source: Annotated[str, typer.Option(help="Whose cases: the lender, where several have such numbers.")] = "",
) -> None:
    """Compliance: record on what basis rows of cases may go to somebody outside."""
    import msgspec

    from console.cli.seat import carry_out
    from console.desk.api.exports import RecordBasis

    said = {"cases": cases, "recipient": to, "basis": kind, "reference": reference, "days": days, "source": source}
    try:
        call = msgspec.convert({"type": "exports.record_basis", **said}, RecordBasis)
    except msgspec.ValidationError as wrong:
        raise typer.BadParameter(str(wrong)) from wrong

    async def act(seat: Seat) -> None:
        done = await seat.call(call)
        lines = [seat.texts.t("export.basis", recorded=done.recorded, unknown=done.unknown)]
        if done.ambiguous:
            lines.append(seat.texts.t("export.basis.ambiguous", count=done.ambiguous))
        seat.show(done, lines)

    carry_out(ctx, act)
