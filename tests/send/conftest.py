"""A sender in its process, and what is needed to have it send."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import TypeVar

import pytest_asyncio

from access.context import SECOND, SystemClock
from console.dial.ticket import Ticket, issue
from console.send.house import ProcessSender
from console.send.messages import Answered, LineMoved, Provider, Reported, Send
from console.send.sender import Heard
from masking.case_keys import Kek, Purpose, new_case_key, unwrap, wrap
from masking.sealing import SealContext
from tests.support.sip import until
from tests.support.smsc import HOST, Smsc

NUMBER = "13800138000"
WHERE = SealContext("t1", "case_seals", "c1/mobile-1", "c1", "mobile", 1)

T = TypeVar("T", bound=Heard)


@dataclass
class Post:
    """heard: whatever the sender said; each report is kept at once unless `keeps` is false."""

    heard: list[Heard] = field(default_factory=list)
    keeps: bool = True
    sender: ProcessSender = field(init=False)
    count: int = 0

    async def open(self) -> None:
        self.sender = await ProcessSender.open(self._hear)

    def _hear(self, heard: Heard) -> None:
        self.heard.append(heard)
        if isinstance(heard, Reported) and self.keeps:
            self.sender.kept(heard.number)

    def said(self, kind: type[T]) -> list[T]:
        return [one for one in self.heard if isinstance(one, kind)]

    async def up(self, *, up: bool = True) -> None:
        await until(lambda: self.said(LineMoved) and self.said(LineMoved)[-1].up is up, f"up {up}")

    async def by(self, smsc: Smsc, **more: object) -> None:
        """The way to this provider, once it is open."""
        self.sender.use(smpp(smsc, **more))
        await until(lambda: smsc.bound and self.said(LineMoved) and self.said(LineMoved)[-1].up, "bound")

    def order(self, *parts: str, number: str = NUMBER, message_id: str = "", reference: int = 0) -> Send:
        self.count += 1
        name = message_id or f"m{self.count}"
        return Send(
            message_id=name, ticket=self.ticket(name, number), reference=reference or 100 * self.count, parts=parts
        )

    def ticket(self, message_id: str, number: str = NUMBER, purpose: Purpose = Purpose.MESSAGE) -> Ticket:
        kek = Kek(b"k" * 16, 1)
        key = unwrap(kek, wrap(kek, new_case_key(1), "t1", "c1"), "t1", "c1", purpose)
        return issue(
            key,
            self.sender.key,
            WHERE,
            key.cipher().seal(number, WHERE),
            call_id=message_id,
            event_id="e1",
            ends_at=SystemClock().now_us() + 60 * SECOND,
        )

    def send(self, order: Send) -> str:
        self.sender.send(order)
        return order.message_id

    async def answers(self, message_id: str, count: int = 1) -> list[Answered]:
        def found() -> list[Answered]:
            return [one for one in self.said(Answered) if one.message_id == message_id]

        await until(lambda: len(found()) >= count, f"{message_id} answered")
        return found()


def smpp(smsc: Smsc, **more: object) -> Provider:
    """The way to a provider over SMPP."""
    made: dict[str, object] = {
        "kind": "smpp",
        "handle_key": b"h" * 32,
        "host": HOST,
        "port": smsc.port,
        "name": "desk",
        "secret": "secret",
        "sender": "10690000",
        "a_second": 100,
        "answer_seconds": 30.0,
    }
    return Provider(**made | more)  # type: ignore[arg-type]


@pytest_asyncio.fixture
async def post() -> AsyncIterator[Post]:
    post = Post()
    await post.open()
    try:
        yield post
    finally:
        await post.sender.close()


@pytest_asyncio.fixture
async def smsc() -> AsyncIterator[Smsc]:
    smsc = await Smsc().open()
    try:
        yield smsc
    finally:
        await smsc.close()
