"""The dialer's and media's end of a link to the desk or each other: whole messages, a file beside one now and then."""

from __future__ import annotations

import socket
from typing import Final, TypeVar

import msgspec

LIMIT: Final = 8 * 1024
"""Bytes of one message."""

T = TypeVar("T")


def read(sock: socket.socket, decoder: msgspec.msgpack.Decoder[T]) -> tuple[T, list[int]] | None:
    """The next message and what travels beside it; None when the other side is gone or is not what it was.

    Raises:
        BlockingIOError: there is none yet.
    """
    try:
        data, descriptors, flags, _ = _next(sock)
    except ConnectionError:
        return None
    if not data or flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        return None
    try:
        return decoder.decode(data), descriptors
    except msgspec.MsgspecError:
        return None


def _next(sock: socket.socket) -> tuple[bytes, list[int], int, object]:
    """Raises: OSError."""
    try:
        return socket.recv_fds(sock, LIMIT, 1)
    except ConnectionResetError:
        # Who went without having read all of ours is told of first, once, and before what they said last.
        return socket.recv_fds(sock, LIMIT, 1)
