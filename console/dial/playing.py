"""A recording played to the phone of whoever may listen. Knows a leg and a clock; who may is the desk's to say.

One second at a time is opened, mixed and sent; nothing of it is written anywhere. The listener's mark sounds first,
again every twenty seconds of speech, and after every move: whatever part is taken away elsewhere says whose it was.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, Final

from console.dial import g711, tones
from console.dial.pacing import Pace, frames
from console.dial.recording import RATE, SILENCE, Recording
from console.dial.relay import Leg
from masking.errors import MaskingError
from masking.recording import RecordingKey

PLAYING: Final = "playing"
PAUSED: Final = "paused"
ENDED: Final = "ended"
TORN: Final = "torn"
BROKEN: Final = "broken"
OVER: Final = frozenset({ENDED, TORN, BROKEN})
MARK_EVERY: Final = 20
"""Seconds of speech between two marks."""


class Player:
    """One listening.

    Args:
        leg: towards the phone; closed by `close`.
        file: the recording; closed by `close`.
        key: the recording's own.
        mark: of who listens.

    Attributes:
        state: of the constants above; empty until the phone was answered.
        second: of the recording, that sounds now.

    Raises:
        SealBroken: it is no recording.
    """

    def __init__(self, leg: Leg, file: BinaryIO, key: RecordingKey, mark: str) -> None:
        self.leg, self._file, self._mark = leg, file, mark
        self._recording = Recording(file, key)
        self._chunks: Iterator[bytes] = iter(())
        self._ready: deque[tuple[bytes, int]] = deque()
        self._unmarked = 0
        self._coming = self.second = 0
        self._pace: Pace | None = None
        self.state = ""

    def begin(self, now: float) -> bool:
        """The phone was answered; False where it cannot be spoken to."""
        if self.leg.speech is None:
            return False
        self._pace, self.state = Pace(now), self.state or PLAYING
        self.seek(self._coming, paused=self.state == PAUSED)
        return True

    def seek(self, second: int, *, paused: bool) -> None:
        """Go on from a second, or stand there; before the phone was answered: begin there."""
        if self.state in OVER:
            return
        self._coming = self.second = max(0, second)
        self._ready.clear()
        self._unmarked = MARK_EVERY
        self._chunks = self._recording.chunks(self._coming)
        if self._pace is not None:
            self.state = PAUSED if paused else PLAYING

    def tick(self, now: float) -> None:
        """Send what is due."""
        if self._pace is None or self.leg.speech is None or self.state in OVER:
            return
        speech = self.leg.speech
        for _ in range(self._pace.due(now)):
            frame = self._next(speech)
            if frame is None:
                return
            self.leg.send(self._pace.packet(frame, speech))

    def close(self) -> None:
        """It is over."""
        self.leg.close()
        self._file.close()

    def _next(self, speech: int) -> bytes | None:
        if self.state == PAUSED:
            return bytes([SILENCE[speech]]) * (RATE // 50)
        if not self._ready:
            try:
                self._fill(speech)
            except (MaskingError, OSError, ValueError):
                self.state = BROKEN
                return None
        if not self._ready:
            self.state = TORN if self._recording.torn else ENDED
            return None
        frame, self.second = self._ready.popleft()
        return frame

    def _fill(self, speech: int) -> None:
        chunk = next(self._chunks, None)
        if chunk is None:
            return
        if self._unmarked >= MARK_EVERY:
            self._take(tones.mark(self._mark, speech), speech)
            self._unmarked = 0
        self._take(g711.mixed(chunk, self._recording.payload_type, speech), speech)
        self._unmarked += 1
        self._coming += 1

    def _take(self, sound: bytes, speech: int) -> None:
        self._ready.extend((frame, self._coming) for frame in frames(sound, SILENCE[speech]))
