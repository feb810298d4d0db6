"""Speech laid out by its own time stamps: late, early, doubled and lost packets become one even stream. Pure.

A channel's samples stand where the sender's RTP time stamp puts them; the first packet, a new source and a stamp more
than a second off the recorder's clock stand where they arrive. What never came is silence. A second is taken once
`WINDOW` has passed after it, so packets may overtake each other by that much.
"""

from __future__ import annotations

from typing import Final

from console.dial.recording import RATE

WINDOW: Final = RATE // 2
"""Samples that a packet may be late and still find its place."""

_OFF: Final = RATE
_WRAP: Final = 1 << 32


class Channel:
    """One side of a call.

    Args:
        silence: the byte that nothing sounds like.

    Attributes:
        late: packets that came after their second was taken.
    """

    def __init__(self, silence: int) -> None:
        self._silence = bytes([silence])
        self._start = 0
        self._data = bytearray()
        self._source: bytes | None = None
        self._stamp = self._at = 0
        self.late = 0

    def put(self, source: bytes, stamp: int, payload: bytes, now: int) -> None:
        """Lay one packet out.

        Args:
            source: who sends (SSRC); another one begins afresh.
            stamp: RTP time stamp, 32 bits.
            payload: one byte a sample.
            now: samples since the recording began, by the recorder's clock.
        """
        ahead = (stamp - self._stamp) % _WRAP
        at = self._at + (ahead if ahead < _WRAP // 2 else ahead - _WRAP)
        if source != self._source or abs(at - now) > _OFF:
            at = max(0, now - len(payload))
        self._source, self._stamp, self._at = source, stamp, at
        begin = at - self._start
        if begin + len(payload) <= 0:
            self.late += 1
            return
        if begin < 0:
            payload, begin = payload[-begin:], 0
        self._fill(begin)
        self._data[begin : begin + len(payload)] = payload

    def take(self, until: int) -> bytes:
        """Everything not yet taken up to a sample; silence where nothing came."""
        size = until - self._start
        self._fill(size)
        taken = bytes(self._data[:size])
        del self._data[:size]
        self._start = until
        return taken

    def _fill(self, size: int) -> None:
        if len(self._data) < size:
            self._data += self._silence * (size - len(self._data))


class Timeline:
    """Both sides of a call, cut into seconds.

    Args:
        silence: see `Channel`.
    """

    def __init__(self, silence: int) -> None:
        self.agent, self.customer = Channel(silence), Channel(silence)
        self._taken = 0

    def ready(self, now: int) -> list[bytes]:
        """Whole seconds that nothing can come to any more, interleaved."""
        chunks = []
        while now - WINDOW >= self._taken + RATE:
            chunks.append(self._cut(self._taken + RATE))
        return chunks

    def end(self, now: int) -> list[bytes]:
        """Everything left up to now; the last one is shorter than a second."""
        chunks = []
        while now >= self._taken + RATE:
            chunks.append(self._cut(self._taken + RATE))
        chunks.append(self._cut(max(now, self._taken)))
        return chunks

    def _cut(self, until: int) -> bytes:
        size = until - self._taken
        both = bytearray(2 * size)
        both[0::2], both[1::2] = self.agent.take(until), self.customer.take(until)
        self._taken = until
        return bytes(both)
