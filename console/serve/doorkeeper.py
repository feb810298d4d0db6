"""The front door's house: who is there, what each is told and asked for, and what the desk and the zygote say of them.

What a visitor may do stands in `visitor`, how one is listened for in `listening`, the program itself in `door`.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import socket
import sys
from collections import Counter
from collections.abc import Coroutine
from typing import Any, Final

from console.links import close_all
from console.serve import later
from console.serve.channel import TerminalSession
from console.serve.clerk import Clerk
from console.serve.desk_side import DeskSide
from console.serve.link import Link, LinkBroken
from console.serve.listening import listen
from console.serve.messages import (
    Answered,
    Dead,
    Ended,
    Enter,
    FileAsked,
    FileSaid,
    Finish,
    FromDesk,
    FromZygote,
    Gone,
    Listening,
    Open,
    Prove,
    Return,
    SideDoor,
    Start,
    Typed,
    Warm,
    at_door_from_zygote,
)
from console.serve.partings import BROKE, STOPPED, parting
from console.serve.visitor import Visitor

_AT_ONCE: Final = 512
_UNKNOWN_AT_ONCE: Final = 64
_UNKNOWN_AN_ADDRESS: Final = 10
_LEAVE_WITHIN: Final = 1.5  # seconds
_HEARD_WITHIN: Final = 1.0  # seconds from a session's end to what the desk says of it, which is on its way by then


class Door:
    """Args: the link's end at the zygote."""

    def __init__(self, zygote: socket.socket) -> None:
        self.over = asyncio.Event()
        self._empty = asyncio.Event()
        self._visitors: dict[int, Visitor] = {}
        self._numbers = itertools.count(1)
        self._asked: dict[int, asyncio.Future[Answered]] = {}
        self._words: Open | None = None
        self._warm: asyncio.Future[tuple[str, ...]] = asyncio.get_running_loop().create_future()
        self._tasks: set[asyncio.Task[None]] = set()
        self._listening: Listening | None = None
        self.clerk = Clerk(self._ask_file, self._refuse_file)
        self.desk = DeskSide(self._from_desk, self._away, self.over.set)
        self._zygote = Link(zygote, at_door_from_zygote, self._from_zygote, self.over.set)

    async def farewell(self) -> None:
        """Put every visitor's terminal back before this process ends; whoever does not go is left."""
        for visitor in tuple(self._visitors.values()):
            if visitor.session is not None:
                visitor.session.end(well=False, parting=parting(self._partings, visitor.language, STOPPED))
            else:
                visitor.close()
        if self._visitors:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._empty.wait(), _LEAVE_WITHIN)

    # -- what a visitor needs -----------------------------------------------------------------------------------------
    @property
    def words(self) -> Open:
        """Banner and prompts."""
        if self._words is None:
            raise LinkBroken
        return self._words

    def arrive(self, visitor: Visitor) -> int | None:
        """A number; none when there are too many, or too many from there who have not proven themselves."""
        unknown = Counter(each.source for each in self._visitors.values() if not each.seated)
        crowded = len(self._visitors) >= _AT_ONCE or unknown.total() >= _UNKNOWN_AT_ONCE
        if crowded or unknown[visitor.source] >= _UNKNOWN_AN_ADDRESS:
            self._go(self.desk.note(SideDoor(visit=0, source=visitor.source[:64], what="too_many")))
            return None
        number = next(self._numbers)
        self._visitors[number] = visitor
        self._empty.clear()
        return number

    def leave(self, visit: int) -> None:
        """Tell both sides that a visitor has gone; the desk first, so that its line ends at once."""
        visitor = self._visitors.pop(visit, None)
        if visitor is not None:
            visitor.no_later()
        if not self._visitors:
            self._empty.set()
        asked = self._asked.pop(visit, None)
        if asked is not None:
            asked.cancel()
        self.clerk.forget(visit)
        self._go(self._tell_gone(visit))
        self._go(self._zygote.send(Finish(number=visit)))

    async def _tell_gone(self, visit: int) -> None:
        with contextlib.suppress(LinkBroken):
            await self.desk.send(Gone(visit=visit))

    async def prove(self, visitor: Visitor, login: str, key: bytes, password: str, code: str) -> Answered:
        """Ask the desk; one question of a visitor at a time."""
        if visitor.visit in self._asked:
            self.refuse(visitor, "out_of_turn")
            return Answered(visit=visitor.visit, seated=False)
        answer: asyncio.Future[Answered] = asyncio.get_running_loop().create_future()
        self._asked[visitor.visit] = answer
        try:
            await self.desk.send(
                Prove(
                    visit=visitor.visit,
                    source=visitor.source[:64],
                    login=login,
                    key=key,
                    password=password,
                    code=code,
                )
            )
            return await answer
        finally:
            self._asked.pop(visitor.visit, None)

    def refuse(self, visitor: Visitor, what: str) -> None:
        """Tell the desk."""
        self._go(self.desk.note(SideDoor(visit=visitor.visit, source=visitor.source[:64], what=what)))

    def typed(self, visitor: Visitor) -> None:
        """Tell the desk, if there is one."""
        self._go(self.desk.send(Typed(visit=visitor.visit)))

    async def begin(self, visitor: Visitor, session: TerminalSession) -> None:
        """One end of a fresh socket to the desk as the seated visitor's line, the other to a fresh session."""
        terminal = session.terminal
        if terminal is None:
            return
        desk_end, session_end = socket.socketpair()
        visitor.later, way = later.pair()
        try:
            await self.desk.send(Enter(visit=visitor.visit), [desk_end.fileno()])
            order = Start(number=visitor.visit, terminal=session.kind, language=visitor.language)
            await self._zygote.send(order, [terminal.theirs, session_end.fileno(), way.fileno()])
        except LinkBroken:
            visitor.close()
        finally:
            terminal.hand_over()
            for end in (desk_end, session_end, way):
                end.close()

    async def _bring_back(self, visitor: Visitor) -> None:
        """A line to the desk of now for a session that outlived the one before."""
        if visitor.later is None:
            return
        desk_end, session_end = socket.socketpair()
        try:
            login, key = visitor.opened_with
            await self.desk.send(
                Return(visit=visitor.visit, source=visitor.source[:64], login=login, key=key), [desk_end.fileno()]
            )
            later.hand_over(visitor.later, session_end)
        except LinkBroken:
            # The desk went again; its next coming begins anew.
            return
        except OSError:
            visitor.close()
        finally:
            desk_end.close()
            session_end.close()

    async def _ask_file(self, visit: int, number: int, body: bytes) -> None:
        await self.desk.send(FileAsked(visit=visit, number=number, body=body))

    def _refuse_file(self, visit: int, what: str) -> None:
        visitor = self._visitors.get(visit)
        if visitor is not None:
            visitor.refuse(what)

    def _away(self) -> None:
        """The desk is gone: nobody comes in until it is back; who is in stays, behind a covered screen."""
        self.clerk.forget()
        for asked in self._asked.values():
            if not asked.done():
                asked.set_exception(LinkBroken())

    # -- what the others say ------------------------------------------------------------------------------------------
    def _from_desk(self, message: FromDesk, descriptors: list[int]) -> None:
        if isinstance(message, FileSaid):
            self.clerk.answered(message.visit, message.number, message.body, descriptors)
            return
        close_all(descriptors)
        match message:
            case Open():
                self._words = message
                self._go(self._open(message) if self._listening is None else self._open_again(self._listening))
            case Answered():
                asked = self._asked.get(message.visit)
                if asked is not None and not asked.done():
                    asked.set_result(message)
            case Ended():
                visitor = self._visitors.get(message.visit)
                if visitor is not None:
                    self._ended(visitor, message)

    def _from_zygote(self, message: FromZygote, descriptors: list[int]) -> None:
        close_all(descriptors)
        match message:
            case Warm():
                self._warm.set_result(message.fences)
            case Dead():
                visitor = self._visitors.get(message.number)
                if visitor is not None:
                    visitor.died = message.well
                    # Why it ended comes by another way than that it did.
                    soon = 0.0 if visitor.told is not None or not self.desk.there else _HEARD_WITHIN
                    asyncio.get_running_loop().call_later(soon, self._part, visitor)

    def _ended(self, visitor: Visitor, said: Ended) -> None:
        visitor.no_later()
        visitor.told = said
        if visitor.session is None:
            visitor.close()
        elif visitor.died is not None:
            self._part(visitor)
        else:
            # The session sees that its line is over and takes its leave; one that does not is cut off.
            asyncio.get_running_loop().call_later(_LEAVE_WITHIN, self._cut_off, visitor)

    def _part(self, visitor: Visitor) -> None:
        """Put the terminal back and say why, unless it was the person who left."""
        if visitor.session is not None:
            told = visitor.told
            why = told.why if told is not None else ""
            language = (told.language if told is not None else "") or visitor.language
            said = parting(self._partings, language, why or (BROKE if visitor.died is False else ""))
            visitor.session.end(well=bool(visitor.died), parting=said)

    @property
    def _partings(self) -> dict[str, str]:
        return self._words.partings if self._words is not None else {}

    def _cut_off(self, visitor: Visitor) -> None:
        if visitor.session is not None and visitor.visit in self._visitors:
            # First the terminal is put back; the connection ends with it, or at the latest then.
            self._part(visitor)
            asyncio.get_running_loop().call_later(_LEAVE_WITHIN, visitor.close)

    async def _open(self, order: Open) -> None:
        standing = await self._warm
        server = await listen(lambda: Visitor(self), order)
        self._listening = Listening(port=server.get_port(), fences=standing)
        await self.desk.send(self._listening)

    async def _open_again(self, listening: Listening) -> None:
        """Another desk than before: it hears what it missed, and gets every session that stands."""
        await self.desk.send(listening)
        await self.desk.say_unsaid()
        for visitor in tuple(self._visitors.values()):
            if visitor.session is not None:
                await self._bring_back(visitor)
            elif visitor.seated:
                # Let in by a desk that is gone, and not sitting yet.
                visitor.close()

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(self._carefully(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _carefully(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        except LinkBroken:
            # Whoever lost the link says what becomes of it.
            return
        except OSError as fault:
            # The address cannot be opened: the service cannot be.
            print(f"front door: {fault.strerror or type(fault).__name__}", file=sys.stderr)  # noqa: T201 - to the operator
            self.over.set()
