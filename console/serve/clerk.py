"""The front door's questions about files, and the desk's answers to them."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from typing import Final

from console.links import close_all
from console.serve.file_words import Asked, Said, decode_said, encode
from console.serve.link import LinkBroken
from console.unreadable import UNREADABLE

_AT_ONCE: Final = 16

Send = Callable[[int, int, bytes], Awaitable[None]]
"""Sends a question to the desk: visit, question's number, body."""


class Clerk:
    """Args: how to ask the desk; what is told of a visitor, and a code, who asked too much at once."""

    def __init__(self, send: Send, refuse: Callable[[int, str], None]) -> None:
        self._send, self._refuse = send, refuse
        self._numbers = itertools.count(1)
        self._waiting: dict[tuple[int, int], asyncio.Future[tuple[Said, int | None]]] = {}

    async def ask(self, visit: int, asked: Asked) -> tuple[Said, int | None]:
        """Ask and wait; the descriptor beside the answer, if there is one, is the caller's.

        A desk that is gone, or a visitor who asks too much at once, is answered with no.
        """
        if sum(1 for of, _ in self._waiting if of == visit) >= _AT_ONCE:
            self._refuse(visit, "file_many")
            return Said(ok=False), None
        place = visit, next(self._numbers)
        answer: asyncio.Future[tuple[Said, int | None]] = asyncio.get_running_loop().create_future()
        self._waiting[place] = answer
        try:
            await self._send(*place, encode(asked))
            return await answer
        except LinkBroken:
            return Said(ok=False), None
        finally:
            self._waiting.pop(place, None)

    def answered(self, visit: int, number: int, body: bytes, descriptors: list[int]) -> None:
        """The desk's answer to one question; nobody waiting for it means nobody wants its descriptor."""
        answer = self._waiting.get((visit, number))
        try:
            said = decode_said(body)
        except UNREADABLE:
            said = Said(ok=False)
        if answer is None or answer.done() or len(descriptors) > 1 or not said.ok:
            close_all(descriptors)
            descriptors = []
        if answer is not None and not answer.done():
            answer.set_result((said, descriptors[0] if descriptors else None))

    def forget(self, visit: int | None = None) -> None:
        """A visitor left, or with none the desk did: what was asked is answered with no."""
        for (of, _), answer in tuple(self._waiting.items()):
            if visit in {None, of} and not answer.done():
                answer.set_result((Said(ok=False), None))
