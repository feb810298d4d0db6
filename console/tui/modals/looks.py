"""Who opened this case or saw a value of it, newest first."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import cases
from console.desk.api.cases import TimelineEntry
from console.tui.modals.base import DeskModal
from console.tui.widgets.rows import Column, Row, RowList


class LooksModal(DeskModal[None]):
    """Args: id and number of the case."""

    TITLE = "looks.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("n", "more", "key.more")]

    def __init__(self, case_id: str, number: str) -> None:
        super().__init__()
        self._case_id, self._number = case_id, number
        self._entries: list[TimelineEntry] = []
        self._cursor: int | None = None

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def body(self) -> ComposeResult:
        """The looks."""
        columns = (
            Column(self.t("column.when"), 17),
            Column(self.t("column.person")),
            Column(self.t("column.act"), 16),
            Column(self.t("column.result"), 10),
        )
        yield RowList(columns, empty=self.t("looks.empty"))

    def on_mount(self) -> None:
        """The newest."""
        self.go(self._read())

    def action_more(self) -> None:
        """Older ones."""
        if self._cursor is not None:
            self.go(self._read())

    async def _read(self) -> None:
        call = cases.ReadTimeline(case_id=self._case_id, looks_only=True, before=self._cursor)
        page = await self.client.ask(call)
        if page is None:
            return
        self._entries += page.entries
        self._cursor = page.cursor
        self.query_one(RowList).show(
            [
                Row(
                    str(entry.seq),
                    (
                        self.when(entry.at, "minute"),
                        f"{entry.person} {entry.staff_no}".strip(),
                        self.t(f"action.{entry.action}"),
                        self.t(f"outcome.{entry.result}"),
                    ),
                )
                for entry in self._entries
            ]
        )
