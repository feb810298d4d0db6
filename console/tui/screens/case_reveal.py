"""Keys of a case that show a value: ask to reveal, look while it may be seen, hide."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import reveal
from console.desk.api.cases import FieldRef, FieldView
from console.tui.screens.case_base import CaseBase
from console.tui.widgets.masked import MaskedValue


class RevealKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"reveal": (Action.REVEAL_REQUEST_ASK.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("u", "reveal", "key.reveal"),
        Binding("x", "hide", "key.hide"),
    ]

    def action_hide(self) -> None:
        """Hide now; the grant goes on."""
        self.hide_values()

    def action_reveal(self) -> None:
        """Show what is granted; ask for what is not."""
        field = self._focused_field()
        if self._view is None:
            return
        if field is not None and field.grant_id:
            self.go(self._view_field(field))
        else:
            self.go(self._ask(field))

    async def _view_field(self, field: FieldView) -> None:
        if self._view is None or not field.grant_id:
            return
        ref = FieldRef(name=field.name, ordinal=field.ordinal)
        call = reveal.ViewField(case_id=self._view.row.case_id, grant_id=field.grant_id, field=ref)
        reply = await self.client.ask(call)
        if reply is None:
            self.hide_values()
            self.reread()
            return
        self._offset = reply.now - self.desk_app.clock()
        if self.app.screen is not self or self.desk_app.me is None:
            return
        for masked in self.query(MaskedValue):
            if (masked.field, masked.ordinal) == (field.name, field.ordinal):
                masked.reveal(reply.value, reply.ends_at - reply.now)
                masked.focus()
        # Before the next frame, so that no frame shows the value under a calm mark.
        self.desk_app.remark()

    async def _ask(self, field: FieldView | None) -> None:
        from console.tui.modals.ask import AskModal  # noqa: PLC0415 - loaded when asked for

        if self._view is None:
            return
        row = self._view.row
        options = await self.client.ask(reveal.GetRevealOptions(case_id=row.case_id))
        if options is None:
            return
        chosen = FieldRef(name=field.name, ordinal=field.ordinal) if field else None
        call = await self.app.push_screen_wait(AskModal(row.case_id, row.number, options, chosen))
        if call is None:
            return
        request = await self.client.ask(call)
        if request is not None:
            self.say(self.t("ask.sent", number=request.number, state=self.texts.state("request", request.state)))
            self.reread()

    def on_masked_value_changed(self, event: MaskedValue.Changed) -> None:
        """Say why a value went by itself."""
        if event.expired:
            self.say(self.t("case.expired"))
            self.reread()
