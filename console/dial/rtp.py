"""RTP packets, read and made anew (RFC 3550 §5.1): nothing of a sender's header passes but its order and time. Pure.

Whatever streams are sent on over one leg, those who hear it hear one: its numbers and stamps go on where the last
stream's ended, as a covered leg needs it, which takes no number twice and none that is far behind (RFC 3711 §3.3.2).
"""

from __future__ import annotations

import os
import struct
from dataclasses import dataclass
from typing import Final

_FIXED: Final = struct.Struct(">BBHI4s")
_VERSION: Final = 2
_RATE: Final = 8000
_NUMBERS: Final = 1 << 16
_STAMPS: Final = 1 << 32
_AHEAD: Final = 3000
_BEHIND: Final = 100
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


class Stream:
    """What one leg sends, made of one sender's packets after another's; numbers and stamps are our own."""

    def __init__(self) -> None:
        self._sender: bytes | None = None
        self._number = int.from_bytes(os.urandom(2), "big")
        self._stamp = int.from_bytes(os.urandom(4), "big")
        self._number_off = self._stamp_off = self._newest = 0
        self._restart: int | None = None
        self._at: float | None = None

    def put(self, packet: Packet, now: float) -> Packet | None:
        """The packet as ours; None for one that is far from its stream, until a second one follows it there.

        Args:
            packet: as it came. Another sender's, or one far from the last (RFC 3550 A.1), begins a stream.
            now: seconds of a clock that never runs backwards; how long nothing was sent is in the stamps.
        """
        ahead = (packet.number - self._newest) % _NUMBERS
        begins = packet.source != self._sender or packet.number == self._restart
        if not begins and _AHEAD <= ahead < _NUMBERS - _BEHIND:
            self._restart = (packet.number + 1) % _NUMBERS
            return None
        if begins:
            self._begin(packet, now)
        if begins or ahead < _AHEAD:
            self._newest, self._at = packet.number, now
            self._number = (packet.number + self._number_off) % _NUMBERS
            self._stamp = (packet.stamp + self._stamp_off) % _STAMPS
        return Packet(
            packet.payload_type,
            packet.marked or begins,
            (packet.number + self._number_off) % _NUMBERS,
            (packet.stamp + self._stamp_off) % _STAMPS,
            packet.source,
            packet.payload,
        )

    def _begin(self, packet: Packet, now: float) -> None:
        silent = 0 if self._at is None else int((now - self._at) * _RATE)
        self._sender, self._restart = packet.source, None
        self._number_off = self._number + 1 - packet.number
        self._stamp_off = self._stamp + max(silent, len(packet.payload)) - packet.stamp
