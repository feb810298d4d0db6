"""One call: the agent's phone first, then the customer, then speech between them; either leg's end is both legs' end.

The legs meet nowhere but in the media process. An end is told to the other leg as a fresh one, without a word of the
first's. The number exists from the customer's leg being made to that leg being over.
"""

from __future__ import annotations

import time
from typing import Any, Final, Protocol

from console.dial import sdp
from console.dial.messages import Aim, AskMedia, Begin, Dial, Done, Drop, Ended, Moved, Take, Trunk
from console.dial.numbers import dialled
from console.dial.quiet import (
    CCEventConnect,
    CCEventDisconnect,
    CCEventFail,
    CCEventRing,
    CCEventTry,
    MsgBody,
    SipCallId,
)
from console.dial.registrar import Place
from console.dial.results import By, Result, cause_of, of_agent, of_customer
from console.dial.stack import Leg, header
from console.dial.ticket import TicketDesk, TicketRefused

_RINGING: Final = 180
_TIMEOUT: Final = 408


class Exchange(Protocol):
    """What a call needs of the process around it."""

    config: dict[str, Any]
    host: str
    trunk: Trunk | None
    tickets: TicketDesk

    def ask(self, asked: AskMedia) -> Done:
        """Have the media process do something; not ok when it is gone."""

    def say(self, said: Moved | Ended) -> None:
        """Tell the desk."""

    def forget(self, call_id: str) -> None:
        """The call is over."""


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
        self._ports = (0, 0)
        self._agent_answered = False
        self._talking_since: float | None = None
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
        self._ring(self._agent, alias, self._place.user, self._ports[0], sdp.OFFERED, name=alias)

    def hang_up(self) -> None:
        """End it for the desk."""
        self.end(Result.CANCELLED if self._talking_since is None else Result.ANSWERED, By.DESK)

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """End both legs, each in its own words, and tell the desk; only the first time."""
        if self._over:
            return
        self._over = True
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
            code, cause = _said(event)
            self.end(of_agent(code, cause), By.AGENT, code=code, cause=cause)
        elif self._talking_since is not None:
            self.end(Result.ANSWERED, By.AGENT)
        elif self._agent_answered:
            self.end(Result.AGENT_CANCELLED, By.AGENT)
        else:
            self.end(Result.AGENT_NO_ANSWER if _heard(leg) else Result.AGENT_UNREACHABLE, By.LINE)

    def _agent_connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = sdp.parse(str(body)) if body is not None else None
        self._types = sdp.agreed(media.types) if media is not None else ()
        if media is None or self._place is None or not self._aim(media, self._place.address[0], agent=True):
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        self._move("agent_answered")
        self._call_customer()

    # -- the customer's leg ------------------------------------------------------------------------------------------
    def _call_customer(self) -> None:
        trunk = self._around.trunk
        if trunk is None:
            self.end(Result.NETWORK_ERROR, By.LINE)
            return
        try:
            plain = self._around.tickets.open(self._order.ticket, self._order.call_id)
        except TicketRefused:
            self.end(Result.TICKET_REFUSED, By.LINE)
            return
        number = dialled(plain, trunk.strip, trunk.prefix)
        if number is None:
            self.end(Result.INVALID_NUMBER, By.LINE)
            return
        self._customer = Leg(
            self._around.config,
            self._on_customer,
            (trunk.host, trunk.port),
            username=trunk.username or None,
            password=trunk.password or None,
            expire_time=self._order.ring_seconds,
            extra_headers=[header(f"P-Asserted-Identity: <sip:{trunk.presented}@{trunk.domain}>")],
        )
        self._customer.no_reply_time = trunk.no_reply_seconds
        self._move("customer_calling")
        self._ring(self._customer, trunk.presented, number, self._ports[1], self._types)

    def _on_customer(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if self._over:
            return
        if isinstance(event, CCEventRing):
            if event.getData()[0] >= _RINGING:
                self._move("customer_ringing")
        elif isinstance(event, CCEventConnect):
            if self._talking_since is None:
                self._customer_connected(event.getData()[2])
        elif isinstance(event, CCEventFail):
            code, cause = _said(event)
            silent = code == _TIMEOUT and cause is None and leg.p1xx_ts is None
            result = Result.NETWORK_ERROR if silent else of_customer(code, cause)
            self.end(result, By.LINE if silent else By.CUSTOMER, code=code, cause=cause)
        elif self._talking_since is not None:
            self.end(Result.ANSWERED, By.CUSTOMER)
        elif isinstance(event, CCEventDisconnect):
            self.end(Result.NO_ANSWER if _heard(leg) else Result.NETWORK_ERROR, By.LINE)
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
            and self._aim(media, trunk.host, agent=False)
            and self._around.ask(Begin(call_id=self._order.call_id)).ok
        )
        if not aimed:
            self.end(Result.SYSTEM_ERROR, By.LINE)
            return
        self._talking_since = time.monotonic()
        self._move("talking")

    # -- both --------------------------------------------------------------------------------------------------------
    def _aim(self, media: sdp.Media, peer: str, *, agent: bool) -> bool:
        order = Aim(
            call_id=self._order.call_id,
            agent=agent,
            host=media.host,
            port=media.port,
            peer=peer,
            types=self._types,
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
    ) -> None:
        body = MsgBody(sdp.build(self._around.host, port, types, port))
        leg.recvEvent(CCEventTry((SipCallId(), caller, called, body, None, name)))

    def _move(self, state: str) -> None:
        self._around.say(Moved(call_id=self._order.call_id, state=state))


def _said(event: Any) -> tuple[int, int | None]:  # noqa: ANN401 - the stack's
    reason = event.reason_rfc3326
    return int(event.getData()[0]), cause_of(str(reason) if reason is not None else None)


def _heard(leg: Any) -> bool:  # noqa: ANN401 - the stack's
    return leg.p100_ts is not None or leg.p1xx_ts is not None
