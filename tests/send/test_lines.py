"""The way to the provider is changed while the old one still closes: the last one said holds, and no other is left."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from console.send import house, messages, process
from console.send.house import ProcessSender
from console.send.line import Given, Piece
from console.send.messages import Answer, Provider
from console.send.process import Post
from console.serve import child
from console.serve.link import pair
from tests.support.sip import until

pytestmark = pytest.mark.clause("issue-5")


@dataclass
class SlowLine:
    """A line that closes when the test says so."""

    name: str
    closes: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False
    open: bool = False

    async def run(self) -> None:
        self.open = True
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        self.open = False

    async def submit(self, piece: Piece) -> Given:
        return Given(Answer.UNSENT, len(piece.text))

    async def close(self) -> None:
        self.closing = True
        await self.closes.wait()


def provider(secret: str) -> Provider:
    return Provider(kind="smpp", handle_key=b"h" * 32, host="127.0.0.1", port=1, name="desk", secret=secret, sender="1")


async def test_the_last_secret_holds_however_slowly_the_old_line_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[SlowLine] = []

    def line_of(said: Provider, *_: object) -> SlowLine:
        lines.append(SlowLine(said.secret))
        return lines[-1]

    monkeypatch.setattr(process, "line_of", line_of)
    desk, theirs = pair()
    post = Post(theirs)
    running = asyncio.ensure_future(post.run())
    try:
        desk.send(messages.encode(provider("first")))
        await until(lambda: lines and lines[0].open, "the first line")
        for secret in ("second", "third"):
            desk.send(messages.encode(provider(secret)))
        await until(lambda: lines[0].closing, "it closes")
        lines[0].closes.set()
        await until(lambda: len(lines) == 2, "the second line")
        # Whatever it does meanwhile, the third comes after it.
        lines[1].closes.set()
        await until(lambda: len(lines) == 3 and lines[2].open, "the third line")
        assert [one.name for one in lines] == ["first", "second", "third"]
        assert [one.open for one in lines] == [False, False, True]
    finally:
        desk.close()
        for one in lines:
            one.closes.set()
        await running
        theirs.close()
    assert not any(one.open for one in lines)


async def test_nobody_waits_for_a_sender_and_its_process_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []

    def start(module: str, ends: Sequence[socket.socket], *said: str) -> subprocess.Popen[bytes]:
        started.append(child.start(module, ends, *said))
        return started[-1]

    monkeypatch.setattr(house, "child", SimpleNamespace(start=start, end=child.end))
    opening = asyncio.ensure_future(ProcessSender.open(lambda _: None))
    await until(lambda: started, "started")
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert started[0].returncode is not None
