"""Writing a note: one line that shows itself wrapped while it grows, kept as a draft until it is saved."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.timer import Timer

from console.desk.api import Refusal, notes, work
from console.desk.api.notes import NOTE_LIMIT
from console.desk.api.work import DraftKind
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

KEEP_AFTER = 1.0
"""Seconds without a key after which what is typed is kept."""

_WRAPPED_FROM = 30


class NoteForm(DeskModal[notes.WriteNote]):
    """Args: id and number of the case."""

    TITLE = "note.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.save")]

    def __init__(self, case_id: str, number: str) -> None:
        super().__init__()
        self._case_id, self._number = case_id, number
        self._kept = ""
        self._timer: Timer | None = None

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
        self.go(self._take_up())

    async def _take_up(self) -> None:
        reply = await self.client.ask(work.ReadDraft(case_id=self._case_id, kind=DraftKind.NOTE.value))
        field = self.query_one("#text", Field)
        if reply is not None and reply.text and not field.value:
            self._kept = field.value = reply.text
            field.cursor_position = len(reply.text)
            self.say(self.t("draft.restored", when=self.when(reply.kept_at)))

    def on_input_changed(self) -> None:
        """Show it whole, and keep it once the keys rest."""
        typed = self.query_one("#text", Field).value
        self.query_one("#typed", Words).say(typed if len(typed) > _WRAPPED_FROM else "")
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(KEEP_AFTER, self._keep)

    def _keep(self) -> None:
        typed = self.query_one("#text", Field).value.strip()
        if typed == self._kept:
            return
        self._kept = typed
        call = work.KeepDraft(case_id=self._case_id, kind=DraftKind.NOTE.value, text=typed)
        # The application's worker, so that closing the form does not stop it.
        self.desk_app.run_worker(self._kept_at_desk(call), exit_on_error=False)

    async def _kept_at_desk(self, call: work.KeepDraft) -> None:
        if isinstance(await self.client.attempt(call), Refusal):
            # The desk is away, or locked: kept once this form is on top again.
            self._kept = ""

    def on_screen_resume(self) -> None:
        """Back from behind a lock or a lost line: what the desk could not keep meanwhile, it keeps now."""
        if self.query("#text"):
            self._keep()

    def action_cancel(self) -> None:
        """Leave; what was typed stays kept."""
        self._keep()
        super().action_cancel()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the note back."""
        text = self.query_one("#text", Field).value.strip()
        if not text:
            self.say(self.t("note.empty"), bad=True)
            return
        if self._timer is not None:
            self._timer.stop()
        self.dismiss(notes.WriteNote(case_id=self._case_id, text=text))
