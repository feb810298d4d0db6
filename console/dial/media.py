"""The media process: `python -m console.dial.media DESK DIALER HOST [USER:GROUP]`, the numbers being open links.

Holds no number, no key but those of the recordings it writes, and opens no file: each recording's comes over the link.
When the desk is gone, so is everything here; when the dialer is gone, every call ends and its recording is closed.
"""

from __future__ import annotations

import os
import selectors
import socket
import sys
import time
from collections.abc import Callable
from typing import Final

from console.dial import messages
from console.dial.messages import (
    Aim,
    AskMedia,
    Begin,
    Discard,
    Done,
    Drop,
    Message,
    Prepare,
    Prepared,
    Recorded,
    RecorderFailed,
    Take,
    ToMedia,
)
from console.dial.relay import Leg, RelayedCall
from console.serve.fences import become_said, harden
from masking.errors import MaskingError
from masking.recording import RecordingKey

_BEAT: Final = 0.25
_MOST: Final = 400
"""Calls at once."""


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
        self._selector = selectors.DefaultSelector()
        self._selector.register(desk, selectors.EVENT_READ, self._from_desk)
        self._selector.register(dialer, selectors.EVENT_READ, self._from_dialer)
        self._open = True

    def run(self) -> None:
        """Work until the desk is gone."""
        next_beat = time.monotonic() + _BEAT
        while self._open:
            for key, _ in self._selector.select(max(0.0, next_beat - time.monotonic())):
                # A leg that an earlier one of this round closed is no longer known.
                if key.fd in self._selector.get_map():
                    key.data()
            if time.monotonic() >= next_beat:
                next_beat = time.monotonic() + _BEAT
                for call_id, call in tuple(self._calls.items()):
                    if not call.write(time.monotonic()):
                        self._say(RecorderFailed(call_id=call_id))
        for call_id in tuple(self._calls):
            self._end(call_id)
        self._selector.close()

    def _from_desk(self) -> None:
        came = messages.read(self._desk, messages.at_media)
        if came is None:
            self._open = False
            return
        said, descriptors = came
        self._obey(said, descriptors)

    def _obey(self, said: ToMedia, descriptors: list[int]) -> None:
        if isinstance(said, Prepare) and len(descriptors) == 1:
            ready = self._prepare(said, descriptors[0])
            if not ready:
                os.close(descriptors[0])
            self._say(Prepared(call_id=said.call_id, ready=ready))
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
        call = RelayedCall(agent, customer, key, descriptor)
        self._calls[said.call_id] = call
        for leg, is_agent in ((agent, True), (customer, False)):
            self._selector.register(leg.sock, selectors.EVENT_READ, _hearing(call, agent=is_agent))
        return True

    def _from_dialer(self) -> None:
        came = messages.read(self._dialer, messages.at_media_from_dialer)
        if came is None:
            self._selector.unregister(self._dialer)
            for call_id in tuple(self._calls):
                self._end(call_id)
            return
        try:
            self._dialer.send(messages.encode(self._do(came[0])))
        except OSError:
            return

    def _do(self, asked: AskMedia) -> Done:
        call = self._calls.get(asked.call_id)
        if call is None:
            return Done(ok=False)
        if isinstance(asked, Take):
            return Done(ok=True, agent_port=call.agent.port, customer_port=call.customer.port)
        if isinstance(asked, Aim):
            leg = call.agent if asked.agent else call.customer
            return Done(ok=leg.aim((asked.host, asked.port), asked.peer, asked.types))
        if isinstance(asked, Begin):
            return Done(ok=call.begin(time.monotonic()))
        if isinstance(asked, Drop):
            self._end(asked.call_id)
        return Done(ok=True)

    def _end(self, call_id: str) -> None:
        call = self._calls.pop(call_id, None)
        if call is None:
            return
        for leg in (call.agent, call.customer):
            self._selector.unregister(leg.sock)
        whole = call.end(time.monotonic())
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


def main() -> None:
    """Be the process."""
    desk, dialer = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    become_said(sys.argv[4] if len(sys.argv) > 4 else "")  # noqa: PLR2004 - the optional last
    harden()
    Media(desk, dialer, sys.argv[3]).run()


if __name__ == "__main__":
    main()
