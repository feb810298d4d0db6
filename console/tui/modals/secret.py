"""A secret to keep: typed without being shown, handed to whoever asked and kept nowhere here."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

_LONGEST = 128


class SecretModal(DeskModal[str]):
    """What was typed; empty: nothing is to be kept any more. Args: what for, in words; what is kept now, in words."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def __init__(self, what: str, kept: str) -> None:
        super().__init__()
        self._what, self._kept = what, kept

    def heading(self) -> str:
        """What for."""
        return self._what

    def body(self) -> ComposeResult:
        """What is kept now, and the line."""
        yield Words(self._kept)
        yield Words(self.t("lines.secret.words"))
        yield Labelled(self.t("lines.secret"), Field(secret=True, limit=_LONGEST, id="secret"))

    def on_input_submitted(self) -> None:
        """Enter in the line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand over what was typed."""
        self.dismiss(self.query_one("#secret", Field).take())
