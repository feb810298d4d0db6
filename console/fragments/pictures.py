"""Words off pictures, by tesseract where it is installed; pages of a PDF are drawn by poppler's pdftoppm first.

Both run as processes of their own within limits of time, memory and output. Runs of stars are seldom counted right by
eye; the check column and the visible mark are what a picture usually still says.
"""

from __future__ import annotations

import resource
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from console.fragments import faults
from console.fragments.faults import FragmentRefused
from watermark.fragment import Fragment, lines

MOST_PAGES: Final = 40
_SECONDS: Final = 300
_MEMORY: Final = 4 << 30
_WRITES: Final = 1 << 30
_DPI: Final = "200"


def read_picture(data: bytes) -> Fragment:
    """Return the words of a picture.

    Raises:
        FragmentRefused: tesseract is not installed, or cannot read it.
    """
    found = lines(_words(data))
    return Fragment(found.rows, loose=True, texts=found.texts) if found.loose else found


def words_of_pages(data: bytes) -> str:
    """Return the words of a PDF's first pages, drawn and read by eye.

    Raises:
        FragmentRefused: a program is not installed, or a page cannot be read.
    """
    _program("tesseract")
    with tempfile.TemporaryDirectory(prefix="veildesk-trace-") as folder:
        source = Path(folder, "in.pdf")
        source.write_bytes(data)
        command = [_program("pdftoppm"), "-r", _DPI, "-png", "-l", str(MOST_PAGES), str(source), str(Path(folder, "p"))]
        _run(command, b"")
        return "\n".join(_words(page.read_bytes()) for page in sorted(Path(folder).glob("p*.png")))


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
            command, input=data, capture_output=True, timeout=_SECONDS, check=True, preexec_fn=_limit
        )
    except (subprocess.SubprocessError, OSError):
        raise FragmentRefused(faults.OCR_FAILED) from None
    return done.stdout


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_WRITES, _WRITES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
