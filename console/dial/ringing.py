"""The ringing that an agent hears while the customer's phone rings: made here, nothing of the customer's line passes.

450 Hz, one second in five (GB/T 3380). Pure.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from console.dial import g711, rtp
from console.dial.pacing import FRAME, Pace
from console.dial.recording import RATE, SILENCE

_HERTZ: Final = 450  # nine whole waves a packet, so that one packet is like the other
_LOUDNESS: Final = 8000  # of 32,767
_SOUNDS: Final = RATE // FRAME
_ROUND: Final = 5 * _SOUNDS


@cache
def _wave(payload_type: int) -> bytes:
    turn = 2 * math.pi * _HERTZ / RATE
    return g711.encode((round(_LOUDNESS * math.sin(turn * at)) for at in range(FRAME)), payload_type)


class Ringing:
    """One stream of ringing.

    Args:
        payload_type: PCMA or PCMU.
        now: when it begins, seconds of a clock that never runs backwards.
    """

    def __init__(self, payload_type: int, now: float) -> None:
        self._type = payload_type
        self._pace = Pace(now)
        self._count = 0

    def due(self, now: float) -> list[rtp.Packet]:
        """What is to be sent now."""
        return [self._next() for _ in range(self._pace.due(now))]

    def _next(self) -> rtp.Packet:
        sounds = self._count % _ROUND < _SOUNDS
        self._count += 1
        return self._pace.packet(_wave(self._type) if sounds else bytes([SILENCE[self._type]]) * FRAME, self._type)
