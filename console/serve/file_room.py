"""The desk's side of files that go through the front door: a lender's new ones in, one released one out.

Every step is asked of the kernel first, which decides and logs; then this opens the file and hands its descriptor over,
to be written only or read only. A new file is written outside the drop and linked into it when its sender has closed
it; whoever leaves without closing leaves nothing.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol, TypeVar

import msgspec

from access.context import Origin
from console.desk.api.base import Call, DeskError, reply_type
from console.desk.api.files import (
    AdmitLender,
    BeginUpload,
    DropUpload,
    EndHandout,
    KeepUpload,
    SeeHandout,
    TakeHandout,
)
from console.desk.host import EmbeddedDesk
from console.desk.imports import arrivals, drop
from console.desk.kernel import Kernel
from console.serve.file_words import Admit, Asked, Close, Put, Said, See, Take, decode_asked, encode
from console.unreadable import UNREADABLE

R = TypeVar("R")

_NEW: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_OLD: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC
_PRIVATE: Final = 0o600

Answer = Callable[[int, int, bytes, tuple[int, ...]], Awaitable[None]]
"""Sends an answer to the front door: visit, question's number, body, descriptors (which stay ours)."""


class Seats(Protocol):
    """What the file room asks of the reception."""

    def seated(self, visit: int) -> EmbeddedDesk | None:
        """The line of a visitor who proved three factors and has no terminal; it stays open until they leave."""
        ...

    def address(self, said: str) -> str:
        """A network address as the log takes it."""
        ...

    def refused(self, visit: int, what: str, source: str = "-") -> None:
        """Have the log say what a visitor was refused."""
        ...


@dataclass(slots=True)
class _Visit:
    """One visitor with files. key_id: a lender's; handles: what is open, as what ends it wants to know."""

    desk: EmbeddedDesk
    key_id: str = ""
    handles: dict[int, tuple[str, str]] = field(default_factory=dict)
    own: bool = True
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


class FileRoom:
    """Args: the kernel, the reception's seats, how to answer."""

    def __init__(self, kernel: Kernel, seats: Seats, answer: Answer) -> None:
        self._kernel, self._seats, self._answer = kernel, seats, answer
        self._visits: dict[int, _Visit] = {}
        self._next = 0

    async def take(self, visit: int, number: int, body: bytes) -> None:
        """Answer a question; what is none is answered with no."""
        descriptor: int | None = None
        try:
            said, descriptor = await self._judged(visit, decode_asked(body))
        except DeskError:
            # The kernel logged why; the front door learns no more than no.
            said = Said(ok=False)
        except OSError:
            said = self._no(visit, "file_failed")
        except UNREADABLE:
            said = self._no(visit, "garbled")
        try:
            await self._answer(visit, number, encode(said), () if descriptor is None else (descriptor,))
        finally:
            if descriptor is not None:
                os.close(descriptor)

    async def gone(self, visit: int) -> None:
        """The visitor left: what was open is ended as not whole."""
        found = self._visits.pop(visit, None)
        if found is None:
            return
        async with found.turn:
            for handle in tuple(found.handles):
                with contextlib.suppress(DeskError, OSError):
                    await self._close(found, Close(handle=handle, whole=False))
        if found.own:
            await found.desk.close()

    async def close(self) -> None:
        """The desk ends: nobody is served any more."""
        for visit in tuple(self._visits):
            await self.gone(visit)

    async def _judged(self, visit: int, asked: Asked) -> tuple[Said, int | None]:
        if isinstance(asked, Admit):
            return await self._admit(visit, asked), None
        found = self._visits.get(visit) or self._staff(visit)
        if found is None:
            return self._no(visit, "out_of_turn"), None
        async with found.turn:
            match asked:
                case Put():
                    return await self._put(found, asked)
                case See():
                    waiting = await self._ask(found, SeeHandout())
                    return Said(ok=True, name=waiting.name, size=waiting.size), None
                case Take():
                    return await self._take(found)
                case Close():
                    return await self._close(found, asked), None

    def _no(self, visit: int, what: str) -> Said:
        found = self._visits.get(visit)
        self._seats.refused(visit, what, found.desk.line.origin.source if found is not None else "-")
        return Said(ok=False)

    def _staff(self, visit: int) -> _Visit | None:
        desk = self._seats.seated(visit)
        if desk is None:
            return None
        self._visits[visit] = _Visit(desk, own=False)
        return self._visits[visit]

    async def _admit(self, visit: int, asked: Admit) -> Said:
        if visit in self._visits:
            return self._no(visit, "out_of_turn")
        origin = Origin(self._seats.address(asked.source), f"sftp/{visit}")
        desk = EmbeddedDesk(self._kernel, origin, asyncio.get_running_loop())
        found = _Visit(desk)
        try:
            found.key_id = (await self._ask(found, AdmitLender(login=asked.login, key=asked.key.hex()))).key_id
        except BaseException:
            await desk.close()
            raise
        self._visits[visit] = found
        return Said(ok=True)

    async def _put(self, found: _Visit, asked: Put) -> tuple[Said, int]:
        place = await self._ask(
            found, BeginUpload(key_id=found.key_id, name=asked.name, under_way=self._under_way(found.key_id))
        )
        path = Path(place.path)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, _NEW, _PRIVATE)
        return Said(ok=True, handle=self._remember(found, asked.name, place.path), size=place.limit), descriptor

    def _under_way(self, key_id: str) -> int:
        return sum(len(visit.handles) for visit in self._visits.values() if visit.key_id == key_id)

    async def _take(self, found: _Visit) -> tuple[Said, int]:
        waiting = await self._ask(found, SeeHandout())
        place = await self._ask(found, TakeHandout(handout_id=waiting.handout_id))
        try:
            descriptor = os.open(place.path, _OLD)
        except OSError:
            await self._ask(found, EndHandout(handout_id=waiting.handout_id, whole=False))
            raise
        return Said(ok=True, handle=self._remember(found, waiting.handout_id, ""), size=waiting.size), descriptor

    def _remember(self, found: _Visit, name: str, path: str) -> int:
        self._next += 1
        found.handles[self._next] = (name, path)
        return self._next

    async def _close(self, found: _Visit, asked: Close) -> Said:
        name, path = found.handles.pop(asked.handle, ("", ""))
        if not name:
            return Said(ok=False)
        if not found.key_id:
            await self._ask(found, EndHandout(handout_id=name, whole=asked.whole))
            return Said(ok=True)
        kept = asked.whole and await self._keep(found, name, path)
        if not kept:
            # The event first, as with everything that is destroyed.
            await self._ask(found, DropUpload(key_id=found.key_id, name=name, path=path))
            await asyncio.to_thread(drop.destroy, Path(path))
        return Said(ok=kept)

    async def _keep(self, found: _Visit, name: str, path: str) -> bool:
        try:
            await self._ask(found, KeepUpload(key_id=found.key_id, name=name, path=path))
            await asyncio.to_thread(arrivals.enter, self._kernel.parts, found.key_id, name, Path(path))
        except (DeskError, OSError):
            return False
        return True

    async def _ask(self, found: _Visit, call: Call[R]) -> R:
        body = await found.desk.encoded(call, secrets.token_hex(16))
        reply: R = msgspec.msgpack.decode(body, type=reply_type(type(call)))
        return reply
