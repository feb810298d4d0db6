"""The least screen that counts as the same: Textual's own table of two hundred rows under two bars, nothing behind it.

Run as a program on a terminal, for instance by sshd's ForceCommand.
"""

from __future__ import annotations

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header

_ROWS = 200


class BareScreen(App[None]):
    """A table and its pages."""

    ENABLE_COMMAND_PALETTE = False

    def compose(self) -> ComposeResult:
        """Bars and table."""
        yield Header()
        yield DataTable[str]()
        yield Footer()

    def on_mount(self) -> None:
        """Fill it."""
        self.title = "VEILDESK"
        table = self.query_one(DataTable)
        table.cursor_type = "row"
        table.add_columns("no", "name", "days", "due", "next")
        for row in range(_ROWS):
            table.add_row(f"C-2026-{row:07}", "王*", str(row), f"{row * 1000}.00", "call")
        table.focus()


if __name__ == "__main__":
    BareScreen().run()
