"""What a dialer that does as a test says makes of listenings; mixed into `fake_dialer.FakeDialer`."""

from __future__ import annotations

import os
from collections.abc import Callable

from console.dial.dialer import DialerDown, Heard
from console.dial.messages import Ended, Listen, Moved, Played, PrepareListening, Seek
from console.dial.results import By, Result


class FakeEars:
    """Attributes: opened: what was prepared, with the head of its file; listening: whose phones ring; sought: moves."""

    told: Callable[[Heard], None]
    ready: bool
    down: bool

    def __init__(self) -> None:
        self.opened: dict[str, tuple[PrepareListening, bytes]] = {}
        self.listening: dict[str, Listen] = {}
        self.sought: list[Seek] = []

    async def prepare_listening(self, order: PrepareListening, descriptor: int) -> bool:
        if self.down:
            raise DialerDown
        self.opened[order.call_id] = order, os.pread(descriptor, 16, 0)
        return self.ready

    def listen(self, order: Listen) -> None:
        if self.down:
            raise DialerDown
        self.listening[order.call_id] = order

    def seek(self, order: Seek) -> None:
        self.sought.append(order)
        self.told(Played(call_id=order.call_id, state="paused" if order.paused else "playing", second=order.second))

    def answers(self, listening_id: str, second: int = 0) -> None:
        """The phone is answered, and it plays."""
        self.told(Moved(call_id=listening_id, state="talking"))
        self.told(Played(call_id=listening_id, state="playing", second=second))

    def plays(self, listening_id: str, state: str, second: int) -> None:
        """It went on."""
        self.told(Played(call_id=listening_id, state=state, second=second))

    def leaves(self, listening_id: str, by: By = By.AGENT, talked: int = 0) -> None:
        """The phone hung up, or the desk."""
        if self.listening.pop(listening_id, None) is not None:
            self.told(Ended(call_id=listening_id, result=Result.ANSWERED, by=by, talked=talked))
