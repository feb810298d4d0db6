"""The copy mark on screens: it moves no cell, touches no datum, and what a terminal hands out names the session."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from console.tui.colours import MEASURE, Measuring
from console.tui.screens.trace import TraceScreen
from tests.support.fake_desk import MARK, FakeDesk
from tests.support.terminal import PATIENCE, seated
from tests.tui.test_xterm import display
from watermark.copy_mark import packed_readings
from watermark.screen_trace.match import Match, best_match, signs_of

pytestmark = pytest.mark.clause("issue-4", "C-5.4d-1")

SCRIPT = Path(__file__).resolve().parents[1] / "support" / "screen_on_fake.py"
PRINTING = 'while sleep 1; do printf "\\033[i" || exit; done & exec "$@"'
SELECTOR = re.compile("[\ufe00-\ufe07]")
WORDS = signs_of(
    [*(int.from_bytes(np.random.default_rng(one).bytes(16), "big") >> 1 for one in range(50)), int(MARK, 16)]
)


def whose(text: str) -> Match:
    """The best match among fifty sessions and the one at the fake desk."""
    return best_match([np.frombuffer(one, ">i2") for one in packed_readings(text)], WORDS)


def fake(*, copies: bool) -> FakeDesk:
    """A desk that wants copies marked, or not."""
    desk = FakeDesk()
    desk.copies = copies
    return desk


async def written(*, copies: bool) -> str:
    """The queue's whole frame as it is written to a terminal."""
    async with seated("agent", desk=fake(copies=copies)) as seat:
        update = seat.app.marker.frame(seat.screen._compositor.render_update(full=True))
        return update.render_segments(seat.app.console)


async def test_with_the_selectors_taken_out_every_byte_is_as_without() -> None:
    plain, marked = await written(copies=False), await written(copies=True)
    assert SELECTOR.search(plain) is None
    assert len(SELECTOR.findall(marked)) > 300
    assert SELECTOR.sub("", marked) == plain
    for found in SELECTOR.finditer(marked):
        assert marked[found.start() - 1] == " "


async def test_a_terminal_that_would_count_cells_gets_none_and_person_and_desk_are_told() -> None:
    async with seated("agent", desk=fake(copies=True), language="en") as seat:
        assert seat.app.marker._copies is not None
        seat.app.copies = None
        seat.app._measured(narrow=False)
        await seat.settle()
        assert [seat.app.marker._copies] == [None]
        assert "copies unmarked" in seat.text
        said = [call.colours for call in seat.desk.calls if type(call).__name__ == "NoteColours"]  # type: ignore[attr-defined]
        assert said == ["no_copies"]


@pytest.mark.parametrize(("answer", "narrow"), [("\x1b[1;2R", True), ("\x1b[1;3R", False), ("\x1b[1;80R", False)])
def test_the_answer_is_taken_out_of_what_is_typed(answer: str, narrow: bool) -> None:  # noqa: FBT001
    heard: list[bool] = []
    measuring = Measuring(heard.append, closed=True)
    assert measuring.rest("a\x1b[1;2Rb") == "a\x1b[1;2Rb", "a key until something was asked"
    measuring.open()
    passed = "".join(measuring.rest(part) for part in ("x\x1b", answer[1:4], answer[4:] + "y"))
    assert heard == [narrow]
    assert passed in {"xy", "x\x1by"}
    assert measuring.rest("\x1b[1;2R") == "\x1b[1;2R"
    assert MEASURE.startswith("\x1b7"), "the cursor goes back"


async def test_pasted_text_of_a_screen_is_asked_for_as_that() -> None:
    from textual import events  # noqa: PLC0415

    from console.desk.api.marks import TraceScreen as Asked  # noqa: PLC0415

    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", await written(copies=True))
    async with seated("auditor", language="en") as seat:
        await seat.app.action_go_to("trace")
        await seat.settle()
        await seat.press("n")
        seat.screen.post_message(events.Paste(text))
        await seat.settle()
        await seat.press("enter")
        (asked,) = seat.desk.asked(Asked)
        assert asked.text
        assert best_match([np.frombuffer(one, ">i2") for one in asked.readings], WORDS).word == 50
        await seat.until("1204 sessions")
        await seat.press("escape")
        assert isinstance(seat.screen, TraceScreen)


@contextmanager
def tmux(folder: Path) -> Iterator[list[str]]:
    """The screens of an agent inside tmux."""
    order = ["tmux", "-S", str(folder / "s"), "-u", "-f", "/dev/null"]
    program = f"{sys.executable} {SCRIPT} agent zh_CN"
    environment = {**os.environ, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COPIES": "1", "TERM": "xterm-256color"}
    environment.pop("TMUX", None)
    begin = [*order, "new-session", "-d", "-x", "100", "-y", "30", program]
    subprocess.run(begin, check=True, env=environment, timeout=PATIENCE)
    try:
        yield order
    finally:
        subprocess.run([*order, "kill-server"], check=False, capture_output=True, timeout=PATIENCE)


@pytest.mark.slow
@pytest.mark.debian("tmux")
def test_what_tmux_hands_out_names_the_session_and_has_every_cell_in_its_place(tmp_path: Path) -> None:
    with tmux(tmp_path) as order:
        end, text = time.monotonic() + PATIENCE, ""
        while not (SELECTOR.search(text) and "K7QF2M" in text) and time.monotonic() < end:
            shown = subprocess.run([*order, "capture-pane", "-p"], check=True, capture_output=True, timeout=PATIENCE)
            text = shown.stdout.decode()
    found = whose(text)
    assert (found.named, found.word) == (True, 50), text
    rows = [row for row in text.splitlines() if "C-2026" in row]
    part = whose("\n".join(rows[:2]))
    assert (part.named, part.word) == (True, 50)
    assert not whose(text.encode("ascii", "ignore").decode()).named


@pytest.mark.slow
@pytest.mark.debian("Xvfb", "xterm")
def test_what_xterm_keeps_of_a_screen_names_the_session(tmp_path: Path) -> None:
    printed = tmp_path / "printed"
    environment = {key: value for key, value in os.environ.items() if key not in {"COLORTERM", "NO_COLOR"}}
    with display() as where:
        xterm = subprocess.Popen(
            [
                *("xterm", "-u8", "-fn", "fixed", "-geometry", "100x30+0+0"),
                *("-xrm", f"XTerm*printerCommand: cat >> {printed}", "-xrm", "XTerm*printAttributes: 0"),
                # Told to print its screen, it hands out the text of its cells.
                *("-e", "sh", "-c", PRINTING, "sh"),
                *(sys.executable, str(SCRIPT), "agent", "zh_CN"),
            ],
            env={**environment, "DISPLAY": where, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "COPIES": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            end, found = time.monotonic() + PATIENCE, best_match([], WORDS)
            while not found.named and time.monotonic() < end:
                time.sleep(0.5)
                found = whose(printed.read_text("utf-8", "replace") if printed.exists() else "")
        finally:
            xterm.terminate()
            xterm.wait(PATIENCE)
    assert (found.named, found.word) == (True, 50)
