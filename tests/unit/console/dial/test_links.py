"""Links between desk, dialer and media: whole messages, and every one that was said before somebody went."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from console.dial import links, messages
from console.dial.messages import Discard, Prepared
from console.serve.link import pair

pytestmark = pytest.mark.clause("issue-5")
LAST = Prepared(call_id="c1", ready=True)


@pytest.fixture
def ends() -> Iterator[tuple[socket.socket, socket.socket]]:
    ours, theirs = pair()
    yield ours, theirs
    ours.close()
    theirs.close()


@pytest.mark.parametrize("within", [30.0, 0.0])
@pytest.mark.parametrize("unread", [0, 1, 3])
def test_last_words_are_read_whatever_was_left_unread(
    ends: tuple[socket.socket, socket.socket], unread: int, within: float
) -> None:
    ours, theirs = ends
    ours.settimeout(within)
    for _ in range(unread):
        ours.send(messages.encode(Discard(call_id="c1")))
    for _ in range(2):
        theirs.send(messages.encode(LAST))
    theirs.close()
    assert [links.read(ours, messages.at_desk_from_media) for _ in range(3)] == [(LAST, []), (LAST, []), None]


def test_nothing_yet_is_not_the_end(ends: tuple[socket.socket, socket.socket]) -> None:
    ours, theirs = ends
    ours.settimeout(0)
    with pytest.raises(BlockingIOError):
        links.read(ours, messages.at_desk_from_media)
    theirs.send(b"no message")
    assert links.read(ours, messages.at_desk_from_media) is None
