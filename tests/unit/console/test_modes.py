"""However screens end, a terminal has every mode as it was: what Textual turns on is turned off, on both ways out."""

from __future__ import annotations

import asyncio
import os
import re
from pathlib import Path

import pytest
import textual

from console.serve import terminal
from console.serve.terminal import Terminal
from console.tui import start

pytestmark = [pytest.mark.clause("issue-4", "T11")]

SAID = re.compile(r"(?:\\x1b|\\033|\\u001b)\[\?([0-9;]+)([hl])", re.IGNORECASE)
AS_USUAL = {("7", "h"), ("25", "h")}
"""On before anything began."""
OPPOSITE = {"h": "l", "l": "h"}
BEYOND_TEXTUAL = {"1002"}
"""Turned on by other programs that a taken-over session could play."""


def changed() -> set[tuple[str, str]]:
    """Every mode that Textual changes anywhere, and how."""
    found = set()
    for path in sorted(Path(textual.__file__).parent.rglob("*.py")):
        code = "\n".join(line for line in path.read_text("utf-8").splitlines() if not line.lstrip().startswith("#"))
        found |= {(mode, how) for modes, how in SAID.findall(code) for mode in modes.split(";")}
    return found


@pytest.mark.parametrize("reset", [start.RESET, terminal._MODES_OFF.decode()], ids=["here", "at the door"])
def test_every_mode_that_textual_turns_on_is_turned_off(reset: str) -> None:
    on = {mode for mode, how in changed() if how == "h"}
    assert {"1000", "1003", "1004", "1006", "1015", "1016", "1049", "2004", "2026", "2048"} <= on, "they are found"
    put = re.findall(r"\x1b\[\?([0-9]+)([hl])", reset)
    assert len(put) == len(set(put))
    usual = {mode for mode, _ in AS_USUAL}
    assert set(put) == AS_USUAL | {(mode, "l") for mode in on - usual | BEYOND_TEXTUAL}


def test_the_alternate_screen_is_left_after_what_is_reported_is_off() -> None:
    assert start.RESET.index("\x1b[?1049l") == start.RESET.rindex("\x1b[?", 0, start.RESET.index("\x1b[?7h"))


class Outlet:
    """A visitor's terminal."""

    def __init__(self) -> None:
        self.shown = b""
        self.came = asyncio.Event()

    def write(self, data: bytes) -> None:
        self.shown += data
        self.came.set()

    def pause_reading(self) -> None:
        raise AssertionError

    def resume_reading(self) -> None:
        raise AssertionError


async def test_no_visitors_terminal_is_asked_for_its_answerback() -> None:
    outlet = Outlet()
    pty = Terminal(outlet, 80, 24)
    os.write(pty.theirs, b"a\x05b\x05")
    os.write(pty.theirs, "\u56fd\x05.".encode())
    async with asyncio.timeout(60):
        while not outlet.shown.endswith(b"."):
            outlet.came.clear()
            await outlet.came.wait()
    assert outlet.shown == "ab\u56fd.".encode()
    pty.hand_over()
    pty.close()
