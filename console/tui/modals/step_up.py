"""One line for another one-time code, over whatever asked for it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import Refusal
from console.proving import needs_none
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words


class StepUpModal(DeskModal[str]):
    """Args: what asks for the code, and why the last one did not count, if there was one."""

    TITLE = "step_up.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def __init__(self, asked: Refusal, wrong: Refusal | None = None) -> None:
        super().__init__()
        self._asked, self._wrong = asked, wrong

    def body(self) -> ComposeResult:
        """What it is for and how long it is good, then the line; a demo desk has none."""
        what = self.t(f"action.{self._asked.params.get('act', '')}")
        yield Words(self.t(f"step_up.{self._asked.params.get('how', 'afresh')}", act=what))
        if needs_none(self._asked):
            yield Words(self.t("step_up.demo"))
        else:
            yield Labelled(self.t("sign_in.code"), Field(id="code", secret=True, limit=8))

    def on_mount(self) -> None:
        """Start at the line; say why it is asked again."""
        for field in self.query(Field):
            field.focus()
        if self._wrong is not None:
            self.say(self.texts.refusal(self._wrong), bad=True)

    def on_input_submitted(self) -> None:
        """Enter in the line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the code back; an empty line is no answer where one is asked for."""
        code = "".join(field.take() for field in self.query(Field))
        if code or needs_none(self._asked):
            self.dismiss(code)
