"""The way to a provider over SMPP 3.4: bound as a transceiver, each part a message of its own, in UCS-2.

A part is written at most once. What was written when the session ended, or is not answered in time, is `unknown`; what
was not, is `unsent` and is written by no later session. A report is taken from the provider once the desk has it on its
books, so what a killed desk did not write comes again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from dataclasses import dataclass, field
from typing import Final

from console.send import receipt
from console.send.line import Found, Given, Moved, Piece, Report
from console.send.messages import Answer, LineMoved, Provider
from console.send.smpp_library import (
    ESME,
    AbstractHook,
    AbstractRetryTimer,
    Queue,
    Silence,
    SmppMessage,
    SubmitSm,
    Unhurried,
    nothing_kept,
    part,
)

_BUSY: Final = frozenset({0x14, 0x58})  # message queue full, throttled (SMPP 3.4 §5.1.3)
_BIND_WITHIN: Final = 15.0
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 30.0
_SOCKET: Final = 10.0
_LINK: Final = 30.0
_CLOSE_WITHIN: Final = 3.0
_HEADER: Final = bytes([5, 0, 3])  # 3GPP TS 23.040 §9.2.3.24.1


@dataclass
class _Waiting:
    """A part on its way. written: it may have reached the provider."""

    answer: asyncio.Future[Given] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    written: bool = False
    withdrawn: bool = False


class SmppLine(AbstractHook, AbstractRetryTimer):  # type: ignore[misc]  # the library is untyped
    """See `console.send.line.Line`. It is the library's hook and its pause at once: both tell of the session.

    Args:
        provider: the way.
        moved: told whether the provider can be reached.
        report: told of each report.
    """

    def __init__(self, provider: Provider, moved: Moved, report: Report) -> None:
        self._provider, self._moved, self._report = provider, moved, report
        self._waiting: dict[str, _Waiting] = {}
        self._by_sequence: dict[int, str] = {}
        self._bound = asyncio.Event()
        self._queue = Queue()
        self._pause = _FIRST_PAUSE
        self._why = ""
        self._esme: ESME | None = None
        self._running: asyncio.Task[None] | None = None

    # -- as a line ---------------------------------------------------------------------------------------------------
    async def run(self) -> None:
        """See `Line`."""
        while True:
            said = self._provider
            self._queue = Queue()
            self._esme = ESME(
                smsc_host=said.host,
                smsc_port=said.port,
                system_id=said.name,
                password=said.secret,
                enquire_link_interval=_LINK,
                socket_timeout=_SOCKET,
                log_level=logging.CRITICAL,
                log_handler=Silence(),
                hook=self,
                retry_timer=self,
                broker=self._queue,
                throttle_handler=Unhurried(),
                correlator=nothing_kept(),
            )
            self._running = asyncio.ensure_future(self._esme.start())
            try:
                await self._running
            except Exception:  # noqa: BLE001 - whatever the library did not bear ends a session, never the line
                self._down()
                await asyncio.sleep(_FIRST_PAUSE)
            else:
                return

    async def submit(self, piece: Piece) -> Given:
        """See `Line`."""
        try:
            await asyncio.wait_for(self._bound.wait(), min(_BIND_WITHIN, self._provider.answer_seconds))
        except TimeoutError:
            return Given(Answer.UNSENT)
        waiting = self._waiting[piece.name] = _Waiting()
        head = b"" if piece.parts == 1 else _HEADER + bytes([piece.first & 0xFF, piece.parts, piece.part + 1])
        reference = piece.first + piece.part
        try:
            made = part(piece.name, piece.text, piece.number, self._provider.sender, head=head, reference=reference)
            await self._queue.enqueue(made)
            return await asyncio.wait_for(waiting.answer, self._provider.answer_seconds)
        except ValueError:
            return Given(Answer.REFUSED)
        except TimeoutError:
            return Given(Answer.UNKNOWN if waiting.written else Answer.UNSENT)
        finally:
            waiting.withdrawn = True
            del self._waiting[piece.name]

    async def close(self) -> None:
        """See `Line`."""
        if self._esme is not None and self._running is not None and not self._running.done():
            with contextlib.suppress(TimeoutError, OSError):
                await asyncio.wait_for(self._esme.stop(), _CLOSE_WITHIN)
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
        self._down()

    # -- as the library's hook: nothing may be raised here but what ends the session on purpose ----------------------
    async def sending(self, smpp_message: SmppMessage, pdu: bytes, client_id: str) -> None:
        """A packet is about to be written.

        Raises:
            ValueError: nobody waits for this part any more, so it is not written.
        """
        del pdu, client_id
        if isinstance(smpp_message, SubmitSm):
            waiting = self._waiting.get(smpp_message.log_id)
            if waiting is None or waiting.withdrawn or waiting.written:
                msg = "withdrawn"
                raise ValueError(msg)
            waiting.written = True
            self._by_sequence[smpp_message.sequence_num] = smpp_message.log_id

    async def received(self, smpp_message: SmppMessage | None, pdu: bytes, client_id: str) -> None:
        """A packet came.

        Raises:
            ConnectionError: a report is not on the desk's books; the provider is not told that it was taken.
        """
        del smpp_message, client_id
        head = receipt.head(pdu)
        if head is None:
            return
        if head.command in {receipt.SUBMIT_ANSWER, receipt.NACK}:
            self._answered(head, pdu)
        elif head.command == receipt.BIND_ANSWER:
            self._why = "not_let_in" if head.status else ""
        elif head.command == receipt.DELIVER:
            said = receipt.receipt(pdu)
            if said is not None and not await self._report(Found(said.fate, name=said.name, reference=said.reference)):
                raise ConnectionError

    async def send_error(self, smpp_message: SmppMessage, error: Exception, client_id: str) -> None:
        """A part could not be written; where it may have been begun, nobody knows."""
        del client_id
        waiting = self._waiting.get(getattr(smpp_message, "log_id", ""))
        if waiting is not None and not waiting.answer.done():
            surely = isinstance(error, ValueError) and not waiting.written
            waiting.answer.set_result(Given(Answer.UNSENT if surely else Answer.UNKNOWN))

    def _answered(self, head: receipt.Head, pdu: bytes) -> None:
        waiting = self._waiting.get(self._by_sequence.pop(head.sequence, ""))
        if waiting is None or waiting.answer.done():
            return
        if head.status:
            given = Given(Answer.REFUSED, head.status, busy=head.status in _BUSY)
        elif head.command == receipt.NACK:
            given = Given(Answer.UNKNOWN)
        else:
            given = Given(Answer.ACCEPTED, name=receipt.accepted_name(pdu))
        waiting.answer.set_result(given)

    # -- as the library's pause --------------------------------------------------------------------------------------
    def reset(self) -> None:
        """A session began."""
        self._pause = _FIRST_PAUSE
        self._bound.set()
        self._moved(LineMoved(up=True))

    def next_delay(self) -> float:
        """Seconds until the next try."""
        return self._pause

    async def wait(self) -> None:
        """A session ended, or none came about."""
        self._down()
        await asyncio.sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)

    def _down(self) -> None:
        self._bound.clear()
        self._by_sequence.clear()
        for waiting in self._waiting.values():
            if not waiting.answer.done():
                waiting.answer.set_result(Given(Answer.UNKNOWN if waiting.written else Answer.UNSENT))
        self._moved(LineMoved(up=False, why="not_let_in" if self._why else "away"))
