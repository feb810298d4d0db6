"""The lock key works wherever somebody is: over every screen and modal, while typing, and nothing typed lies behind it.

What the desk keeps as a draft comes back from there; everything else that was half typed is gone.
"""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from console.desk.api import DeskError, Refusal, session, work
from console.tui.modals.help import HelpModal
from console.tui.modals.note import NoteForm
from console.tui.modals.search import SearchModal
from console.tui.modals.trace import PasteModal
from console.tui.modals.work_result import ResultForm
from console.tui.screens.lock import LockScreen
from console.tui.widgets.inputs import Field
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Seat, met, seated
from tests.support.views import VIEWS, View
from tests.tui.test_idle import TYPED, held
from tests.tui.test_layout import reach

pytestmark = [pytest.mark.clause("issue-4", "Y-4.7.2", "C-5.4d-1")]

LOCKABLE = [view for view in VIEWS if view.role and view.name != "LockScreen"]


async def locked(seat: Seat) -> None:
    """Press the key; the screen is covered and the desk knows."""
    await seat.press("ctrl+l")
    await seat.until("已锁定")
    await met(seat.app, seat.pilot, lambda: seat.desk.locked)
    await seat.settle()


async def unlocked(seat: Seat) -> None:
    """In a demo desk Enter is enough."""
    await seat.press("enter")
    await seat.until("已锁定", gone=True)
    await seat.settle()


@pytest.mark.parametrize("view", LOCKABLE, ids=[f"{view.name}-{view.role}" for view in LOCKABLE])
async def test_it_locks_over_every_screen_and_modal(view: View) -> None:
    async with seated(view.role) as seat:
        await reach(seat, view, "zh_CN")
        there = seat.screen
        for line in there.query(Field):
            line.value = TYPED[: line.max_length]
        await seat.settle()
        await locked(seat)
        assert isinstance(seat.screen, LockScreen)
        assert "C-2026" not in seat.text
        assert held(seat) == []
        await unlocked(seat)
        assert seat.screen is there, "what was open is open again"


async def test_it_is_told_wherever_help_is() -> None:
    async with seated(language="en") as seat:
        await seat.press("question_mark")
        await seat.until("lock the screen")
        await seat.press("escape", "ctrl+l")
        await seat.until(seat.app.texts.t("lock.title"))
        await seat.press("f1")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, HelpModal))
        await seat.until("notes and results")


@pytest.mark.parametrize("over", ["lock", "help"])
async def test_a_locked_screen_is_locked_once(over: str) -> None:
    async with seated() as seat:
        await seat.press("slash")
        await locked(seat)
        if over == "help":
            await seat.press("f1")
            await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, HelpModal))
        await seat.press("ctrl+l", "ctrl+l")
        await seat.settle()
        assert len(seat.desk.asked(session.Lock)) == 1
        assert [type(one) for one in seat.app.screen_stack].count(LockScreen) == 1
        if over == "help":
            await seat.press("escape")
            await seat.settle()
        await unlocked(seat)
        assert isinstance(seat.screen, SearchModal)


async def test_nobody_is_no_one_to_lock_out() -> None:
    async with seated("") as seat:
        await seat.press("ctrl+l")
        await seat.settle()
        assert not seat.desk.asked(session.Lock)
        assert "登录" in seat.text


async def test_rows_pasted_to_be_traced_are_gone() -> None:
    async with seated("auditor") as seat:
        modal = PasteModal()
        await seat.app.push_screen(modal)
        seat.app.post_message(events.Paste(f"{TYPED}\n{TYPED}"))
        await met(seat.app, seat.pilot, lambda: held(seat))
        await locked(seat)
        assert held(seat) == []
        await unlocked(seat)
        assert seat.screen is modal
        await seat.press("enter")
        assert seat.screen is modal, "there is nothing to trace"


async def with_note(seat: Seat, text: str = TYPED) -> Field:
    """A note half typed."""
    await seat.press("enter")
    await seat.until("家庭地址")
    await seat.press("n")
    await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, NoteForm))
    await seat.press(*text)
    await seat.until(text[-5:])
    return seat.screen.query_one("#text", Field)


LONG = "he says to call the farm on " + TYPED


async def test_a_note_half_typed_is_with_the_desk_alone_and_comes_back() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        field = await with_note(seat, LONG)
        assert held(seat), "it is looked for where it is"
        await locked(seat)
        assert desk.drafts == {("case-1", "note"): LONG}
        kinds = [type(call) for call in desk.calls]
        assert kinds.index(work.KeepDraft) < kinds.index(session.Lock), "while it still answers"
        assert held(seat) == []
        await unlocked(seat)
        await seat.until(TYPED)
        assert field.value == LONG
        await seat.press(*"!", "enter")
        await met(seat.app, seat.pilot, lambda: not isinstance(seat.screen, NoteForm))
        assert [call.text for call in desk.calls if hasattr(call, "text")][-1] == f"{LONG}!"


async def test_whoever_types_on_before_it_is_back_goes_on_where_they_were() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        field = await with_note(seat)
        await locked(seat)
        slow = asyncio.Event()
        real = desk.call

        async def call(request, *, key=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
            if isinstance(request, work.ReadDraft):
                await slow.wait()
            return await real(request, key=key)

        desk.call = call  # type: ignore[method-assign]
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, NoteForm))
        await seat.press(*"99")
        await met(seat.app, seat.pilot, lambda: field.value == "99")
        seat.screen.keep()  # type: ignore[attr-defined]
        assert desk.drafts == {("case-1", "note"): TYPED}, "not overwritten by less"
        slow.set()
        await met(seat.app, seat.pilot, lambda: field.value == f"{TYPED}99")
        assert field.cursor_position == len(field.value)


async def test_what_the_desk_could_not_keep_is_not_lost() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        field = await with_note(seat)

        def away(_: object) -> None:
            raise DeskError(Refusal(code="desk.failed"))

        desk.answers[work.KeepDraft] = away
        await locked(seat)
        assert TYPED not in seat.text
        del desk.answers[work.KeepDraft]
        await unlocked(seat)
        assert field.value == TYPED
        await met(seat.app, seat.pilot, lambda: desk.drafts == {("case-1", "note"): TYPED})


async def test_a_result_half_entered_comes_back_with_what_was_chosen() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        await seat.press("enter")
        await seat.until("家庭地址")
        await seat.press("p")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, ResultForm))
        form = seat.screen
        form.query_one("#note", Field).focus()
        await seat.press(*TYPED)
        await seat.until(TYPED)
        before = form.draft()  # type: ignore[attr-defined]
        assert held(seat)
        await locked(seat)
        assert TYPED in desk.drafts["case-1", "result"]
        assert held(seat) == []
        await unlocked(seat)
        await seat.until(TYPED)
        assert seat.screen is form
        assert form.draft() == before  # type: ignore[attr-defined]
