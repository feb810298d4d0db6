"""The only door to the SMPP library, made to bear what providers say and to keep nothing of what it sends.

As it comes it ends the session at a status that the standard does not list and at a report whose dates it cannot read,
and keeps every message with its number for three days to find reports by. Here unlisted statuses are one of its own,
reports are left to `console.send.receipt`, and nothing is kept. Its log goes nowhere.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Final

from aiosmpplib import ESME
from aiosmpplib.broker import AbstractBroker
from aiosmpplib.correlator import AbstractCorrelator
from aiosmpplib.hook import AbstractHook
from aiosmpplib.protocol import MESSAGE_TYPE_MAP, DeliverSm, SmppMessage, SubmitSm
from aiosmpplib.retrytimer import AbstractRetryTimer
from aiosmpplib.state import (
    NPI,
    TON,
    USER_MESSAGE_REFERENCE,
    OptionalParam,
    PhoneNumber,
    SmppCommand,
    SmppCommandStatus,
)
from aiosmpplib.throttle import AbstractThrottleHandler

__all__ = [
    "ESME",
    "AbstractHook",
    "AbstractRetryTimer",
    "Queue",
    "Silence",
    "SmppMessage",
    "SubmitSm",
    "Unhurried",
    "nothing_kept",
    "part",
]

UDHI: Final = 0b01000000
_REPORT: Final = 0b00000100


def _unlisted(_: type, value: object) -> SmppCommandStatus:
    del value
    return SmppCommandStatus.ESME_RUNKNOWNERR


SmppCommandStatus._missing_ = classmethod(_unlisted)


class _Incoming(DeliverSm):  # type: ignore[misc]  # the library is untyped
    """Whatever a provider delivers, unread."""

    @classmethod
    def from_pdu(cls, pdu: bytes, header: Any, *_: Any, **__: Any) -> SmppMessage:  # noqa: ANN401 - the library's
        del pdu
        return cls(sequence_num=header.sequence_num, short_message="-", esm_class=_REPORT)

    def parse_receipt(self) -> dict[str, Any]:
        """Nothing: `console.send.receipt` reads it."""
        return {}


MESSAGE_TYPE_MAP[SmppCommand.DELIVER_SM] = _Incoming


class Queue(AbstractBroker):  # type: ignore[misc]  # the library is untyped
    """What waits to be written; what is not written when the session ends is not written by the next."""

    def __init__(self) -> None:
        self._waiting: asyncio.Queue[SubmitSm] = asyncio.Queue()

    async def enqueue(self, message: SmppMessage) -> None:
        """Put one in."""
        await self._waiting.put(message)

    async def dequeue(self) -> SmppMessage:
        """Take one out."""
        return await self._waiting.get()


class Unhurried(AbstractThrottleHandler):  # type: ignore[misc]  # the library is untyped
    """Leaves pace and retries to whoever sends."""

    async def throttled(self) -> None:
        """Nothing."""

    async def not_throttled(self) -> None:
        """Nothing."""

    async def allow_request(self) -> bool:
        """Always."""
        return True

    async def throttle_delay(self) -> float:
        """None."""
        return 0.0


class _Forgetful(AbstractCorrelator):  # type: ignore[misc]  # the library is untyped
    """Keeps what was asked until it is answered, as the library must have it, and nothing longer."""

    def __init__(self) -> None:
        self._asked: dict[int, SmppMessage] = {}

    def get_cumulated_status(self, ref_num: int) -> int:
        """None."""
        del ref_num
        return 0

    async def expired(self, smpp_message: SmppMessage) -> None:
        """Nothing: whoever sends waits no longer than it likes."""

    async def put(self, smpp_message: SmppMessage) -> None:
        """Keep what kind of thing was asked, without what it says."""
        self._asked[smpp_message.sequence_num] = _bare(smpp_message)

    async def put_delivery(self, smsc_message_id: str, submit_sm: SubmitSm) -> None:
        """Nothing."""

    async def put_delivery_segmented(self, deliver_sm: DeliverSm) -> DeliverSm | None:
        """Nothing."""

    async def get(self, response: SmppMessage) -> SmppMessage | None:
        """What was asked, once."""
        return self._asked.pop(response.sequence_num, None)

    async def get_segmented(self, smpp_seq_num: int, remove: bool = False) -> tuple[None, int]:  # noqa: FBT001, FBT002
        """None: each part is a message of its own."""
        del smpp_seq_num, remove
        return None, 0

    async def get_delivery(self, receipt: DeliverSm) -> None:
        """None."""


def _bare(asked: SmppMessage) -> SmppMessage:
    if isinstance(asked, SubmitSm):
        return SubmitSm(sequence_num=asked.sequence_num, short_message="-", log_id=asked.log_id)
    return asked


def nothing_kept() -> AbstractCorrelator:
    """A correlator that keeps neither number nor text."""
    return _Forgetful()


class Silence(logging.Handler):
    """Where the library's log goes."""

    def emit(self, record: logging.LogRecord) -> None:
        """Nowhere."""


def part(name: str, text: str, number: str, sender: str, *, head: bytes, reference: int) -> SubmitSm:
    """One part of a message, in UCS-2, a report of its delivery asked for.

    Args:
        name: what it is called here.
        text: its own.
        number: whom to, `+` before a country's code.
        sender: what a customer sees.
        head: the header that says which part it is; empty for the only one.
        reference: ours, given back by providers that follow the standard.
    """
    made = SubmitSm(
        log_id=name,
        short_message=text,
        source=_address(sender),
        destination=_address(number),
        esm_class=UDHI if head else 0,
        registered_delivery=1,
        encoding="ucs2",
        optional_params=[OptionalParam(USER_MESSAGE_REFERENCE, reference)],
    )
    made.set_encoded_message(head + text.encode("utf-16-be"))
    return made


def _address(said: str) -> PhoneNumber:
    if said.startswith("+"):
        return PhoneNumber(said[1:], TON.INTERNATIONAL, NPI.ISDN)
    if said.isdigit() or not said:
        return PhoneNumber(said)
    return PhoneNumber(said, TON.ALPHANUMERIC)
