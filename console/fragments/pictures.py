"""Words off pictures, by tesseract where it is installed; pages of a PDF are drawn by poppler's pdftoppm first.

Both run as processes of their own within limits of time, memory and output, and see nothing whose size alone would
fill a machine: a picture is asked for its dimensions before anybody decodes it. Runs of stars are seldom counted right
by eye; the check column and the visible mark are what a picture usually still says.
"""

from __future__ import annotations

import io
import os
import resource
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterable
from pathlib import Path
from typing import IO, Final

from PIL import Image, UnidentifiedImageError

from console.fragments import faults
from console.fragments.faults import FragmentRefused
from console.fragments.pieces import pieces
from watermark.fragment import Fragment, words

MOST_PAGES: Final = 40
MOST_PIXELS: Final = 100_000_000
"""Of one picture or page; A3 at 600 dots an inch has 70 million."""
DPI: Final = 200
_FORMATS: Final = ("PNG", "JPEG", "TIFF", "BMP", "GIF")
_SECONDS: Final = 300
_MEMORY: Final = 4 << 30
_WRITES: Final = 1 << 30


def read_picture(data: bytes) -> Fragment:
    """Return the words of a picture.

    Raises:
        FragmentRefused: it has too many pixels or is broken, tesseract is not installed, or cannot read it.
    """
    _judge(data)
    return words(_words(data))


def words_of_pages(file: IO[bytes], pages: Iterable[int]) -> dict[int, str]:
    """Return the words of some pages of a PDF, at most `MOST_PAGES`, drawn and read by eye.

    Args:
        file: the document.
        pages: which, from 1; none larger than `MOST_PIXELS` at `DPI`.

    Raises:
        FragmentRefused: a program is not installed, or a page cannot be read.
    """
    _program("tesseract")
    draw = _program("pdftoppm")
    said: dict[int, str] = {}
    with tempfile.TemporaryDirectory(prefix="veildesk-trace-") as folder:
        source, drawn = Path(folder, "in.pdf"), Path(folder, "page")
        with source.open("xb") as copy:
            copy.writelines(pieces(file))
        for page in list(pages)[:MOST_PAGES]:
            only = ["-f", str(page), "-l", str(page), "-singlefile", str(source), str(drawn)]
            _run([draw, "-r", str(DPI), "-png", *only], b"")
            said[page] = _words(drawn.with_suffix(".png").read_bytes())
    return said


def installed() -> bool:
    """Whether pages can be read by eye here."""
    return all(map(shutil.which, ("tesseract", "pdftoppm")))


def too_large() -> FragmentRefused:
    """Return the refusal of a picture or page with too many pixels."""
    return FragmentRefused(faults.PIXELS, most=f"{MOST_PIXELS // 1_000_000}")


def _judge(data: bytes) -> None:
    """Refuse what would be too large when it is decoded; headers alone are read."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
                if picture.width * picture.height > MOST_PIXELS:
                    raise too_large()
                if picture.format == "TIFF":
                    _judge_pages(picture)
        except Image.DecompressionBombError:
            raise too_large() from None
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError):
            raise FragmentRefused(faults.BROKEN) from None


def _judge_pages(picture: Image.Image) -> None:
    """A TIFF may have many pages, all of which are read: all of them together count."""
    pixels = page = 0
    while True:
        try:
            picture.seek(page)
        except EOFError:
            return
        pixels += picture.width * picture.height
        page += 1
        if pixels > MOST_PIXELS or page > MOST_PAGES:
            raise too_large()


def _words(data: bytes) -> str:
    command = [_program("tesseract"), "stdin", "stdout", "--psm", "6", "-l", _languages()]
    return _run(command, data).decode("utf-8", "replace")


def _languages() -> str:
    listed = _run([_program("tesseract"), "--list-langs"], b"").decode("utf-8", "replace").split()
    return "+".join(one for one in ("chi_sim", "eng") if one in listed) or "eng"


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise FragmentRefused(faults.OCR_MISSING, program=name)
    return found


def _run(command: list[str], data: bytes) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - our own words, a path of which() and a folder of ours
            command, input=data, capture_output=True, timeout=_SECONDS, check=True, preexec_fn=_limit, env=_around()
        )
    except (subprocess.SubprocessError, OSError):
        raise FragmentRefused(faults.OCR_FAILED) from None
    return done.stdout


def _around() -> dict[str, str]:
    # Threads of its own slow tesseract down wherever the machine has anything else to do.
    return {**os.environ, "OMP_THREAD_LIMIT": "1"}


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITES, _WRITES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
