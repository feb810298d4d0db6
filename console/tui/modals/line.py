"""One line of a strategy's text, changed in place."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field
from console.tui.widgets.words import Words


class LineModal(DeskModal[str]):
    """One line of the text."""

    TITLE = "strategy.edit_line"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def __init__(self, line: str) -> None:
        super().__init__()
        self._line = line

    def body(self) -> ComposeResult:
        """The line, and what may stand in one."""
        yield Field(self._line, limit=200)
        yield Words(self.t("strategy.keys"))

    def on_input_submitted(self) -> None:
        """Enter in the line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Take the line as it is."""
        self.dismiss(self.query_one(Field).value.rstrip())
