"""Notes, contact data and blind verification by keyboard."""

from __future__ import annotations

import pytest

from console.desk.api import contacts, notes, verify, work
from console.tui.modals.note import NoteForm
from console.tui.modals.verify_id import VerifyForm
from console.tui.screens.contact_checks import ContactsScreen
from console.tui.screens.notes import NotesScreen
from console.tui.widgets.inputs import Field
from tests.support.fake_notes import DIGITS
from tests.support.terminal import seated

pytestmark = pytest.mark.clause("issue-3")


async def test_a_note_is_written_by_one_key_and_its_number_handed_on_by_another() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "n", *"13955556666", "enter")
        await seat.settle()
        assert [call.text for call in seat.desk.asked(notes.WriteNote)] == ["13955556666"]
        await seat.press("g")
        await seat.settle()
        (call,) = seat.desk.asked(contacts.ProposeFound)
        assert (call.note_id, call.place) == ("n0", 0)
        await seat.press("g")
        await seat.settle()
        assert len(seat.desk.asked(contacts.ProposeFound)) == 1, "once is enough"


async def test_what_is_typed_is_kept_when_the_form_is_left() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "n", *"abc", "escape")
        await seat.settle()
        kept = seat.desk.asked(work.KeepDraft)
        assert [(call.kind, call.text) for call in kept] == [("note", "abc")]
        await seat.press("n")
        await seat.settle()
        assert isinstance(seat.screen, NoteForm)
        assert seat.screen.query_one(Field).value == "abc"


async def test_an_empty_note_is_not_sent() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "n", "enter")
        await seat.settle()
        assert isinstance(seat.screen, NoteForm)
        assert not seat.desk.asked(notes.WriteNote)


async def test_notes_are_listed_and_older_ones_come_by_a_key() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "m")
        await seat.settle()
        assert isinstance(seat.screen, NotesScreen)
        assert "***********" in seat.text
        await seat.press("g", "o")
        await seat.settle()
        assert len(seat.desk.asked(contacts.ProposeFound)) == 1
        assert [call.cursor for call in seat.desk.asked(notes.ReadNotes)] == [None, "n2"]


@pytest.mark.clause("design-4")
async def test_what_the_customer_says_leaves_the_screen_with_enter() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "v", *DIGITS)
        assert isinstance(seat.screen, VerifyForm)
        assert DIGITS not in seat.text, "not even while it is typed"
        await seat.press("enter")
        await seat.settle()
        assert "✓" in seat.text
        assert seat.screen.query_one(Field).value == ""
        await seat.press(*"1234", "enter")
        await seat.settle()
        assert "✗" in seat.text
        assert [call.digits for call in seat.desk.asked(verify.VerifyDigits)] == [DIGITS, "1234"]
        seat.desk.refuse(verify.VerifyDigits, "oracle.frozen", ask=("security_admin", "compliance"))
        await seat.press(*"1234", "enter")
        await seat.settle()
        assert "安全管理员" in seat.text, "who lifts it"
        assert isinstance(seat.screen, VerifyForm)


async def test_a_contact_datum_is_proposed_with_its_source() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "e", "tab", "tab", *"13955556666", "enter")
        await seat.settle()
        assert not seat.desk.asked(contacts.ProposeContact), "no source was said"
        await seat.press("right", "right", "enter")
        await seat.settle()
        (call,) = seat.desk.asked(contacts.ProposeContact)
        assert (call.field, call.ordinal, call.value, call.lawful_source) == ("mobile", 0, "13955556666", "customer")


async def test_correcting_starts_from_the_datum_under_the_cursor() -> None:
    async with seated("agent") as seat:
        await seat.press("enter", "down", "down", "down", "e", *"13955556666", "tab", "right", "enter")
        await seat.settle()
        (call,) = seat.desk.asked(contacts.ProposeContact)
        assert (call.field, call.ordinal) == ("mobile", 1)


async def test_a_supervisor_accepts_with_a_source_and_refuses_with_a_reason() -> None:
    async with seated("supervisor") as seat:
        await seat.press("ctrl+p", *"联系方式", "enter")
        await seat.settle()
        assert isinstance(seat.screen, ContactsScreen)
        assert "139****6666" in seat.text
        await seat.press("a", "enter")
        await seat.settle()
        assert not seat.desk.asked(contacts.CheckContact), "no source was said"
        await seat.press("right", "right", "enter")
        await seat.settle()
        await seat.press("r", *"wrong", "enter")
        await seat.settle()
        first, second = seat.desk.asked(contacts.CheckContact)
        assert (first.accept, first.lawful_source, first.seen_version) == (True, "customer", 1)
        assert (second.accept, second.reason) == (False, "wrong")


async def test_an_agent_sees_what_became_of_hers_and_takes_one_back() -> None:
    async with seated("agent") as seat:
        await seat.press("ctrl+p", *"联系方式", "enter")
        await seat.settle()
        assert isinstance(seat.screen, ContactsScreen)
        await seat.press("a", "w")
        await seat.settle()
        assert not seat.desk.asked(contacts.CheckContact)
        assert [call.change_id for call in seat.desk.asked(contacts.WithdrawContact)] == ["k1"]
