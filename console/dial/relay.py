"""Speech between two legs and into the recorder. Knows sockets and a clock; what is told about it comes from `media`.

What it guarantees: nothing of a packet's header passes but its order and time; RTCP has no port and no way through;
each leg is sent to, and heard from, the announced address or the one that SIP is spoken with, and from the first packet
on from one port alone, unless the announced one speaks after all, as after early media of another; towards the agent
nothing passes but speech. Before both legs stand nothing passes at all.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import time
from dataclasses import dataclass, field
from typing import Final

from console.dial import announcing, rtp
from console.dial.pacing import Announcement
from console.dial.recording import PCMA, PCMU, RATE, SILENCE, RecordingWriter
from console.dial.ringing import Ringing
from console.dial.silence import Silence
from console.dial.srtp import Cover
from console.dial.timeline import Timeline
from masking.recording import RecordingKey

_AT_ONCE: Final = 16
_READ: Final = 2048
_TRIES: Final = 64
_UNPRIVILEGED: Final = 1024
_BREATH: Final = 0.5
"""Seconds before an announcement: a customer who called is answered in that moment, and their phone has to know it."""


Address = tuple[str, int]


def speech_of(types: tuple[int, ...]) -> int | None:
    """The first payload type of speech among those agreed."""
    return next((one for one in types if one in (PCMA, PCMU)), None)


def _reachable(host: str) -> bool:
    try:
        address = ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return not (address.is_multicast or address.is_unspecified or address.is_reserved)


class Leg:
    """One side of a call: a socket with an even port, as RTP has it; the odd one is never opened.

    Args:
        host: address to be reached at.
    """

    def __init__(self, host: str) -> None:
        for _ in range(_TRIES):
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((host, 0))
            if sock.getsockname()[1] % 2 == 0:
                break
            sock.close()
        else:
            raise OSError
        sock.setblocking(False)  # noqa: FBT003 - its only argument
        self.sock = sock
        self.port: int = sock.getsockname()[1]
        self.source = rtp.new_source()
        self.speech: int | None = None
        self._types: frozenset[int] = frozenset()
        self._hosts: frozenset[str] = frozenset()
        self._announced: Address | None = None
        self._heard: Address | None = None
        self._cover: Cover | None = None
        self._stream = rtp.Stream()
        self.packets = self.dropped = self.alive = 0

    def aim(
        self, announced: Address, peer: str, types: tuple[int, ...], keys: tuple[bytes, bytes] = (b"", b"")
    ) -> bool:
        """Say where the other side is; False for an address that nobody can be at.

        Args:
            announced: where it said that it hears.
            peer: the host that SIP is spoken with.
            types: payload types agreed.
            keys: what our packets and theirs are covered with; empty for bare ones.
        """
        speech = speech_of(types)
        if speech is None or not _reachable(announced[0]) or announced[1] < _UNPRIVILEGED:
            return False
        if any(keys):
            try:
                self._cover = Cover(*keys)
            except (ValueError, ImportError):
                return False
        self.speech, self._types = speech, frozenset(types)
        self._hosts, self._announced = frozenset((announced[0], peer)), announced
        return True

    def read(self) -> tuple[rtp.Packet, Address] | None:
        """The next packet that belongs here; what does not is counted and gone.

        Raises:
            BlockingIOError: there is none.
        """
        data, sender = self.sock.recvfrom(_READ)
        packet = self._opened(data) if self._allowed(sender) else None
        self.alive += packet is not None
        if packet is None or packet.payload_type not in self._types:
            self.dropped += 1
            return None
        self._heard = sender
        self.packets += 1
        return packet, sender

    def _opened(self, data: bytes) -> rtp.Packet | None:
        bare = data if self._cover is None else self._cover.off(data)
        return rtp.parse(bare) if bare is not None else None

    def send(self, packet: rtp.Packet) -> None:
        """Send on, as if it were ours."""
        ours = self._stream.put(packet, time.monotonic())
        data = rtp.build(ours, self.source) if ours is not None else None
        if data is not None and self._cover is not None:
            data = self._cover.over(data)
        to = self._heard or self._announced
        if data is not None and to is not None:
            with contextlib.suppress(OSError):
                self.sock.sendto(data, to)

    def close(self) -> None:
        """Nothing more is heard or sent."""
        self.sock.close()

    def _allowed(self, sender: Address) -> bool:
        if self._heard is None or sender == self._announced:
            return sender[0] in self._hosts
        return sender == self._heard


@dataclass(slots=True)
class RelayedCall:
    """One call's two legs and its recording.

    `descriptor`: the recording's file until it is written to. `announced`: what both are told first.
    """

    agent: Leg
    customer: Leg
    key: RecordingKey
    descriptor: int | None
    began: float | None = None
    timeline: Timeline | None = None
    writer: RecordingWriter | None = None
    announced: str = ""
    failed: bool = field(default=False)
    _ringing: Ringing | None = field(default=None)
    _announcement: Announcement | None = field(default=None)
    _silence: Silence | None = field(default=None)

    @property
    def speaks(self) -> bool:
        """Something of our own making is heard in it."""
        return self._ringing is not None or self.announcing

    @property
    def announcing(self) -> bool:
        """Both are being told that they are recorded; nobody hears anybody yet."""
        return self._announcement is not None

    def ring(self, now: float) -> bool:
        """Let the agent hear ringing; False where nothing could be heard, or speech passes already."""
        if self.agent.speech is None or self.began is not None:
            return False
        self._ringing = Ringing(self.agent.speech, now)
        return True

    def speak(self, now: float) -> None:
        """Go on with what is of our own making."""
        if self._ringing is not None:
            for packet in self._ringing.due(now):
                self.agent.send(packet)
        self._announce(now)

    def _announce(self, now: float) -> None:
        """Go on telling them; what they are told is recorded as the agent's side said it."""
        if self._announcement is None or self.timeline is None:
            return
        for packet in self._announcement.due(now):
            self.agent.send(packet)
            self.customer.send(packet)
            self.timeline.agent.put(packet.source, packet.stamp, packet.payload, self._samples(now))
        if self._announcement.over:
            # What comes next are other streams than this one was.
            self.agent.source, self.customer.source = rtp.new_source(), rtp.new_source()
            self._announcement = None

    def begin(self, now: float, silent_seconds: int = 0) -> bool:
        """Both legs stand: record from here on. False when they do not, or the disk does not take it."""
        speech = self.agent.speech
        if speech is None or speech != self.customer.speech or self.descriptor is None:
            return False
        try:
            self.writer, self.descriptor = RecordingWriter(self.descriptor, self.key, speech), None
        except OSError:
            return False
        if self._ringing is not None:
            # What comes next is another stream than the ringing was.
            self.agent.source, self._ringing = rtp.new_source(), None
        self.timeline, self.began = Timeline(SILENCE[speech]), now
        self._silence = Silence(silent_seconds, (self.agent, self.customer), now)
        announced = announcing.speech(self.announced, speech)
        self._announcement = Announcement(announced, speech, now + _BREATH) if announced else None
        return True

    def hear(self, *, agent: bool, now: float) -> None:
        """Pass on and record what came to one leg."""
        leg, other = (self.agent, self.customer) if agent else (self.customer, self.agent)
        for _ in range(_AT_ONCE):
            try:
                found = leg.read()
            except OSError:
                return
            if found is None or self.timeline is None or self.began is None:
                continue
            packet, _ = found
            speech = packet.payload_type == leg.speech
            if (agent or speech) and not self.announcing:
                other.send(packet)
            if speech and not (agent and self.announcing):
                channel = self.timeline.agent if agent else self.timeline.customer
                channel.put(packet.source, packet.stamp, packet.payload, self._samples(now))

    def fell_silent(self, now: float) -> bool:
        """Whether one of both sends nothing any more; true once."""
        return self._silence is not None and self._silence.fell(now)

    def write(self, now: float) -> bool:
        """Write the seconds that are ready; False the first time that the disk does not take them."""
        if self.timeline is None or self.writer is None or self.failed:
            return True
        try:
            for chunk in self.timeline.ready(self._samples(now)):
                self.writer.put(chunk)
        except OSError:
            self.failed = True
        return not self.failed

    def part(self) -> None:
        """Close both legs."""
        self.agent.close()
        self.customer.close()

    def end(self, now: float) -> bool:
        """Close the recording, which may take the disk's time; whether it is whole."""
        whole = self.writer is not None and not self.failed
        try:
            if self.timeline is not None and self.writer is not None and whole:
                *before, last = self.timeline.end(self._samples(now))
                for chunk in before:
                    self.writer.put(chunk)
                self.writer.put(last, last=True)
        except OSError:
            whole = False
        try:
            if self.writer is not None:
                self.writer.close()
            elif self.descriptor is not None:
                os.close(self.descriptor)
        except OSError:
            whole = False
        return whole

    def _samples(self, now: float) -> int:
        return int((now - (self.began or now)) * RATE)
