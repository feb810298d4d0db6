"""What acts may know of the running sender, on whatever thread they are, and the one way to have a message sent.

Holds no number, no text and no secret. While no sender is plugged in there is no key to make a ticket for, so nothing
is sent.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Protocol

from console.send.messages import Send
from masking.gm import Sm2PublicKey


@dataclass(frozen=True, slots=True)
class Posted:
    """A message whose event is committed."""

    order: Send


class Clerk(Protocol):
    """Who runs the sender; each may be asked from any thread and answers later."""

    def post(self, posted: Posted) -> None:
        """Have a message sent."""

    def renew(self) -> None:
        """The provider's secret changed: read it again."""


class Mailbox:
    """See the module. Safe from any thread. Attributes: up, why: whether the provider can be reached."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._clerk: Clerk | None = None
        self._key: Sm2PublicKey | None = None
        self.up = False
        self.why = ""

    @property
    def key(self) -> Sm2PublicKey | None:
        """What tickets are issued to; None while there is no sender."""
        with self._lock:
            return self._key

    def post(self, posted: Posted) -> None:
        """Have a message sent; its event is committed. A desk that is ending does not: its next start says so."""
        with self._lock:
            clerk = self._clerk
        if clerk is not None:
            clerk.post(posted)

    def renew(self) -> None:
        """Have the provider's secret read again."""
        with self._lock:
            clerk = self._clerk
        if clerk is not None:
            clerk.renew()

    def staff(self, clerk: Clerk | None) -> None:
        """Who runs the sender; nobody any more for None."""
        with self._lock:
            self._clerk = clerk

    def plug(self, key: Sm2PublicKey | None) -> None:
        """A sender is there, or none any more."""
        with self._lock:
            self._key = key
            if key is None:
                self.up, self.why = False, ""

    def moved(self, *, up: bool, why: str) -> None:
        """Whether the provider can be reached."""
        with self._lock:
            self.up, self.why = up, why
