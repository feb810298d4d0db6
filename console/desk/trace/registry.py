"""What is kept of every export, as the tracer reads it. Rows that do not prove themselves are reported and left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from access.store.proof import NEWEST, RowProofs, newest_version
from access.store.schema import export_file, export_finder, export_request, export_row
from watermark.registry import Issued
from watermark.runs import Carrier

_PAGE: Final = 240
_ASKED: Final = 500


class ExportRegistry:
    """Satisfies `watermark.registry.Registry` on one connection, which nobody else uses meanwhile."""

    def __init__(self, connection: Connection, proofs: RowProofs) -> None:
        self._connection = connection
        self._proofs = proofs

    def rows_of(self, finders: Sequence[bytes]) -> Mapping[bytes, Sequence[int]]:
        """Return the row numbers stored under keyed hashes."""
        found: dict[bytes, list[int]] = defaultdict(list)
        for start in range(0, len(finders), _ASKED):
            where = export_finder.c.hash.in_(finders[start : start + _ASKED])
            for finder, number in self._connection.execute(
                select(export_finder.c.hash, export_finder.c.row_no).where(where)
            ):
                found[bytes(finder)].append(number)
        return found

    def ids_of(self, rows: Sequence[int]) -> Mapping[int, str]:
        """Return the ids of row numbers."""
        found: dict[int, str] = {}
        query = select(export_row.c.no, export_row.c.row_id)
        for start in range(0, len(rows), _ASKED):
            where = export_row.c.no.in_(rows[start : start + _ASKED])
            found.update((number, row_id) for number, row_id in self._connection.execute(query.where(where)))
        return found

    def issued(self) -> Iterator[Issued]:
        """Return every export that was made, a page at a time."""
        last = ""
        query = (
            select(
                export_file,
                newest_version(export_file).label(NEWEST),
                export_request.c.serial,
                export_request.c.asker_id,
                export_request.c.asked_at,
                export_request.c.recipient,
            )
            .join(export_request, export_request.c.id == export_file.c.id)
            .order_by(export_file.c.id)
            .limit(_PAGE)
        )
        while rows := self._connection.execute(query.where(export_file.c.id > last)).mappings().all():
            last = rows[-1]["id"]
            for row in self._proofs.holding(self._connection, export_file, rows):
                yield Issued(
                    serial=row["serial"],
                    asker=row["asker_id"],
                    asked_at=row["asked_at"],
                    rows=row["rows_held"],
                    carriers=frozenset(Carrier(one) for one in row["carriers"].split(",") if one),
                    checked=bool(row["checked"]),
                    digest=row["content"],
                    key_version=row["key_version"],
                    recipient=row["recipient"],
                )
