"""Speech between two legs and into the recorder. Knows sockets and a clock; what is told about it comes from `media`.

What it guarantees: nothing of a packet's header passes but its order and time; RTCP has no port and no way through;
each leg is sent to, and heard from, the announced address or the one that SIP is spoken with, and from the first packet
on from one port alone; towards the agent nothing passes but speech. Before both legs stand nothing passes at all.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
from dataclasses import dataclass, field
from typing import Final

from console.dial import rtp
from console.dial.recording import PCMA, PCMU, RATE, SILENCE, RecordingWriter
from console.dial.timeline import Timeline
from masking.recording import RecordingKey

_AT_ONCE: Final = 16
_READ: Final = 2048
_TRIES: Final = 64
_UNPRIVILEGED: Final = 1024

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
        self.packets = self.dropped = 0

    def aim(self, announced: Address, peer: str, types: tuple[int, ...]) -> bool:
        """Say where the other side is; False for an address that nobody can be at."""
        speech = speech_of(types)
        if speech is None or not _reachable(announced[0]) or announced[1] < _UNPRIVILEGED:
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
        packet = rtp.parse(data) if self._allowed(sender) else None
        if packet is None or packet.payload_type not in self._types:
            self.dropped += 1
            return None
        self._heard = sender
        self.packets += 1
        return packet, sender

    def send(self, packet: rtp.Packet) -> None:
        """Send on, as if it were ours."""
        to = self._heard or self._announced
        if to is not None:
            with contextlib.suppress(OSError):
                self.sock.sendto(rtp.build(packet, self.source), to)

    def close(self) -> None:
        """Nothing more is heard or sent."""
        self.sock.close()

    def _allowed(self, sender: Address) -> bool:
        return sender == self._heard if self._heard is not None else sender[0] in self._hosts


@dataclass(slots=True)
class RelayedCall:
    """One call's two legs and its recording. `descriptor`: the recording's file until it is written to."""

    agent: Leg
    customer: Leg
    key: RecordingKey
    descriptor: int | None
    began: float | None = None
    timeline: Timeline | None = None
    writer: RecordingWriter | None = None
    failed: bool = field(default=False)

    def begin(self, now: float) -> bool:
        """Both legs stand: record from here on. False when they do not, or the disk does not take it."""
        speech = self.agent.speech
        if speech is None or speech != self.customer.speech or self.descriptor is None:
            return False
        try:
            self.writer, self.descriptor = RecordingWriter(self.descriptor, self.key, speech), None
        except OSError:
            return False
        self.timeline, self.began = Timeline(SILENCE[speech]), now
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
            if agent or speech:
                other.send(packet)
            if speech:
                channel = self.timeline.agent if agent else self.timeline.customer
                channel.put(packet.source, packet.stamp, packet.payload, self._samples(now))

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

    def end(self, now: float) -> bool:
        """Close both legs and the recording; whether the recording is whole."""
        self.agent.close()
        self.customer.close()
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
