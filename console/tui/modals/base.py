"""What every question over a screen has: a frame, its keys, Esc to leave it unanswered, arrows between controls."""

from __future__ import annotations

from typing import ClassVar, Generic, TypeVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import ModalScreen

from console.tui.screens.base import Worded
from console.tui.widgets.bars import KeyBar, MarkBar, MessageBar
from console.tui.widgets.words import Words

A = TypeVar("A")


class DeskModal(Worded, ModalScreen[A], Generic[A]):
    """A question. Subclasses give `TITLE` (text key), `body`, and call `dismiss` with the answer."""

    TITLE: ClassVar[str] = ""
    CSS_PATH = "modals.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", "key.back", system=True),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Heading, body, message, mark and keys in a frame."""
        with Vertical(id="frame"):
            yield Words(f"# {self.heading()}", id="heading")
            yield from self.body()
            yield MessageBar()
            yield MarkBar(self.desk_app.mark_text())
            yield KeyBar()

    def heading(self) -> str:
        """What is asked."""
        return self.t(self.TITLE)

    def body(self) -> ComposeResult:
        """The question's controls."""
        raise NotImplementedError

    def on_mount(self) -> None:
        """Show the keys."""
        self.query_one(KeyBar).say(self.shown_keys())

    def action_cancel(self) -> None:
        """Leave without an answer."""
        self.dismiss(None)
