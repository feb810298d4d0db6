"""The key of a case that asks whether its customer may be contacted now, by every rule."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.tui.screens.case_base import CaseBase


class ContactKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"contact_check": (Action.CONTACT_SLOT_CHECK.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "contact_check", "key.contact.check")]

    def action_contact_check(self) -> None:
        """May I call now?"""
        self.go(self._contact_check())

    async def _contact_check(self) -> None:
        from console.tui.modals.contact_check import ContactCheckModal  # noqa: PLC0415 - loaded when asked for

        if self._view is not None:
            await self.app.push_screen_wait(ContactCheckModal(self._view.row.case_id))
            self.reread()
