"""One call: the agent's phone first, then the customer, then speech between them; either leg's end is both legs' end.

Speech begins when the desk says so: it has written that the customer answered before anybody hears anybody.

The legs meet nowhere but in the media process. An end is told to the other leg as a fresh one, without a word of the
first's. The ticket is opened before anything rings, so that nobody's phone rings for a number that is not called; the
number exists from there to the customer's leg being over.
"""

from __future__ import annotations

import time
from typing import Any, Final

from console.dial import sdp, srtp
from console.dial.between import Begin, Ring, Take
from console.dial.messages import Dial
from console.dial.numbers import dialled, dialled_ours
from console.dial.phone_call import RINGING, Exchange, PhoneCall, described, heard, said_of
from console.dial.quiet import CCEventConnect, CCEventDisconnect, CCEventFail, CCEventRing, Timeout
from console.dial.registrar import Place
from console.dial.results import By, Result, of_customer
from console.dial.stack import Leg, header
from console.dial.ticket import TicketRefused

_TIMEOUT: Final = 408
BRIDGE_WITHIN: Final = 10.0


class Call(PhoneCall):
    """A call under way.

    Args:
        around: the process.
        order: what the desk ordered.
        place: where the agent's phone is; None when it is not registered.
    """

    def __init__(self, around: Exchange, order: Dial, place: Place | None) -> None:
        super().__init__(around, order.call_id, place)
        self._order = order
        self._customer: Any = None
        self._key = b""
        self._ports = (0, 0)
        self._customer_answered = False
        self._rings = False
        self._opened = ""

    def start(self) -> None:
        """Ring the agent's phone, if whom the ticket is for can be called."""
        if self._place is None:
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        if not self._open_ticket():
            return
        taken = self._around.ask(Take(call_id=self._order.call_id))
        if not taken.ok:
            self.end(Result.SYSTEM_ERROR, By.LINE)
            return
        self._ports = (taken.agent_port, taken.customer_port)
        self._ring_agent(self._place, self._order, self._ports[0], sdp.offered(self._around.codecs))

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """See `PhoneCall.end`."""
        self._opened = ""
        super().end(result, by, code=code, cause=cause)

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

    # -- the agent's leg ---------------------------------------------------------------------------------------------
    def _agent_there(self) -> None:
        self._move("agent_answered")
        self._call_customer()

    def _hung_up(self) -> Result:
        return Result.ANSWERED if self._customer_answered else Result.AGENT_CANCELLED

    def _legs(self) -> tuple[Any, ...]:
        return (self._agent, self._customer)

    # -- whom the ticket is for --------------------------------------------------------------------------------------
    def _open_ticket(self) -> bool:
        """Open it, and end the call where nobody can be called with it. Returns: it goes on."""
        ticket = self._order.ticket
        try:
            self._opened = self._around.tickets.open(ticket, self._order.call_id) if ticket is not None else ""
        except TicketRefused:
            self.end(Result.TICKET_REFUSED, By.LINE)
            return False
        return bool(self._number())

    def _number(self) -> str:
        """What the provider is asked for, as the line and the bindings are now; empty where the call was ended."""
        trunk, over = self._around.trunk, self._order.over
        if trunk is None:
            self.end(Result.NETWORK_ERROR, By.LINE)
            return ""
        number = dialled(self._opened, trunk.strip, trunk.prefix)
        if number is None:
            self.end(Result.NOT_DIALLABLE, By.LINE)
            return ""
        if not over:
            return number
        # The ticket must be for whom the provider rings there, and the customer's number goes no further.
        if not self._around.stands_over(over, self._opened):
            self.end(Result.TICKET_REFUSED, By.LINE)
            return ""
        return dialled_ours(over, trunk.strip, trunk.prefix)

    # -- the customer's leg ------------------------------------------------------------------------------------------
    def _call_customer(self) -> None:
        # Asked again: while the agent's phone rang a binding may have ended, and its number been given to another.
        trunk, number = self._around.trunk, self._number()
        self._opened = ""
        if trunk is None or not number:
            return
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
        port = self._ports[1]
        said = sdp.build(self._around.host, port, self._types, port, self._key)
        self._ring(self._customer, presented, number, said)

    def _on_customer(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        if self._over:
            return
        if isinstance(event, CCEventRing):
            if event.getData()[0] >= RINGING:
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
            result = Result.NETWORK_ERROR if silent else of_customer(code, cause, over=bool(self._order.over))
            self.end(result, By.LINE if silent else By.CUSTOMER, code=code, cause=cause)
        elif self._customer_answered:
            self.end(Result.ANSWERED, By.CUSTOMER)
        elif isinstance(event, CCEventDisconnect):
            self.end(Result.NO_ANSWER if heard(leg) else Result.NETWORK_ERROR, By.LINE)
        else:
            self.end(Result.NETWORK_ERROR, By.LINE)

    def _customer_connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = described(body)
        trunk = self._around.trunk
        speech = self._types[0]
        aimed = (
            media is not None
            and trunk is not None
            and speech in media.types
            and bool(media.key) is bool(self._key)
            and self._aim(media, trunk.host, agent=False, key=self._key)
        )
        if not aimed:
            self._end_acknowledged(Result.SYSTEM_ERROR, By.LINE)
            return
        self._move("customer_answered")
        self._later = Timeout(self._left_unbridged, BRIDGE_WITHIN, 1)

    def _left_unbridged(self) -> None:
        if self._talking_since is None:
            self.end(Result.SYSTEM_ERROR, By.LINE)
