"""Notes, contact data and blind verification of the desk without a desk."""

from __future__ import annotations

from typing import Any, Final

from access.policy.actions import Action
from console.desk.api import contacts, notes, verify
from console.desk.api.contacts import ContactChange, ContactFiled
from console.desk.api.notes import FoundDatum, NotePage, NoteView, NoteWritten

NOTE_ACTS: Final = {
    "agent": {
        Action.CASE_CONTACT_LIST,
        Action.CASE_CONTACT_PROPOSE,
        Action.CASE_CONTACT_WITHDRAW,
        Action.CASE_DIGITS_VERIFY,
        Action.CASE_NOTE_READ,
        Action.CASE_NOTE_WRITE,
    },
    "supervisor": {
        Action.CASE_CONTACT_ACCEPT,
        Action.CASE_CONTACT_LIST,
        Action.CASE_CONTACT_REFUSE,
        Action.CASE_DIGITS_VERIFY,
        Action.CASE_NOTE_READ,
        Action.CASE_NOTE_WRITE,
    },
}
FOUND: Final = FoundDatum(place=0, kind="mobile", fields=("mobile", "contact_phone"))
DIGITS: Final = "8515"


class NoteAnswers:
    """Answers; `now` is the desk's."""

    now: int
    me: Any

    def _WriteNote(self, request: notes.WriteNote) -> NoteWritten:  # noqa: N802 - named after the call
        found = (FOUND,) if any(char.isdigit() for char in request.text) else ()
        return NoteWritten(note_id="n0", found=found)

    def _ReadNotes(self, request: notes.ReadNotes) -> NotePage:  # noqa: N802
        texts = ("客户说换了号码 ***********，下周三还", "本人接听，情绪平稳", "请**先生转告 " + "很长的一句话，" * 30)
        first = 0 if request.cursor is None else 3
        shown = tuple(
            NoteView(
                note_id=f"n{first + nth}",
                ordinal=9 - first - nth,
                at=self.now - nth * 3_600_000_000,
                staff_no="A0173",
                person="张伟",
                text=text,
                own=True,
                found=(FOUND,) if nth == 0 else (),
            )
            for nth, text in enumerate(texts)
        )
        return NotePage(notes=shown, cursor="n2" if request.cursor is None else None)

    def change(self, number: int = 1, **changes: Any) -> ContactChange:
        """A proposal."""
        checks = self.me is not None and "supervisor" in self.me.roles
        made: dict[str, Any] = {
            "change_id": f"k{number}",
            "case_id": f"case-{number}",
            "case_number": f"C-2026-{number:07d}",
            "name": "欧阳*",
            "field": "mobile",
            "ordinal": 0,
            "placed": 0,
            "masked": "139****6666",
            "lawful_source": "",
            "lead": False,
            "note": "客户说换了号码 ***********，下周三还",
            "state": "pending",
            "asked_at": self.now,
            "staff_no": "A0173",
            "person": "张伟",
            "checked_by": "",
            "reason": "",
            "mine": not checks,
            "checkable": checks,
            "version": 1,
        }
        return ContactChange(**made | changes)

    def _ListContactChanges(self, _: contacts.ListContactChanges) -> contacts.ContactChanges:  # noqa: N802
        address = self.change(2, field="home_address", ordinal=1, masked="上海市浦东新区****", lead=True, note="")
        refused = self.change(3, state="refused", checked_by="李娜", reason="号码有误", checkable=False)
        return contacts.ContactChanges(items=(self.change(), address, refused))

    def _ProposeContact(self, _: contacts.ProposeContact) -> ContactFiled:  # noqa: N802
        return ContactFiled(change_id="k9", state="pending", version=1)

    def _ProposeFound(self, _: contacts.ProposeFound) -> ContactFiled:  # noqa: N802
        return ContactFiled(change_id="k9", state="pending", version=1)

    def _CheckContact(self, request: contacts.CheckContact) -> ContactFiled:  # noqa: N802
        return ContactFiled(change_id=request.change_id, state="accepted" if request.accept else "refused", version=2)

    def _WithdrawContact(self, request: contacts.WithdrawContact) -> ContactFiled:  # noqa: N802
        return ContactFiled(change_id=request.change_id, state="withdrawn", version=2)

    def _VerifyDigits(self, request: verify.VerifyDigits) -> verify.Verified:  # noqa: N802
        match = request.digits == DIGITS
        return verify.Verified(match=match, misses_left=3 if match else 1)
