"""Captures of real terminal emulators: xterm and kitty on an X server that nobody sees, shown frames of a demo desk.

Each capture is whole and of one frame: the screen is cleared to a colour first, the emulator answers that it took the
frame, and two captures in a row must be alike. What else stands in the window stays in the picture.
"""

from __future__ import annotations

import os
import select
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Final

import numpy as np
from PIL import Image

from console.bench.screens import Frame, written

_PATIENCE: Final = 60.0
_PAUSE: Final = 0.05
_ROOM: Final = (11, 22)  # pixels of the X server's screen for each cell
_CLEAR: Final = b"\x1b[0m\x1b[48;2;90;20;90m\x1b[2J\x1b[H"
_NEEDED: Final = ("Xvfb", "xwd")
_INK: Final = 0.3  # of a line of the screen that is not black where there is a window
_XTERM: Final = ("xterm", "-b", "0", "-bw", "0", "+sb", "-fa", "DejaVu Sans Mono", "-geometry")
_KITTY: Final = ("kitty", "--config", "NONE", "-o", "remember_window_size=no", "-o", "update_check_interval=0")
_POINTS: Final = 10


def there() -> tuple[str, ...]:
    """Which emulators are installed, none without an X server to show them on."""
    if not all(shutil.which(one) for one in _NEEDED):
        return ()
    return tuple(one for one in ("xterm", "kitty") if shutil.which(one))


def fill(folder: Path, frames: Sequence[Frame], packed: Sequence[str], told: Callable[[str], object]) -> None:
    """Capture frames in every emulator until the folder has one for every word; what is there stays.

    Args:
        folder: gets files `KIND.WORD.png`, KIND saying emulator, theme and size.
        frames: what is shown, in turn.
        packed: words of sessions; each is shown in every emulator, in one theme and size.
        told: what goes on.

    Raises:
        TimeoutError: an emulator never showed one.
    """
    folder.mkdir(exist_ok=True)
    kinds = sorted({(frame.size, frame.theme) for frame in frames})
    pools = {kind: [frame for frame in frames if (frame.size, frame.theme) == kind] for kind in kinds}
    for emulator in there():
        for size in sorted({size for size, _ in kinds}):
            wanted = []
            for number, word in enumerate(packed):
                kind = kinds[number % len(kinds)]
                path = folder / f"{emulator} {kind[1]} {kind[0][0]}×{kind[0][1]}.{word}.png"
                if kind[0] == size and not path.exists():
                    wanted.append((path, pools[kind][number // len(kinds) % len(pools[kind])], word))
            for (path, _, _), image in zip(
                wanted, captures(emulator, size, [(frame, word) for _, frame, word in wanted]), strict=False
            ):
                image.save(path)
            told(f"{emulator}, {size[0]}×{size[1]}: {len(wanted)} captures")


def filled(folder: Path) -> Iterator[tuple[str, str, Image.Image]]:
    """The captures in a folder: kind, word, picture."""
    for path in sorted(folder.glob("*.*.png"), key=lambda path: path.suffixes):
        kind, packed = path.stem.rsplit(".", 1)
        with Image.open(path) as file:
            yield kind, packed, file.convert("RGB")


def captures(emulator: str, size: tuple[int, int], shown: Sequence[tuple[Frame, str | None]]) -> Iterator[Image.Image]:
    """A capture of each frame with the mark of its word, in one window.

    Args:
        emulator: `xterm` or `kitty`.
        size: columns and rows.
        shown: frames of this size, each with a packed word or without a mark.

    Raises:
        TimeoutError: the emulator never showed one.
    """
    if not shown:
        return
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="veildesk-bench-")))
        where = stack.enter_context(_display(size))
        orders, answers = stack.enter_context(_window(emulator, size, where, folder))
        page = folder / "page"

        def show(data: bytes, good: Callable[[Image.Image], bool]) -> Image.Image:
            page.write_bytes(data)
            orders.write(f"{page}\n".encode())
            if not select.select([answers], [], [], _PATIENCE)[0]:
                raise TimeoutError
            answers.readline()
            return _still(where, good)

        for frame, word in shown:
            show(_CLEAR, _one_colour)
            yield _window_of(show(written(frame, word).encode(), lambda image: not _one_colour(image)))


