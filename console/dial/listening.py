"""One listening: a registered phone is rung and, once answered, played to by the media process. There is no other leg.

The phone shows an alias; no number is anywhere in it. It ends when the phone hangs up or the desk says so.
"""

from __future__ import annotations

import time

from console.dial import sdp
from console.dial.between import Begin, Take
from console.dial.messages import Listen
from console.dial.phone_call import Exchange, PhoneCall
from console.dial.registrar import Place
from console.dial.results import By, Result


class Listening(PhoneCall):
    """A listening under way.

    Args:
        around: the process.
        order: what the desk ordered.
        place: where the phone is; None when it is not registered.
    """

    def __init__(self, around: Exchange, order: Listen, place: Place | None) -> None:
        super().__init__(around, order.call_id, place)
        self._order = order

    def start(self) -> None:
        """Ring the phone."""
        taken = self._around.ask(Take(call_id=self._call_id)) if self._place is not None else None
        if taken is None or self._place is None or not taken.ok:
            self.end(Result.AGENT_UNREACHABLE if taken is None else Result.SYSTEM_ERROR, By.LINE)
            return
        self._ring_agent(self._place, self._order, taken.agent_port, sdp.offered(self._around.codecs))

    def bridge(self) -> None:
        """Nothing: there is nobody to speak with."""

    def hang_up(self, by: By = By.DESK) -> None:
        """End it for the desk."""
        self.end(Result.ANSWERED if self._agent_answered else Result.CANCELLED, by)

    def _agent_there(self) -> None:
        if not self._around.ask(Begin(call_id=self._call_id)).ok:
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        self._talking_since = time.monotonic()
        self._move("talking")

    def _hung_up(self) -> Result:
        return Result.ANSWERED
