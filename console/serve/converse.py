"""One line spoken over a stream: calls in, replies and pushes out, until either side ends.

A line has a bounded number of calls under way, so a screen that floods the desk only slows itself; replies and pushes
wait for a screen that does not read. Who is on the line is the business of whoever opened it.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import Final

import msgspec

from console.desk.api.base import AnyCall, DeskError
from console.desk.api.doorway import NoteSideDoor
from console.desk.host import EmbeddedDesk
from console.wire import LIMIT, Answer, FrameTooLong, Garbled, Refuse, Told, decode_ask, frame, read_frame

_UNDER_WAY: Final = 32


async def converse(desk: EmbeddedDesk, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Serve until the stream ends or says what is no call; then the line is closed and whoever was on it left.

    What was no call is in the log, once: the line takes no other after it.
    """
    tells = asyncio.create_task(_tell(desk, writer))
    calls: set[asyncio.Task[None]] = set()
    room = asyncio.Semaphore(_UNDER_WAY)
    try:
        while (body := await read_frame(reader, LIMIT)) is not None:
            said = decode_ask(body)
            await room.acquire()
            call = asyncio.create_task(_answer(desk, writer, *said))
            calls.add(call)
            call.add_done_callback(calls.discard)
            call.add_done_callback(lambda _: room.release())
    except (FrameTooLong, Garbled):
        await note_garbled(desk)
    finally:
        for call in tuple(calls):
            call.cancel()
        tells.cancel()
        await asyncio.shield(desk.close())


async def note_garbled(desk: EmbeddedDesk) -> None:
    """Put into the log that a line said what is no call. The line is over with that."""
    # However fast it asked before: this once, it is logged.
    desk.line.pace = None
    with contextlib.suppress(DeskError):
        # The kernel logged the failure; the line ends in any case.
        await desk.by_itself(NoteSideDoor(what="garbled"))


async def _answer(desk: EmbeddedDesk, writer: asyncio.StreamWriter, number: int, key: str, call: AnyCall) -> None:
    try:
        message: Answer | Refuse = Answer(number, msgspec.Raw(await desk.encoded(call, key)))
    except DeskError as error:
        message = Refuse(number, error.refusal)
    try:
        writer.write(frame(message))
        await writer.drain()
    except ConnectionError:
        writer.close()


async def _tell(desk: EmbeddedDesk, writer: asyncio.StreamWriter) -> None:
    async for push in desk.subscribe():
        try:
            writer.write(frame(Told(push)))
            await writer.drain()
        except ConnectionError:
            return
