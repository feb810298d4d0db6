"""The key of a case that asks whether its customer may be contacted now, by every rule, and from there the call.

What the customer agreed to is one key further; the palette goes there at once.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.tui.screens.case_base import CaseBase


class ContactKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {
        "contact_check": (Action.CONTACT_SLOT_CHECK.value,),
        "consents": (Action.CONTACT_SLOT_CHECK.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "contact_check", "key.contact.check")]
    MORE: ClassVar = (Binding("c c", "consents", "key.consents.long"),)

    def action_contact_check(self) -> None:
        """May I call now?"""
        self.go(self._contact_check())

    async def _contact_check(self) -> None:
        from console.tui.modals.contact_check import ContactCheckModal  # noqa: PLC0415 - loaded when asked for

        if self._view is not None:
            case_id, dials = self._view.row.case_id, Action.CALL_LINE_START.value in self.me.acts
            chosen = await self.app.push_screen_wait(ContactCheckModal(case_id, dials=dials))
            if chosen is not None:
                await self.desk_app.start_call(case_id, chosen)
            self.reread()

    def action_consents(self) -> None:
        """What the customer agreed to."""
        self.go(self._consents())

    async def _consents(self) -> None:
        from console.tui.modals.consents import ConsentsModal  # noqa: PLC0415 - loaded when asked for

        if self._view is not None:
            await self.app.push_screen_wait(ConsentsModal(self._view.row.case_id))
            self.reread()
