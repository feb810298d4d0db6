"""A file that somebody writes to while it is read is refused: the log would have the digest of another one.

A file from a drop is a private copy; any other lies where others may write. Its size, its inode and the instant of its
last change, which the kernel sets, are what they were before its digest was taken, or it is another file.
"""

from __future__ import annotations

from pathlib import Path
from types import TracebackType

from console.desk.imports.faults import Code, FileRefused, whole_file

Stamp = tuple[int, int, int, int]


class Unchanged:
    """Around the reading of a file: that nobody changed it since this was made.

    Args:
        path: the file.

    Raises:
        FileRefused: `FILE_UNREADABLE`: it cannot be looked at.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._before = _stamp(path)
        if self._before is None:
            raise whole_file(Code.FILE_UNREADABLE)

    def __enter__(self) -> None:
        """Nothing is to be done before."""

    def __exit__(self, kind: type[BaseException] | None, wrong: object, trace: TracebackType | None) -> None:
        """Refuse a file that was changed, also where reading it broke on that.

        Raises:
            FileRefused: `FILE_CHANGED`.
        """
        if kind is not None and issubclass(kind, FileRefused):
            return
        if _stamp(self._path) != self._before:
            raise whole_file(Code.FILE_CHANGED) from None


def _stamp(path: Path) -> Stamp | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size, found.st_ctime_ns
