"""Ends of links that are found by path, handed over by whoever started the service, or inherited; who is at the other.

The kernel says who is at the other end (SO_PEERCRED). systemd hands a listening socket over as sd_listen_fds(3) says.
"""

from __future__ import annotations

import os
import socket
import struct
from pathlib import Path
from typing import Final

FIRST_HANDED: Final = 3
_CREDENTIALS: Final = struct.Struct("3i")
_BACKLOG: Final = 4
_MODE: Final = 0o117  # what is taken away: nobody but owner and group may connect


def handed_socket() -> socket.socket | None:
    """The one listening socket that this process was started with, if it was.

    Raises:
        ValueError: there are several.
    """
    count, meant_for = os.environ.pop("LISTEN_FDS", ""), os.environ.pop("LISTEN_PID", "")
    if meant_for != str(os.getpid()) or not count:
        return None
    if count != "1":
        raise ValueError(count)
    os.set_inheritable(FIRST_HANDED, False)  # noqa: FBT003 - its only argument
    return socket.socket(fileno=FIRST_HANDED)


def listening_socket(path: Path) -> socket.socket:
    """A socket of ours at this path; one left behind by a process that is no more is replaced.

    Raises:
        OSError: it cannot be made there.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    path.unlink(missing_ok=True)
    before = os.umask(_MODE)
    try:
        made.bind(str(path))
        made.listen(_BACKLOG)
    except OSError:
        made.close()
        raise
    finally:
        os.umask(before)
    return made


def peer_of(link: socket.socket) -> int:
    """The user id at the other end, as the kernel knows it."""
    _, user, _ = _CREDENTIALS.unpack(link.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _CREDENTIALS.size))
    return int(user)


def connected(said: str) -> socket.socket:
    """The end that is meant by the number of a descriptor of this process, or by the path of a socket.

    Raises:
        OSError: nobody listens there.
    """
    if said.isdecimal():
        end = socket.socket(fileno=int(said))
        end.set_inheritable(False)
        return end
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        end.connect(said)
    except OSError:
        end.close()
        raise
    return end
