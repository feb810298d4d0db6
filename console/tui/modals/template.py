"""A template's text: code, name and words; what was wrong with it the last time stands above."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.messages import ProposeTemplate
from console.desk.api.strategy import RuleFault
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words


class TemplateForm(DeskModal[ProposeTemplate]):
    """Args: what to start from, and its faults."""

    TITLE = "template.write"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, start: ProposeTemplate, faults: tuple[RuleFault, ...] = ()) -> None:
        super().__init__()
        self._start = start
        self._faults = faults

    def body(self) -> ComposeResult:
        """What may stand in it, and its three lines."""
        yield Words(self.t("template.write.words"))
        yield Labelled(self.t("template.code"), Field(self._start.code, limit=24, id="code"))
        yield Labelled(self.t("template.title"), Field(self._start.title, limit=40, id="title"))
        yield Labelled(self.t("template.body"), Field(self._start.body, limit=300, id="body"))

    def on_mount(self) -> None:
        """Say what was wrong, and start where something is missing."""
        super().on_mount()
        if self._faults:
            said = "; ".join(self.t(f"refusal.{one.code}", what=one.what) for one in self._faults)
            self.say(said, bad=True)
        self.query_one("#body" if self._start.code else "#code").focus()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back as it is: the desk judges it."""
        code, title, body = (self.query_one(f"#{name}", Field).value.strip() for name in ("code", "title", "body"))
        self.dismiss(ProposeTemplate(code=code, title=title, body=body))
