"""The invisible mark in a real xterm: asked for its colours, it gets the shades, and its window names the session."""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import pytest

from tests.support.fake_desk import MARK
from tests.support.terminal import PATIENCE
from watermark.screen_trace.match import best_match, signs_of
from watermark.screen_trace.picture import Brightness
from watermark.screen_trace.signs import readings

pytestmark = [pytest.mark.slow, pytest.mark.debian("Xvfb", "xterm", "xwd")]

SCRIPT = Path(__file__).resolve().parents[1] / "support" / "screen_on_fake.py"
WITH_ID = 'echo $$ > "$0"; exec "$@"'
OTHERS = [int.from_bytes(np.random.default_rng(number).bytes(16), "big") >> 1 for number in range(500)]


@contextmanager
def display() -> Iterator[str]:
    """An X server with a screen that nobody sees, on a number that is free."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1000x700x24", "-nolisten", "tcp"],
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(PATIENCE)


@contextmanager
def window(where: str, told: Path) -> Iterator[None]:
    """The screens of a head in an xterm, which says of itself no more than SSH would pass on."""
    environment = {key: value for key, value in os.environ.items() if key not in {"COLORTERM", "NO_COLOR"}}
    xterm = subprocess.Popen(
        [
            *("xterm", "-fn", "fixed", "-geometry", "120x40+0+0", "-e", "sh", "-c", WITH_ID, str(told)),
            *(sys.executable, str(SCRIPT), "supervisor", "zh_CN"),
        ],
        env={**environment, "DISPLAY": where, "LANG": "C.UTF-8"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        if told.exists() and told.read_text().strip():
            with suppress(ProcessLookupError):
                os.kill(int(told.read_text()), signal.SIGKILL)
        xterm.terminate()
        xterm.wait(PATIENCE)


def capture(where: str) -> Brightness:
    """What the X server's screen shows (X11/XWDFile.h)."""
    dump = subprocess.run(
        ["xwd", "-root", "-silent", "-display", where], check=True, capture_output=True, timeout=PATIENCE
    ).stdout
    head = struct.unpack(">25I", dump[:100])
    size, width, height, order, line, colours = head[0], head[4], head[5], head[7], head[12], head[19]
    start = size + colours * 12
    pixels = np.frombuffer(dump, np.uint8, line * height, start).reshape(height, line // 4, 4)[:, :width]
    red, green, blue = (2, 1, 0) if order == 0 else (1, 2, 3)
    bright = 0.299 * pixels[..., red] + 0.587 * pixels[..., green] + 0.114 * pixels[..., blue]
    return np.asarray(bright, np.float32)


@pytest.mark.clause("C-5.4d-1", "issue-4")
def test_a_real_xterm_that_is_asked_shows_the_mark_and_its_picture_names_the_session(tmp_path: Path) -> None:
    words = signs_of([*OTHERS, int(MARK, 16)])
    with display() as where, window(where, tmp_path / "id"):
        end = time.monotonic() + PATIENCE
        found = best_match([], words)
        while not found.named and time.monotonic() < end:
            picture = capture(where)
            if float(picture.std()) > 1.0:
                found = best_match(readings(picture), words)
    assert found.named, found
    assert found.word == len(OTHERS)
