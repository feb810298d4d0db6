"""Many agents and customers who speak and listen, in a process of their own: `python -m console.bench.talkers`.

Arguments: a port for each side's SIP, agents' first, customers' second. On its input `talk SECONDS`: everybody who is
in a call says a packet every twenty milliseconds for so long; the answer is one line, `sent heard` of agents, then of
customers. `bare PAIRS SECONDS`: the same between pairs of sockets with nothing between them. Ends with its input.
"""

from __future__ import annotations

import re
import selectors
import socket
import sys
import time
from collections.abc import Callable
from typing import Final

_HOST: Final = "127.0.0.1"
_EVERY: Final = 0.02
_LAST_WORDS: Final = 1.0
_KEPT: Final = re.compile(r"(?im)^(?:via|from|to|call-id|cseq):.*$")
_SPEECH: Final = bytes(range(160))
_WRAP: Final = 1 << 32


class Mouth:
    """One leg: it speaks to where the other side's description says, and counts what it hears."""

    def __init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.sock.bind((_HOST, 0))
        self.sock.setblocking(False)  # noqa: FBT003 - its only argument
        self.port = self.sock.getsockname()[1]
        self.to: tuple[str, int] = (_HOST, 9)
        self.sent = self.heard = 0

    def say(self) -> None:
        """Send one packet."""
        number = self.sent & 0xFFFF
        head = b"\x80\x08" + number.to_bytes(2, "big") + (self.sent * 160 % _WRAP).to_bytes(4, "big") + b"TALK"
        try:
            self.sock.sendto(head + _SPEECH, self.to)
        except OSError:
            return
        self.sent += 1

    def hear(self) -> None:
        """Take whatever came."""
        try:
            while True:
                self.sock.recv(2048)
                self.heard += 1
        except OSError:
            return


class Talkers:
    """Args: ports: of agents' and customers' SIP."""

    def __init__(self, ports: list[int]) -> None:
        self._selector = selectors.DefaultSelector()
        self._sides: list[dict[str, Mouth]] = []
        for port in ports:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sock.bind((_HOST, port))
            side: dict[str, Mouth] = {}
            self._sides.append(side)
            self._selector.register(sock, selectors.EVENT_READ, self._answering(sock, side))
        self._selector.register(sys.stdin, selectors.EVENT_READ, self._obey)
        self._open = True

    def run(self) -> None:
        """Work until the input ends."""
        while self._open:
            self._turn(None)

    def _turn(self, timeout: float | None) -> None:
        for key, _ in self._selector.select(timeout):
            key.data()

    def _obey(self) -> None:
        words = sys.stdin.readline().split()
        if not words:
            self._open = False
        elif words[0] == "talk":
            self._talk(float(words[1]), *(list(side.values()) for side in self._sides))
        elif words[0] == "bare":
            pairs = [(Mouth(), Mouth()) for _ in range(int(words[1]))]
            for one, other in pairs:
                one.to, other.to = (_HOST, other.port), (_HOST, one.port)
                for mouth in (one, other):
                    self._selector.register(mouth.sock, selectors.EVENT_READ, mouth.hear)
            self._talk(float(words[2]), [one for one, _ in pairs], [other for _, other in pairs])
            for mouth in (mouth for pair in pairs for mouth in pair):
                self._selector.unregister(mouth.sock)
                mouth.sock.close()

    def _talk(self, seconds: float, agents: list[Mouth], customers: list[Mouth]) -> None:
        began = time.monotonic()
        due = 0
        while (now := time.monotonic()) < began + seconds:
            if now >= began + due * _EVERY:
                due += 1
                for mouth in (*agents, *customers):
                    mouth.say()
            self._turn(max(0.0, began + due * _EVERY - time.monotonic()))
        while time.monotonic() < began + seconds + _LAST_WORDS:
            self._turn(0.05)
        said = [sum(getattr(one, what) for one in side) for side in (agents, customers) for what in ("sent", "heard")]
        sys.stdout.write(" ".join(map(str, said)) + "\n")
        sys.stdout.flush()

    def _answering(self, sock: socket.socket, side: dict[str, Mouth]) -> Callable[[], None]:
        def answer() -> None:
            data, sender = sock.recvfrom(1 << 16)
            text = data.decode(errors="replace")
            call = re.search(r"(?im)^call-id:\s*(\S+)", text)
            if call is None or text.startswith(("ACK ", "SIP/2.0")):
                return
            body = ""
            found = re.search(r"(?m)^m=audio (\d+)", text)
            if text.startswith("INVITE ") and found is not None:
                mouth = side.get(call[1])
                if mouth is None:
                    mouth = side[call[1]] = Mouth()
                    self._selector.register(mouth.sock, selectors.EVENT_READ, mouth.hear)
                mouth.to = (_HOST, int(found[1]))
                body = (
                    f"v=0\r\no=- 1 1 IN IP4 {_HOST}\r\ns=-\r\nc=IN IP4 {_HOST}\r\nt=0 0\r\n"
                    f"m=audio {mouth.port} RTP/AVP 8\r\na=rtpmap:8 PCMA/8000\r\n"
                )
            kept = "".join(
                f"{line.strip()}{';tag=talker' if line.lower().startswith('to:') and 'tag=' not in line else ''}\r\n"
                for line in _KEPT.findall(text)
            )
            described = "Content-Type: application/sdp\r\n" if body else ""
            own = f"Contact: <sip:talker@{_HOST}:{sock.getsockname()[1]}>\r\n"
            sock.sendto(
                f"SIP/2.0 200 OK\r\n{kept}{own}{described}Content-Length: {len(body)}\r\n\r\n{body}".encode(), sender
            )

        return answer


def main() -> None:
    """Be the process."""
    Talkers([int(port) for port in sys.argv[1:]]).run()


if __name__ == "__main__":
    main()
