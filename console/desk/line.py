"""One line to the desk and who is on it. The desk keeps this; nothing a screen says can change it but signing in."""

from __future__ import annotations

from dataclasses import dataclass

from access.context import Origin
from access.policy import Actor


@dataclass(slots=True)
class Line:
    """State of one connection.

    origin: address and terminal as the transport knows them. person_id: empty until signed in. locked: answers only
    unlocking and signing out. number: the line's place in the hub.
    """

    origin: Origin
    number: int = 0
    person_id: str = ""
    login_id: str = ""
    session_id: str = ""
    opened_at: int = 0
    locked: bool = False
    actor: Actor | None = None
    actor_read_at: int = 0

    def forget(self) -> None:
        """Nobody is on the line any more."""
        self.person_id = self.login_id = self.session_id = ""
        self.opened_at = self.actor_read_at = 0
        self.locked = False
        self.actor = None
