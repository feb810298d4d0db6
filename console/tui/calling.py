"""The call somebody is in, wherever they are on the screens: one bar, one key that ends it, also behind the lock.

What the bar says is the desk's; how long it lasts is counted here between two words of the desk. Speaking is being
there: while a customer is on the line the screen does not lock for want of keys, for at most ten minutes of a call.
"""

from __future__ import annotations

import time
from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from console.desk.api import Call, Push, Refusal, calling
from console.desk.api.calling import CallView, OwnCall
from console.desk.api.contact import ContactRef
from console.desk.api.session import Me
from console.tui.client import Client
from console.tui.proving import ProvingApp
from console.tui.screens.base import Worded
from console.tui.widgets.call_bar import CallBar

STAYS: Final = 20.0
"""Seconds that how a call ended stays on the bar."""

_SECOND: Final = 1_000_000
ENDED: Final = "ended"
NOT_DIALLABLE: Final = "not_diallable"


class CallingApp(ProvingApp):
    """The part of the application that knows the call."""

    client: Client
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+g", "hang_up", "key.call.hang_up", show=False, priority=True, key_display="^G"),
    ]
    _call: CallView | None = None
    _call_at = 0
    _call_heard = 0.0
    _connected_heard: float | None = None
    _line_down = False

    @property
    def call_shown(self) -> CallView | None:
        """The call that the bar tells of."""
        return self._call

    @property
    def in_call(self) -> bool:
        """Whether there is a call to end."""
        return self._call is not None and self._call.state != ENDED

    async def start_call(self, case_id: str, contact: ContactRef) -> None:
        """Call a number of a case; why not is said like every refusal."""
        reply = await self.client.ask(calling.StartCall(case_id=case_id, contact=contact))
        if reply is not None:
            self._take(OwnCall(call=reply, at=reply.started_at))
            await self.hear_call()

    async def action_hang_up(self) -> None:
        """End it; after a line came back the desk may know of a call that the bar does not."""
        if not self.in_call:
            await self.hear_call()
        if self.in_call:
            reply = await self.client.attempt(calling.HangUp())
            if isinstance(reply, Refusal) and reply.code != "call.over":
                self.refused_call(reply)

    def refused_call(self, refusal: Refusal) -> None:
        """Say why a call is not ended; the application knows where."""

    async def hear_call(self, push: Push | None = None) -> None:
        """Ask the desk how the call is. push: what said that it is not as it was."""
        known = self._call.call_id if self._call is not None else ""
        # A team's head hears of every call of the team and asks about their own alone.
        if push is not None and known and push.id != known and self.in_call:
            return
        ask: Call[OwnCall] = calling.ReadOwnCall(call_id=known if self.in_call else "")
        reply = await self.client.attempt(ask)
        if not isinstance(reply, Refusal) and reply.call is not None:
            self._take(reply)

    async def hear_line(self) -> None:
        """The desk said that the provider's line changed: say so to whoever was not asking, wherever they are."""
        reply = await self.client.attempt(calling.ReadOwnCall())
        if isinstance(reply, Refusal) or not reply.trunk:
            return
        down, before = reply.trunk == "down", self._line_down
        self._line_down = down
        if down is not before and isinstance(self.screen, Worded):
            self.screen.say(self.texts.t("call.line.down" if down else "call.line.up"), bad=down)

    def seat(self, me: Me | None) -> None:
        """Somebody else's call is not shown."""
        if me is None or self.me is None or me.code != self.me.code:
            self._forget()
            self._line_down = False
        super().seat(me)

    # -- the bar -----------------------------------------------------------------------------------------------------
    def _take(self, own: OwnCall) -> None:
        now = time.monotonic()
        if (
            self.in_call
            and own.call is not None
            and own.call.result == NOT_DIALLABLE
            and isinstance(self.screen, Worded)
        ):
            # The agent's own phone did not ring either: it is over before anybody saw the bar.
            self.screen.say(self.texts.t("call.not_called"), bad=True)
        self._call, self._call_at, self._call_heard = own.call, own.at, now
        connected = own.call is not None and own.call.connected_at is not None and own.call.state != ENDED
        if connected and own.call is not None and self._connected_heard is None:
            self._connected_heard = now - max(0, own.at - (own.call.connected_at or own.at)) / _SECOND
        if not connected:
            self._connected_heard = None
        self.show_call()

    def _forget(self) -> None:
        self._call, self._connected_heard = None, None
        self.show_call()

    def tick_call(self) -> None:
        """A second passed."""
        now = time.monotonic()
        if self._connected_heard is not None:
            # Not by itself for ever: a line that nobody hung up is not somebody at the screen.
            self._touched = max(self._touched, min(now, self._connected_heard + calling.SPEAKING_COUNTS))
        if self._call is not None:
            if not self.in_call and now - self._call_heard > STAYS:
                self._forget()
            else:
                self.show_call()

    def show_call(self) -> None:
        """Put it on every bar there is."""
        for stack in self._screen_stacks.values():
            for screen in stack:
                for bar in screen.query(CallBar):
                    bar.say(*self.call_lines(whose=not bar.behind_lock), over=not self.in_call)

    def call_lines(self, *, whose: bool = True) -> tuple[str, ...]:
        """With which case, how far, how long, how often yet today; then the same in fewer words; nothing for no call.

        Args:
            whose: the case may be named.
        """
        call, t = self._call, self.texts.t
        if call is None:
            return ()
        named = f"{call.number} {self.texts.field(call.contact.field, call.contact.ordinal)}"
        where = named if whose else t("call.bar.a_call")
        short = call.number if whose else where
        if call.inbound:
            where, short = t("call.bar.in", where=where), t("call.bar.in", where=short)
        if call.state == ENDED:
            result = t(f"call.result.{call.result}")
            by = t(f"call.by.{call.by}") if call.by else ""
            return (t("call.bar.ended", where=where, result=result, by=by, time=clock(call.talked)),)
        since = call.connected_at if call.connected_at is not None else call.started_at
        passed = max(0, self._call_at - since) // _SECOND + int(time.monotonic() - self._call_heard)
        phase = t(f"call.phase.{call.phase or call.state}")
        said = {"phase": phase, "time": clock(passed), "hang": "^G"}
        bare = tuple(t("call.bar.live", where=one, **said) for one in (where, short))
        if call.left is None or not whose:
            return bare
        said["left"] = t("contact.left", count=call.left)
        brief = t("call.bar.in_brief", where=call.number) if call.inbound else call.number
        return (
            t("call.bar.counted", where=where, **said),
            t("call.bar.counted", where=short, **said),
            t("call.bar.brief", where=brief, **said),
            # That the customer calls matters more than what is left.
            *(bare[1:] if call.inbound else ()),
        )


def clock(seconds: int) -> str:
    """`3:07`."""
    return f"{seconds // 60}:{seconds % 60:02}"
