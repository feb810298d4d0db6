"""Somebody who rings at the dialer and waits for the desk's word: a customer, or an agent's phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from console.dial import sdp
from console.dial.quiet import CCEventConnect, CCEventDisconnect, CCEventFail, CCEventRing, CCEventTry, MsgBody, Timeout
from console.dial.stack import Leg

WAITS: Final = 10.0
"""Seconds until a desk that says nothing has said no."""

BUSY: Final = (486, "Busy Here", None)
AWAY: Final = (480, "Temporarily Unavailable", None)
FORBIDDEN: Final = (403, "Forbidden", None)


class Ring:
    """One ringing.

    Args:
        config: of the stack.
        ring_id: names it.
        to: where it came from, and where everything of it goes.
        media: where the caller hears.
        over: called with this once it is over.
        binding_id: whose customer it is; empty for a phone.

    Attributes:
        name: the phone's, where a phone rings.
    """

    def __init__(  # noqa: PLR0917 - who rings where
        self,
        config: dict[str, Any],
        ring_id: str,
        to: tuple[str, int],
        media: sdp.Media,
        over: Callable[[Ring], None],
        binding_id: str = "",
    ) -> None:
        self.ring_id, self.media, self.binding_id, self.peer = ring_id, media, binding_id, to[0]
        self._over = over
        self._told: Callable[[Any, Any], None] | None = None
        self.leg = Leg(config, self._hear, to)
        self._waiting = Timeout(self._nobody_said, WAITS, 1)
        self.open = True

    def claim(self, told: Callable[[Any, Any], None]) -> None:
        """The desk said yes: a call takes the leg and hears its events."""
        self._waiting.cancel()
        self._told = told

    def ringing(self) -> None:
        """Tell the caller that it rings."""
        self.leg.recvEvent(CCEventRing((180, "Ringing", None)))

    def answer(self, description: str) -> None:
        """Take the call."""
        self.leg.recvEvent(CCEventConnect((200, "OK", MsgBody(description))))

    def turn(self, why: tuple[int, str, None] = AWAY) -> None:
        """End it, if it is not over: in these words where it was not taken yet."""
        if not self.open:
            return
        self.close()
        if self.leg.isConnected():
            self.leg.recvEvent(CCEventDisconnect())
        else:
            self.leg.recvEvent(CCEventFail(why))

    def close(self) -> None:
        """It is over, whoever ended it."""
        if self.open:
            self.open = False
            self._waiting.cancel()
            self._over(self)

    def _hear(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if isinstance(event, CCEventTry):
            return
        if isinstance(event, CCEventDisconnect | CCEventFail):
            self.close()
        if self._told is not None:
            self._told(event, leg)

    def _nobody_said(self) -> None:
        self.turn()
