"""The dialer's and media's end of a link to the desk or each other: whole messages, a file beside one now and then."""

from __future__ import annotations

import socket
from typing import Final, TypeVar

import msgspec

from console import links

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
        return links.read(sock, decoder, LIMIT, beside)
    except links.NoMessage:
        return None
