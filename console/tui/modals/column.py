"""What a column is that the desk does not know: one of the fields, or nothing that is kept."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.tui.columns import DROP, fields_of
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Labelled, Option
from console.tui.widgets.words import Words


class ColumnModal(DeskModal[str]):
    """Args: the column's header; the kind of file. Dismissed with the field, `-` for leaving it out."""

    TITLE = "column.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.do"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, header: str, kind: str) -> None:
        super().__init__()
        self._header, self._kind = header, kind

    def body(self) -> ComposeResult:
        """The header, and what it may be; leaving it out comes first, since that is what is meant most often."""
        yield Words(self.t("column.words", header=self._header))
        options = [Option(DROP, self.t("job.dropped"))]
        options += [Option(name, self.texts.field(name)) for name in fields_of(self._kind)]
        yield Labelled(self.t("column.is"), Choice(options, id="field"))

    def on_mount(self) -> None:
        """There is one thing to choose."""
        self.query_one("#field").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def action_submit(self) -> None:
        """Hand the choice back."""
        self.dismiss(self.query_one("#field", Choice).key)
