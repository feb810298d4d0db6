"""Speech that media itself sends: one packet each twenty milliseconds, whatever the machine does meanwhile."""

from __future__ import annotations

import os
from collections import deque
from typing import Final

from console.dial import rtp
from console.dial.recording import RATE, SILENCE

FRAME: Final = RATE // 50
"""Samples, and bytes, of twenty milliseconds."""

_EACH: Final = FRAME / RATE
_AT_ONCE: Final = 5


class Pace:
    """One stream, which nobody takes for another one's.

    Args:
        now: when the first packet is due, seconds of a clock that never runs backwards.
    """

    def __init__(self, now: float) -> None:
        self.next = now
        self._source = rtp.new_source()
        self._number = int.from_bytes(os.urandom(2), "big")
        self._stamp = int.from_bytes(os.urandom(4), "big")
        self._first = True

    def due(self, now: float) -> int:
        """How many packets are to be sent now; after a long standstill the rest is not made up for."""
        if now < self.next:
            return 0
        count = 1 + int((now - self.next) / _EACH)
        self.next += count * _EACH
        return min(count, _AT_ONCE)

    def packet(self, payload: bytes, payload_type: int) -> rtp.Packet:
        """The next packet; `payload`: `FRAME` bytes."""
        packet = rtp.Packet(payload_type, self._first, self._number, self._stamp, self._source, payload)
        self._first = False
        self._number = (self._number + 1) % (1 << 16)
        self._stamp = (self._stamp + FRAME) % (1 << 32)
        return packet


def frames(speech: bytes, silence: int) -> list[bytes]:
    """Speech in twenty milliseconds each, the last one filled up."""
    whole = speech + bytes([silence]) * (-len(speech) % FRAME)
    return [whole[at : at + FRAME] for at in range(0, len(whole), FRAME)]


class Announcement:
    """One speech to whoever listens, from now on. Attributes: over: all of it was sent."""

    def __init__(self, speech: bytes, payload_type: int, now: float) -> None:
        self._frames = deque(frames(speech, SILENCE[payload_type]))
        self._type = payload_type
        self._pace = Pace(now)

    @property
    def over(self) -> bool:
        """Nothing is left to say."""
        return not self._frames

    def due(self, now: float) -> list[rtp.Packet]:
        """What is to be sent now."""
        count = min(self._pace.due(now), len(self._frames))
        return [self._pace.packet(self._frames.popleft(), self._type) for _ in range(count)]
