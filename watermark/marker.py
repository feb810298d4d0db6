"""Marking a table: what one export shows at its rows. Cells that are not masked come back as they were.

`Marker` is one export's; `marks` gives a batch of rows at once, for writers; `mark_table` marks a small table whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from watermark import check, positions
from watermark.errors import TableRefused
from watermark.keyed import Keyed
from watermark.runs import LENGTHS, SLOTS_OF, Carrier, stretch

BATCH: Final = 4096
"""Rows at a time that keep memory flat and the cipher busy."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What an export shows at a batch of rows, in their order.

    Attributes:
        runs: for each carrier the number of stars of each row.
        checks: the six characters of each row's check column.
    """

    runs: Mapping[Carrier, list[int]]
    checks: list[str]


class Marker:
    """One export's marks.

    Args:
        keyed: the secret of the marks.
        serial: the export's serial number, 1 to 2²⁸ - 1, given once and never again.

    Raises:
        SerialRefused: the serial is not one.
    """

    __slots__ = ("_keyed", "_serial")

    def __init__(self, keyed: Keyed, serial: int) -> None:
        self._keyed = keyed
        self._serial = serial
        positions.checks(keyed, np.zeros((0, positions.DIGEST), np.uint8), (serial,))

    def marks(self, rows: Sequence[str]) -> Marks:
        """Return what this export shows at rows.

        Args:
            rows: what each row is, by an id that never changes and is the same in every export; not personal data.
        """
        digests = positions.row_digests(self._keyed, rows)
        thresholds = positions.biases(digests)
        shown = positions.symbols(self._keyed, digests, thresholds, (self._serial,))[0]
        runs: dict[Carrier, list[int]] = {}
        for carrier, slots in SLOTS_OF.items():
            number = shown[:, slots[0]] if len(slots) == 1 else shown[:, slots[0]] * 2 + shown[:, slots[1]]
            runs[carrier] = (number.astype(np.int64) + LENGTHS[carrier].start).tolist()
        return Marks(runs, check.texts(positions.checks(self._keyed, digests, (self._serial,))[0]))


def mark_table(
    marker: Marker, rows: Sequence[Sequence[str]], ids: Sequence[str], columns: Mapping[int, Carrier]
) -> list[list[str]]:
    """Return a table's cells with marked runs, and the check column after the last one.

    Args:
        marker: the export's.
        rows: masked cells, all rows of one width, without a header.
        ids: each row's id, as for `Marker.marks`.
        columns: which columns carry the mark; at most one of each carrier. Others are returned untouched.

    Raises:
        TableRefused: rows of different widths, another number of ids, or a carrier named twice.
    """
    widths = {len(row) for row in rows}
    if len(widths) > 1 or len(ids) != len(rows) or len(set(columns.values())) != len(columns):
        raise TableRefused("watermark.table")
    out: list[list[str]] = []
    for start in range(0, len(rows), BATCH):
        marks = marker.marks(ids[start : start + BATCH])
        for index, row in enumerate(rows[start : start + BATCH]):
            cells = list(row)
            for column, carrier in columns.items():
                cells[column] = stretch(cells[column], carrier, marks.runs[carrier][index])
            cells.append(marks.checks[index])
            out.append(cells)
    return out
