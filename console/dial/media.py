"""The media process: `python -m console.dial.media DESK DIALER HOST [USER:GROUP]`, the numbers being open links.

Holds no number, no key but those of the recordings it writes, and opens no file: each recording's comes over the link.
When the desk or the dialer is gone every call ends, its recording is closed, and this process ends. Only the end of a
recording is waited for: its last second and the disk are beside everything else, and it is told once it is there.
"""

from __future__ import annotations

import contextlib
import os
import resource
import selectors
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from console.dial import announcing, between, links, messages
from console.dial.between import Aim, AskMedia, Begin, Done, Drop, Ring, Take
from console.dial.messages import (
    Discard,
    Message,
    Prepare,
    Prepared,
    PrepareListening,
    Recorded,
    RecorderFailed,
    Seek,
    Silent,
    ToMedia,
)
from console.dial.players import Players
from console.dial.relay import Leg, RelayedCall
from console.links import close_all
from console.serve.fences import become_said, harden
from masking.errors import MaskingError
from masking.recording import RecordingKey

_BEAT: Final = 0.25
_SPEAKING: Final = 0.01
"""Seconds between two looks while this process itself speaks to somebody."""

_MOST: Final = 400
"""Calls at once."""

_CLOSERS: Final = 4
"""Recordings that wait for the disk at once; the others wait for these."""

_OPEN_FILES: Final = 4096
"""Each call has three; those that wait for the disk still have theirs."""


