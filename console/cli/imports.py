"""`veildesk import` and `veildesk imports`: load a lender's file, follow it, decide on files that wait."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from console.cli.exits import Exit
from console.cli.options import EVERYWHERE

if TYPE_CHECKING:
    from console.cli.seat import Seat
    from console.desk.api.imports import ImportReport, RowFault
    from console.texts import Texts

_group = typer.Typer(help="Past and waiting imports.", no_args_is_help=True, epilog=EVERYWHERE)

_GOOD: Final = frozenset({"published", "waiting"})
_SHOWN: Final = 20
_MORE: Final = "faults.more"


def register(app: typer.Typer) -> None:
    """Add the command and the group."""
    app.command("import", epilog=EVERYWHERE)(import_file)
    app.add_typer(_group, name="imports")


def fault_line(texts: Texts, fault: RowFault) -> str:
    """Row, column, what is wrong and what to do; never the value."""
    where = texts.t("cli.import.row", row=fault.row) if fault.row else texts.t("cli.import.file")
    column = f" {fault.column}" if fault.column else ""
    said = texts.t(f"fault.{fault.code}", hint=fault.hint)
    hint = f" [{fault.hint}]" if fault.hint and fault.hint not in said else ""
    return f"{where}{column}: {said}{hint}"


def report_lines(texts: Texts, report: ImportReport) -> Iterator[str]:
    """What happened, or would happen."""
    from console.cli.output import pairs

    counts = (
        ("rows", report.rows),
        ("good_rows", report.good_rows),
        ("bad_rows", report.bad_rows),
        ("skipped_rows", report.skipped_rows),
        ("new_cases", report.new_cases),
        ("new_accounts", report.new_accounts),
        ("changed_accounts", report.changed_accounts),
    )
    yield f"{report.file_name}  {report.source}  {texts.t(f'import.kind.{report.kind}')}"
    yield texts.state("import", report.state)
    yield from pairs((texts.t(f"cli.import.{name}"), count) for name, count in counts)
    yield from pairs([(texts.t("cli.import.seconds"), f"{report.seconds:.2f}")])
    if report.longest_pause:
        yield from pairs([(texts.t("cli.import.pause"), f"{report.longest_pause / 1000:.1f} ms")])
    if report.faults_unnamed:
        yield texts.t("import.unnamed", count=f"{report.faults_unnamed:,}")
    if report.kept_until:
        yield texts.t("import.kept_until", until=texts.when(report.kept_until))
    for what in report.left:
        yield texts.t(f"import.left.{what}")
    if report.state == "dry":
        for header, target in report.mapping:
            yield f"  {header} → {texts.field(target) if target != '-' else '-'}"


def _mapping(path: Path | None, pairs: Iterable[str]) -> dict[str, str]:
    """Header → field from a TOML or JSON file and from `HEADER=FIELD` words.

    Raises:
        typer.BadParameter: neither.
    """
    import json
    import tomllib

    chosen: dict[str, str] = {}
    if path is not None:
        text = path.read_text("utf-8-sig")
        try:
            said = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        except ValueError as fault:
            raise typer.BadParameter(path.name, param_hint="--mapping") from fault
        chosen |= {str(header): str(field) for header, field in said.items()}
    for pair in pairs:
        header, equals, field = pair.rpartition("=")
        if not equals:
            raise typer.BadParameter(pair, param_hint="--column")
        chosen[header] = field
    return chosen


async def follow(seat: Seat, report: ImportReport) -> ImportReport:
    """Watch a running job with a bar on stderr; interrupted, cancel it: nothing of it stays."""
    import asyncio

    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

    from console.desk.api.imports import CancelImport, ReadImport

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    terminal = Console(stderr=True)
    with Progress(*columns, console=terminal, disable=not terminal.is_terminal, transient=True) as bar:
        task = bar.add_task(report.file_name, total=None)
        try:
            while report.state == "running":
                await asyncio.sleep(0.1)
                report = await seat.call(ReadImport(job_id=report.job_id))
                bar.update(task, total=report.total or None, completed=report.done)
        except asyncio.CancelledError:
            await seat.call(CancelImport(job_id=report.job_id))
            seat.tell("cli.import.cancelled")
            raise
    return report


async def write_rejects(seat: Seat, report: ImportReport, path: Path) -> Path:
    """The masked reject report as CSV for a spreadsheet: row, column, code, what to do, masked hint.

    Its last line says how many faults it does not name, where it does not name all.
    """
    import csv
    import os

    from console.desk.api.imports import ReadFaults, RowFault

    faults = list(report.faults)
    if report.batch_id is not None and report.faults_total > len(faults):
        faults, cursor = [], 0
        while True:
            page = await seat.call(ReadFaults(batch_id=report.batch_id, after=cursor))
            faults += page.faults
            if page.cursor is None:
                break
            cursor = page.cursor
    elif report.faults_unnamed:
        faults.append(RowFault(row=0, column="", code=_MORE, hint=str(report.faults_unnamed)))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8-sig", newline="") as out:
        writer = csv.writer(out)
        writer.writerow([seat.texts.t(f"cli.head.{head}") for head in ("data_row", "column", "code", "remedy", "hint")])
        for fault in faults:
            remedy = seat.texts.t(f"fault.{fault.code}", hint=fault.hint)
            cells = (fault.row or "", fault.column, fault.code, remedy, fault.hint)
            # A cell that a spreadsheet would run as a formula becomes text.
            writer.writerow([f"'{cell}" if str(cell)[:1] in "=+-@\t\r" and cell else cell for cell in cells])
    return path


def import_file(
    ctx: typer.Context,
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="CSV or XLSX.")] = None,
    source: Annotated[str, typer.Option(help="The lender, as registered.")] = "",
    kind: Annotated[str, typer.Option(help="cases, repayments or recalls.")] = "cases",
    mapping: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="TOML or JSON: column header = field.")
    ] = None,
    column: Annotated[list[str] | None, typer.Option(metavar="HEADER=FIELD", help="The same, one column.")] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Leave this column out.")] = None,
    accept_good: Annotated[bool, typer.Option("--accept-good", help="Load good rows though others are bad.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would happen; change nothing.")] = False,
    destroy: Annotated[bool, typer.Option("--destroy", help="Destroy the file once it is loaded.")] = False,
    from_drop: Annotated[str, typer.Option(metavar="NAME", help="A file in the lender's drop instead of FILE.")] = "",
    report: Annotated[Path | None, typer.Option(dir_okay=False, help="Where the reject report goes.")] = None,
) -> None:
    """Load a lender's file, all or nothing; what is wrong is named by row, column and remedy."""
    from console.cli.seat import carry_out
    from console.desk.api.imports import StartImport

    if not source:
        raise typer.BadParameter("say whose file it is", param_hint="--source")
    if (file is None) == (not from_drop):
        raise typer.BadParameter("FILE or --from-drop", param_hint="FILE")
    call = StartImport(
        path=str(file.absolute()) if file else "",
        source=source,
        kind=kind,
        dropped=tuple(drop or ()),
        mapping=_mapping(mapping, column or ()),
        accept_good=accept_good,
        dry_run=dry_run,
        destroy=destroy,
        drop=from_drop,
    )

    async def act(seat: Seat) -> Exit:
        done = await follow(seat, await seat.call(call))
        seat.show(done, report_lines(seat.texts, done))
        for fault in done.faults[:_SHOWN]:
            seat.say_fault(fault_line(seat.texts, fault))
        if done.faults_total > _SHOWN:
            seat.tell("cli.import.more_faults", count=done.faults_total - _SHOWN)
        if done.faults_total:
            name = f"{done.batch_id or done.job_id}.csv"
            path = await write_rejects(seat, done, report or seat.home.reports / name)
            seat.tell("cli.import.report", path=path)
        fine = done.state in _GOOD or (done.state == "dry" and (accept_good or not done.faults_total))
        return Exit.DONE if fine else Exit.REFUSED

    carry_out(ctx, act)


