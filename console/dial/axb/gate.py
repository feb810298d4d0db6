"""Who may ring at the dialer: a customer at a number bound for them, and an agent's phone at one that is bound at all.

A customer is taken from the provider's address only. A phone proves itself by digest for the very request. Nothing
rings anywhere before the desk has said so; whoever is not told of is told of as turned away, without their number.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from typing import Any, Final

from access.context import Clock
from console.dial import sdp
from console.dial.axb.bindings import Bindings, Verdict, caller, own
from console.dial.axb.cloud import national
from console.dial.axb.errands import Errands
from console.dial.axb.ring import AWAY, BUSY, FORBIDDEN, Ring
from console.dial.axb.said import Bind, Bound, Cloud, FromDialer, Rang, Reject, ToDialer, Turned
from console.dial.messages import Trunk
from console.dial.quiet import Timeout
from console.dial.registrar import Registrar, asking
from console.dial.stack import called_by, header
from console.dial.telling import Telling
from console.dial.ticket import TicketDesk, TicketRefused

_MOST: Final = 200
"""Who waits for the desk's word at once."""

Address = tuple[str, int]


class Gate:
    """See the module.

    Args:
        config: of the stack.
        registrar: knows the phones.
        tickets: opens the customers' numbers.
        clock: the time.
        say: tells the desk.
        intruded: called with an INVITE whose proof is false.
    """

    def __init__(  # noqa: PLR0917 - what it stands between
        self,
        config: dict[str, Any],
        registrar: Registrar,
        tickets: TicketDesk,
        clock: Clock,
        say: Callable[[FromDialer], None],
        intruded: Callable[[Any], None],
    ) -> None:
        self._config, self._registrar, self._tickets, self._clock, self._say = config, registrar, tickets, clock, say
        self._intruded = intruded
        self._bindings = Bindings()
        self._errands = Errands(clock)
        self._presented = ""
        self._rings: dict[str, Ring] = {}
        self._trunk: Address | None = None
        self._covered = False
        self._speech: tuple[int, ...] = sdp.SPEECH
        self._count = 0
        self._away = Telling(self._say_turned, ("many", ""))
        self._sweep = Timeout(self._tell_rest, 1, -1)

    # -- the desk ----------------------------------------------------------------------------------------------------
    def use(self, trunk: Trunk) -> None:
        """Customers come from there."""
        self._covered, self._speech = trunk.srtp, trunk.codecs
        self._presented = trunk.presented
        try:
            self._trunk = (socket.gethostbyname(trunk.host), trunk.port)
        except OSError:
            self._trunk = None

    def obey(self, said: ToDialer) -> None:
        """Bind, unbind, or turn away."""
        if isinstance(said, Bind):
            code = self._bind(said)
            if code:
                self._say(Bound(binding_id=said.binding_id, code=code))
        elif isinstance(said, Cloud):
            self._errands.use(said)
        elif isinstance(said, Reject):
            ring = self._rings.get(said.ring_id)
            if ring is not None:
                ring.turn(FORBIDDEN if not ring.binding_id else BUSY if said.busy else AWAY)
        else:
            self._bindings.end(said.binding_id, self._clock.now_us())
            self._errands.unbind(said.binding_id)

    def over(self, number: str, customer: str) -> bool:
        """Whether a provider puts this customer through at a number of ours."""
        return self._bindings.over(number, caller(customer) or "", self._clock.now_us())

    def ring(self, ring_id: str) -> Ring | None:
        """Who waits under this name; None where nobody does any more."""
        return self._rings.get(ring_id)

    def close(self) -> None:
        """Turn away whoever waits."""
        for ring in tuple(self._rings.values()):
            ring.turn()

    def _bind(self, said: Bind) -> str:
        """Bind, or say why not; nothing where a provider is asked first."""
        try:
            customer = caller(self._tickets.open(said.ticket, said.binding_id))
        except TicketRefused:
            return "ticket_refused"
        if customer is None:
            return "invalid"
        if said.cloud:
            return self._ask(said, customer)
        kept = self._bindings.put(
            said.binding_id, said.number_id, said.number, customer, until=said.until, now=self._clock.now_us()
        )
        return "ok" if kept else "taken"

    def _ask(self, said: Bind, customer: str) -> str:
        """Have the provider bind; recognised is who calls from its number only once it has."""
        called, theirs = self._presented, national(customer)
        if not called or not self._errands.ready:
            return "unset"
        if theirs is None:
            return "invalid"

        def done(code: str) -> None:
            if code == "ok":
                ours, now = said.number, self._clock.now_us()
                if not self._bindings.put(
                    said.binding_id, said.number_id, ours, customer, until=said.until, now=now, called=called
                ):
                    code = "taken"
                    self._errands.unbind(said.binding_id)
            self._say(Bound(binding_id=said.binding_id, code=code))

        self._errands.bind(said.binding_id, (own(called), theirs, said.number), said.until, done)
        return ""

    # -- who rings ---------------------------------------------------------------------------------------------------
    def answer(self, req: Any, transaction: Any) -> Any:  # noqa: ANN401 - the stack's
        """What an INVITE is met with; None for nobody who might ring here."""
        source: Address = req.getSource()
        if source == self._trunk:
            return self._customer(req, transaction, source)
        name = self._registrar.at(source, called_by(req))
        number_id = self._bindings.number(_called(req), self._clock.now_us()) if name else ""
        return self._phone(req, transaction, source, name, number_id) if number_id else None

    def _customer(self, req: Any, transaction: Any, source: Address) -> Any:  # noqa: ANN401 - the stack's
        called = _called(req)
        verdict, binding = self._bindings.find(called, _calling(req), self._clock.now_us())
        if verdict is not Verdict.LIVE or binding is None:
            self._turned(verdict.value, binding.number_id if binding else self._bindings.number_id(called))
            return (req.genResponse(404, "Not Found"), None, None)
        if any(ring.binding_id == binding.binding_id for ring in self._rings.values()):
            return (req.genResponse(486, "Busy Here"), None, None)
        return self._rang(
            req,
            transaction,
            source,
            Rang(ring_id=self._name(), number_id=binding.number_id, binding_id=binding.binding_id),
        )

    def _phone(self, req: Any, transaction: Any, source: Address, name: str, number_id: str) -> Any:  # noqa: ANN401
        now = time.monotonic()
        proof = req.getHFBody("authorization") if req.countHFs("authorization") else None
        if proof is None or self._registrar.proven(proof, source, now, "INVITE") != name:
            # The first INVITE proves nothing yet, and one on an old nonce is asked again: neither is an attempt.
            if proof is not None and self._registrar.false(proof, name, "INVITE"):
                self._intruded(req)
            refusal = req.genResponse(401, "Unauthorized")
            challenge = asking(self._registrar.challenge(source, now))
            refusal.appendHeader(header(f"WWW-Authenticate: {challenge}"))
            return (refusal, None, None)
        return self._rang(req, transaction, source, Rang(ring_id=self._name(), number_id=number_id, phone=name))

    def _rang(self, req: Any, transaction: Any, source: Address, said: Rang) -> Any:  # noqa: ANN401 - the stack's
        body = req.getBody()
        media = sdp.parse(str(body)) if body is not None else None
        covered = self._covered and bool(said.binding_id)
        fits = media is not None and bool(media.key) is covered and sdp.chosen(media.types, self._speech)
        if media is None or not fits or not req.countHFs("contact"):
            self._turned("unfit", said.number_id)
            return (req.genResponse(488, "Not Acceptable Here"), None, None)
        if len(self._rings) >= _MOST:
            return (req.genResponse(503, "Service Unavailable"), None, None)
        ring = Ring(self._config, said.ring_id, source, media, self._over, said.binding_id)
        self._rings[said.ring_id] = ring
        answer = ring.leg.recvRequest(req, transaction)
        self._say(said)
        return answer

    def _over(self, ring: Ring) -> None:
        self._rings.pop(ring.ring_id, None)

    def _name(self) -> str:
        self._count += 1
        return f"ring-{self._count}"

    # -- who is turned away ------------------------------------------------------------------------------------------
    def _turned(self, why: str, number_id: str) -> None:
        self._away.put((why, number_id), time.monotonic())

    def _say_turned(self, kind: tuple[str, str], count: int) -> None:
        self._say(Turned(why=kind[0], number_id=kind[1], count=count))

    def _tell_rest(self) -> None:
        self._errands.sweep(self._clock.now_us())
        self._away.rest(time.monotonic())


def _called(req: Any) -> str:  # noqa: ANN401 - the stack's
    return str(req.getRURI().username or "")


def _calling(req: Any) -> str:  # noqa: ANN401 - the stack's
    """Who calls, as the provider asserts it, else as the caller does (RFC 3325); empty for nobody who says so."""
    try:
        if req.countHFs("p-asserted-identity"):
            return str(req.getHFBody("p-asserted-identity").getUrl().username or "")
        return str(req.getHFBody("from").getUrl().username or "")
    except Exception:  # noqa: BLE001 - what the stack cannot read is nobody
        return ""
