"""What an agent's phone is rung for, whatever comes then: its leg, and an end that the desk is told once.

Only a registered phone is rung, where it registered from. It shows an alias; no number is anywhere in its leg. The
media process lets nothing through before what comes after the answer says so, and is told of every end.
"""

from __future__ import annotations

import time
from typing import Any, Final, Protocol

from console.dial import sdp
from console.dial.between import Aim, AskMedia, Done, Drop
from console.dial.messages import Dial, Ended, Listen, Moved, Trunk
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
from console.dial.results import By, Result, cause_of, of_agent
from console.dial.stack import Leg
from console.dial.ticket import TicketDesk

RINGING: Final = 180
_ACKNOWLEDGED: Final = 0.05


class Exchange(Protocol):
    """What a call needs of the process around it. host: for speech; codecs: payload types of it, wanted first."""

    config: dict[str, Any]
    host: str
    codecs: tuple[int, ...]
    trunk: Trunk | None
    tickets: TicketDesk

    def ask(self, asked: AskMedia) -> Done:
        """Have the media process do something; not ok when it is gone."""

    def say(self, said: Moved | Ended) -> None:
        """Tell the desk."""

    def forget(self, call_id: str) -> None:
        """The call is over."""

    def stands_over(self, number: str, customer: str) -> bool:
        """Whether a provider puts this customer through at a number of ours."""


class PhoneCall:
    """A phone rung for something; what, is said by who builds on this: `_agent_there` and `_hung_up`.

    Args:
        around: the process.
        call_id: what the desk calls it.
        place: where the phone is; None when it is not registered.
    """

    def __init__(self, around: Exchange, call_id: str, place: Place | None) -> None:
        self._around, self._call_id, self._place = around, call_id, place
        self._agent: Any = None
        self._types: tuple[int, ...] = ()
        self._agent_answered = False
        self._talking_since: float | None = None
        self._later: Any = None
        self._over = False

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """End every leg, each in its own words, and tell the desk; only the first time."""
        if self._over:
            return
        self._over = True
        if self._later is not None:
            self._later.cancel()
        for leg in self._legs():
            if leg is not None and not leg.isDead():
                leg.recvEvent(CCEventDisconnect())
        self._around.ask(Drop(call_id=self._call_id))
        talked = 0 if self._talking_since is None else round((time.monotonic() - self._talking_since) * 1000)
        self._around.say(Ended(call_id=self._call_id, result=result, by=by, code=code, cause=cause or 0, talked=talked))
        self._around.forget(self._call_id)

    # -- what comes after the answer ---------------------------------------------------------------------------------
    def _agent_there(self) -> None:
        """The phone was answered, and media knows where it is."""
        raise NotImplementedError

    def _hung_up(self) -> Result:
        """What it is that an answered phone hung up."""
        raise NotImplementedError

    def _legs(self) -> tuple[Any, ...]:
        """Whatever is to be ended; None for a leg that never was."""
        return (self._agent,)

    # -- the phone's leg ---------------------------------------------------------------------------------------------
    def _ring_agent(self, place: Place, order: Dial | Listen, port: int, types: tuple[int, ...]) -> None:
        seconds = order.agent_ring_seconds if isinstance(order, Dial) else order.ring_seconds
        self._agent = Leg(self._around.config, self._on_agent, place.address, expire_time=seconds)
        self._agent.no_reply_time = order.no_reply_seconds
        self._move("agent_calling")
        self._ring(self._agent, order.alias, place.user, sdp.build(self._around.host, port, types, port), order.alias)

    def _on_agent(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if self._over:
            return
        if isinstance(event, CCEventRing):
            if event.getData()[0] >= RINGING:
                self._move("agent_ringing")
        elif isinstance(event, CCEventConnect):
            if not self._agent_answered:
                self._agent_answered = True
                self._agent_connected(event.getData()[2])
        elif isinstance(event, CCEventFail):
            code, cause = said_of(event)
            self.end(of_agent(code, cause), By.AGENT, code=code, cause=cause)
        elif self._agent_answered:
            self.end(self._hung_up(), By.AGENT)
        else:
            self.end(Result.AGENT_NO_ANSWER if heard(leg) else Result.AGENT_UNREACHABLE, By.LINE)

    def _agent_connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = described(body)
        self._types = sdp.agreed(media.types, self._around.codecs) if media is not None else ()
        self._agent_meets(media)

    def _agent_meets(self, media: sdp.Media | None) -> None:
        """Go on with what the phone says of its speech, where it is of the types agreed and in clear."""
        if media is not None and not self._types:
            self._end_acknowledged(Result.NO_COMMON_SPEECH, By.AGENT)
            return
        place = self._place
        if media is None or media.key or place is None or not self._aim(media, place.address[0], agent=True):
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        self._agent_there()

    # -- any leg -----------------------------------------------------------------------------------------------------
    def _ring(self, leg: Leg, caller: str, called: str, said: str, name: str | None = None) -> None:
        leg.recvEvent(CCEventTry((SipCallId(), caller, called, MsgBody(said), None, name)))

    def _aim(self, media: sdp.Media, peer: str, *, agent: bool, key: bytes = b"") -> bool:
        """Have media speak with one side. key: what ours is covered with."""
        order = Aim(
            call_id=self._call_id,
            agent=agent,
            host=media.host,
            port=media.port,
            peer=peer,
            types=self._types,
            sends=key,
            hears=media.key,
        )
        return bool(self._types) and self._around.ask(order).ok

    def _move(self, state: str) -> None:
        self._around.say(Moved(call_id=self._call_id, state=state))

    def _end_acknowledged(self, result: Result, by: By) -> None:
        """End it, once the acknowledgement of the answer went out."""
        self._later = Timeout(self.end, _ACKNOWLEDGED, 1, result, by)


def described(body: Any) -> sdp.Media | None:  # noqa: ANN401 - the stack's
    """What an answer says of its speech."""
    return sdp.parse(str(body)) if body is not None else None


def said_of(event: Any) -> tuple[int, int | None]:  # noqa: ANN401 - the stack's
    """SIP code and Q.850 cause of a refusal."""
    reason = event.reason_rfc3326
    return int(event.getData()[0]), cause_of(str(reason) if reason is not None else None)


def heard(leg: Any) -> bool:  # noqa: ANN401 - the stack's
    """Whether the other side answered anything at all."""
    return leg.p100_ts is not None or leg.p1xx_ts is not None
