"""The notes of one case, masked, newest first; what was found in one goes to the supervisor by one key."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from access.policy.actions import Action
from console.desk.api import contacts, notes, reveal
from console.desk.api.base import Push
from console.desk.api.cases import FieldRef
from console.desk.api.notes import NoteView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row
from console.tui.widgets.words import Words


class NotesScreen(ListScreen):
    """Args: id and number of the case."""

    TITLE = "notes.title"
    HELP = "help.notes"
    EMPTY = "notes.empty"
    REREAD = frozenset({"case"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "note": (Action.CASE_NOTE_WRITE.value,),
        "propose": (Action.CASE_CONTACT_PROPOSE.value,),
        "reveal": (Action.REVEAL_REQUEST_ASK.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "note", "key.note"),
        Binding("g", "propose", "key.propose_found"),
        Binding("u", "reveal", "key.reveal"),
        Binding("o", "older", "key.older"),
    ]

    def __init__(self, case_id: str, number: str) -> None:
        super().__init__()
        self._case_id, self._number = case_id, number
        self._notes: dict[str, NoteView] = {}
        self._cursor: str | None = None

    def title_text(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def columns(self) -> tuple[Column, ...]:
        """When, who, what."""
        return (
            Column(self.t("column.when"), 11),
            Column(self.t("column.person"), 10),
            Column(self.t("column.note")),
        )

    def below(self) -> ComposeResult:
        """The whole note under the cursor."""
        with Vertical(id="detail"):
            yield Words(id="about")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What was found can be handed on; older notes are there while there are any."""
        if action == "propose" and not self._offers():
            return False
        if action == "reveal" and (here := self._note()) is not None and not here.found:
            return False
        if action == "older" and self._cursor is None:
            return False
        return super().check_action(action, parameters)

    def take_push(self, push: Push) -> None:
        """Only this case's."""
        if push.id == self._case_id:
            super().take_push(push)

    async def load(self) -> None:
        """Read the newest."""
        page = await self.client.ask(notes.ReadNotes(case_id=self._case_id))
        if page is not None:
            self._notes = {}
            self._take(page)

    def _take(self, page: notes.NotePage) -> None:
        self._notes |= {note.note_id: note for note in page.notes}
        self._cursor = page.cursor
        rows = tuple(
            Row(note.note_id, (self.when(note.at), note.person or note.staff_no, note.text))
            for note in self._notes.values()
        )
        self.show(rows, self.t("notes.summary", count=len(rows)))
        self._say_about()

    def on_row_list_moved(self) -> None:
        """Another one under the cursor."""
        self._say_about()
        self.refresh_keys()

    def _note(self) -> NoteView | None:
        return self._notes.get(self.list.key or "") if self.query("#about") else None

    def _say_about(self) -> None:
        note = self._note()
        if note is None:
            self.query_one("#about", Words).say("")
            return
        lines = [f"# {self.when(note.at, 'minute')}  {note.staff_no} {note.person}", note.text]
        if note.found:
            kinds = self.t("join.list").join(self.t(f"found.{datum.kind}") for datum in note.found)
            lines.append(self.t("notes.hidden", kinds=kinds))
        self.query_one("#about", Words).say("\n".join(lines))

    # -- keys -------------------------------------------------------------------------------------------------------
    def _offers(self) -> list[int]:
        note = self._note()
        return [datum.place for datum in note.found if datum.fields] if note is not None else []

    def action_propose(self) -> None:
        """What was found in this note goes to the supervisor."""
        self.go(self._propose())

    async def _propose(self) -> None:
        note, filed = self._note(), 0
        for place in self._offers() if note is not None else ():
            call = contacts.ProposeFound(note_id=note.note_id, place=place) if note is not None else None
            filed += call is not None and await self.client.ask(call) is not None
        if filed:
            self.say(self.t("contact.filed", count=filed))

    def action_reveal(self) -> None:
        """Ask to see this note whole; once approved it stands among the case's fields."""
        self.go(self._reveal())

    async def _reveal(self) -> None:
        from console.tui.modals.ask import AskModal  # noqa: PLC0415 - loaded when asked for

        note = self._note()
        options = await self.client.ask(reveal.GetRevealOptions(case_id=self._case_id)) if note is not None else None
        if note is None or options is None:
            return
        chosen = FieldRef(name="collection_note", ordinal=note.ordinal)
        call = await self.app.push_screen_wait(AskModal(self._case_id, self._number, options, chosen))
        request = await self.client.ask(call) if call is not None else None
        if request is not None:
            self.say(self.t("ask.sent", number=request.number, state=self.texts.state("request", request.state)))

    def action_older(self) -> None:
        """The page before."""
        self.go(self._older())

    async def _older(self) -> None:
        page = await self.client.ask(notes.ReadNotes(case_id=self._case_id, cursor=self._cursor))
        if page is not None:
            self._take(page)

    def action_note(self) -> None:
        """Write one."""
        self.go(self._write())

    async def _write(self) -> None:
        from console.tui.modals.note import NoteForm  # noqa: PLC0415 - loaded when asked for

        call = await self.app.push_screen_wait(NoteForm(self._case_id, self._number))
        written = await self.client.ask(call) if call is not None else None
        if written is not None:
            self.say(self.t("note.saved", hidden=len(written.found), count=0))
            self.reread()
