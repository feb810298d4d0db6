"""What acts may know of the running dialer, on whatever thread they are, and the one way to ask it for something.

Holds no number and no password. While no dialer is plugged in there is no key to make a ticket for, so no call.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Final, Protocol

from console.desk.calls.earphones import Earphones, Ordered
from console.dial.axb.said import Bind, Unbind
from console.dial.messages import Dial, Ended
from console.dial.results import Result
from masking.gm import Sm2PublicKey
from masking.recording import RecordingKey

TRUNK_TROUBLE: Final = frozenset({Result.NETWORK_ERROR, Result.TRUNK_AUTH_FAILED})


@dataclass(frozen=True, slots=True)
class Placed:
    """A call whose event is committed. `order` names the call; the key is its recording's, for the recorder alone.

    left: see `console.desk.api.calling.CallView`.
    """

    order: Dial
    key: RecordingKey = field(repr=False)
    person_id: str
    tenant_id: str
    case_id: str
    unit_id: str
    agency_id: str | None
    since: int
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """A call under way.

    phase: as the dialer says. connected_at: microseconds UTC. inbound: the customer called. left: see
    `console.desk.api.calling.CallView`.
    """

    call_id: str
    person_id: str
    tenant_id: str
    unit_id: str
    agency_id: str | None
    since: int
    phase: str = ""
    connected_at: int | None = None
    case_id: str = ""
    inbound: bool = False
    left: int | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """A call that is over, as it is to be put on the books; see `console.desk.calls.writing.ended`."""

    end: Ended
    furthest: str = ""
    doubt: bool = False


class Operator(Protocol):
    """Who runs the dialer; each may be asked from any thread and answers later, asking the switchboard nothing."""

    def place(self, placed: Placed) -> None:
        """Make a call."""

    def hang_up(self, call_id: str) -> None:
        """End one."""

    def renew(self) -> None:
        """Phones or the provider's password changed: read them again."""

    def listen(self, ordered: Ordered) -> None:
        """Play a recording to a phone."""

    def steer(self, listening_id: str, second: int, *, paused: bool) -> None:
        """Play another part of it."""

    def tell(self, said: Bind | Unbind) -> None:
        """A privacy number is bound, or is no more."""


class Switchboard:
    """See the module. Safe from any thread.

    Attributes:
        port, trouble, up: of the line. unread: secrets that did not open when the dialer was told them, by name.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._live: dict[str, Live] = {}
        self._endings: dict[str, Ending] = {}
        self._phones: set[str] = set()
        self._operator: Operator | None = None
        self._key: Sm2PublicKey | None = None
        self.port = 0
        self.trouble = ""
        self.up: bool | None = None
        self.unread: tuple[str, ...] = ()
        self.earphones = Earphones()

    # -- what is known -----------------------------------------------------------------------------------------------
    @property
    def key(self) -> Sm2PublicKey | None:
        """What tickets are issued to; None while there is no dialer."""
        with self._lock:
            return self._key

    def present(self, phone: str) -> bool:
        """Whether a phone is registered now."""
        with self._lock:
            return phone in self._phones

    def live(self) -> tuple[Live, ...]:
        """Every call under way, longest first."""
        with self._lock:
            return tuple(sorted(self._live.values(), key=lambda one: (one.since, one.call_id)))

    def call_of(self, person_id: str) -> Live | None:
        """The call that somebody is in."""
        return next((one for one in self.live() if one.person_id == person_id), None)

    def find(self, call_id: str) -> Live | None:
        """A call under way."""
        with self._lock:
            return self._live.get(call_id)

    def ending(self, call_id: str) -> Ending | None:
        """How a call ended that is over and not on the books so."""
        with self._lock:
            return self._endings.get(call_id)

    @property
    def staffed(self) -> bool:
        """Whether anybody runs the dialer; nobody once the desk ends."""
        with self._lock:
            return self._operator is not None

    # -- what is asked -----------------------------------------------------------------------------------------------
    def place(self, placed: Placed) -> None:
        """Have a call made; its event is committed."""
        order = placed.order
        with self._lock:
            self._live[order.call_id] = Live(
                order.call_id,
                placed.person_id,
                placed.tenant_id,
                placed.unit_id,
                placed.agency_id,
                placed.since,
                case_id=placed.case_id,
                inbound=order.ticket is None,
                left=placed.left,
            )
            operator = self._operator
            if operator is None:
                # The desk is ending; its next start ends the call on the books.
                del self._live[order.call_id]
            else:
                # Before anybody can find the call: an order to end it must not come first.
                operator.place(placed)

    def hang_up(self, call_id: str) -> None:
        """Have a call ended."""
        with self._lock:
            operator = self._operator
        if operator is not None:
            operator.hang_up(call_id)

    def renew(self) -> None:
        """Have phones and the provider's password read again."""
        with self._lock:
            operator = self._operator
        if operator is not None:
            operator.renew()

    def listen(self, ordered: Ordered, at: int) -> None:
        """Have a recording played; its event is committed. at: now, microseconds UTC."""
        with self._lock:
            operator = self._operator
        if operator is not None:
            self.earphones.begin(ordered, at)
            operator.listen(ordered)

    def steer(self, listening_id: str, second: int, *, paused: bool) -> None:
        """Have another part of it played."""
        with self._lock:
            operator = self._operator
        if operator is not None:
            operator.steer(listening_id, second, paused=paused)

    def tell(self, said: Bind | Unbind) -> None:
        """Have a privacy number bound, or no more."""
        with self._lock:
            operator = self._operator
        if operator is not None:
            operator.tell(said)

    # -- what the operator says --------------------------------------------------------------------------------------
    def staff(self, operator: Operator | None) -> None:
        """Who runs the dialer; nobody any more for None."""
        with self._lock:
            self._operator = operator

    def plug(self, key: Sm2PublicKey | None, port: int = 0) -> None:
        """A dialer is there, or none any more; phones register afresh with each."""
        with self._lock:
            self._key, self.port, self.up = key, port, None
            self._phones.clear()

    def line(self, *, up: bool) -> None:
        """The provider answers, or does not any more."""
        with self._lock:
            self.up = up

    def saw(self, phone: str, *, present: bool) -> None:
        """A phone registered or left."""
        with self._lock:
            (self._phones.add if present else self._phones.discard)(phone)

    def moved(self, call_id: str, phase: str, connected_at: int | None = None) -> None:
        """A call went on."""
        with self._lock:
            one = self._live.get(call_id)
            if one is not None:
                self._live[call_id] = replace(one, phase=phase, connected_at=connected_at or one.connected_at)

    def over(self, ending: Ending) -> bool:
        """A call ended; whether the provider's line works is told by the last that came so far. Returns: it changed."""
        call_id, result = ending.end.call_id, ending.end.result
        with self._lock:
            one, before = self._live.pop(call_id, None), self.trouble
            self._endings[call_id] = ending
            if result in TRUNK_TROUBLE:
                self.trouble = result.value
            elif one is not None and one.phase.startswith(("customer", "talking")):
                self.trouble = ""
            return self.trouble != before

    def written(self, call_id: str) -> None:
        """That it ended is on the books, committed."""
        with self._lock:
            self._endings.pop(call_id, None)
