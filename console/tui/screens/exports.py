"""Files that leave the desk: what one asked for, and what waits for one's decision, release or return."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import exports
from console.desk.api.exports import ExportView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class ExportsScreen(ListScreen):
    """See the module."""

    TITLE = "place.exports"
    HELP = "help.exports"
    EMPTY = "export.empty"
    REREAD = frozenset({"export"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"ask": (Action.EXPORT_REQUEST_ASK.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("n", "ask", "key.export.ask"),
    ]

    def columns(self) -> tuple[Column, ...]:
        """Number, state, for whom, who asked, rows, level."""
        return (
            Column(self.t("column.number"), 10),
            Column(self.t("column.state"), 14),
            Column(self.t("export.recipient")),
            Column(self.t("column.asker"), 10),
            Column(self.t("export.rows"), 7, right=True),
            Column(self.t("export.level"), 5, right=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(exports.ListExports())
        if reply is None:
            return
        rows = tuple(self._row(one) for one in reply.exports)
        waiting = sum("decide" in one.may or "release" in one.may for one in reply.exports)
        self.show(rows, self.t("export.summary", count=len(rows), waiting=waiting))

    def _row(self, one: ExportView) -> Row:
        sign = "! " if one.overdue else "● " if {"decide", "release", "fetch"} & set(one.may) else ""
        state = self.t("export.overdue_short") if one.overdue else self.texts.state("export", one.state)
        rows = str(one.rows if one.rows is not None else one.row_cap)
        return Row(
            one.export_id,
            (one.number, sign + state, one.recipient, one.asker, rows, str(one.level)),
            strong=bool(sign),
        )

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self._open(event.key)

    def action_open(self) -> None:
        """The export under the cursor."""
        if self.list.key is not None:
            self._open(self.list.key)

    def _open(self, export_id: str) -> None:
        from console.tui.screens.export import ExportScreen  # noqa: PLC0415 - loaded when asked for

        self.app.push_screen(ExportScreen(export_id))

    def action_ask(self) -> None:
        """Ask for a file: first what, then for whom."""
        self.go(self._ask())

    async def _ask(self) -> None:
        from console.tui.modals.export import ExportWhatModal, ExportWhomModal  # noqa: PLC0415 - as above

        options = await self.client.ask(exports.GetExportOptions())
        if options is None:
            return
        what = await self.app.push_screen_wait(ExportWhatModal(options))
        if what is None:
            return
        call = await self.app.push_screen_wait(ExportWhomModal(options, what))
        if call is None:
            return
        drafted = await self.client.ask(call)
        self.reread()
        if drafted is not None:
            self._open(drafted.export_id)
