"""A link between the service's processes: every message that was said before somebody went is heard."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.serve.link import Link, LinkBroken, LinkGarbled, pair, receive
from console.serve.messages import Dead, Finish, FromZygote, at_door_from_zygote, encode

pytestmark = pytest.mark.clause("issue-4")
LAST = Dead(number=7, well=True)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = pair()
    yield ours, theirs
    ours.close()
    theirs.close()


def left_unread(ours: socket.socket, count: int) -> None:
    for number in range(count):
        ours.send(encode(Finish(number=number)))


@pytest.mark.parametrize("within", [30.0, 0.0])
@pytest.mark.parametrize("unread", [0, 1, 3])
def test_last_words_are_read_whatever_was_left_unread(
    ends: tuple[socket.socket, socket.socket], unread: int, within: float
) -> None:
    ours, theirs = ends
    ours.settimeout(within)
    left_unread(ours, unread)
    for _ in range(2):
        theirs.send(encode(LAST))
    theirs.close()
    assert [receive(ours, at_door_from_zygote) for _ in range(2)] == [(LAST, [])] * 2
    with pytest.raises(LinkBroken) as over:
        receive(ours, at_door_from_zygote)
    assert not isinstance(over.value, LinkGarbled)


@pytest.mark.parametrize("unread", [0, 1, 3])
async def test_in_a_loop_they_are_heard_before_the_end(ends: tuple[socket.socket, socket.socket], unread: int) -> None:
    ours, theirs = ends
    heard: list[object] = []
    over = asyncio.Event()

    def take(message: FromZygote, descriptors: list[int]) -> None:
        heard.append((message, len(descriptors)))
        for one in descriptors:
            os.close(one)

    before = len(list(Path("/proc/self/fd").iterdir()))
    left_unread(ours, unread)
    theirs.send(encode(LAST))
    socket.send_fds(theirs, [encode(LAST)], [theirs.fileno()] * 2)
    theirs.close()
    link = Link(ours, at_door_from_zygote, take, over.set)
    async with asyncio.timeout(60):
        await over.wait()
    assert heard == [(LAST, 0), (LAST, 2)]
    assert not link.garbled
    assert len(list(Path("/proc/self/fd").iterdir())) == before - 2, "both ends"


async def test_what_is_no_message_is_told_apart_from_the_end(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    over = asyncio.Event()
    link = Link(ours, at_door_from_zygote, lambda *_: None, over.set)
    theirs.send(b"no message")
    async with asyncio.timeout(60):
        await over.wait()
    assert link.garbled
