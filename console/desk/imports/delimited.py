"""Rows of a delimited text file, streamed: delimiter found by what makes the header recognisable, quotes strict.

Nothing is guessed about damage: a quote left open at the end of the file is a truncated file, a quote in the wrong
place is refused with its line. Lines and cells have a length limit, so that a hostile file cannot fill memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

from console.desk.imports.encoding import detect
from console.desk.imports.faults import Code, FileRefused, whole_file

Cells = Sequence[object]
Progress = Callable[[int, int], None]

DELIMITERS: Final = (",", ";", "\t", "|", "，")
SAMPLE_ROWS: Final = 24
_LINE_LIMIT: Final = 1_000_000


class DelimitedFile:
    """A CSV file whose encoding is proved and whose delimiter is known.

    Args:
        path: the file.
        score: how many columns a few first rows let recognise; the delimiter that scores best is taken.
        encoding: as `detect` proved it, where that is done already.

    Raises:
        FileRefused: empty, binary, mixed encodings, no table under any delimiter.
    """

    def __init__(self, path: Path, score: Callable[[list[Cells]], int], encoding: str = "") -> None:
        self._path = path
        self.size = path.stat().st_size
        self.encoding = encoding or detect(path)
        self.done = 0
        best: tuple[int, int] = (0, 0)
        self.delimiter = ","
        for delimiter in DELIMITERS:
            sample = self._sample(delimiter)
            rank = (score(sample), max(map(len, sample), default=0))
            if rank > best:
                best, self.delimiter = rank, delimiter

    def _sample(self, delimiter: str) -> list[Cells]:
        rows: list[Cells] = []
        try:
            with closing(self._read(delimiter)) as reading:
                for row in reading:
                    rows.append(row)
                    if len(rows) >= SAMPLE_ROWS:
                        break
        except FileRefused:
            # Damage under this delimiter is told when, and if, the file is read with it.
            return rows
        return rows

    def rows(self) -> Generator[Cells, None, None]:
        """Every record, title and blank ones included; `done` counts bytes read meanwhile.

        Raises:
            FileRefused: quotes broken or left open, a line too long.
        """
        return self._read(self.delimiter)

    def _read(self, delimiter: str) -> Generator[Cells, None, None]:
        with self._path.open("rb") as raw, io.TextIOWrapper(raw, encoding=self.encoding, newline="") as file:
            reader = csv.reader(self._lines(file), delimiter=delimiter, strict=True)
            try:
                for number, row in enumerate(reader):
                    if not number & 255:
                        self.done = raw.tell()
                    yield row
            except csv.Error as error:
                # The module's message may quote the cell; only its kind is taken.
                said, line = str(error), str(reader.line_num)
            else:
                self.done = self.size
                return
        if "unexpected end" in said:
            raise whole_file(Code.FILE_TRUNCATED, line)
        raise whole_file(Code.FILE_LINE_TOO_LONG if "limit" in said else Code.FILE_QUOTES, line)

    @staticmethod
    def _lines(file: io.TextIOWrapper) -> Generator[str, None, None]:
        number = 0
        while line := file.readline(_LINE_LIMIT):
            number += 1
            if len(line) == _LINE_LIMIT and not line.endswith("\n"):
                raise whole_file(Code.FILE_LINE_TOO_LONG, str(number))
            yield line
