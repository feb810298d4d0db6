"""A privacy number to offer to the pool: its digits, and who brings its callers."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.privacy import ProposeNumber
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_LONGEST = 20
_CLOUD = "cloud"


class NumberForm(DeskModal[ProposeNumber]):
    """See the module."""

    TITLE = "numbers.offer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def body(self) -> ComposeResult:
        """What becomes of it, its digits, its provider."""
        yield Words(self.t("numbers.offer.words"))
        yield Labelled(self.t("privacy.column.number"), Field(limit=_LONGEST, id="number"))
        options = [Option(one, self.t(f"privacy.provider.{one}")) for one in ("line", _CLOUD)]
        yield Labelled(self.t("privacy.column.provider"), Choice(options, id="provider"))

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter in the line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Take it, if there is one; whether it is fit the desk says."""
        number = self.query_one("#number", Field).value.strip()
        if not number:
            self.say(self.t("numbers.number_needed"), bad=True)
            return
        self.dismiss(ProposeNumber(number=number, cloud=self.query_one("#provider", Choice).key == _CLOUD))
