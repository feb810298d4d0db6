"""The dialer's and media's end of a link to the desk or each other: whole messages, a file beside one now and then."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import Final, TypeVar

import msgspec

from console.unreadable import UNREADABLE

LIMIT: Final = 8 * 1024
"""Bytes of one message."""

T = TypeVar("T")


def read(sock: socket.socket, decoder: msgspec.msgpack.Decoder[T], beside: int = 0) -> tuple[T, list[int]] | None:
    """The next message and what travels beside it; None when the other side is gone or is not what it was.

    Args:
        sock: the end.
        decoder: of what the other side says.
        beside: how many descriptors may come with a message; whoever sends more is not what it was.

    Raises:
        BlockingIOError: there is none yet.
    """
    try:
        data, descriptors, flags, _ = _next(sock, beside)
    except ConnectionError:
        return None
    whole = bool(data) and not flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC)
    try:
        message = decoder.decode(data) if whole else None
    except UNREADABLE:
        message = None
    if message is None:
        close_all(descriptors)
        return None
    return message, descriptors


def close_all(descriptors: Sequence[int]) -> None:
    """Close descriptors that nobody wants."""
    for descriptor in descriptors:
        os.close(descriptor)


def _next(sock: socket.socket, beside: int) -> tuple[bytes, list[int], int, object]:
    """Raises: OSError."""
    try:
        return socket.recv_fds(sock, LIMIT, beside)
    except ConnectionResetError:
        # Who went without having read all of ours is told of first, once, and before what they said last.
        return socket.recv_fds(sock, LIMIT, beside)
