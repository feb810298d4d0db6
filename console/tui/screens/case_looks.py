"""Keys of a case that look closer or hand it on: timeline, who looked, details, assignment."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.tui.screens.case_base import CaseBase
from console.tui.widgets.masked import MaskedValue
from console.tui.widgets.rows import RowList


class LookKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {
        "assign": (Action.CASE_ASSIGNMENT_CHANGE.value,),
        "looks": (Action.CASE_TIMELINE_READ.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("w", "looks", "key.looks"),
        Binding("a", "assign", "key.assign"),
        Binding("enter", "details", "key.details"),
        Binding("t", "timeline", "key.timeline"),
    ]

    def action_timeline(self) -> None:
        """To the timeline, and back to the fields."""
        timeline = self.query_one("#timeline", RowList)
        if timeline.has_focus:
            for masked in self.query(MaskedValue):
                masked.focus()
                return
        timeline.focus()

    def action_looks(self) -> None:
        """Who looked at this case."""
        from console.tui.modals.looks import LooksModal  # noqa: PLC0415 - as above

        if self._view is not None:
            self.app.push_screen(LooksModal(self._view.row.case_id, self._view.row.number))

    def action_details(self) -> None:
        """Everything about the loan or event under the cursor."""
        if isinstance(self.focused, RowList):
            self.focused.action_choose()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter on a loan or an event."""
        from console.tui.modals.details import DetailsModal, account_lines, event_lines  # noqa: PLC0415 - as above

        view = self._view
        if view is None:
            return
        if event.rows.id == "accounts":
            for account in view.accounts:
                if account.account_id == event.key:
                    self.app.push_screen(DetailsModal("details.account", account_lines(self.texts, account)))
        else:
            for entry in view.timeline:
                if str(entry.seq) == event.key:
                    lines = event_lines(self.texts, entry, self.desk_app.zone)
                    self.app.push_screen(DetailsModal("details.event", lines))

    def action_assign(self) -> None:
        """Give the case to somebody of the team."""
        self.go(self._assign())

    async def _assign(self) -> None:
        from console.tui.modals.assign import AssignModal  # noqa: PLC0415 - as above

        if self._view is None:
            return
        row = self._view.row
        chosen = (row.case_id, row.number, row.version)
        call = await self.app.push_screen_wait(AssignModal((chosen,)))
        if call is None:
            return
        done = await self.client.ask(call)
        if done is not None:
            self.say(self.t("assign.done", count=done.count))
            self.reread()
