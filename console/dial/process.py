"""The dialer process: `python -m console.dial.process DESK MEDIA HOST PORT SPEECH [USER:GROUP]`.

The first two are open links. The only process in which a number is ever in clear. It cannot be dumped or traced, says
nothing on its outputs, and ends with the desk, or when media does not answer: every call is ended first. A second one
on the same port does not start.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from functools import partial
from typing import Any, Final

from access.context import SystemClock
from console.dial import between, links, messages, sdp
from console.dial.asking import Watch
from console.dial.axb.calls import call_for
from console.dial.axb.gate import Gate
from console.dial.axb.said import Bind, Cloud, Reject, Unbind
from console.dial.between import AskMedia, Done
from console.dial.call import Call
from console.dial.listening import Listening
from console.dial.messages import (
    Bridge,
    Dial,
    Intruded,
    Listen,
    Message,
    Open,
    Phone,
    PhoneSeen,
    ToDialer,
    Trunk,
    TrunkSeen,
)
from console.dial.quiet import ED2, Timeout, fall_silent
from console.dial.registrar import REALM, Registrar, asking
from console.dial.results import By, Result
from console.dial.stack import called_by, header, open_stack
from console.dial.telling import Telling
from console.dial.ticket import TicketDesk
from console.serve.fences import become_said, harden

_MEDIA_WITHIN: Final = 5.0
_LAST_WORDS: Final = 2.0
_NO_WORDS: Final = 0.05


class Exchange:
    """Everything that this process does. See `console.dial.phone_call.Exchange`.

    Args:
        desk: link to the desk.
        media: link to the media process.
        host: IPv4 address to listen at.
        port: 0 for any.
        speech: where the media process is reached.
    """

    def __init__(self, desk: socket.socket, media: socket.socket, host: str, port: int, speech: str) -> None:
        self.host = speech
        self.trunk: Trunk | None = None
        self.codecs: tuple[int, ...] = sdp.SPEECH
        self.tickets = TicketDesk(SystemClock())
        self.config, self.port = open_stack(host, port, self._on_request)
        self._desk, self._media = desk, media
        media.settimeout(_MEDIA_WITHIN)
        self._watch = Watch(self.config, lambda up: self.say(TrunkSeen(up=up)))
        self._registrar = Registrar()
        self._intruders = Telling(self._say_intruded, ("", "", False))
        false = partial(self._intruded, false=True)
        self._gate = Gate(self.config, self._registrar, self.tickets, SystemClock(), self.say, false)
        self._calls: dict[str, Call | Listening] = {}
        self._closing = False
        self._sweep = Timeout(self._gone, 5, -1)
        self._rest = Timeout(lambda: self._intruders.rest(time.monotonic()), 1, -1)

    # -- what calls need ---------------------------------------------------------------------------------------------
    def ask(self, asked: AskMedia) -> Done:
        """Have the media process do something; once it does not, there are no calls any more and this process ends."""
        try:
            self._media.send(between.encode(asked))
            answer = links.read(self._media, between.at_dialer)
        except OSError:
            answer = None
        if answer is not None:
            return answer[0]
        # An answer that came late would be taken for the next one's.
        self._media.close()
        ED2.callFromThread(partial(self._close, broken=True))
        return Done(ok=False)

    def say(self, said: Message) -> None:
        """Tell the desk; when it is gone, everything ends anyhow."""
        try:
            self._desk.send(messages.encode(said))
        except OSError:
            return

    def forget(self, call_id: str) -> None:
        """A call is over."""
        self._calls.pop(call_id, None)

    def stands_over(self, number: str, customer: str) -> bool:
        """See `console.dial.phone_call.Exchange`."""
        return self._gate.over(number, customer)

    # -- the desk ----------------------------------------------------------------------------------------------------
    def listen(self) -> None:
        """Read what the desk says, in a thread of its own; each is obeyed in the stack's."""
        while (came := links.read(self._desk, messages.at_dialer)) is not None:
            ED2.callFromThread(self._obey, came[0])
        ED2.callFromThread(self._close)

    def _obey(self, said: ToDialer) -> None:
        if isinstance(said, Trunk):
            self.trunk, self.codecs = said, said.codecs
            self._watch.use(said)
            self._gate.use(said)
        elif isinstance(said, Phone):
            self._registrar.allow(said.name, said.secret)
        elif isinstance(said, Dial):
            self._dial(said)
        elif isinstance(said, Listen):
            self._start(said.call_id, Listening(self, said, self._registrar.find(said.phone, time.monotonic())))
        elif isinstance(said, Bind | Unbind | Reject | Cloud):
            self._gate.obey(said)
        elif said.call_id in self._calls:
            call = self._calls[said.call_id]
            if isinstance(said, Bridge):
                call.bridge()
            else:
                call.hang_up(said.by)

    def _dial(self, order: Dial) -> None:
        place = self._registrar.find(order.phone, time.monotonic())
        call = call_for(self, order, place, self._gate.ring(order.ring)) if order.ring else Call(self, order, place)
        self._start(order.call_id, call)

    def _start(self, call_id: str, call: Call | Listening) -> None:
        if call_id in self._calls:
            return
        self._calls[call_id] = call
        try:
            call.start()
        except Exception:  # noqa: BLE001 - whatever the stack did not like must not leave a call hanging
            call.end(Result.SYSTEM_ERROR, By.LINE)

    def _close(self, *, broken: bool = False) -> None:
        if self._closing:
            return
        self._closing = True
        calls = tuple(self._calls.values())
        for call in calls:
            if broken:
                call.end(Result.SYSTEM_ERROR, By.LINE)
            else:
                call.hang_up()
        self._gate.close()
        # The legs' last packets are on their way in the stack's own threads.
        Timeout(ED2.breakLoop, _LAST_WORDS if calls or broken else _NO_WORDS, 1)

    # -- whoever else speaks SIP -------------------------------------------------------------------------------------
    def _on_request(self, req: Any, transaction: Any) -> Any:  # noqa: ANN401 - the stack's
        method = req.getMethod()
        if req.getHFBody("to").getTag() is not None:
            return (req.genResponse(481, "Call/Transaction Does Not Exist"), None, None)
        if method == "REGISTER":
            return (self._register(req), None, None)
        if method == "INVITE":
            answer = self._gate.answer(req, transaction)
            if answer is not None:
                return answer
            self._intruded(req)
            return (req.genResponse(403, "Forbidden"), None, None)
        return (req.genResponse(405, "Method Not Allowed"), None, None)

    def _register(self, req: Any) -> Any:  # noqa: ANN401 - the stack's
        now = time.monotonic()
        proof = req.getHFBody("authorization") if req.countHFs("authorization") else None
        name = self._registrar.proven(proof, req.getSource(), now) if proof is not None else None
        if name is None or name != req.getHFBody("to").getUrl().username:
            refusal = req.genResponse(401, "Unauthorized")
            challenge = asking(self._registrar.challenge(req.getSource(), now))
            refusal.appendHeader(header(f"WWW-Authenticate: {challenge}"))
            return refusal
        contact = req.getHFBody("contact") if req.countHFs("contact") else None
        user = name
        seconds = 0
        if contact is not None and not contact.asterisk:
            user = contact.getUrl().username or name
            seconds = _expires(req, contact)
        before = self._registrar.find(name, now) is not None
        holds = self._registrar.put(name, user, req.getSource(), seconds=seconds, now=now)
        if before != bool(holds):
            self.say(PhoneSeen(name=name, present=bool(holds)))
        done = req.genResponse(200, "OK")
        if contact is not None and holds:
            done.appendHeader(header(f"Contact: <{contact.getUrl()}>;expires={holds}"))
        done.appendHeader(header(f"Expires: {holds}"))
        return done

    def _intruded(self, req: Any, *, false: bool = False) -> None:  # noqa: ANN401 - the stack's
        source = req.getSource()
        name = self._registrar.at(source, called_by(req))
        self._intruders.put((name, source[0], false), time.monotonic())

    def _say_intruded(self, kind: tuple[str, str, bool], count: int) -> None:
        name, host, false = kind
        self.say(Intruded(name=name, host=host, false_proof=false, count=count))

    def _gone(self) -> None:
        for name in self._registrar.gone(time.monotonic()):
            self.say(PhoneSeen(name=name, present=False))


