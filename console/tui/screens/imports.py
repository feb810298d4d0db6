"""Lenders' files that were loaded, wait or were refused; loading another one, and approving what waits."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import imports
from console.desk.api.imports import ImportReport
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class ImportsScreen(ListScreen):
    """See the module."""

    TITLE = "place.imports"
    HELP = "help.imports"
    EMPTY = "imports.empty"
    REREAD = frozenset({"import"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "load_file": (Action.IMPORT_BATCH_STAGE.value, Action.IMPORT_BATCH_DRY_RUN.value),
        "approve": (Action.IMPORT_BATCH_APPROVE.value,),
        "refuse": (Action.IMPORT_BATCH_APPROVE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.details"),
        Binding("n", "load_file", "key.load_file"),
        Binding("a", "approve", "key.approve"),
        Binding("r", "refuse", "key.refuse"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._reports: dict[str, ImportReport] = {}

    def columns(self) -> tuple[Column, ...]:
        """Source, kind, file, state, counts."""
        return (
            Column(self.t("imports.source"), 12),
            Column(self.t("imports.kind"), 8),
            Column(self.t("imports.file")),
            Column(self.t("column.state"), 12),
            Column(self.t("imports.good"), 8, right=True),
            Column(self.t("imports.bad"), 7, right=True),
            Column(self.t("imports.new_cases"), 9, right=True, wide=True),
            Column(self.t("imports.seconds"), 8, right=True, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(imports.ListImports())
        if reply is None:
            return
        self._reports = {report.job_id or report.batch_id or "": report for report in reply.imports}
        waiting = sum(report.state == "waiting" for report in reply.imports)
        summary = self.t("imports.summary", count=len(reply.imports), waiting=waiting)
        self.show(tuple(self._row(key, report) for key, report in self._reports.items()), summary)

    def _row(self, key: str, report: ImportReport) -> Row:
        return Row(
            key,
            (
                report.source,
                self.t(f"imports.kind.{report.kind}"),
                report.file_name,
                self.texts.state("import", report.state),
                f"{report.good_rows:,}",
                f"{report.bad_rows:,}",
                f"{report.new_cases:,}",
                f"{report.seconds:.1f}",
            ),
            strong=report.state == "waiting",
        )

    def _chosen(self) -> ImportReport | None:
        return self._reports.get(self.list.key or "")

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """Mapping, counts and faults of the one under the cursor."""
        report = self._chosen()
        if report is not None:
            self._follow(report)

    def _follow(self, report: ImportReport, call: imports.StartImport | None = None) -> None:
        from console.tui.screens.import_job import ImportJobScreen  # noqa: PLC0415 - loaded when one is opened

        self.app.push_screen(ImportJobScreen(report, call), self._once_more)

    def _once_more(self, call: imports.StartImport | None) -> None:
        """Back from a loading: once more, with what was said of it meanwhile."""
        if call is not None:
            self.go(self._load_file(call))

    def action_load_file(self) -> None:
        """Load a lender's file; a dry run unless told otherwise."""
        self.go(self._load_file())

    async def _load_file(self, before: imports.StartImport | None = None) -> None:
        from console.tui.modals.load_file import LoadFileModal  # noqa: PLC0415 - as above

        sources = await self.client.ask(imports.ListSources())
        names = tuple(source.name for source in sources.sources) if sources is not None else ()
        left = await self.client.ask(imports.ListDropped())
        call = await self.app.push_screen_wait(LoadFileModal(names, before, left.files if left is not None else ()))
        if call is None:
            return
        report = await self.client.ask(call)
        if report is not None:
            self._follow(report, call)

    def action_approve(self) -> None:
        """Publish what waits."""
        self.go(self._decide(approve=True))

    def action_refuse(self) -> None:
        """Send back what waits."""
        self.go(self._decide(approve=False))

    async def _decide(self, *, approve: bool) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        report = self._chosen()
        if report is None or report.batch_id is None or report.state != "waiting":
            self.say(self.t("imports.not_waiting"), bad=True)
            return
        words = self.t("imports.decide", file=report.file_name, source=report.source, rows=report.good_rows)
        title = self.t("imports.approve" if approve else "imports.refuse")
        if not await self.app.push_screen_wait(ConfirmModal(title, words)):
            return
        done = await self.client.ask(imports.ApproveImport(batch_id=report.batch_id, approve=approve))
        if done is not None:
            self.say(self.t("imports.decided", state=self.texts.state("import", done.state)))
        self.reread()
