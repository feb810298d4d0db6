"""The sender process: `python -m console.send.process DESK [USER:GROUP]`, the first an open link.

The only process in which a message's number is ever in clear. It cannot be dumped or traced, says nothing on its
outputs and ends with the desk, once what it began is handed over. A message whose id it has seen is not sent again.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
import threading
import time
from collections.abc import Coroutine
from typing import Final

from access.context import SystemClock
from console.dial import links
from console.dial.numbers import dialled
from console.dial.ticket import TicketDesk, TicketRefused
from console.send import messages
from console.send.line import Found, Given, Line, Moved, Piece, Report
from console.send.messages import (
    HANDLE,
    Answer,
    Answered,
    Kept,
    LineMoved,
    Message,
    Open,
    Provider,
    Reported,
    Send,
    ToSender,
)
from console.serve.fences import become_said, harden
from masking.case_keys import Purpose
from masking.gm import Sm3Mac

INVALID_NUMBER: Final = 11
"""ESME_RINVDSTADR: what a number that is none is refused with (SMPP 3.4 §5.1.3)."""

_TRIES: Final = 4
_FIRST_REST: Final = 1.0
_KEPT_WITHIN: Final = 20.0
_LAST_WITHIN: Final = 10.0


def line_of(provider: Provider, moved: Moved, report: Report) -> Line:
    """The way to a provider; each is loaded only where it is used."""
    if provider.kind == "smpp":
        from console.send.smpp import SmppLine  # noqa: PLC0415

        return SmppLine(provider, moved, report)
    from console.send.http import HttpLine  # noqa: PLC0415

    return HttpLine(provider, moved, report)


class Post:
    """Everything that this process does. Args: desk: link to the desk."""

    def __init__(self, desk: socket.socket) -> None:
        self.tickets = TicketDesk(SystemClock(), Purpose.MESSAGE)
        self._desk = desk
        self._loop = asyncio.get_running_loop()
        self._provider: Provider | None = None
        self._line: Line | None = None
        self._using = asyncio.Lock()
        self._running: asyncio.Task[None] | None = None
        self._state: LineMoved | None = None
        self._seen: set[str] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._reports: dict[int, asyncio.Future[bool]] = {}
        self._count = 0
        self._next = 0.0
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Work until the desk is gone."""
        threading.Thread(target=self._listen, daemon=True).start()
        await self._over.wait()
        if self._sending:
            await asyncio.wait(self._sending, timeout=_LAST_WITHIN)
        await self._close_line()

    # -- the desk ----------------------------------------------------------------------------------------------------
    def _listen(self) -> None:
        with contextlib.suppress(RuntimeError):
            while (came := links.read(self._desk, messages.at_sender)) is not None:
                self._loop.call_soon_threadsafe(self._obey, came[0])
            self._loop.call_soon_threadsafe(self._over.set)

    def _obey(self, said: ToSender) -> None:
        if isinstance(said, Provider):
            self._keep_on(self._use(said))
        elif isinstance(said, Kept):
            waiting = self._reports.get(said.number)
            if waiting is not None and not waiting.done():
                waiting.set_result(True)
        elif said.message_id not in self._seen:
            self._seen.add(said.message_id)
            self._keep_on(self._send(said))

    def _keep_on(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.ensure_future(work)
        self._sending.add(task)
        task.add_done_callback(self._sending.discard)

    def _say(self, said: Message) -> None:
        # When the desk is gone everything ends anyhow.
        with contextlib.suppress(OSError):
            self._desk.send(messages.encode(said))

    # -- the provider ------------------------------------------------------------------------------------------------
    async def _use(self, provider: Provider) -> None:
        # One after the other: what was said last is what holds, and no line is left open beside it.
        async with self._using:
            await self._close_line()
            self._provider, self._state = provider, None
            line = self._line = line_of(provider, self._moved, self._report)
            self._running = asyncio.ensure_future(line.run())

    async def _close_line(self) -> None:
        line, running, self._line = self._line, self._running, None
        if line is not None and running is not None:
            await line.close()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    def _moved(self, state: LineMoved) -> None:
        if state != self._state:
            self._state = state
            self._say(state)

    async def _report(self, found: Found) -> bool:
        """Tell the desk, and wait until it is on its books."""
        self._count += 1
        number = self._count
        waiting = self._reports[number] = self._loop.create_future()
        self._say(
            Reported(
                number=number,
                fate=found.fate,
                message_id=found.message_id,
                handle=self._handle(found.name),
                reference=found.reference,
            )
        )
        try:
            return bool(await asyncio.wait_for(waiting, _KEPT_WITHIN))
        except TimeoutError:
            return False
        finally:
            del self._reports[number]

    def _handle(self, name: bytes) -> bytes:
        if not name or self._provider is None:
            return b""
        return Sm3Mac(self._provider.handle_key).digest(name.lower())[:HANDLE]

    # -- messages ----------------------------------------------------------------------------------------------------
    async def _send(self, order: Send) -> None:
        number = self._number(order)
        left = list(enumerate(order.parts))
        while left:
            part, text = left.pop(0)
            if number is None or not number:
                given = Given(Answer.UNSENT) if number is None else Given(Answer.REFUSED, INVALID_NUMBER)
            else:
                piece = Piece(order.message_id, number, text, part, len(order.parts), order.reference)
                given = await self._submit(piece)
            self._say(
                Answered(
                    message_id=order.message_id,
                    part=part,
                    answer=given.answer,
                    code=given.code,
                    handle=self._handle(given.name),
                )
            )
            if given.answer is not Answer.ACCEPTED:
                break
        for part, _ in left:
            self._say(Answered(message_id=order.message_id, part=part, answer=Answer.UNSENT))

    def _number(self, order: Send) -> str | None:
        """The digits; empty for what is no number, None where the ticket does not open."""
        if self._provider is None:
            return None
        try:
            clear = self.tickets.open(order.ticket, order.message_id)
        except TicketRefused:
            return None
        return dialled(clear, self._provider.strip, self._provider.prefix) or ""

    async def _submit(self, piece: Piece) -> Given:
        """One piece; again only where the provider said that it did not take it."""
        rest, given = _FIRST_REST, Given(Answer.UNSENT)
        for _ in range(_TRIES):
            line = self._line
            if line is None or self._provider is None:
                return Given(Answer.UNSENT)
            await self._pace(self._provider.a_second)
            try:
                given = await line.submit(piece)
            except Exception:  # noqa: BLE001 - whatever a way to a provider did not bear, it may have written before
                return Given(Answer.UNKNOWN)
            if not given.busy:
                return given
            await asyncio.sleep(rest)
            rest *= 2
        return given

    async def _pace(self, a_second: int) -> None:
        now = time.monotonic()
        at = max(now, self._next)
        self._next = at + 1 / a_second
        if at > now:
            await asyncio.sleep(at - now)


async def _be(desk: socket.socket, fences: tuple[str, ...]) -> None:
    post = Post(desk)
    desk.send(messages.encode(Open(key=post.tickets.key.raw, fences=fences)))
    await post.run()


def main() -> None:
    """Be the process."""
    desk = socket.socket(fileno=int(sys.argv[1]))
    become_said(sys.argv[2] if len(sys.argv) > 2 else "")  # noqa: PLR2004 - the optional last
    asyncio.run(_be(desk, harden()))


if __name__ == "__main__":
    main()
