"""The key of a queue that opens the calls nobody has wrapped up yet, the oldest first; there while there are any."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api.wrapping import WrapView
from console.tui.screens.base import DeskScreen


class LeftWraps(DeskScreen):
    """See the module."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("w", "left_wraps", "key.wraps")]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """While a call waits."""
        if action == "left_wraps":
            return self.desk_app.wraps_left
        return super().check_action(action, parameters)

    def action_left_wraps(self) -> None:
        """Open the case of the oldest; its form comes with it, or alone where the case went elsewhere."""
        self.go(self._left_wraps())

    async def _left_wraps(self) -> None:
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        waiting = await self.desk_app.left_wraps()
        if not waiting:
            self.say(self.t("wrap.none"))
            self.refresh_keys()
            return
        first = waiting[0]
        if first.worked:
            self.desk_app.offer_again(first.call_id)
            await self.app.push_screen(CaseScreen(first.case_id))
        else:
            await self._wrap_elsewhere(first)

    async def _wrap_elsewhere(self, wrap: WrapView) -> None:
        """The form alone: the case is not one's own to open any more."""
        from console.tui.modals.wrap import WrapForm, bare  # noqa: PLC0415 - loaded when there is a call

        answered = await self.app.push_screen_wait(WrapForm(bare(wrap), wrap))
        if answered is None:
            return
        self.desk_app.wrapped(wrap.case_id)
        self.say(self.t("result.saved", number=wrap.number, result=self.t(f"result.{answered.typed.code}")))
        self.refresh_keys()
