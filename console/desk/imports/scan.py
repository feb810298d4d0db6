"""One file from its bytes to typed rows and faults: everything that needs neither keys nor the store.

The same code serves a dry run, a small file and the worker process of a large one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from functools import cache
from itertools import chain, count, islice
from pathlib import Path

from console.desk.imports import forbidden, units
from console.desk.imports.columns import Plan, Planner, Wishes, hits
from console.desk.imports.delimited import Cells, DelimitedFile
from console.desk.imports.encoding import detect
from console.desk.imports.faults import Code, FileRefused, whole_file
from console.desk.imports.fields import Kind
from console.desk.imports.rows import Reply, RowReader
from console.desk.imports.table import Table, find_table, header_hits
from console.desk.imports.workbook import WorkbookFile, looks_like_workbook
from masking.catalogue import Catalogue


@dataclass(slots=True)
class Scan:
    """A file whose columns are decided, ready to be read once.

    Attributes:
        plan: what each column is.
        table: header and what was skipped, counted while rows are read.
    """

    plan: Plan
    table: Table
    _file: DelimitedFile | WorkbookFile
    _reader: RowReader
    _rows: Iterator[tuple[int, Cells]]

    @property
    def done(self) -> int:
        """Bytes read so far, of `size`."""
        return self._file.done

    @property
    def size(self) -> int:
        """Bytes of the file."""
        return self._file.size

    def rows(self) -> Iterator[Reply]:
        """Every data row, typed or with its faults.

        Raises:
            FileRefused: damage, forbidden content, or no data row at all.
        """
        for _, replies in self.chunks(1, 0, 1):
            yield from replies

    def chunks(self, size: int, share: int, shares: int) -> Iterator[tuple[int, list[Reply]]]:
        """Data rows by the chunk, of every chunk that falls to one of several readers.

        Args:
            size: rows of a chunk.
            share: which reader this is, from 0.
            shares: how many there are; the others' chunks are counted past.

        Raises:
            FileRefused: damage, forbidden content, or no data row at all.
        """
        read, chunk = self._reader.read, -1
        for chunk in count():
            rows = list(islice(self._rows, size))
            if not rows:
                break
            if chunk % shares == share:
                yield chunk, [read(number, cells) for number, cells in rows]
        if chunk == 0:
            raise whole_file(Code.FILE_NO_ROWS)


def proved_encoding(path: Path) -> str:
    """The encoding of a text file, read once for everybody who is going to read it; none of a workbook.

    Raises:
        FileRefused: the whole file cannot be taken.
    """
    try:
        return "" if looks_like_workbook(path) else detect(path)
    except OSError:
        raise whole_file(Code.FILE_UNREADABLE) from None


def scan(
    path: Path,
    kind: Kind,
    catalogue: Catalogue,
    wishes: Wishes,
    today: date,
    *,
    encoding: str = "",
    currency: str = "CNY",
) -> Scan:
    """Open a file, find its table, decide its columns, look for what may not be held.

    Args:
        path: the file.
        kind: what it brings.
        catalogue: headers of fields.
        wishes: columns asked for.
        today: for days past due that the lender did not count.
        encoding: of a text file, where it is proved already.
        currency: the only one that is taken.

    Raises:
        FileRefused: the whole file cannot be taken.
    """

    # The first rows are looked at over and over: under every delimiter, as a header and as what stands below one.
    @cache
    def known(names: tuple[str, ...]) -> int:
        return hits(catalogue, kind, names)

    def names_known(names: list[str]) -> int:
        return known(tuple(names))

    def score(rows: list[Cells]) -> int:
        return header_hits(rows, names_known)

    with ExitStack() as refused:
        try:
            file = WorkbookFile(path, score) if looks_like_workbook(path) else DelimitedFile(path, score, encoding)
            stream = file.rows()
            # What is refused is not read on: its file is closed here, not when the error has been forgotten.
            refused.callback(stream.close)
            table = find_table(stream, names_known)
            plan = Planner(catalogue, kind, wishes).plan(table.header.names, table.peek)
            units.require_plain(table.above, plan.amounts, currency)
            table.key = plan.bill.index
            rows = table.rows()
            sample = list(islice(rows, forbidden.SAMPLE))
        except OSError:
            raise whole_file(Code.FILE_UNREADABLE) from None
        forbidden.inspect(plan.headers, [cells for _, cells in sample], plan.unmapped)
        refused.pop_all()
    return Scan(plan, table, file, RowReader(plan, today, currency), chain(sample, rows))


__all__ = ["FileRefused", "Scan", "proved_encoding", "scan"]
