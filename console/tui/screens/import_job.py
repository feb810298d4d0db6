"""One loading: how far it is, what its columns were taken for, what it did or would do, each fault and its remedy."""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from console.desk.api import Push, imports
from console.desk.api.imports import ImportReport, RowFault, StartImport
from console.tui.screens.base import DeskScreen
from console.tui.widgets.progress import Progress
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

_UNKNOWN: Final = "columns.unknown"
_ONCE_MORE: Final = frozenset({"dry", "refused", "cancelled", "failed"})


class ImportJobScreen(DeskScreen):
    """Args: the report as it was when opened; how it was ordered, where that is known.

    Dismissed with an order to load it once more.
    """

    TITLE = "job.title"
    HELP = "help.job"
    REREAD = frozenset({"import"})
    CSS_PATH = "import_job.tcss"
    AUTO_FOCUS = "#faults"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("m", "mapping", "key.mapping"),
        Binding("n", "more", "key.more"),
        Binding("c", "stop", "key.stop"),
        Binding("a", "again", "key.again"),
    ]

    def __init__(self, report: ImportReport, call: StartImport | None = None) -> None:
        super().__init__()
        self._call = call
        self._report = report
        self._faults: list[RowFault] = list(report.faults)
        self._cursor: int | None = None

    def title_text(self) -> str:
        """Which file."""
        return self.t(self.TITLE, file=self._report.file_name)

    def body(self) -> ComposeResult:
        """State, bar, counts, faults."""
        with Vertical():
            yield Words(id="state")
            yield Progress(id="bar")
            yield Words(id="counts")
            yield RowList(
                (
                    Column(self.t("job.row"), 9, right=True),
                    Column(self.t("job.column"), 14),
                    Column(self.t("job.fault")),
                ),
                id="faults",
            )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What can be done depends on where it is."""
        if action == "stop":
            return self._report.state == "running"
        if action == "more":
            named = self._report.faults_total - self._report.faults_unnamed
            return self._report.batch_id is not None and len(self._faults) < named
        if action == "mapping":
            return bool(self._report.mapping)
        if action == "again":
            return self._call is not None and self._report.state in _ONCE_MORE
        return super().check_action(action, parameters)

    def on_mount(self) -> None:
        """What is known already, then the rest."""
        self._show()

    def take_push(self, push: Push) -> None:
        """Another job's progress is not this one's."""
        if push.kind != "import" or push.id in ("", self._report.job_id, self._report.batch_id):
            super().take_push(push)

    async def load(self) -> None:
        """Where it stands."""
        if not self._report.job_id:
            return
        report = await self.client.ask(imports.ReadImport(job_id=self._report.job_id))
        if report is not None:
            self._report = report
            if len(report.faults) > len(self._faults) or not report.faults:
                self._faults = list(report.faults)
            self._show()

    def _show(self) -> None:
        report = self._report
        if not self.query("#faults"):
            return
        state = self.texts.state("import", report.state)
        kind = self.t(f"imports.kind.{report.kind}")
        self.query_one("#state", Words).say(self.t("job.state", state=state, source=report.source, kind=kind))
        self.query_one("#bar", Progress).say(report.done, report.total, running=report.state == "running")
        lines = [
            self.t("job.rows", rows=f"{report.rows:,}", good=f"{report.good_rows:,}", bad=f"{report.bad_rows:,}",
                   skipped=f"{report.skipped_rows:,}"),
            self.t("job.would" if report.state == "dry" else "job.did", cases=f"{report.new_cases:,}",
                   accounts=f"{report.new_accounts:,}", changed=f"{report.changed_accounts:,}"),
        ]  # fmt: skip
        if report.seconds:
            pause = f"{report.longest_pause / 1000:.0f}"
            lines.append(self.t("job.took", seconds=f"{report.seconds:.1f}", pause=pause))
        lines += self._notices(report)
        self.query_one("#counts", Words).say("\n".join(lines))
        faults = self.query_one("#faults", RowList)
        faults.say_empty(self.t("job.no_faults" if report.state != "running" else "job.running"))
        faults.show([self._row(number, fault) for number, fault in enumerate(self._faults)])
        if self._faults:
            self.say(self.t("job.faults", shown=len(self._faults), total=max(report.faults_total, len(self._faults))))
        self.refresh_keys()

    def _notices(self, report: ImportReport) -> list[str]:
        """What is not as one would think: faults without a name, a file that is kept, what remained."""
        notices = [self.t(f"import.left.{what}") for what in report.left]
        if report.faults_unnamed:
            notices.append(self.t("import.unnamed", count=f"{report.faults_unnamed:,}"))
        if report.kept_until:
            notices.append(self.t("import.kept_until", until=self.when(report.kept_until)))
        return notices

    def _row(self, number: int, fault: RowFault) -> Row:
        place = str(fault.row) if fault.row else self.t("job.whole_file")
        return Row(str(number), (place, fault.column or "—", self.t(f"fault.{fault.code}", hint=fault.hint)))

    def action_mapping(self) -> None:
        """What each column was taken for."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        pairs = [
            (header, self.t("job.dropped") if field == "-" else self.texts.field(field))
            for header, field in self._report.mapping
        ]
        self.app.push_screen(DetailsModal("job.mapping", pairs))

    def action_more(self) -> None:
        """Further faults."""
        self.go(self._more())

    async def _more(self) -> None:
        if self._report.batch_id is None:
            return
        after = self._cursor if self._cursor is not None else len(self._faults)
        page = await self.client.ask(imports.ReadFaults(batch_id=self._report.batch_id, after=after))
        if page is not None:
            self._faults += page.faults
            self._cursor = page.cursor
            self._show()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """The whole text of a fault."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - as above

        fault = self._faults[int(event.key)]
        if fault.code == _UNKNOWN and self._call is not None:
            self.go(self._name_column(fault))
            return
        place = str(fault.row) if fault.row else self.t("job.whole_file")
        pairs = [
            (self.t("job.row"), place),
            (self.t("job.column"), fault.column),
            (self.t("job.fault"), self.t(f"fault.{fault.code}", hint=fault.hint)),
            (self.t("log.code"), fault.code),
        ]
        self.app.push_screen(DetailsModal("job.fault", pairs))

    async def _name_column(self, fault: RowFault) -> None:
        """Say what an unknown column is, and load the file again with that."""
        from console.tui.modals.column import ColumnModal  # noqa: PLC0415 - as above

        if self._call is None:
            return
        field = await self.app.push_screen_wait(ColumnModal(fault.column, self._report.kind))
        if not field:
            return
        self._call = msgspec.structs.replace(self._call, mapping={**self._call.mapping, fault.column: field})
        others = [one for one in self._faults if one.code == _UNKNOWN and one.column not in self._call.mapping]
        if others:
            self.say(self.t("job.columns_left", count=len(others)))
        else:
            self.action_again()

    def action_again(self) -> None:
        """Load the file once more, with what was said of its columns."""
        self.dismiss(self._call)

    def action_stop(self) -> None:
        """Stop it; nothing of it stays."""
        self.go(self._stop())

    async def _stop(self) -> None:
        report = await self.client.ask(imports.CancelImport(job_id=self._report.job_id))
        if report is not None:
            self._report = report
            self._show()
