"""The exports of the benchmark, under a key for tests."""

from __future__ import annotations

from console.bench.trace.copies import COLUMNS, STRATEGIES, House, Table, merged, plain_row
from console.bench.trace.copies import house as keyed_house
from masking.imprint import Imprint
from watermark.keyed import Keyed

__all__ = ["COLUMNS", "KEYED", "STRATEGIES", "House", "Table", "house", "merged", "plain_row"]

KEYED = Imprint(bytes(range(32)), "exports")


def house(exports: int, rows: int, each: int, keyed: Keyed = KEYED) -> House:
    """Issue exports of random rows."""
    return keyed_house(exports, rows, each, keyed)
