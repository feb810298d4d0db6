"""A sender that does as a test says: no process, no provider. It opens tickets as the real one does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from access.context import Clock
from console.dial.ticket import TicketDesk
from console.send.messages import Answer, Answered, Fate, LineMoved, Provider, Reported, Send
from console.send.sender import Heard, Sender, SenderDown
from masking.case_keys import Purpose
from masking.gm import Sm2PublicKey


@dataclass
class FakeSender:
    """See the module."""

    clock: Clock
    told: Callable[[Heard], None]
    sent: dict[str, Send] = field(default_factory=dict)
    reports_kept: list[int] = field(default_factory=list)
    providers: list[Provider] = field(default_factory=list)
    down: bool = False
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    count: int = 0

    def __post_init__(self) -> None:
        self.tickets = TicketDesk(self.clock, Purpose.MESSAGE)

    @property
    def key(self) -> Sm2PublicKey:
        self._there()
        return self.tickets.key

    def use(self, provider: Provider) -> None:
        self._there()
        self.providers.append(provider)
        self.told(LineMoved(up=True))

    def send(self, order: Send) -> None:
        self._there()
        assert order.message_id not in self.sent
        self.sent[order.message_id] = order

    def kept(self, number: int) -> None:
        self._there()
        self.reports_kept.append(number)

    async def close(self) -> None:
        self.die()

    # -- what the test makes it say ----------------------------------------------------------------------------------
    def answer(self, message_id: str, *answers: Answer, code: int = 0, handle: bytes = b"") -> None:
        """Handles count up by their last byte."""
        for part, answer in enumerate(answers):
            name = handle[:-1] + bytes([handle[-1] + part]) if handle else b""
            self.told(Answered(message_id=message_id, part=part, answer=answer, code=code, handle=name))

    def report(self, fate: Fate, **more: object) -> int:
        self.count += 1
        self.told(Reported(number=self.count, fate=fate, **more))  # type: ignore[arg-type]
        return self.count

    def die(self) -> None:
        """Its process is gone, whatever it had."""
        self.down = True
        self.gone.set()

    def _there(self) -> None:
        if self.down:
            raise SenderDown


class Pool:
    """Opens one fake sender after another for an office; `now` is the one in use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.made: list[FakeSender] = []

    @property
    def now(self) -> FakeSender:
        return self.made[-1]

    async def open(self, told: Callable[[Heard], None]) -> tuple[Sender, asyncio.Event]:
        sender = FakeSender(self._clock, told)
        self.made.append(sender)
        return sender, sender.gone