@contextmanager
def _display(size: tuple[int, int]) -> Iterator[str]:
    screen = f"{size[0] * _ROOM[0]}x{size[1] * _ROOM[1]}x24"
    reading, writing = os.pipe()
    with subprocess.Popen(  # noqa: S603 - the X server
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", screen, "-nolisten", "tcp"],  # noqa: S607
        pass_fds=(writing,),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as server:
        os.close(writing)
        try:
            with os.fdopen(reading) as told:
                yield f":{told.readline().strip()}"
        finally:
            server.terminate()


@contextmanager
def _window(emulator: str, size: tuple[int, int], where: str, folder: Path) -> Iterator[tuple[IO[bytes], IO[bytes]]]:
    """An emulator that shows what it is told; where to tell it, and where it answers."""
    orders, answers = folder / "orders", folder / "answers"
    os.mkfifo(orders)
    os.mkfifo(answers)
    # Not in the emulator's own environment: kitty has a Python of its own.
    paths = "PYTHONPATH=" + os.pathsep.join(path for path in sys.path if path)
    program = ("env", paths, sys.executable, "-P", "-m", "console.bench.shown", str(orders), str(answers))
    columns, rows = size
    if emulator == "xterm":
        order = [*_XTERM, f"{columns}x{rows}+0+0", "-fs", str(_POINTS), "-e", *program]
    else:
        sides = ("-o", f"initial_window_width={columns}c", "-o", f"initial_window_height={rows}c")
        order = [*_KITTY, *sides, "-o", f"font_size={_POINTS}", *program]
    with subprocess.Popen(  # noqa: S603 - the emulators named above
        order, env=_environment(where), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as window:
        try:
            # Opened both ways, so that an emulator that never comes stops nobody.
            with orders.open("r+b", 0) as told, answers.open("r+b", 0) as done:
                yield told, done
        finally:
            window.terminate()


def _environment(where: str) -> Mapping[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in {"COLORTERM", "NO_COLOR", "WAYLAND_DISPLAY"}}
    return {**kept, "DISPLAY": where, "LANG": "C.UTF-8", "LIBGL_ALWAYS_SOFTWARE": "1"}


def _still(where: str, good: Callable[[Image.Image], bool]) -> Image.Image:
    """The screen once it shows what it should and rests."""
    before, end = b"", time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        dump = subprocess.run(  # noqa: S603 - a program of the X server's
            ["xwd", "-root", "-silent", "-display", where],  # noqa: S607
            check=True,
            capture_output=True,
            timeout=_PATIENCE,
        ).stdout
        if dump == before:
            image = _image(dump)
            if good(image):
                return image
        before = dump
        time.sleep(_PAUSE)
    raise TimeoutError


def _image(dump: bytes) -> Image.Image:
    """What a dump of a screen shows (X11/XWDFile.h): three or four bytes a pixel, the lowest first."""
    head = struct.unpack(">25I", dump[:100])
    size, width, height, each, line, colours = head[0], head[4], head[5], head[11] // 8, head[12], head[19]
    lines = np.frombuffer(dump, np.uint8, line * height, size + colours * 12).reshape(height, line)
    pixels = lines[:, : width * each].reshape(height, width, each)
    return Image.fromarray(np.ascontiguousarray(pixels[..., [2, 1, 0]]))


def _window_of(screen: Image.Image) -> Image.Image:
    """The part of the screen that is not black."""
    there = np.asarray(screen).max(2) > 0
    rows, columns = np.flatnonzero(there.mean(1) > _INK), np.flatnonzero(there.mean(0) > _INK)
    return screen.crop((int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1))


def _one_colour(screen: Image.Image) -> bool:
    """Whether the window is cleared, but for a cursor."""
    pixels = np.asarray(screen).reshape(-1, 3)
    lit = pixels[pixels.max(1) > 0]
    return bool(len(lit)) and float((lit == (90, 20, 90)).all(1).mean()) > 0.9  # noqa: PLR2004
