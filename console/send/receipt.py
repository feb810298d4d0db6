"""What an SMPP provider says: its answers and delivery reports, read from the packets themselves. Pure.

Only what is needed is taken out; the customer's number and the text, which both may hold, stay where they are. A packet
that is not what it should be reads as nothing, never as an error. Sources: SMPP 3.4 §3.2, §4.4.2, §4.6.1, §5.3.2,
appendix B.
"""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from typing import Final

from console.send.messages import Fate

SUBMIT_ANSWER: Final = 0x80000004
NACK: Final = 0x80000000
DELIVER: Final = 0x00000005
BIND_ANSWER: Final = 0x80000009

_HEAD: Final = struct.Struct(">IIII")
_TLV: Final = struct.Struct(">HH")
_RECEIPT: Final = 0b00000100  # a report from the provider, in esm_class
_KIND: Final = 0b00111100
_REFERENCE, _RECEIPTED_ID, _STATE = 0x0204, 0x001E, 0x0427
_NAME_LIMIT: Final = 64

_ID: Final = re.compile(rb"\bid:(\S{1,64})", re.IGNORECASE)
_STAT: Final = re.compile(rb"\bstat:([A-Za-z]{1,10})", re.IGNORECASE)
_BY_WORD: Final = {
    b"DELIVRD": Fate.DELIVERED,
    b"EXPIRED": Fate.UNDELIVERED,
    b"DELETED": Fate.UNDELIVERED,
    b"UNDELIV": Fate.UNDELIVERED,
    b"REJECTD": Fate.UNDELIVERED,
}
_BY_NUMBER: Final = {
    2: Fate.DELIVERED,
    3: Fate.UNDELIVERED,
    4: Fate.UNDELIVERED,
    5: Fate.UNDELIVERED,
    8: Fate.UNDELIVERED,
}


@dataclass(frozen=True, slots=True)
class Head:
    """The first sixteen bytes."""

    command: int
    status: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report. name: the provider's for the part, as bytes; reference: ours, 0 where it is not given back."""

    fate: Fate
    name: bytes
    reference: int


def head(pdu: bytes) -> Head | None:
    """What a packet is."""
    if len(pdu) < _HEAD.size:
        return None
    _, command, status, sequence = _HEAD.unpack_from(pdu)
    return Head(command, status, sequence)


def accepted_name(pdu: bytes) -> bytes:
    """The name in a good answer to a part; empty for none."""
    return pdu[_HEAD.size : _HEAD.size + _NAME_LIMIT + 1].split(b"\0", 1)[0]


def receipt(pdu: bytes) -> Receipt | None:
    """The report in a packet; None for what is none, or says nothing final."""
    try:
        return _read(pdu)
    except (struct.error, IndexError, ValueError):
        return None


def _read(pdu: bytes) -> Receipt | None:
    at = _text_end(pdu, _HEAD.size) + 2  # service type; type and plan of the source
    at = _text_end(pdu, at) + 2  # source; type and plan of the destination
    at = _text_end(pdu, at)
    if pdu[at] & _KIND != _RECEIPT:
        return None
    at = _text_end(pdu, at + 3)  # schedule
    at = _text_end(pdu, at)  # validity
    length = pdu[at + 4]
    said = pdu[at + 5 : at + 5 + length]
    more = dict(_parameters(pdu, at + 5 + length))
    if not said:
        said = more.get(0x0424, b"")
    state = more.get(_STATE, b"")
    word = _STAT.search(said)
    fate = _BY_NUMBER.get(state[0]) if state else _BY_WORD.get(word[1].upper()) if word else None
    if fate is None:
        return None
    found = _ID.search(said)
    name = more.get(_RECEIPTED_ID, b"").rstrip(b"\0") or (found[1] if found else b"")
    reference = more.get(_REFERENCE, b"")
    return Receipt(fate, name[:_NAME_LIMIT], int.from_bytes(reference[:2], "big") if len(reference) == 2 else 0)  # noqa: PLR2004


def _text_end(pdu: bytes, at: int) -> int:
    """Behind a text that ends with a zero byte."""
    return pdu.index(b"\0", at) + 1


def _parameters(pdu: bytes, at: int) -> list[tuple[int, bytes]]:
    found = []
    while at + _TLV.size <= len(pdu):
        tag, length = _TLV.unpack_from(pdu, at)
        at += _TLV.size
        found.append((tag, pdu[at : at + length]))
        at += length
    return found
