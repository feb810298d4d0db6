"""A program on a real pseudo-terminal, seen through a terminal emulator, and every byte it wrote."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from pathlib import Path
from typing import Any, Self

import pexpect
import pyte

KEYS = {
    "enter": "\r",
    "escape": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "ctrl+c": "\x03",
    "ctrl+l": "\x0c",
    "ctrl+n": "\x0e",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
    "ctrl+x": "\x18",
    "ctrl+z": "\x1a",
}
_PATIENCE = 60.0


def _hear_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGQUIT):
        signal.signal(number, signal.SIG_DFL)


class PtyScreen:
    """Start a Python script on a terminal; wait for words, never for time."""

    patience = _PATIENCE
    """Seconds that `until` and `ended` wait."""

    def __init__(self, script: Path, *args: str, size: tuple[int, int] = (80, 24), **environment: str) -> None:
        self._begin(sys.executable, [str(script), *args], size, environment)

    @classmethod
    def of(cls, program: str, args: list[str], *, size: tuple[int, int] = (80, 24), **environment: str) -> Self:
        """Start any program on a terminal."""
        screen = cls.__new__(cls)
        screen._begin(program, args, size, environment)
        return screen

    def _begin(self, program: str, args: list[str], size: tuple[int, int], environment: dict[str, str]) -> None:
        width, height = size
        env = {**os.environ, "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", **environment}
        self.child: Any = pexpect.spawn(
            program,
            args,
            dimensions=(height, width),
            encoding="utf-8",
            env=env,
            timeout=_PATIENCE,
            # Whoever runs the tests in the background of a shell ignores interrupts; a terminal's programs do not.
            preexec_fn=_hear_interrupts,
        )
        self.screen = pyte.Screen(width, height)
        self._stream = pyte.Stream(self.screen)
        self.raw = ""

    def pump(self, seconds: float = 0.05) -> bool:
        """Take in what was written; False once the program has ended."""
        if self.child.closed:
            return False
        try:
            data = self.child.read_nonblocking(65536, timeout=seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.raw += data
        # pyte prints the letter of a private sequence that it does not know.
        try:
            self._stream.feed(re.sub(r"\x1b\[[<>=][0-9;]*u", "", data))
        except TypeError:
            # What is cut off within a sequence is ended by the next program's first letter, which pyte does not bear.
            self._stream = pyte.Stream(self.screen)
        return True

    @property
    def text(self) -> str:
        """What the terminal shows; the second cell of a wide character is nothing."""
        # Not pyte's `display`, which stumbles over a wide character that was overwritten by half.
        lines = (self.screen.buffer[y] for y in range(self.screen.lines))
        return "\n".join("".join(line[x].data for x in range(self.screen.columns)) for line in lines)

    def until(self, words: str, *, gone: bool = False) -> str:
        """Wait for words to be there, or no longer."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end:
            alive = self.pump()
            if (words in self.text) is not gone:
                return self.text
            if not alive:
                break
        raise AssertionError(f"{'still' if gone else 'never'} {words!r}:\n{self.text}")

    def quiet(self) -> str:
        """Wait until nothing more is written for a moment."""
        before = -1
        while len(self.raw) != before:
            before = len(self.raw)
            self.pump(0.2)
        return self.text

    def press(self, *keys: str) -> None:
        """Type."""
        for key in keys:
            self.child.send(KEYS.get(key, key))
            self.pump(0.02)

    def down_to(self, words: str) -> None:
        """Move the upper list's mark down until it stands before these words; each move is seen before the next."""
        self.until("▶ ")
        while words not in (before := self._marked()):
            self.press("down")
            end = time.monotonic() + self.patience
            while self._marked() in ("", before):
                if time.monotonic() > end or not self.pump():
                    raise AssertionError(f"the mark does not come to {words!r}:\n{self.text}")
            self.quiet()

    def _marked(self) -> str:
        """What stands after the first mark."""
        return self.text.partition("▶ ")[2].partition("\n")[0]

    def resize(self, width: int, height: int) -> None:
        """Make the terminal's window another size."""
        self.screen.resize(height, width)
        self.child.setwinsize(height, width)

    def until_size(self, width: int, height: int) -> None:
        """Wait until the program has drawn to the window's last row and, in some row, to its last columns."""
        end = time.monotonic() + self.patience
        while time.monotonic() < end and self.pump():
            rows = self.screen.display
            if len(rows) == height and rows[-1].strip() and max(len(row.rstrip()) for row in rows) > width - 8:
                return
        raise AssertionError(f"never filled {width}×{height}:\n{self.text}")

    def lose(self) -> int:
        """Close the terminal under the program, as a closed window does, and wait for its end; its exit status."""
        self.child.ptyproc.fileobj.close()
        end = time.monotonic() + self.patience
        while self.child.ptyproc.isalive():
            assert time.monotonic() < end, "the program outlived its terminal"
            time.sleep(0.02)
        self.child.ptyproc.closed = self.child.closed = True
        return int(self.child.ptyproc.exitstatus or -(self.child.ptyproc.signalstatus or 0))

    def ended(self) -> int:
        """Wait for the program to end; its exit status."""
        end = time.monotonic() + self.patience
        while self.pump() and time.monotonic() < end:
            pass
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -(self.child.signalstatus or 0))
