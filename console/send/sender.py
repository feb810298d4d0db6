"""What the desk asks of whatever sends messages, and what it hears of them. No type here can hold a number in clear."""

from __future__ import annotations

from typing import Protocol

from console.send.messages import Answered, LineMoved, Provider, Reported, Send
from masking.gm import Sm2PublicKey

Heard = LineMoved | Answered | Reported
"""What is said as it happens. Each part of a message that was sent is answered exactly once while the sender lives."""


class SenderDown(Exception):
    """There is no sender: it did not start, or is gone."""


class Sender(Protocol):
    """Hands messages to a provider, each once."""

    @property
    def key(self) -> Sm2PublicKey:
        """What tickets are issued to, as long as this sender lives.

        Raises:
            SenderDown: there is none.
        """

    def use(self, provider: Provider) -> None:
        """Say how the provider is reached. Raises: SenderDown."""

    def send(self, order: Send) -> None:
        """Hand a message over; one whose id was seen before is not. Raises: SenderDown."""

    def kept(self, number: int) -> None:
        """A report is on the books. Raises: SenderDown."""

    async def close(self) -> None:
        """End it; what is under way is answered as far as it is known."""
