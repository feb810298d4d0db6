"""The desk's side of the front door: who stands on a line is settled here, before a session exists.

The front door says that somebody signed with a key and typed two more factors; the desk judges all three on a line of
that visitor's own, and seats the person on it. The socket that the front door sends afterwards is joined to that line.
So a session never says who it is, and one that is taken over can ask only what its person may ask.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import logging
import secrets
import socket
from collections.abc import Callable, Coroutine
from typing import Any, Final

import msgspec

from access.context import Origin
from access.people.sessions import parting_of
from console.desk.api.base import DeskError
from console.desk.api.doorway import NoteSideDoor, SignInBySsh
from console.desk.api.session import Me
from console.desk.kernel import Kernel
from console.links import close_all
from console.serve.bound import BoundDesk
from console.serve.converse import converse
from console.serve.file_room import FileRoom
from console.serve.link import Link, LinkBroken
from console.serve.messages import (
    SIDE_DOORS,
    Answered,
    Ended,
    Enter,
    FileAsked,
    FileSaid,
    Gone,
    Listening,
    Open,
    Prove,
    Return,
    SideDoor,
    ToDesk,
    Typed,
    at_desk,
)
from console.serve.partings import RESTART
from console.serve.refusals import Refusals
from console.serve.visits import Visit
from console.serve.watch import Watch
from masking.scrub import safe_repr

_ENTER_WITHIN: Final = 30.0  # seconds from being seated to having a terminal
_RETURN_WITHIN: Final = 3600.0  # seconds a screen that came back may stay locked
_CLOSE_WITHIN: Final = 5.0
_log = logging.getLogger("veildesk.reception")


class Reception:
    """Args: the kernel, the link's end, and what is called when the front door is gone."""

    def __init__(self, kernel: Kernel, door: socket.socket, lost: Callable[[], None]) -> None:
        self._kernel = kernel
        self._loop = asyncio.get_running_loop()
        self._visits: dict[int, Visit] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.listening: asyncio.Future[Listening] = self._loop.create_future()
        self._lost = lost
        self._link = Link(door, at_desk, self._take, self._over)
        self._files = FileRoom(kernel, self, self._answer_file)
        self._refusals = Refusals(kernel)
        self._watch = Watch(kernel, self._visits, self._end, self._go)
        self.vigil = self._watch.vigil

    async def open(self, order: Open) -> Listening:
        """Have the front door listen; returns where.

        Raises:
            LinkBroken: it ended instead.
        """
        await self._link.send(order)
        return await self.listening

    async def close(self) -> None:
        """End every visit and the link."""
        self._watch.close()
        self._link.close()
        if not self.listening.done():
            self.listening.cancel()
        await self._files.close()
        for number in tuple(self._visits):
            await self._end(number)
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=_CLOSE_WITHIN)
        await self._refusals.close()

    def _over(self) -> None:
        if self._link.garbled:
            self.refused(0, "garbled")
        if not self.listening.done():
            self.listening.set_exception(LinkBroken())
        self._lost()

    def _take(self, message: ToDesk, descriptors: list[int]) -> None:
        if isinstance(message, Enter) and len(descriptors) == 1:
            self._enter(message.visit, descriptors[0])
            return
        if isinstance(message, Return) and len(descriptors) == 1:
            self._come_back(message, descriptors[0])
            return
        close_all(descriptors)
        match message:
            case Listening():
                self.listening.set_result(message)
            case Prove():
                self._go(self._prove(message))
            case Typed():
                self._typed(message.visit)
            case SideDoor():
                self._go(self._note(message))
            case FileAsked():
                self._go(self._files.take(message.visit, message.number, message.body))
            case Gone() | Enter() | Return():
                if isinstance(message, Gone):
                    self._go(self._files.gone(message.visit))
                else:
                    self.refused(message.visit, "out_of_turn")
                self._go(self._end(message.visit))

    def _typed(self, number: int) -> None:
        visit = self._visits.get(number)
        if visit is not None:
            visit.typed = self._loop.time()

    # -- one visitor --------------------------------------------------------------------------------------------------
    async def _prove(self, asked: Prove) -> None:
        visit = self._visits.get(asked.visit)
        if visit is not None and (visit.asked or visit.seated or visit.task is not None):
            # Somebody asks again before hearing the answer: whose answer it were, nobody could tell.
            await self._note(SideDoor(visit=asked.visit, source=asked.source, what="out_of_turn"))
            await self._end(asked.visit)
            await self._link.send(Answered(visit=asked.visit, seated=False))
            return
        if visit is None:
            visit = self._visits[asked.visit] = Visit(self._line(asked.visit, asked.source))
        language, visit.asked = "", True
        call = SignInBySsh(login=asked.login, password=asked.password, code=asked.code, key=asked.key.hex())
        try:
            me = msgspec.msgpack.decode(await visit.desk.encoded(call, secrets.token_hex(16)), type=Me)
        except DeskError:
            visit.seated = False
        else:
            visit.seated, language = True, me.language
        visit.asked = False
        if self._visits.get(asked.visit) is not visit:
            # The visitor left while the hash ran; the line is closed already or about to be.
            await visit.desk.close()
            return
        if visit.seated:
            visit.waiting = self._loop.call_later(_ENTER_WITHIN, self._never_came, asked.visit)
        await self._link.send(Answered(visit=asked.visit, seated=visit.seated, language=language))

    # -- files --------------------------------------------------------------------------------------------------------
    def seated(self, visit: int) -> BoundDesk | None:
        """The line of a visitor who proved three factors and has no terminal; it stays open until they leave."""
        found = self._visits.get(visit)
        if found is None or not found.seated or found.task is not None:
            return None
        found.no_wait()
        return found.desk

    def address(self, said: str) -> str:
        """A network address as the log takes it."""
        return _address(said)

    async def _answer_file(self, visit: int, number: int, body: bytes, descriptors: tuple[int, ...]) -> None:
        await self._link.send(FileSaid(visit=visit, number=number, body=body), descriptors)

    def _enter(self, number: int, descriptor: int) -> None:
        visit = self._visits.get(number)
        if visit is None or not visit.seated or visit.task is not None:
            close_all((descriptor,))
            self.refused(number, "out_of_turn")
            return
        visit.no_wait()
        visit.typed = self._loop.time()
        visit.task = self._loop.create_task(self._serve(number, visit, socket.socket(fileno=descriptor)))

    def _come_back(self, said: Return, descriptor: int) -> None:
        """A session that talked to the desk before this one: nobody sits on its line until three factors hold again."""
        if said.visit in self._visits:
            close_all((descriptor,))
            self.refused(said.visit, "out_of_turn")
            return
        visit = self._visits[said.visit] = Visit(self._line(said.visit, said.source, login=said.login, key=said.key))
        visit.typed = self._loop.time()
        visit.waiting = self._loop.call_later(_RETURN_WITHIN, self._never_came, said.visit)
        visit.task = self._loop.create_task(self._serve(said.visit, visit, socket.socket(fileno=descriptor)))

    async def _serve(self, number: int, visit: Visit, sock: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=sock)
        try:
            await converse(visit.desk, reader, writer)
        finally:
            writer.close()
            self._visits.pop(number, None)
            self._go(self._say_ended(number, visit.desk.line.session_id, visit.why))

    async def _say_ended(self, number: int, session_id: str, known: str) -> None:
        """Tell the front door that a line is over, and why, where that was not the person's own doing."""
        why = language = ""
        try:
            why, language = await asyncio.to_thread(self._why, session_id)
        except Exception as wrong:  # noqa: BLE001 - the line is over in any case
            _log.warning("why a session ended: %s", safe_repr(wrong))
        await self._link.send(Ended(visit=number, why=why or known, language=language))

    def _why(self, session_id: str) -> tuple[str, str]:
        with self._kernel.parts.store.engine.connect() as connection:
            return parting_of(connection, session_id)

    def refused(self, visit: int, what: str, source: str = "-") -> None:
        """Have it in the log that a visitor, or the front door for one, asked for what is not given."""
        self._go(self._note(SideDoor(visit=visit, source=source[:64], what=what)))

    async def _note(self, said: SideDoor) -> None:
        what = said.what if said.what in SIDE_DOORS else "unknown"
        visit = self._visits.get(said.visit)
        if visit is None or visit.desk.line.sitting is None:
            known = visit.desk.line.origin if visit is not None else Origin(_address(said.source), f"ssh/{said.visit}")
            await self._refusals.say(known, what, said.count)
            return
        with contextlib.suppress(DeskError):
            # The kernel logged the failure; the visitor was refused in any case.
            await visit.desk.by_itself(NoteSideDoor(what=what, count=said.count))

    def _never_came(self, number: int) -> None:
        visit = self._visits.get(number)
        if visit is not None and visit.task is not None:
            # The screen came back after a restart, and nobody to it.
            visit.why = RESTART
        else:
            self._go(self._link.send(Ended(visit=number)))
        self._go(self._end(number))

    async def _end(self, number: int) -> None:
        visit = self._visits.pop(number, None)
        if visit is None:
            return
        visit.no_wait()
        if visit.task is not None:
            visit.task.cancel()
            await asyncio.wait([visit.task])
        await visit.desk.close()

    def _line(self, number: int, source: str, *, login: str = "", key: bytes = b"") -> BoundDesk:
        origin = Origin(_address(source), f"ssh/{number}")
        return BoundDesk(self._kernel, origin, self._loop, login=login, key=key)

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(self._carefully(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carefully(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except LinkBroken:
            self._lost()


def _address(said: str) -> str:
    """An address as the log takes it; what is none is nothing."""
    try:
        return str(ipaddress.ip_address(said.partition("%")[0]))
    except ValueError:
        return "-"
