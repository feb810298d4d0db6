"""One call: the agent's phone first, then the customer, then speech between them; either leg's end is both legs' end.

Speech begins when the desk says so: it has written that the customer answered before anybody hears anybody.

The legs meet nowhere but in the media process. An end is told to the other leg as a fresh one, without a word of the
first's. The number exists from the customer's leg being made to that leg being over.
"""

from __future__ import annotations

import time
from typing import Any, Final, Protocol

from console.dial import sdp, srtp
from console.dial.between import Aim, AskMedia, Begin, Done, Drop, Ring, Take
from console.dial.messages import Dial, Ended, Moved, Trunk
from console.dial.numbers import dialled, dialled_ours
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
from console.dial.results import By, Result, cause_of, of_agent, of_customer
from console.dial.stack import Leg, header
from console.dial.ticket import TicketDesk, TicketRefused

_RINGING: Final = 180
_TIMEOUT: Final = 408
BRIDGE_WITHIN: Final = 10.0
ACKNOWLEDGED: Final = 0.05


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


class Call:
    """A call under way.

    Args:
        around: the process.
        order: what the desk ordered.
        place: where the agent's phone is; None when it is not registered.
    """

    def __init__(self, around: Exchange, order: Dial, place: Place | None) -> None:
        self._around, self._order, self._place = around, order, place
        self._agent: Any = None
        self._customer: Any = None
        self._types: tuple[int, ...] = ()
        self._key = b""
        self._ports = (0, 0)
        self._agent_answered = False
        self._customer_answered = False
        self._rings = False
        self._talking_since: float | None = None
        self._unbridged: Any = None
        self._over = False

    def start(self) -> None:
        """Ring the agent's phone."""
        if self._place is None:
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        taken = self._around.ask(Take(call_id=self._order.call_id))
        if not taken.ok:
            self.end(Result.SYSTEM_ERROR, By.LINE)
            return
        self._ports = (taken.agent_port, taken.customer_port)
        self._agent = Leg(
            self._around.config, self._on_agent, self._place.address, expire_time=self._order.agent_ring_seconds
        )
        self._agent.no_reply_time = self._order.no_reply_seconds
        self._move("agent_calling")
        alias = self._order.alias
        self._ring(self._agent, alias, self._place.user, self._ports[0], sdp.offered(self._around.codecs), name=alias)

    def hang_up(self, by: By = By.DESK) -> None:
        """End it for the desk, or because nobody is heard on the line any more."""
        self.end(Result.ANSWERED if self._customer_answered else Result.CANCELLED, by)

    def bridge(self) -> None:
        """Let speech through, where both answered and both are still there."""
        if self._over or not self._customer_answered or self._talking_since is not None:
            return
        if not self._around.ask(Begin(call_id=self._order.call_id, silent_seconds=self._order.silent_seconds)).ok:
            self.end(Result.SYSTEM_ERROR, By.LINE)
            return
        self._talking_since = time.monotonic()
        self._move("talking")

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """End both legs, each in its own words, and tell the desk; only the first time."""
        if self._over:
            return
        self._over = True
        if self._unbridged is not None:
            self._unbridged.cancel()
        for leg in (self._agent, self._customer):
            if leg is not None and not leg.isDead():
                leg.recvEvent(CCEventDisconnect())
        self._around.ask(Drop(call_id=self._order.call_id))
        talked = 0 if self._talking_since is None else round((time.monotonic() - self._talking_since) * 1000)
        self._around.say(
            Ended(call_id=self._order.call_id, result=result, by=by, code=code, cause=cause or 0, talked=talked)
        )
        self._around.forget(self._order.call_id)

    # -- the agent's leg ---------------------------------------------------------------------------------------------
    def _on_agent(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if self._over:
            return
        if isinstance(event, CCEventRing):
            if event.getData()[0] >= _RINGING:
                self._move("agent_ringing")
        elif isinstance(event, CCEventConnect):
            if not self._agent_answered:
                self._agent_answered = True
                self._agent_connected(event.getData()[2])
        elif isinstance(event, CCEventFail):
            code, cause = said_of(event)
            self.end(of_agent(code, cause), By.AGENT, code=code, cause=cause)
        elif self._customer_answered:
            self.end(Result.ANSWERED, By.AGENT)
        elif self._agent_answered:
            self.end(Result.AGENT_CANCELLED, By.AGENT)
        else:
            self.end(Result.AGENT_NO_ANSWER if heard(leg) else Result.AGENT_UNREACHABLE, By.LINE)

    def _agent_connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = sdp.parse(str(body)) if body is not None else None
        self._types = sdp.agreed(media.types, self._around.codecs) if media is not None else ()
        self._agent_meets(media)

    def _agent_meets(self, media: sdp.Media | None) -> None:
        if media is not None and not self._types:
            self._end_acknowledged(Result.NO_COMMON_SPEECH, By.AGENT)
            return
        if (
            media is None
            or media.key
            or self._place is None
            or not self._aim(media, self._place.address[0], agent=True)
        ):
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        self._move("agent_answered")
        self._call_customer()

    # -- the customer's leg ------------------------------------------------------------------------------------------
    def _call_customer(self) -> None:
        trunk, ticket = self._around.trunk, self._order.ticket
        if trunk is None:
            self.end(Result.NETWORK_ERROR, By.LINE)
            return
        try:
            plain = self._around.tickets.open(ticket, self._order.call_id) if ticket is not None else ""
        except TicketRefused:
            self.end(Result.TICKET_REFUSED, By.LINE)
            return
        number = dialled(plain, trunk.strip, trunk.prefix)
        if number is None:
            self.end(Result.INVALID_NUMBER, By.LINE)
            return
        if self._order.over:
            # The ticket must be for whom the provider rings there, and the customer's number goes no further.
            if not self._around.stands_over(self._order.over, plain):
                self.end(Result.TICKET_REFUSED, By.LINE)
                return
            number = dialled_ours(self._order.over, trunk.strip, trunk.prefix)
        presented = self._order.presented or trunk.presented
        self._customer = Leg(
            self._around.config,
            self._on_customer,
            (trunk.host, trunk.port),
            username=trunk.username or None,
            password=trunk.password or None,
            expire_time=self._order.ring_seconds,
            extra_headers=[header(f"P-Asserted-Identity: <sip:{presented}@{trunk.domain}>")],
        )
        self._customer.no_reply_time = trunk.no_reply_seconds
        self._key = srtp.new_key() if trunk.srtp else b""
        self._move("customer_calling")
        self._ring(self._customer, presented, number, self._ports[1], self._types, key=self._key)

    def _on_customer(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if self._over:
            return
        if isinstance(event, CCEventRing):
            if event.getData()[0] >= _RINGING:
                if not self._rings:
                    self._rings = self._around.ask(Ring(call_id=self._order.call_id)).ok
                self._move("customer_ringing")
        elif isinstance(event, CCEventConnect):
            if not self._customer_answered:
                self._customer_answered = True
                self._customer_connected(event.getData()[2])
        elif isinstance(event, CCEventFail):
            code, cause = said_of(event)
            silent = code == _TIMEOUT and cause is None and leg.p1xx_ts is None
            result = Result.NETWORK_ERROR if silent else of_customer(code, cause)
            self.end(result, By.LINE if silent else By.CUSTOMER, code=code, cause=cause)
        elif self._customer_answered:
            self.end(Result.ANSWERED, By.CUSTOMER)
        elif isinstance(event, CCEventDisconnect):
            self.end(Result.NO_ANSWER if heard(leg) else Result.NETWORK_ERROR, By.LINE)
        else:
            self.end(Result.NETWORK_ERROR, By.LINE)

    def _customer_connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = sdp.parse(str(body)) if body is not None else None
        trunk = self._around.trunk
        speech = self._types[0]
        aimed = (
            media is not None
            and trunk is not None
            and speech in media.types
            and bool(media.key) is bool(self._key)
            and self._aim(media, trunk.host, agent=False)
        )
        if not aimed:
            self._end_acknowledged(Result.SYSTEM_ERROR, By.LINE)
            return
        self._move("customer_answered")
        self._unbridged = Timeout(self._left_unbridged, BRIDGE_WITHIN, 1)

    def _end_acknowledged(self, result: Result, by: By) -> None:
        """End it, once the acknowledgement of the answer went out."""
        self._unbridged = Timeout(self.end, ACKNOWLEDGED, 1, result, by)

    def _left_unbridged(self) -> None:
        if self._talking_since is None:
            self.end(Result.SYSTEM_ERROR, By.LINE)

    # -- both --------------------------------------------------------------------------------------------------------
    def _aim(self, media: sdp.Media, peer: str, *, agent: bool) -> bool:
        order = Aim(
            call_id=self._order.call_id,
            agent=agent,
            host=media.host,
            port=media.port,
            peer=peer,
            types=self._types,
            sends=b"" if agent else self._key,
            hears=b"" if agent else media.key,
        )
        return bool(self._types) and self._around.ask(order).ok

    def _ring(  # noqa: PLR0917 - who calls whom from where with what
        self,
        leg: Leg,
        caller: str,
        called: str,
        port: int,
        types: tuple[int, ...],
        name: str | None = None,
        key: bytes = b"",
    ) -> None:
        body = MsgBody(sdp.build(self._around.host, port, types, port, key))
        leg.recvEvent(CCEventTry((SipCallId(), caller, called, body, None, name)))

    def _move(self, state: str) -> None:
        self._around.say(Moved(call_id=self._order.call_id, state=state))


def said_of(event: Any) -> tuple[int, int | None]:  # noqa: ANN401 - the stack's
    """SIP code and Q.850 cause of a refusal."""
    reason = event.reason_rfc3326
    return int(event.getData()[0]), cause_of(str(reason) if reason is not None else None)


def heard(leg: Any) -> bool:  # noqa: ANN401 - the stack's
    """Whether the other side answered anything at all."""
    return leg.p100_ts is not None or leg.p1xx_ts is not None
