"""Writing a note: one line that shows itself wrapped while it grows, kept as a draft until it is saved."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import notes
from console.desk.api.notes import NOTE_LIMIT
from console.desk.api.work import DraftKind
from console.tui.modals.drafted import DraftedForm
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

_WRAPPED_FROM = 30


class NoteForm(DraftedForm[notes.WriteNote]):
    """Args: id and number of the case."""

    TITLE = "note.title"
    KIND: ClassVar = DraftKind.NOTE
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.save")]

    def __init__(self, case_id: str, number: str) -> None:
        super().__init__(case_id)
        self._case_id, self._number = case_id, number

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def body(self) -> ComposeResult:
        """What happens to it, the line, and what stands in it."""
        yield Words(self.t("note.words", limit=NOTE_LIMIT))
        yield Labelled(self.t("note.text"), Field(limit=NOTE_LIMIT, drafted=True, id="text"))
        yield Words(id="typed")

    def on_mount(self) -> None:
        """Start in the line, with what was typed before and not saved."""
        self.query_one("#text").focus()
        self.go(self.take_up())

    def draft(self) -> str:
        """See `DraftedForm`."""
        return self.query_one("#text", Field).value.strip()

    def fill(self, draft: str) -> None:
        """See `DraftedForm`."""
        self.query_one("#text", Field).precede(draft)

    def on_input_changed(self) -> None:
        """Show it whole, and keep it once the keys rest."""
        typed = self.query_one("#text", Field).value
        self.query_one("#typed", Words).say(typed if len(typed) > _WRAPPED_FROM else "")
        super().on_input_changed()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the note back."""
        text = self.draft()
        if not text:
            self.say(self.t("note.empty"), bad=True)
            return
        self.rest()
        self.dismiss(notes.WriteNote(case_id=self._case_id, text=text))
