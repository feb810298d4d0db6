"""Forms whose words the desk keeps as a draft, sealed, until they are saved: over a lost line, a restart and a lock.

When the screen locks, what is typed goes to the desk and off this screen, and comes back once somebody proved to be
there. What the desk cannot keep just then stays in the form, covered, rather than be lost; what it keeps for nobody
goes.
"""

from __future__ import annotations

from typing import ClassVar, TypeVar

from textual.timer import Timer

from console.desk.api import Refusal, work
from console.desk.api.work import DraftKind
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field

A = TypeVar("A")

KEEP_AFTER = 1.0
"""Seconds without a key after which what is typed is kept."""


class DraftedForm(DeskModal[A]):
    """Subclasses give `KIND`, the case, their draft as text, and how it is filled in.

    Args:
        case_id: of the case that the draft belongs to.
        kept: what the desk has of it already, or need not have.
    """

    KIND: ClassVar[DraftKind]

    def __init__(self, case_id: str, kept: str = "") -> None:
        super().__init__()
        self._about, self._kept = case_id, kept
        self._put_by = False
        self._timer: Timer | None = None

    def draft(self) -> str:
        """What stands in the form, as it is kept; empty where nothing is typed that would be lost."""
        raise NotImplementedError

    def fill(self, draft: str) -> None:
        """Show a draft, before whatever was typed since; whoever types on at once goes on where they were.

        Raises:
            ValueError: it is none.
        """
        raise NotImplementedError

    @property
    def drafts(self) -> bool:
        """Whether the desk keeps what is typed here."""
        return True

    async def take_up(self) -> None:
        """Show what was kept, if nothing else stands here."""
        reply = await self.client.ask(work.ReadDraft(case_id=self._about, kind=self.KIND.value))
        if reply is None:
            return
        put_by, self._put_by = self._put_by, False
        if not reply.text or (self.draft() and not put_by):
            return
        try:
            self.fill(reply.text)
        except ValueError:
            return
        self._kept = reply.text
        # Once the lines stand as they were filled, or the message finds no room.
        self.call_after_refresh(self.say, self.t("draft.restored", when=self.when(reply.kept_at)))

    def on_input_changed(self) -> None:
        """Keep it once the keys rest."""
        self.rest()
        self._timer = self.set_timer(KEEP_AFTER, self.keep)

    def rest(self) -> None:
        """Keep nothing by itself until the next key."""
        if self._timer is not None:
            self._timer.stop()

    def keep(self) -> None:
        """Have the desk keep what changed; what lies there while the screen was locked is not overwritten."""
        draft = self.draft()
        if draft == self._kept or self._put_by or not self.drafts:
            return
        self._kept = draft
        # The application's worker, so that closing the form does not stop it.
        self.desk_app.run_worker(self._keep_at_desk(draft), exit_on_error=False)

    async def _keep_at_desk(self, draft: str) -> bool:
        call = work.KeepDraft(case_id=self._about, kind=self.KIND.value, text=draft)
        if isinstance(await self.client.attempt(call), Refusal):
            # The desk is away, or locked: kept once this form is on top again.
            self._kept = ""
            return False
        return True

    async def put_by(self) -> None:
        """See `Worded`; what was chosen stays, it is nobody's words."""
        draft = self.draft() if self.query(Field) else ""
        if self._put_by or not draft or (self.drafts and not await self._keep_at_desk(draft)):
            return
        self._put_by = self.drafts
        for field in self.query(Field):
            field.empty()
        self._kept = self.draft()
        self.desk_app.forget_drawn()

    def on_screen_resume(self) -> None:
        """Back from behind a lock or a lost line: what the desk could not keep, it keeps now; what it kept is here."""
        if self._put_by:
            self.go(self.take_up())
        elif self.query(Field):
            self.keep()

    def action_cancel(self) -> None:
        """Leave; what was typed stays kept."""
        self.keep()
        super().action_cancel()
