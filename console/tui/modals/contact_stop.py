"""Why a number is contacted no more."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.contact import STOP_REASONS
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Labelled, Option
from console.tui.widgets.words import Words


class StopForm(DeskModal[str]):
    """Answers with a reason. third: the number is a third party's, whose word is for good."""

    TITLE = "contact.stop"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def __init__(self, *, third: bool) -> None:
        super().__init__()
        self._third = third

    def body(self) -> ComposeResult:
        """What follows, and the reason."""
        yield Words(self.t("contact.stop.words"))
        reasons = sorted(STOP_REASONS, key=lambda one: (one == "third_party") is not self._third)
        options = [Option(one, self.t(f"contact.stop.{one}")) for one in reasons]
        yield Labelled(self.t("column.why"), Choice(options, id="why"))

    def action_submit(self) -> None:
        """Take the reason."""
        self.dismiss(self.query_one("#why", Choice).key)
