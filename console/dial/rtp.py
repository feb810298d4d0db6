"""RTP packets, read and made anew (RFC 3550 §5.1): nothing of a sender's header passes but its order and time. Pure."""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import Final

_FIXED: Final = struct.Struct(">BBHI4s")
_VERSION: Final = 2
_LONGEST: Final = 480
"""Bytes of a payload: 60 ms of G.711 and any telephone event."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What is taken of a packet. `marked`: speech begins."""

    payload_type: int
    marked: bool
    number: int
    stamp: int
    source: bytes
    payload: bytes


def parse(data: bytes) -> Packet | None:
    """Read a packet; None for anything that is none. Contributors, extension and padding are left behind."""
    if len(data) < _FIXED.size:
        return None
    first, second, number, stamp, source = _FIXED.unpack_from(data)
    if first >> 6 != _VERSION:
        return None
    begin, end = _FIXED.size + 4 * (first & 15), len(data)
    if first & 16:
        if len(data) < begin + 4:
            return None
        begin += 4 + 4 * int.from_bytes(data[begin + 2 : begin + 4], "big")
    if first & 32:
        end -= data[-1]
    if not 0 < end - begin <= _LONGEST:
        return None
    return Packet(second & 127, bool(second & 128), number, stamp, source, data[begin:end])


def new_source() -> bytes:
    """A source identifier of our own."""
    return os.urandom(4)


def build(packet: Packet, source: bytes) -> bytes:
    """The packet as it goes on, under a source of our own."""
    second = packet.payload_type | (128 if packet.marked else 0)
    return _FIXED.pack(_VERSION << 6, second, packet.number, packet.stamp, source) + packet.payload