class Media:
    """Everything that this process does.

    Args:
        desk: link to the desk.
        dialer: link to the dialer.
        host: address that legs are reached at.
    """

    def __init__(self, desk: socket.socket, dialer: socket.socket, host: str) -> None:
        self._desk, self._dialer, self._host = desk, dialer, host
        self._calls: dict[str, RelayedCall] = {}
        self._players = Players(host, self._say)
        self._selector = selectors.DefaultSelector()
        self._selector.register(desk, selectors.EVENT_READ, self._from_desk)
        self._selector.register(dialer, selectors.EVENT_READ, self._from_dialer)
        self._speaking: dict[str, RelayedCall] = {}
        self._spoke = 0.0
        self._closers = ThreadPoolExecutor(_CLOSERS)
        self._open = True

    def run(self) -> None:
        """Work until the desk or the dialer is gone."""
        next_beat = time.monotonic() + _BEAT
        while self._open:
            until = self._spoke + _SPEAKING if self._speaking or self._players else next_beat
            for key, _ in self._selector.select(max(0.0, min(until, next_beat) - time.monotonic())):
                # A leg that an earlier one of this round closed is no longer known.
                if key.fd in self._selector.get_map():
                    key.data()
            self._speak(time.monotonic())
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + _BEAT
                for call_id, call in tuple(self._calls.items()):
                    if not call.write(time.monotonic()):
                        self._say(RecorderFailed(call_id=call_id))
                    if call.fell_silent(time.monotonic()):
                        self._say(Silent(call_id=call_id))
        self._end_all()
        self._closers.shutdown()
        self._selector.close()

    def _speak(self, now: float) -> None:
        if now < self._spoke + _SPEAKING:
            return
        self._spoke = now
        self._players.tick(now)
        for call_id, call in tuple(self._speaking.items()):
            call.speak(now)
            if not call.speaks:
                del self._speaking[call_id]

    def _from_desk(self) -> None:
        came = links.read(self._desk, messages.at_media, beside=1)
        if came is None:
            self._open = False
            return
        # At the end nothing new begins.
        if self._open:
            self._obey(*came)
        else:
            close_all(came[1])

    def _obey(self, said: ToMedia, descriptors: list[int]) -> None:
        if isinstance(said, Prepare) and len(descriptors) == 1:
            ready = self._prepare(said, descriptors[0])
            if not ready:
                os.close(descriptors[0])
            self._say(Prepared(call_id=said.call_id, ready=ready))
        elif isinstance(said, PrepareListening) and len(descriptors) == 1:
            leg = None
            if said.call_id in self._calls:
                close_all(descriptors)
            else:
                leg = self._players.prepare(said, descriptors[0])
            if leg is not None:
                self._selector.register(leg.sock, selectors.EVENT_READ, _draining(leg))
            self._say(Prepared(call_id=said.call_id, ready=leg is not None))
        else:
            close_all(descriptors)
            if isinstance(said, Seek):
                self._players.seek(said)
            elif isinstance(said, Discard):
                self._end(said.call_id)

    def _prepare(self, said: Prepare, descriptor: int) -> bool:
        if said.call_id in self._calls or len(self._calls) >= _MOST:
            return False
        try:
            key = RecordingKey(said.key, said.recording_id)
            agent = Leg(self._host)
        except (MaskingError, OSError):
            return False
        try:
            customer = Leg(self._host)
        except OSError:
            agent.close()
            return False
        call = RelayedCall(agent, customer, key, descriptor, announced=said.announce)
        self._calls[said.call_id] = call
        for leg, is_agent in ((agent, True), (customer, False)):
            self._selector.register(leg.sock, selectors.EVENT_READ, _hearing(call, agent=is_agent))
        return True

    def _from_dialer(self) -> None:
        came = links.read(self._dialer, between.at_media)
        if came is None:
            self._open = False
            return
        try:
            self._dialer.send(between.encode(self._do(came[0])))
        except OSError:
            return

    def _do(self, asked: AskMedia) -> Done:
        if asked.call_id in self._players:
            done = self._players.do(asked, time.monotonic())
            if isinstance(asked, Drop):
                self._end(asked.call_id)
            return done
        call = self._calls.get(asked.call_id)
        if call is None:
            return Done(ok=False)
        if isinstance(asked, Take):
            return Done(ok=True, agent_port=call.agent.port, customer_port=call.customer.port)
        if isinstance(asked, Aim):
            leg = call.agent if asked.agent else call.customer
            return Done(ok=leg.aim((asked.host, asked.port), asked.peer, asked.types, (asked.sends, asked.hears)))
        if isinstance(asked, Ring | Begin):
            now = time.monotonic()
            ok = call.ring(now) if isinstance(asked, Ring) else call.begin(now, asked.silent_seconds)
            if call.speaks:
                self._speaking[asked.call_id] = call
            return Done(ok=ok)
        if isinstance(asked, Drop):
            self._end(asked.call_id)
        return Done(ok=True)

    def _end_all(self) -> None:
        for call_id in (*self._calls, *self._players.ids):
            self._end(call_id)

    def _end(self, call_id: str) -> None:
        player = self._players.end(call_id)
        if player is not None:
            self._selector.unregister(player.leg.sock)
            player.close()
        call = self._calls.pop(call_id, None)
        self._speaking.pop(call_id, None)
        if call is None:
            return
        for leg in (call.agent, call.customer):
            self._selector.unregister(leg.sock)
        call.part()
        self._closers.submit(self._close, call_id, call, time.monotonic())

    def _close(self, call_id: str, call: RelayedCall, now: float) -> None:
        """End a recording and tell of it; nothing else here knows the call any more."""
        whole = call.end(now)
        self._say(
            Recorded(
                call_id=call_id,
                whole=whole,
                chunks=call.writer.chunks if call.writer else 0,
                late=call.timeline.agent.late + call.timeline.customer.late if call.timeline else 0,
                agent_packets=call.agent.packets,
                customer_packets=call.customer.packets,
                dropped=call.agent.dropped + call.customer.dropped,
            )
        )

    def _say(self, message: Message) -> None:
        try:
            self._desk.send(messages.encode(message))
        except OSError:
            self._open = False


def _hearing(call: RelayedCall, *, agent: bool) -> Callable[[], None]:
    def hear() -> None:
        call.hear(agent=agent, now=time.monotonic())

    return hear


def _draining(leg: Leg) -> Callable[[], None]:
    """What a phone says that is played to: nobody hears it, and where it comes from is where it is spoken to."""

    def drain() -> None:
        with contextlib.suppress(OSError):
            leg.read()

    return drain


def main() -> None:
    """Be the process."""
    announcing.load()
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(
        resource.RLIMIT_NOFILE, (_OPEN_FILES if most == resource.RLIM_INFINITY else min(_OPEN_FILES, most), most)
    )
    desk, dialer = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    become_said(sys.argv[4] if len(sys.argv) > 4 else "")  # noqa: PLR2004 - the optional last
    harden()
    Media(desk, dialer, sys.argv[3]).run()


if __name__ == "__main__":
    main()
