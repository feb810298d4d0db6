"""A visitor's one terminal: a pty between the SSH channel and a session process, bytes both ways, nothing read in them.

Only ENQ, which no screen ever needs, does not pass. Neither side can make the front door keep what the other does not
take: reading stops instead. However a session ends, the visitor's terminal is put back; after an end that was not the
session's own, it is wiped first.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import re
import struct
import termios
import tty
from typing import Final, Protocol

from console.modes import put_back

_CHUNK: Final = 65536
_KEPT: Final = 65536  # typed bytes that the session has not read yet
_WIDTH: Final = (20, 500)
_HEIGHT: Final = (5, 200)
_KIND: Final = re.compile(r"[A-Za-z0-9._+-]{1,32}\Z")
_PLAIN: Final = "xterm-256color"

_KEYS_AS_USUAL: Final = "\x1b[<u"  # kitty's keyboard, where screens that did not end well left it
_MODES_OFF: Final = put_back(_KEYS_AS_USUAL).encode()
_ENQUIRY: Final = b"\x05"
_WIPE: Final = b"\x1b[0m\x1b[2J\x1b[H"
_FORGET: Final = b"\x1b[3J"


class Outlet(Protocol):
    """The visitor's side."""

    def write(self, data: bytes) -> None:
        """Send to the visitor's terminal."""
        ...

    def pause_reading(self) -> None:
        """Take no more from the visitor for now."""
        ...

    def resume_reading(self) -> None:
        """Take again."""
        ...


def kind_of(said: str) -> str:
    """The terminal's kind, if that is a name; else the usual one."""
    return said if _KIND.match(said) else _PLAIN


class Terminal:
    """Args: where the visitor is, and the size said by it, in cells."""

    def __init__(self, outlet: Outlet, width: int, height: int) -> None:
        self._outlet = outlet
        self._loop = asyncio.get_running_loop()
        self._ours, self.theirs = os.openpty()
        self._typed = bytearray()
        self._open = True
        self._held = False
        # Before the screens stand, keys are neither echoed nor turned into signals.
        tty.setraw(self.theirs)
        os.set_blocking(self._ours, False)
        self.resize(width, height)
        self._loop.add_reader(self._ours, self._shown)

    def hand_over(self) -> None:
        """The session has its end; ours is closed, so that its end is noticed."""
        os.close(self.theirs)

    def resize(self, width: int, height: int) -> None:
        """The visitor's window changed; absurd sizes are brought to the nearest that make sense."""
        if not self._open:
            return
        width = max(_WIDTH[0], min(width or 80, _WIDTH[1]))
        height = max(_HEIGHT[0], min(height or 24, _HEIGHT[1]))
        fcntl.ioctl(self._ours, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))

    def type(self, data: bytes) -> None:
        """The visitor typed."""
        if not self._open:
            return
        self._typed += data
        self._flush()

    def hold(self) -> None:
        """The visitor does not take more for now."""
        if self._open and not self._held:
            self._held = True
            self._loop.remove_reader(self._ours)

    def go_on(self) -> None:
        """The visitor takes again."""
        if self._open and self._held:
            self._held = False
            self._loop.add_reader(self._ours, self._shown)

    def close(self) -> None:
        """Hang up: the kernel tells the session."""
        if self._open:
            self._open = False
            self._loop.remove_reader(self._ours)
            self._loop.remove_writer(self._ours)
            os.close(self._ours)

    def end(self, *, well: bool, parting: bytes = b"") -> None:
        """The session is over: show what it still wrote, put the visitor's terminal back, say a last line there."""
        if self._open and not self._held:
            self._shown()
        self.close()
        self._outlet.write((_MODES_OFF if well else _WIPE + _MODES_OFF + _FORGET) + parting)

    def _shown(self) -> None:
        try:
            data = os.read(self._ours, _CHUNK)
        except BlockingIOError:
            return
        except OSError:
            # The session closed its end; how it ended is told by who forked it.
            self._loop.remove_reader(self._ours)
            return
        if data:
            # A terminal's answerback may say anything, and would be taken for somebody's typing.
            self._outlet.write(data.replace(_ENQUIRY, b""))
        else:
            self._loop.remove_reader(self._ours)

    def _flush(self) -> None:
        while self._typed:
            try:
                taken = os.write(self._ours, self._typed)
            except BlockingIOError:
                self._loop.add_writer(self._ours, self._flush)
                break
            except OSError:
                self._typed.clear()
                break
            del self._typed[:taken]
        if not self._typed:
            with contextlib.suppress(OSError, ValueError):
                self._loop.remove_writer(self._ours)
        if len(self._typed) > _KEPT:
            self._outlet.pause_reading()
        else:
            self._outlet.resume_reading()