def _expires(req: Any, contact: Any) -> int:  # noqa: ANN401 - the stack's
    said = contact.address.params.get("expires")
    if said is None and req.countHFs("expires"):
        said = req.getHFBody("expires").getNum()
    text = str(said)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 60  # noqa: PLR2004 - no such time


def hold_port(host: str, port: int) -> socket.socket:
    """What keeps a second dialer off a port, which the stack would silently share; held while open.

    Raises:
        OSError: there is one.
    """
    held = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        held.bind(f"\0veildesk-dialer-{host}-{port}")
    except OSError:
        held.close()
        raise
    return held


def main() -> None:
    """Be the process."""
    fall_silent()
    desk, media = (socket.socket(fileno=int(number)) for number in sys.argv[1:3])
    host, port = sys.argv[3], int(sys.argv[4])
    held = hold_port(host, port) if port else None
    exchange = Exchange(desk, media, host, port, sys.argv[5])
    become_said(sys.argv[6] if len(sys.argv) > 6 else "")  # noqa: PLR2004 - the optional last
    fences = harden()
    held = held or hold_port(host, exchange.port)
    exchange.say(Open(key=exchange.tickets.key.raw, port=exchange.port, realm=REALM, fences=fences))
    threading.Thread(target=exchange.listen, daemon=True).start()
    ED2.loop()
    held.close()


if __name__ == "__main__":
    main()
