"""Dialer and media as two processes of the desk's, kept together: when one is gone, so is the other, and every call.

Both get their links and nothing else of the desk. Each call that was dialled is told to have ended exactly once, by the
dialer or, when that cannot any more, by this; recordings are closed as far as they came. One that reads nothing any
more is killed, and so is one that does not go in time. Whoever holds this opens another one then.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Callable
from functools import partial
from typing import Final, Self, TypeVar

import msgspec

from console.dial import links, messages, processes
from console.dial.axb import said as axb
from console.dial.dialer import DialerDown, Heard
from console.dial.messages import (
    Bridge,
    Dial,
    Discard,
    Ended,
    FromDialer,
    FromMedia,
    HangUp,
    Listen,
    Message,
    Open,
    Phone,
    Prepare,
    Prepared,
    PrepareListening,
    Seek,
    Trunk,
)
from console.dial.outbox import Outbox
from console.dial.results import By, Result
from console.serve import child
from masking.gm import Sm2PublicKey
from masking.recording import RecordingKey

_OPEN_WITHIN: Final = 60.0
_CLOSE_WITHIN: Final = 20.0
_PREPARE_WITHIN: Final = 20.0

T = TypeVar("T")


class SipDialer:
    """The dialer that speaks SIP. Made by `open`. See `console.dial.dialer.Dialer`.

    Attributes:
        port: where phones register.
        fences: what the kernel granted the process that sees numbers, by name.
        gone: set once both processes are over.
    """

    def __init__(self, told: Callable[[Heard], None]) -> None:
        self._told = told
        self._loop = asyncio.get_running_loop()
        self._links: dict[str, socket.socket] = {}
        self._out: dict[str, Outbox] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._live: set[str] = set()
        self._waiting: dict[str, asyncio.Future[bool]] = {}
        self._opened: asyncio.Future[Open] = self._loop.create_future()
        self._leaving: asyncio.TimerHandle | None = None
        self.gone = asyncio.Event()
        self.port = 0
        self.fences: tuple[str, ...] = ()

    @classmethod
    async def open(
        cls, told: Callable[[Heard], None], host: str, port: int = 0, *, speech: str = "", user: str = ""
    ) -> Self:
        """Start both processes.

        Args:
            told: called with whatever happens.
            host: IPv4 address that phones and provider, or the edges before them, speak SIP to.
            port: for SIP; 0 for any.
            speech: IPv4 address that their speech is sent to; nothing for the same.
            user: `USER:GROUP` in numbers, whom both processes become; nobody else for nothing.

        Raises:
            DialerDown: they did not start: the port is taken, the address is not this machine's, or the system has no
                process to give.
        """
        dialer = cls(told)
        try:
            dialer._start(host, port, speech or host, user)
        except OSError as fault:
            await asyncio.to_thread(child.end, tuple(dialer._processes.values()))
            raise DialerDown from fault
        try:
            async with asyncio.timeout(_OPEN_WITHIN):
                said = await dialer._opened
        except (TimeoutError, DialerDown):
            await dialer.close()
            raise DialerDown from None
        except asyncio.CancelledError:
            await dialer.close()
            raise
        dialer.port, dialer.fences = said.port, said.fences
        return dialer

    @property
    def key(self) -> Sm2PublicKey:
        """See `Dialer`."""
        if not self._opened.done() or "dialer" not in self._links:
            raise DialerDown
        return Sm2PublicKey(self._opened.result().key)

    @property
    def processes(self) -> dict[str, int]:
        """Ids of the two processes, by name."""
        return {name: process.pid for name, process in self._processes.items()}

    def use(self, trunk: Trunk) -> None:
        """See `Dialer`."""
        self._say("dialer", trunk)

    def allow(self, name: str, secret: str) -> None:
        """See `Dialer`."""
        self._say("dialer", Phone(name=name, secret=secret))

    async def prepare(self, call_id: str, key: RecordingKey, descriptor: int, announce: str = "") -> bool:
        """See `Dialer`."""
        secret, name = key.export_for_recorder(), key.recording_id
        order = Prepare(call_id=call_id, recording_id=name, key=secret, announce=announce)
        return await self._prepared(order, descriptor)

    async def prepare_listening(self, order: PrepareListening, descriptor: int) -> bool:
        """See `Dialer`."""
        return await self._prepared(order, descriptor)

    async def _prepared(self, order: Prepare | PrepareListening, descriptor: int) -> bool:
        if (call_id := order.call_id) in self._waiting:
            return False
        waiting = self._waiting[call_id] = self._loop.create_future()
        try:
            self._say("media", order, descriptor)
            async with asyncio.timeout(_PREPARE_WITHIN):
                return bool(await waiting)
        except TimeoutError:
            return False
        finally:
            self._waiting.pop(call_id, None)

    def discard(self, call_id: str) -> None:
        """See `Dialer`."""
        self._say("media", Discard(call_id=call_id))

    def dial(self, order: Dial) -> None:
        """See `Dialer`."""
        self._say("dialer", order)
        self._live.add(order.call_id)

    def listen(self, order: Listen) -> None:
        """See `Dialer`."""
        self._say("dialer", order)
        self._live.add(order.call_id)

    def seek(self, order: Seek) -> None:
        """See `Dialer`."""
        self._say("media", order)

    def bridge(self, call_id: str) -> None:
        """See `Dialer`."""
        self._say("dialer", Bridge(call_id=call_id))

    def hang_up(self, call_id: str) -> None:
        """See `Dialer`."""
        self._say("dialer", HangUp(call_id=call_id))

    def tell(self, said: axb.ToDialer) -> None:
        """See `Dialer`."""
        self._say("dialer", said)

    async def close(self) -> None:
        """End every call and both processes."""
        self._part()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN):
                await self.gone.wait()
        for name in tuple(self._links):
            self._lost(name)
        await asyncio.to_thread(child.end, tuple(self._processes.values()))

    # -- links -------------------------------------------------------------------------------------------------------
    def _start(self, host: str, port: int, speech: str, user: str) -> None:
        self._links = processes.start(self._processes, host, port, speech, user)
        for name, link in self._links.items():
            link.setblocking(False)  # noqa: FBT003 - its only argument
            self._loop.add_reader(link, self._readable, name)
            self._out[name] = Outbox(link, partial(self._stuck, name))

    def _say(self, name: str, message: Message, *descriptors: int) -> None:
        if name not in self._links:
            raise DialerDown
        try:
            self._out[name].put(messages.encode(message), descriptors)
        except OSError as fault:
            self._part()
            raise DialerDown from fault

    def _stuck(self, name: str) -> None:
        """A process that does not read any more is as good as gone; the other one ends its calls."""
        self._processes[name].kill()
        self._part()

    def _readable(self, name: str) -> None:
        if name == "media":
            said = self._read(name, messages.at_desk_from_media)
            if said is not None:
                self._from_media(said)
        else:
            heard = self._read(name, messages.at_desk_from_dialer)
            if heard is not None:
                self._from_dialer(heard)

    def _read(self, name: str, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
        try:
            came = links.read(self._links[name], decoder)
        except BlockingIOError:
            return None
        if came is None:
            self._part()
            self._lost(name)
            return None
        return came[0]

    def _from_media(self, said: FromMedia) -> None:
        if isinstance(said, Prepared):
            waiting = self._waiting.get(said.call_id)
            if waiting is not None and not waiting.done():
                waiting.set_result(said.ready)
            return
        if isinstance(said, messages.RecorderFailed):
            with contextlib.suppress(DialerDown):
                self.hang_up(said.call_id)
        elif isinstance(said, messages.Silent):
            with contextlib.suppress(DialerDown):
                self._say("dialer", HangUp(call_id=said.call_id, by=By.LINE))
        self._told(said)

    def _from_dialer(self, said: FromDialer) -> None:
        if isinstance(said, Open):
            if not self._opened.done():
                self._opened.set_result(said)
            return
        if isinstance(said, Ended):
            if said.call_id not in self._live:
                return
            self._live.discard(said.call_id)
        self._told(said)

    def _part(self) -> None:
        """Tell both that it is over; each ends its calls, says so and goes."""
        for name, link in self._links.items():
            self._out[name].close()
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_WR)
        if self._leaving is None:
            self._leaving = self._loop.call_later(_CLOSE_WITHIN, self._kill)

    def _kill(self) -> None:
        for process in self._processes.values():
            process.kill()

    def _lost(self, name: str) -> None:
        link = self._links.pop(name)
        self._out.pop(name).close()
        self._loop.remove_reader(link)
        link.close()
        if name == "dialer":
            if not self._opened.done():
                self._opened.set_exception(DialerDown())
            for call_id in sorted(self._live):
                self._told(Ended(call_id=call_id, result=Result.SYSTEM_ERROR, by=By.LINE))
            self._live.clear()
        else:
            for waiting in self._waiting.values():
                if not waiting.done():
                    waiting.set_result(False)
        if not self._links:
            if self._leaving is not None:
                self._leaving.cancel()
            self.gone.set()
