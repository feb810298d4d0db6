"""One line to the desk and who is on it. The desk keeps this; nothing a screen says can change it but signing in.

Who sits on a line is one frozen value, replaced as a whole and only after the commit of the event that says so. Every
act takes it once, so that two acts at the same time never mix two people up, and a reply meant for somebody who has
left or locked meanwhile is recognised.
"""

from __future__ import annotations

import asyncio
import re
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from access.context import Origin
from access.policy import Actor, Proof

_PLACE_LIMIT: Final = 32
_WANTED_LIMIT: Final = 8
_NOT_IN_PLACES: Final = re.compile(r"[^A-Za-z0-9_.:/@-]")
_NUMBER: Final = re.compile(r"[0-9](?:[.-]?[0-9]){6}")


@dataclass(frozen=True, slots=True)
class Sitting:
    """Somebody's stay on a line, from signing in to leaving or locking.

    Attributes:
        opened_at: When they signed in, microseconds UTC.
        locked: The line answers only unlocking and signing out.
        ticket_until: Where a ticket opened the session, the instant after which no ticket of it counts.
        command: It is a command's, not a screen's.
    """

    person_id: str
    login_id: str
    session_id: str
    opened_at: int
    locked: bool = False
    ticket_until: int | None = None
    command: bool = False


class Known(NamedTuple):
    """What rows said of the person of a sitting, and when."""

    sitting: Sitting
    actor: Actor
    at: int


@dataclass(slots=True)
class Pace:
    """How fast a line may ask: a store of calls that fills by `rate` a second up to `burst`.

    Attributes:
        left: What is in store.
        at: When that was, on a clock that never runs back, seconds.
        told: It was said already that the line is too fast; anew once the store was full again.
    """

    rate: float = 50.0
    burst: float = 150.0
    left: float = 150.0
    at: float = 0.0
    told: bool = False

    def take(self, now: float) -> bool:
        """Take one call out of the store; False when it is empty."""
        self.left = min(self.burst, self.left + max(0.0, now - self.at) * self.rate)
        self.at = max(self.at, now)
        if self.left >= self.burst:
            self.told = False
        if self.left < 1.0:
            return False
        self.left -= 1.0
        return True


@dataclass(slots=True)
class Line:
    """State of one connection.

    Attributes:
        origin: Address and terminal as the transport knows them, fit for the log.
        number: The line's place in the hub.
        sitting: Who is on it; none until somebody signed in.
        known: The person as last read.
        leaving: What is answered to calls still under way, once somebody asked to lock or to leave; empty until then.
        slow: Held while this line's slow work runs, so that one line cannot fill the desk's queue with it.
        pace: How fast it may ask; none for lines from within the desk's own process.
        proof: What the person proved last in this sitting; gone when it ends or locks.
        wanted: Calls, by their key, that wait for the person to prove herself; the newest few.
        challenge: What this line was given to sign, by purpose: nonce and instant; taken out when it is answered.
        session_id: The session of whoever sat here last; stays when they are gone.
    """

    origin: Origin
    number: int = 0
    sitting: Sitting | None = None
    known: Known | None = None
    leaving: tuple[str, ...] = ()
    slow: asyncio.Lock = field(default_factory=asyncio.Lock, init=False, repr=False, compare=False)
    pace: Pace | None = None
    proof: Proof | None = field(default=None, init=False)
    wanted: dict[str, bytes] = field(default_factory=dict, init=False, repr=False)
    challenge: dict[str, tuple[str, int]] = field(default_factory=dict, init=False, repr=False, compare=False)
    session_id: str = field(default="", init=False, repr=False, compare=False)

    @property
    def person_id(self) -> str:
        """Who is on the line; empty for nobody."""
        return self.sitting.person_id if self.sitting is not None else ""

    def take(self, sitting: Sitting, actor: Actor, now: int) -> None:
        """Somebody is on the line from now on."""
        self._unprove()
        self.known = Known(sitting, actor, now)
        self.sitting = sitting
        self.session_id = sitting.session_id

    def want(self, key: str, call: bytes) -> None:
        """Remember a call that waits for the person to prove herself."""
        self.wanted[key] = call
        while len(self.wanted) > _WANTED_LIMIT:
            self.wanted.pop(next(iter(self.wanted)))

    def _unprove(self) -> None:
        self.proof = None
        self.wanted = {}

    def forget(self, sitting: Sitting | None) -> bool:
        """Nobody is on the line any more, unless somebody else came meanwhile; tell whether it is so."""
        if self.sitting is not sitting:
            return False
        self.sitting = self.known = None
        self._unprove()
        return True


def place(text: str) -> str:
    """Return a terminal's name as the log takes it: what a transport says must never keep an act from being logged."""
    name = _NOT_IN_PLACES.sub("_", text)[:_PLACE_LIMIT]
    return name if name and _NUMBER.search(name) is None else "-"
