"""The dialer process: `python -m console.dial.process DESK MEDIA HOST PORT [USER:GROUP]`, the first two open links.

The only process in which a number is ever in clear. It cannot be dumped or traced, says nothing on its outputs, and
ends with the desk: every call is ended first. A second one on the same port does not start.
"""

from __future__ import annotations

import socket
import sys
import threading
import time
from typing import Any, Final

from access.context import SystemClock
from console.dial import messages
from console.dial.call import Call
from console.dial.messages import (
    AskMedia,
    Dial,
    Done,
    Intruded,
    Message,
    Open,
    Phone,
    PhoneSeen,
    ToDialer,
    Trunk,
)
from console.dial.quiet import ED2, Timeout, fall_silent
from console.dial.registrar import REALM, Registrar
from console.dial.results import By, Result
from console.dial.stack import header, open_stack
from console.dial.ticket import TicketDesk
from console.serve.fences import become_said, harden

_MEDIA_WITHIN: Final = 5.0
_LAST_WORDS: Final = 2.0
_NO_WORDS: Final = 0.05
_SAME_INTRUDER: Final = 1.0
_MOST_INTRUDERS: Final = 1000


class Exchange:
    """Everything that this process does. See `console.dial.call.Exchange`.

    Args:
        desk: link to the desk.
        media: link to the media process.
        host: IPv4 address to listen at.
        port: 0 for any.
    """

    def __init__(self, desk: socket.socket, media: socket.socket, host: str, port: int) -> None:
        self.host = host
        self.trunk: Trunk | None = None
        self.tickets = TicketDesk(SystemClock())
        self.config, self.port = open_stack(host, port, self._on_request)
        self._desk, self._media = desk, media
        media.settimeout(_MEDIA_WITHIN)
        self._registrar = Registrar()
        self._calls: dict[str, Call] = {}
        self._intruders: dict[str, float] = {}
        self._sweep = Timeout(self._gone, 5, -1)

    # -- what calls need ---------------------------------------------------------------------------------------------
    def ask(self, asked: AskMedia) -> Done:
        """Have the media process do something."""
        try:
            self._media.send(messages.encode(asked))
            answer = messages.read(self._media, messages.at_dialer_from_media)
        except OSError:
            # An answer that came late would be taken for the next one's.
            self._media.close()
            answer = None
        return answer[0] if answer is not None else Done(ok=False)

    def say(self, said: Message) -> None:
        """Tell the desk; when it is gone, everything ends anyhow."""
        try:
            self._desk.send(messages.encode(said))
        except OSError:
            return

    def forget(self, call_id: str) -> None:
        """A call is over."""
        self._calls.pop(call_id, None)

    # -- the desk ----------------------------------------------------------------------------------------------------
    def listen(self) -> None:
        """Read what the desk says, in a thread of its own; each is obeyed in the stack's."""
        while (came := messages.read(self._desk, messages.at_dialer)) is not None:
            ED2.callFromThread(self._obey, came[0])
        ED2.callFromThread(self._close)

    def _obey(self, said: ToDialer) -> None:
        if isinstance(said, Trunk):
            self.trunk = said
        elif isinstance(said, Phone):
            self._registrar.allow(said.name, said.secret)
        elif isinstance(said, Dial):
            self._dial(said)
        elif said.call_id in self._calls:
            self._calls[said.call_id].hang_up()

    def _dial(self, order: Dial) -> None:
        if order.call_id in self._calls:
            return
        call = Call(self, order, self._registrar.find(order.phone, time.monotonic()))
        self._calls[order.call_id] = call
        try:
            call.start()
        except Exception:  # noqa: BLE001 - whatever the stack did not like must not leave a call hanging
            call.end(Result.SYSTEM_ERROR, By.LINE)

    def _close(self) -> None:
        calls = tuple(self._calls.values())
        for call in calls:
            call.hang_up()
        # The legs' last packets are on their way in the stack's own threads.
        Timeout(ED2.breakLoop, _LAST_WORDS if calls else _NO_WORDS, 1)

    # -- whoever else speaks SIP -------------------------------------------------------------------------------------
    def _on_request(self, req: Any, transaction: Any) -> Any:  # noqa: ANN401 - the stack's
        del transaction
        method = req.getMethod()
        if req.getHFBody("to").getTag() is not None:
            return (req.genResponse(481, "Call/Transaction Does Not Exist"), None, None)
        if method == "REGISTER":
            return (self._register(req), None, None)
        if method == "INVITE":
            self._intruded(req.getSource())
            return (req.genResponse(403, "Forbidden"), None, None)
        return (req.genResponse(405, "Method Not Allowed"), None, None)

    def _register(self, req: Any) -> Any:  # noqa: ANN401 - the stack's
        now = time.monotonic()
        proof = req.getHFBody("authorization") if req.countHFs("authorization") else None
        name = self._registrar.proven(proof, now) if proof is not None else None
        if name is None or name != req.getHFBody("to").getUrl().username:
            refusal = req.genResponse(401, "Unauthorized")
            challenge = f'Digest realm="{REALM}",nonce="{self._registrar.challenge(now)}",algorithm=MD5,qop="auth"'
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

    def _intruded(self, source: tuple[str, int]) -> None:
        now = time.monotonic()
        if len(self._intruders) >= _MOST_INTRUDERS:
            self._intruders.clear()
        if now - self._intruders.get(source[0], -_SAME_INTRUDER) >= _SAME_INTRUDER:
            self._intruders[source[0]] = now
            self.say(Intruded(name=self._registrar.at(source), host=source[0]))

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
    exchange = Exchange(desk, media, host, port)
    become_said(sys.argv[5] if len(sys.argv) > 5 else "")  # noqa: PLR2004 - the optional last
    fences = harden()
    held = held or hold_port(host, exchange.port)
    exchange.say(Open(key=exchange.tickets.key.raw, port=exchange.port, realm=REALM, fences=fences))
    threading.Thread(target=exchange.listen, daemon=True).start()
    ED2.loop()
    held.close()


if __name__ == "__main__":
    main()
