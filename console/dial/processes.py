"""Media and dialer, started as processes of their own: each with a link to the desk and one to the other, no more."""

from __future__ import annotations

import socket
import subprocess

from console.serve import child
from console.serve.link import pair


def start(
    processes: dict[str, subprocess.Popen[bytes]], host: str, port: int, speech: str, user: str
) -> dict[str, socket.socket]:
    """Start both.

    Args:
        processes: where each is put, by name, as soon as it runs.
        host: IPv4 address to speak SIP at.
        port: for SIP; 0 for any.
        speech: IPv4 address that speech is sent to.
        user: `USER:GROUP` in numbers, whom both become; empty for nobody else.

    Returns:
        The desk's ends of their links, by name.

    Raises:
        OSError: the system has no process or link to give. One that started reads that nobody is there, and goes.
    """
    ends: list[socket.socket] = []

    def linked() -> tuple[socket.socket, socket.socket]:
        ends.extend(pair())
        return ends[-2], ends[-1]

    more = [user] if user else []
    ours: dict[str, socket.socket] = {}
    try:
        desk_media, media = linked()
        desk_dialer, dialer = linked()
        of_media, of_dialer = linked()
        processes["media"] = child.start("console.dial.media", (media, of_dialer), speech, *more)
        processes["dialer"] = child.start("console.dial.process", (dialer, of_media), host, str(port), speech, *more)
        ours = {"media": desk_media, "dialer": desk_dialer}
    finally:
        for end in ends:
            if end not in ours.values():
                end.close()
    return ours
