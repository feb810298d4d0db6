"""The key of a case that shows who is on the line: while one's own call about it is answered, no moment longer."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Push, identity
from console.desk.api.cases import FieldView
from console.tui.screens.case_base import CaseBase
from console.tui.widgets.masked import MaskedValue

_PUSHED = "standing"


class IdentityKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"identity": (Action.CASE_FIELD_IDENTIFY.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("i", "identity", "key.identity")]
    _identity: tuple[str, str, int] | None = None
    """The call, the field and its place, while a name is shown."""

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There while one's own call about this case goes on."""
        if action == "identity" and (
            self.desk_app.me is None or self._view is None or not self.desk_app.call_on(self._view.row.case_id)
        ):
            return False
        return super().check_action(action, parameters)

    def action_identity(self) -> None:
        """Show who is on the line."""
        self.go(self._show_identity())

    async def _show_identity(self) -> None:
        call_id = self.desk_app.call_on(self._view.row.case_id) if self._view is not None else ""
        if not call_id:
            return
        reply = await self.client.ask(identity.ShowIdentity(call_id=call_id))
        if reply is None:
            return
        # The call may have ended while the answer was under way, told or not.
        await self.desk_app.hear_call()
        if self.app.screen is not self or self.desk_app.me is None or not self.desk_app.answered(call_id):
            return
        self._offset = reply.now - self.desk_app.clock()
        for masked in self.query(MaskedValue):
            if (masked.field, masked.ordinal) == (reply.field.name, reply.field.ordinal):
                self._identity = (call_id, masked.field, masked.ordinal)
                masked.reveal(reply.value, reply.ends_at - reply.now)
                masked.focus()
        self.desk_app.remark()

    def hide_identity(self) -> None:
        """The call is over, or what let the name be shown is."""
        held, self._identity = self._identity, None
        if held is None:
            return
        for masked in self.query(MaskedValue):
            if (masked.field, masked.ordinal) == held[1:]:
                masked.hide()
        self.desk_app.marker.forget()

    def hide_values(self) -> None:
        """See `DeskScreen`."""
        self._identity = None
        super().hide_values()

    def take_push(self, push: Push) -> None:
        """A standing approval changed: what is shown under one goes."""
        if push.kind == _PUSHED:
            self.hide_identity()
        super().take_push(push)

    def _stays(self, field: FieldView) -> bool:
        """Whether a value that no grant shows may stay: the name, while the call is answered."""
        held = self._identity
        return held is not None and held[1:] == (field.name, field.ordinal) and self.desk_app.answered(held[0])
