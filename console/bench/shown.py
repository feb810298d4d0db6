"""What runs in a terminal emulator that is measured: shows one frame after another, as it is told.

Every line it reads from its order pipe is a file; what is in it goes to the terminal, and once the terminal has
answered that it took everything, a line goes back.
"""

from __future__ import annotations

import os
import sys
import termios
import tty
from pathlib import Path
from typing import Final

_ASK: Final = b"\x1b[6n"
_ANSWERED: Final = b"R"
_BEGIN: Final = b"\x1b[?1049h\x1b[?25l"


def main(orders: str, answers: str) -> None:
    """Until the orders end."""
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    tty.setraw(terminal)
    try:
        with Path(orders).open(encoding="utf-8") as told, Path(answers).open("w", encoding="utf-8") as done:
            for line in told:
                sys.stdout.buffer.write(_BEGIN + Path(line.rstrip("\n")).read_bytes() + _ASK)
                sys.stdout.buffer.flush()
                while os.read(terminal, 1) not in {_ANSWERED, b""}:
                    pass
                done.write("\n")
                done.flush()
    finally:
        termios.tcsetattr(terminal, termios.TCSANOW, before)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
