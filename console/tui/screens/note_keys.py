"""Keys of a case for what is said and known: notes, contact data, blind verification."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import contacts
from console.desk.api.cases import FieldRef
from console.desk.api.contacts import CONTACT_FIELDS
from console.desk.api.notes import NoteWritten
from console.tui.screens.case_base import CaseBase


class NoteKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {
        "note": (Action.CASE_NOTE_WRITE.value,),
        "notes": (Action.CASE_NOTE_READ.value,),
        "contact": (Action.CASE_CONTACT_PROPOSE.value,),
        "propose": (Action.CASE_CONTACT_PROPOSE.value,),
        "verify": (Action.CASE_DIGITS_VERIFY.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "note", "key.note"),
        Binding("g", "propose", "key.propose_found"),
        Binding("m", "notes", "key.notes"),
        Binding("e", "contact", "key.contact"),
        Binding("v", "verify", "key.verify_blind"),
    ]

    _written: NoteWritten | None = None
    """The note saved last on this screen, while something in it could become a contact datum."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What was found can be handed on while there is something."""
        if action == "propose" and self._written is None:
            return False
        return super().check_action(action, parameters)

    def action_note(self) -> None:
        """Write a note."""
        self.go(self._note())

    async def _note(self) -> None:
        from console.tui.modals.note import NoteForm  # noqa: PLC0415 - loaded when asked for

        view = self._view
        if view is None:
            return
        call = await self.app.push_screen_wait(NoteForm(view.row.case_id, view.row.number))
        written = await self.client.ask(call) if call is not None else None
        if written is None:
            return
        count = sum(bool(datum.fields) for datum in written.found)
        self._written = written if count else None
        offered = count and self.can("propose")
        self.say(self.t("note.saved_found" if offered else "note.saved", hidden=len(written.found), count=count))
        self.refresh_keys()
        self.reread()

    def action_propose(self) -> None:
        """What was found in the note just saved goes to the supervisor."""
        self.go(self._propose())

    async def _propose(self) -> None:
        written, self._written = self._written, None
        self.refresh_keys()
        if written is None:
            return
        filed = 0
        for datum in written.found:
            if datum.fields:
                call = contacts.ProposeFound(note_id=written.note_id, place=datum.place)
                filed += await self.client.ask(call) is not None
        if filed:
            self.say(self.t("contact.filed", count=filed))

    def action_notes(self) -> None:
        """All notes of the case."""
        from console.tui.screens.notes import NotesScreen  # noqa: PLC0415 - as above

        if self._view is not None:
            self.app.push_screen(NotesScreen(self._view.row.case_id, self._view.row.number))

    def action_contact(self) -> None:
        """Add or correct a contact datum."""
        self.go(self._contact())

    async def _contact(self) -> None:
        from console.tui.modals.contact import ContactForm  # noqa: PLC0415 - as above

        view = self._view
        if view is None:
            return
        has = [FieldRef(name=one.name, ordinal=one.ordinal) for one in view.fields if one.name in CONTACT_FIELDS]
        focused = self._focused_field()
        chosen = FieldRef(name=focused.name, ordinal=focused.ordinal) if focused is not None else None
        lead = set(self.me.roles) <= {"agency_agent"}
        call = await self.app.push_screen_wait(ContactForm(view.row.case_id, view.row.number, has, chosen, lead=lead))
        if call is not None and await self.client.ask(call) is not None:
            self.say(self.t("contact.filed", count=1))

    def action_verify(self) -> None:
        """Compare what the customer says."""
        from console.tui.modals.verify_id import VerifyForm  # noqa: PLC0415 - as above

        if self._view is not None:
            row = self._view.row
            self.app.push_screen(VerifyForm(row.case_id, row.number, self.texts.mask(row.name)))
