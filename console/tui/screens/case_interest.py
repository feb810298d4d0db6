"""The key of a case that keeps somebody from it: after one's own declaration there is no case to come back to."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.tui.screens.case_base import CaseBase


class InterestKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"interest": (Action.CASE_INTEREST_DECLARE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("I", "interest", "key.declare")]

    def action_interest(self) -> None:
        """Declare that somebody has an interest in this customer."""
        self.go(self._declare())

    async def _declare(self) -> None:
        from console.tui.modals.interest import InterestModal  # noqa: PLC0415 - loaded when asked for

        if self._view is None:
            return
        call = await self.app.push_screen_wait(InterestModal(self._view.row.case_id))
        if call is None or await self.client.ask(call) is None:
            return
        if call.person_id in {"", self.me.person_id}:
            # Not waited for: this very worker ends with the screen.
            self.app.pop_screen()
        else:
            self.say(self.t("interest.declared"))
