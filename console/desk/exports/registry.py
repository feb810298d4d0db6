"""What the desk keeps of every export, as the tracer reads it. Opens no customer: keyed hashes and row numbers only.

Rows of `export_row` and `export_finder` prove nothing by themselves; an export that does not prove itself is left out,
so that nobody is accused by a row written past the desk.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, select

from access.store.proof import RowProofs
from access.store.schema import export_file, export_finder, export_request, export_row, person
from watermark.registry import Issued
from watermark.runs import Carrier

_PART: Final = 500


class ExportRegistry:
    """Every export that was made, on one connection.

    Args:
        connection: Read only; lives as long as the trace does.
        proofs: Checks the rows of exports; without it, none is checked and the caller answers for them.
    """

    def __init__(self, connection: Connection, proofs: RowProofs | None = None) -> None:
        self._connection = connection
        self._proofs = proofs

    def rows_of(self, finders: Sequence[bytes]) -> Mapping[bytes, Sequence[int]]:
        """Return the row numbers stored under keyed hashes; unknown hashes are left out."""
        found: dict[bytes, list[int]] = {}
        for start in range(0, len(finders), _PART):
            part = list(finders[start : start + _PART])
            query = select(export_finder.c.hash, export_finder.c.row_no).where(export_finder.c.hash.in_(part))
            for row in self._connection.execute(query):
                found.setdefault(bytes(row.hash), []).append(row.row_no)
        return found

    def ids_of(self, rows: Sequence[int]) -> Mapping[int, str]:
        """Return the ids of row numbers."""
        found: dict[int, str] = {}
        for start in range(0, len(rows), _PART):
            query = select(export_row.c.no, export_row.c.row_id).where(
                export_row.c.no.in_([int(one) for one in rows[start : start + _PART]])
            )
            found |= {row.no: row.row_id for row in self._connection.execute(query)}
        return found

    def issued(self) -> Iterator[Issued]:
        """Return every export that was made, oldest first."""
        files, last = export_file, ""
        while True:
            query = select(files).where(files.c.id > last).order_by(files.c.id).limit(_PART)
            page = self._connection.execute(query).mappings().all()
            if not page:
                return
            last = str(page[-1]["id"])
            ids = [row["id"] for row in page]
            asked = select(export_request).where(export_request.c.id.in_(ids))
            requests = self._connection.execute(asked).mappings().all()
            if self._proofs is not None:
                page = self._proofs.holding(self._connection, files, page)
                requests = self._proofs.holding(self._connection, export_request, requests)
            known = {row["id"]: row for row in requests}
            staff = self._staff_numbers({row["asker_id"] for row in requests})
            for row in page:
                request = known.get(row["id"])
                if request is not None:
                    yield Issued(
                        serial=request["serial"],
                        asker=staff.get(request["asker_id"], request["asker_id"]),
                        asked_at=request["asked_at"],
                        rows=bytes(row["rows_held"]),
                        carriers=frozenset(Carrier(one) for one in row["carriers"].split(",") if one),
                        checked=bool(row["checked"]),
                        digest=bytes(row["content"]),
                        key_version=row["key_version"],
                        recipient=request["recipient"],
                    )

    def _staff_numbers(self, ids: set[str]) -> dict[str, str]:
        query = select(person.c.id, person.c.staff_no).where(person.c.id.in_(ids))
        return {row.id: row.staff_no for row in self._connection.execute(query)}