@_group.command("list", epilog=EVERYWHERE)
def list_imports(ctx: typer.Context) -> None:
    """Past and waiting imports, newest first."""
    from console.cli.output import table
    from console.cli.seat import carry_out
    from console.desk.api.imports import ListImports

    async def act(seat: Seat) -> None:
        reply = await seat.call(ListImports())
        texts = seat.texts
        heads = [texts.t(f"cli.head.{head}") for head in ("batch", "state", "source", "file", "good", "bad", "cases")]
        rows = (
            (
                one.batch_id or one.job_id,
                texts.state("import", one.state),
                one.source,
                one.file_name,
                one.good_rows,
                one.bad_rows,
                one.new_cases,
            )
            for one in reply.imports
        )
        seat.show(reply, table(heads, rows) if reply.imports else [texts.t("cli.nothing")])

    carry_out(ctx, act)


def _approve(ctx: typer.Context, batch: str, *, approve: bool) -> None:
    from console.cli.seat import carry_out
    from console.desk.api.imports import ApproveImport

    async def act(seat: Seat) -> None:
        reply = await seat.call(ApproveImport(batch_id=batch, approve=approve))
        seat.show(reply, report_lines(seat.texts, reply))

    carry_out(ctx, act)


@_group.command("approve", epilog=EVERYWHERE)
def approve_import(ctx: typer.Context, batch: Annotated[str, typer.Argument(help="From `imports list`.")]) -> None:
    """Publish a batch that waits for the security admin."""
    _approve(ctx, batch, approve=True)


@_group.command("refuse", epilog=EVERYWHERE)
def refuse_import(ctx: typer.Context, batch: Annotated[str, typer.Argument(help="From `imports list`.")]) -> None:
    """Refuse a batch that waits; nothing of it stays."""
    _approve(ctx, batch, approve=False)
