"""Reading whole messages from another process of ours over SOCK_SEQPACKET, with the descriptors beside them.

What is said, how long it may be and what follows when it is over is each link's own (`serve.link`, `dial.links`).
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Sequence
from typing import TypeVar

import msgspec

from console.unreadable import UNREADABLE

T = TypeVar("T")


class NoMessage(Exception):
    """The other side said what is no message: it is not what it was."""


def read(
    sock: socket.socket, decoder: msgspec.msgpack.Decoder[T], limit: int, beside: int
) -> tuple[T, list[int]] | None:
    """The next message and the descriptors beside it, which are the caller's; None when the other side is gone.

    Args:
        sock: the end.
        decoder: of what the other side says.
        limit: bytes of one message.
        beside: how many descriptors may come with one.

    Raises:
        BlockingIOError: there is none yet.
        NoMessage: see the class; nothing that came beside it stays open.
    """
    try:
        data, descriptors, flags, _ = _next(sock, limit, beside)
    except ConnectionError:
        return None
    if not data and not descriptors:
        return None
    whole = not flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC)
    try:
        if whole:
            return decoder.decode(data), descriptors
    except UNREADABLE:
        pass
    close_all(descriptors)
    raise NoMessage


def close_all(descriptors: Sequence[int]) -> None:
    """Close descriptors that nobody wants."""
    for descriptor in descriptors:
        with contextlib.suppress(OSError):
            os.close(descriptor)


def _next(sock: socket.socket, limit: int, beside: int) -> tuple[bytes, list[int], int, object]:
    """Raises: OSError."""
    try:
        return socket.recv_fds(sock, limit, beside)
    except ConnectionResetError:
        # Who went without having read all of ours is told of first, once, and before what they said last.
        return socket.recv_fds(sock, limit, beside)
