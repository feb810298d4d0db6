"""One listening: a registered phone is rung and, once answered, played to by the media process. There is no other leg.

The phone shows an alias; no number is anywhere in it. It ends when the phone hangs up or the desk says so.
"""

from __future__ import annotations

import time
from typing import Any, Final

from console.dial import sdp
from console.dial.between import Aim, Begin, Drop, Take
from console.dial.call import ACKNOWLEDGED, Exchange, heard, said_of
from console.dial.messages import Ended, Listen, Moved
from console.dial.quiet import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventRing,
    CCEventTry,
    MsgBody,
    SipCallId,
    Timeout,
)
from console.dial.registrar import Place
from console.dial.results import By, Result, of_agent
from console.dial.stack import Leg

_RINGING: Final = 180


class Listening:
    """A listening under way.

    Args:
        around: the process.
        order: what the desk ordered.
        place: where the phone is; None when it is not registered.
    """

    def __init__(self, around: Exchange, order: Listen, place: Place | None) -> None:
        self._around, self._order, self._place = around, order, place
        self._leg: Any = None
        self._since: float | None = None
        self._answered = self._over = False

    def start(self) -> None:
        """Ring the phone."""
        taken = self._around.ask(Take(call_id=self._order.call_id)) if self._place is not None else None
        if taken is None or self._place is None or not taken.ok:
            self.end(Result.AGENT_UNREACHABLE if taken is None else Result.SYSTEM_ERROR, By.LINE)
            return
        self._leg = Leg(self._around.config, self._on_phone, self._place.address, expire_time=self._order.ring_seconds)
        self._leg.no_reply_time = self._order.no_reply_seconds
        self._move("agent_calling")
        offered = sdp.offered(self._around.codecs)
        body = MsgBody(sdp.build(self._around.host, taken.agent_port, offered, taken.agent_port))
        alias = self._order.alias
        self._leg.recvEvent(CCEventTry((SipCallId(), alias, self._place.user, body, None, alias)))

    def bridge(self) -> None:
        """Nothing: there is nobody to speak with."""

    def hang_up(self, by: By = By.DESK) -> None:
        """End it for the desk."""
        self.end(Result.ANSWERED if self._answered else Result.CANCELLED, by)

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """End it and tell the desk; only the first time."""
        if self._over:
            return
        self._over = True
        if self._leg is not None and not self._leg.isDead():
            self._leg.recvEvent(CCEventDisconnect())
        self._around.ask(Drop(call_id=self._order.call_id))
        talked = 0 if self._since is None else round((time.monotonic() - self._since) * 1000)
        self._around.say(
            Ended(call_id=self._order.call_id, result=result, by=by, code=code, cause=cause or 0, talked=talked)
        )
        self._around.forget(self._order.call_id)

    def _on_phone(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if self._over:
            return
        if isinstance(event, CCEventRing):
            if event.getData()[0] >= _RINGING:
                self._move("agent_ringing")
        elif isinstance(event, CCEventConnect):
            if not self._answered:
                self._answered = True
                self._connected(event.getData()[2])
        elif isinstance(event, CCEventFail):
            code, cause = said_of(event)
            self.end(of_agent(code, cause), By.AGENT, code=code, cause=cause)
        elif self._answered:
            self.end(Result.ANSWERED, By.AGENT)
        else:
            self.end(Result.AGENT_NO_ANSWER if heard(leg) else Result.AGENT_UNREACHABLE, By.LINE)

    def _connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = sdp.parse(str(body)) if body is not None else None
        types = sdp.agreed(media.types, self._around.codecs) if media is not None else ()
        if media is not None and not types:
            # The acknowledgement of the answer goes out first.
            Timeout(self.end, ACKNOWLEDGED, 1, Result.NO_COMMON_SPEECH, By.AGENT)
            return
        if media is None or media.key or self._place is None:
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        aim = Aim(
            call_id=self._order.call_id,
            agent=True,
            host=media.host,
            port=media.port,
            peer=self._place.address[0],
            types=types,
        )
        if not (self._around.ask(aim).ok and self._around.ask(Begin(call_id=self._order.call_id)).ok):
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        self._since = time.monotonic()
        self._move("talking")

    def _move(self, state: str) -> None:
        self._around.say(Moved(call_id=self._order.call_id, state=state))
