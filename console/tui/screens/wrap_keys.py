"""The key of a case that says what came of it, while a call about it goes on or waits to be wrapped up.

Saving goes on to the next case, like any result. A refusal, a lost line too, leaves what was typed in the form.
"""

from __future__ import annotations

from console.desk.api import wrapping
from console.desk.api.work import DraftKind
from console.tui.screens.work_keys import WorkKeys


class WrapKeys(WorkKeys):
    """See the module. In place of a plain result there is the call's form wherever there is a call."""

    _wrapping = False

    async def on_screen_resume(self) -> None:
        """On top again: the form of a call that ended meanwhile."""
        self.wrap_if_due()

    async def load(self) -> None:
        """Once it is read, the form of a call that waits."""
        first = self._view is None
        await super().load()
        if first and self._view is not None:
            self.wrap_if_due()

    def wrap_if_due(self) -> None:
        """Open the form of the call about this case, once, with nothing above the case."""
        view = self._view
        if view is None or self.app.screen is not self or self._wrapping:
            return
        call_id = self.desk_app.offer_wrap(view.row.case_id)
        if call_id:
            self.go(self._wrap(call_id, ""))

    async def _record(self, code: str) -> None:
        call_id = self.desk_app.unwrapped(self._view.row.case_id) if self._view is not None else ""
        if call_id:
            await self._wrap(call_id, code)
        else:
            await super()._record(code)

    async def _wrap(self, call_id: str, code: str) -> None:
        from console.tui.modals.work_result import Typed  # noqa: PLC0415 - loaded when asked for
        from console.tui.modals.wrap import WrapForm  # noqa: PLC0415 - as above

        if self._wrapping:
            return
        self._wrapping = True
        try:
            wrap = await self.client.ask(wrapping.ReadWrap(call_id=call_id))
            if wrap is None or wrap.saved:
                return
            # What the call did to the case is on it before it is changed.
            await self.load()
            if self._view is None:
                return
            resume = DraftKind.WRAP.value in self._view.drafts
            form = WrapForm(self._view, wrap, Typed(code=code), resume=resume)
            answered = await self.app.push_screen_wait(form)
            if answered is None:
                return
            self.desk_app.wrapped(self._view.row.case_id)
            if form.saved is not None:
                self._go_on(form.saved, answered.typed.code)
            else:
                self.say(self.t("refusal.wrap.saved"))
                self.reread()
        finally:
            self._wrapping = False
