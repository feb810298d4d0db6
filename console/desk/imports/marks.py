"""What stood in a file before: keyed marks, and a number with each, beside memory rather than in it.

A file of a million rows has a million of them. They lie in a database of SQLite's own that has no name, starts in
memory, and goes to an unlinked temporary file when it outgrows its cache. A mark is a keyed entry: nothing can be read
from it, and it is gone with whoever held it.
"""

from __future__ import annotations

import sqlite3
from typing import Final

_CACHE_KIB: Final = 8 * 1024
_PREPARED: Final = (
    f"PRAGMA cache_size = -{_CACHE_KIB}",
    "PRAGMA temp_store = FILE",
    "PRAGMA journal_mode = OFF",
    "PRAGMA synchronous = OFF",
    "CREATE TABLE mark (mark BLOB PRIMARY KEY, number INTEGER NOT NULL) WITHOUT ROWID",
    "BEGIN",
)


class Marks:
    """Marks of one file. Made anywhere, used by one thread."""

    def __init__(self) -> None:
        self._kept: sqlite3.Connection | None = None

    def first(self, mark: bytes, row: int) -> int:
        """The row in which a mark stood first; this one when it is new."""
        number = self._number(mark)
        if number is None:
            self._put(mark, row)
            return row
        return number

    def count(self, mark: bytes) -> int:
        """How often a mark has stood, this time among them."""
        number = (self._number(mark) or 0) + 1
        self._put(mark, number)
        return number

    def clear(self) -> None:
        """Forget them all."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def _open(self) -> sqlite3.Connection:
        if self._kept is None:
            # A job is made on one thread and works on another.
            self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            for statement in _PREPARED:
                self._kept.execute(statement)
        return self._kept

    def _number(self, mark: bytes) -> int | None:
        found = self._open().execute("SELECT number FROM mark WHERE mark = ?", (mark,)).fetchone()
        return None if found is None else int(found[0])

    def _put(self, mark: bytes, number: int) -> None:
        self._open().execute("INSERT OR REPLACE INTO mark VALUES (?, ?)", (mark, number))
