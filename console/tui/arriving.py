"""A customer who calls brings their case up: on the screen of whoever takes the call, once, over nothing that is open.

Above a list or another case it comes by itself; while something is being filled in, or the screen is locked, it waits
for its key. Whose call it is, and whose case, the desk has decided before the phone rang.
"""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api.calling import CallView, OwnCall
from console.desk.api.session import Me
from console.tui.screens.base import DeskScreen, Worded
from console.tui.widgets.inputs import Field
from console.tui.wrapping import WrappingApp

KEY: Final = "^O"


class ArrivingApp(WrappingApp):
    """The part of the application that opens the case of whoever calls."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+o", "open_call", "key.call.open", show=False, priority=True, key_display=KEY),
    ]
    _brought: frozenset[str] = frozenset()
    """Calls whose case came by itself, or was offered."""

    def seat(self, me: Me | None) -> None:
        """What somebody else was shown counts for nobody after them."""
        if me is None or self.me is None or me.code != self.me.code:
            self._brought = frozenset()
        super().seat(me)

    async def action_open_call(self) -> None:
        """The case of the call under way."""
        if self._call is not None and self.in_call and isinstance(self.screen, DeskScreen):
            await self._bring(self._call)

    def _take(self, own: OwnCall) -> None:
        super()._take(own)
        call = own.call
        if call is not None and call.inbound and self.in_call and call.call_id not in self._brought:
            self._brought |= {call.call_id}
            self.run_worker(self._arrive(call), exit_on_error=False)

    async def _arrive(self, call: CallView) -> None:
        """Bring it up, or say how."""
        if isinstance(self.screen, DeskScreen) and not self._filling_in():
            await self._bring(call)
        elif isinstance(self.screen, Worded) and self.me is not None:
            self.screen.say(self.texts.t("call.arrives", press=KEY))

    def _filling_in(self) -> bool:
        """Whether somebody types where they are."""
        return isinstance(self.screen.focused, Field) and bool(self.screen.focused.value)

    async def _bring(self, call: CallView) -> None:
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - it is made of this

        if self.me is None or Action.CASE_FILE_OPEN.value not in self.me.acts:
            return
        if isinstance(self.screen, CaseScreen) and self.screen.shows(call.case_id):
            return
        await self.push_screen(CaseScreen(call.case_id))
