"""What a way to a provider is, whichever it speaks: takes one piece of a message and says what came of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from console.send.messages import Answer, Fate, LineMoved


@dataclass(frozen=True, slots=True)
class Piece:
    """What is handed over at once: a part of a message, or the whole of it where the provider cuts it.

    message_id: ours. number: whom to, in clear, for the provider alone. part: from 0, of `parts`. first: reference of
    the message's first part.
    """

    message_id: str
    number: str = field(repr=False)
    text: str = field(repr=False)
    part: int
    parts: int
    first: int

    @property
    def name(self) -> str:
        """What this piece is called here."""
        return f"{self.message_id}/{self.part}"


@dataclass(frozen=True, slots=True)
class Given:
    """What came of it. name: the provider's for the piece. busy: it was surely not taken, and may be tried again."""

    answer: Answer
    code: int = 0
    name: bytes = field(default=b"", repr=False)
    busy: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A delivery report. At least one of the names is there: ours, the provider's, or ours by reference."""

    fate: Fate
    message_id: str = ""
    name: bytes = field(default=b"", repr=False)
    reference: int = 0


Moved = Callable[[LineMoved], None]
Report = Callable[[Found], Awaitable[bool]]
"""Tells of a report; true once it is on the desk's books, and only then is the provider told that it was taken."""


class Line(Protocol):
    """A way to a provider."""

    async def run(self) -> None:
        """Keep it open until it is closed."""

    async def submit(self, piece: Piece) -> Given:
        """Hand one piece over, once."""

    async def close(self) -> None:
        """End it."""
