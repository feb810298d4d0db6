"""Calls that somebody else began: a customer who called a number of ours, and an agent whose phone called one.

Both are calls like any other from where the two legs meet: ordered by the desk, recorded, bridged only once the desk
has written that they are connected, ended on both legs. A customer is answered in that moment and not before.
"""

from __future__ import annotations

from typing import Any, Final

from console.dial import sdp, srtp
from console.dial.axb.ring import AWAY, BUSY, Ring
from console.dial.between import Take
from console.dial.call import BRIDGE_WITHIN, Call
from console.dial.messages import Dial
from console.dial.phone_call import Exchange, described
from console.dial.quiet import CCEventDisconnect, CCEventFail, Timeout
from console.dial.registrar import Place
from console.dial.results import By, Result

_BUSY: Final = frozenset({Result.AGENT_BUSY, Result.AGENT_REJECTED})


def call_for(around: Exchange, order: Dial, place: Place | None, ring: Ring | None) -> Call:
    """The call that an order with a ring is for."""
    return (
        CallFromPhone(around, order, place, ring)
        if order.ticket is not None
        else CallFromCustomer(around, order, place, ring)
    )


class CallFromPhone(Call):
    """The agent's phone is there already; it is answered, and the customer called as ever.

    Args:
        around: the process. order: the desk's. place: where the phone is registered.
        ring: the phone's; None where it gave up meanwhile.
    """

    def __init__(self, around: Exchange, order: Dial, place: Place | None, ring: Ring | None) -> None:
        super().__init__(around, order, place)
        self._caller = ring

    def start(self) -> None:
        """Answer the phone and call the customer, if whom the ticket is for can be called."""
        ring = self._caller
        if ring is None or self._place is None:
            self.end(Result.AGENT_CANCELLED, By.AGENT)
            return
        if not self._open_ticket():
            return
        taken = self._around.ask(Take(call_id=self._order.call_id))
        self._types = sdp.chosen(ring.media.types, self._around.codecs)
        if not taken.ok or not self._types:
            self.end(Result.SYSTEM_ERROR, By.LINE)
            return
        self._ports = (taken.agent_port, taken.customer_port)
        self._agent = ring.leg
        ring.claim(self._on_agent)
        self._move("agent_calling")
        self._agent_answered = True
        port = self._ports[0]
        ring.answer(sdp.build(self._around.host, port, self._types, port))
        self._agent_meets(ring.media)

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """See `Call.end`."""
        if self._caller is not None:
            self._caller.turn(AWAY)
        super().end(result, by, code=code, cause=cause)


class CallFromCustomer(Call):
    """The customer waits; the agent's phone is rung.

    Args:
        around: the process. order: the desk's, without a ticket. place: where the agent's phone is.
        ring: the customer's; None where they gave up meanwhile.
    """

    def __init__(self, around: Exchange, order: Dial, place: Place | None, ring: Ring | None) -> None:
        super().__init__(around, order, place)
        self._caller = ring

    def start(self) -> None:
        """Ring the agent's phone with what the customer can hear."""
        ring = self._caller
        if ring is None:
            self.end(Result.CANCELLED, By.CUSTOMER)
            return
        ring.claim(self._on_customer)
        if self._place is None:
            self.end(Result.AGENT_UNREACHABLE, By.LINE)
            return
        self._types = sdp.chosen(ring.media.types, self._around.codecs)
        self._key = srtp.new_key() if ring.media.key else b""
        taken = self._around.ask(Take(call_id=self._order.call_id))
        if not taken.ok or not self._aim(ring.media, ring.peer, agent=False, key=self._key):
            self.end(Result.SYSTEM_ERROR, By.LINE)
            return
        self._ports = (taken.agent_port, taken.customer_port)
        self._customer = ring.leg
        ring.ringing()
        self._ring_agent(self._place, self._order, self._ports[0], self._types)

    def bridge(self) -> None:
        """Let speech through, and only now answer the customer."""
        before = self._talking_since
        super().bridge()
        if self._talking_since is not None and before is None and self._caller is not None:
            port, tag = self._ports[1], self._caller.media.tag
            self._caller.answer(sdp.build(self._around.host, port, self._types, port, self._key, tag=tag))

    def end(self, result: Result, by: By, *, code: int = 0, cause: int | None = None) -> None:
        """See `Call.end`."""
        if self._caller is not None:
            self._caller.turn(BUSY if result in _BUSY else AWAY)
        super().end(result, by, code=code, cause=cause)

    def _agent_connected(self, body: Any) -> None:  # noqa: ANN401 - the stack's
        media = described(body)
        if media is not None and self._types[0] not in media.types:
            # The customer was offered theirs already, and nothing is transcoded.
            self._types = ()
        self._agent_meets(media)

    def _agent_there(self) -> None:
        # Both are there: what the desk waits for before anybody hears anybody.
        self._customer_answered = True
        self._move("customer_answered")
        self._later = Timeout(self._left_unbridged, BRIDGE_WITHIN, 1)

    def _on_customer(self, event: Any, leg: Any) -> None:  # noqa: ANN401 - the stack's
        del leg
        if self._over or not isinstance(event, CCEventDisconnect | CCEventFail):
            return
        self.end(Result.ANSWERED if self._customer_answered else Result.CANCELLED, By.CUSTOMER)
