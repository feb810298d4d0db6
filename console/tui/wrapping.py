"""What a call's end asks of whoever spoke: the name on the screen goes, and the form that wraps the call up comes.

The form comes by itself once a call, above the case of the call when nothing lies on it; else when the case is next on
top, or by its key. Calls that an earlier sitting left are said once somebody is seated, and opened from the queue.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from access.policy.actions import Action
from console.desk.api import Refusal, wrapping
from console.desk.api.calling import OwnCall
from console.desk.api.wrapping import WrapView
from console.tui.calling import ENDED, CallingApp
from console.tui.screens.base import DeskScreen, Worded

if TYPE_CHECKING:
    from console.desk.api.session import Me

CONNECTED = "connected"


class WrappingApp(CallingApp):
    """The part of the application that knows what a call leaves to be said."""

    _unwrapped: Mapping[str, str] = MappingProxyType({})
    """Ids of calls that wait, by case."""

    _offered: frozenset[str] = frozenset()
    """Calls whose form came by itself already."""

    @property
    def wraps_left(self) -> bool:
        """Whether a call waits, as far as is known."""
        return bool(self._unwrapped)

    def answered(self, call_id: str) -> bool:
        """Whether somebody is on the line of one's own call, as far as the desk has said."""
        call = self._call
        return call is not None and call.call_id == call_id and call.state == CONNECTED and bool(call.phase)

    def call_on(self, case_id: str) -> str:
        """Id of the own call that goes on about a case; empty for none."""
        call = self._call
        return call.call_id if call is not None and call.state != ENDED and call.case_id == case_id else ""

    def unwrapped(self, case_id: str) -> str:
        """Id of the call about a case that waits to be wrapped up, or goes on; empty for none."""
        return self.call_on(case_id) or self._unwrapped.get(case_id, "")

    def offer_wrap(self, case_id: str) -> str:
        """The call whose form is to come by itself on this case: once. Empty for none."""
        call_id = self._unwrapped.get(case_id, "")
        if not call_id or call_id in self._offered:
            return ""
        self._offered |= {call_id}
        return call_id

    def offer_again(self, call_id: str) -> None:
        """Let a call's form come by itself once more."""
        self._offered -= {call_id}

    def wrapped(self, case_id: str) -> None:
        """Nothing is left to be said of it."""
        self._unwrapped = {case: call for case, call in self._unwrapped.items() if case != case_id}

    def seat(self, me: Me | None) -> None:
        """Somebody else's calls are not theirs to wrap up."""
        if me is None or self.me is None or me.code != self.me.code:
            self._unwrapped, self._offered = {}, frozenset()
        super().seat(me)

    # -- what the desk says of the call ------------------------------------------------------------------------------
    def _take(self, own: OwnCall) -> None:
        before = self._call
        super()._take(own)
        call = own.call
        if before is not None and not self.answered(before.call_id):
            self._hide_identity()
        if call is not None and call.state == ENDED and before is not None and before.state != ENDED:
            self.run_worker(self._over(call.call_id, call.case_id), exit_on_error=False)

    def _forget(self) -> None:
        self._hide_identity()
        super()._forget()

    def _hide_identity(self) -> None:
        from console.tui.screens.case_identity import IdentityKeys  # noqa: PLC0415 - it is made of this

        for stack in self._screen_stacks.values():
            for screen in stack:
                if isinstance(screen, IdentityKeys):
                    screen.hide_identity()

    async def _over(self, call_id: str, case_id: str) -> None:
        from console.tui.modals.wrap import WrapForm  # noqa: PLC0415 - loaded when there is a call
        from console.tui.screens.wrap_keys import WrapKeys  # noqa: PLC0415 - as above

        if Action.CALL_WRAP_SAVE.value not in (self.me.acts if self.me is not None else ()):
            return
        if isinstance(self.screen, WrapForm) and self.screen.call_id == call_id:
            self._offered |= {call_id}
            self._unwrapped = {**self._unwrapped, case_id: call_id}
            await self.screen.over()
            return
        wrap = await self.client.attempt(wrapping.ReadWrap(call_id=call_id))
        if isinstance(wrap, Refusal) or not wrap.due:
            return
        self._unwrapped = {**self._unwrapped, case_id: call_id}
        if isinstance(self.screen, WrapKeys):
            self.screen.wrap_if_due()

    # -- what was left -----------------------------------------------------------------------------------------------
    async def remind_of_wraps(self) -> None:
        """Say how many calls an earlier sitting left, and where they are opened."""
        waiting = await self.left_wraps()
        if waiting and isinstance(self.screen, Worded):
            self.screen.say(self.texts.t("wrap.waiting", count=str(len(waiting))))
            if isinstance(self.screen, DeskScreen):
                self.screen.refresh_keys()

    async def left_wraps(self) -> tuple[WrapView, ...]:
        """Every call that waits, oldest first."""
        if self.me is None or Action.CALL_WRAP_LIST.value not in self.me.acts:
            return ()
        reply = await self.client.attempt(wrapping.ListWraps())
        if isinstance(reply, Refusal):
            return ()
        self._unwrapped = {one.case_id: one.call_id for one in reply.wraps}
        return reply.wraps
