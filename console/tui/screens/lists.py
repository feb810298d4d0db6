"""A screen that is one list: what is read, how a row looks, and what Enter does."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Vertical

from console.tui.screens.base import DeskScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words


class ListScreen(DeskScreen):
    """Subclasses give `EMPTY` (text key), `columns`, `load`, and may say a line above the list."""

    EMPTY: ClassVar[str]
    AUTO_FOCUS = "RowList"
    _shown = False

    def columns(self) -> tuple[Column, ...]:
        """Headings and widths."""
        raise NotImplementedError

    def empty_text(self) -> str:
        """What to do when there is nothing."""
        return self.t(self.EMPTY)

    def body(self) -> ComposeResult:
        """A line of summary, the list, and what `below` adds."""
        with Vertical(id="list"):
            yield Words(id="summary")
            yield RowList(self.columns(), empty=self.t("reading"))
            yield from self.below()

    def below(self) -> ComposeResult:
        """Nothing, unless a subclass shows details under the list."""
        yield from ()

    @property
    def list(self) -> RowList:
        """The list."""
        return self.query_one(RowList)

    async def _read(self) -> None:
        await super()._read()
        if not self._shown and self.query(RowList):
            self.list.say_empty(self.t("list.not_read"))

    def show(self, rows: tuple[Row, ...], summary: str = "") -> None:
        """Put the rows and the summary on the screen."""
        if not self.query(RowList):
            return
        self._shown = True
        self.query_one("#summary", Words).say(summary)
        self.list.say_empty(self.empty_text())
        self.list.show(rows)
        self.refresh_keys()
