"""How long marking and tracing take, and that memory does not grow with the number of exports."""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

import numpy as np

from console.bench.measure import Figure, interleave
from console.bench.trace.copies import COLUMNS, plain_row
from watermark import rowset
from watermark.finders import finders
from watermark.fragment import Fragment
from watermark.keyed import Keyed
from watermark.marker import BATCH, Marker, mark_table
from watermark.registry import Issued, MemoryRegistry
from watermark.trace import Tracer

ROWS: Final = 20_000
EACH: Final = 5_000
SETS: Final = 400
FRAGMENT: Final = 1_000
MARKED: Final = 100_000
PROMISED: Final = 2.0


class _Many:
    """A registry of many exports over some hundred different row sets, made as they are asked for."""

    def __init__(self, rows: MemoryRegistry, sets: Sequence[bytes], exports: int) -> None:
        self._rows, self._sets, self._exports = rows, sets, exports

    def rows_of(self, finders: Sequence[bytes]) -> Mapping[bytes, Sequence[int]]:
        return self._rows.rows_of(finders)

    def ids_of(self, rows: Sequence[int]) -> Mapping[int, str]:
        return self._rows.ids_of(rows)

    def issued(self) -> Iterator[Issued]:
        for serial in range(1, self._exports + 1):
            yield Issued(serial, "S", 0, bytes(bytearray(self._sets[serial % len(self._sets)])))


@dataclass(frozen=True, slots=True)
class Issues:
    """Exports, as many as are asked for, over some hundred row sets; a fragment, and whose copy it is."""

    exports: int
    sets: Sequence[bytes]
    fragment: Fragment
    guilty: int


def issues(keyed: Keyed, exports: int) -> Issues:
    """Draw row sets, and mark the rows of the one that leaked; its check column is cut."""
    rng = np.random.default_rng(2)
    chosen = [np.sort(rng.choice(ROWS, EACH, replace=False)) for _ in range(SETS)]
    guilty = exports // 2
    rows = chosen[guilty % SETS][:FRAGMENT].tolist()
    plain, ids = [plain_row(row) for row in rows], [f"account{row}" for row in rows]
    copy = mark_table(Marker(keyed, guilty), plain, ids, COLUMNS)
    sets = [rowset.pack((numbers + 1).tolist()) for numbers in chosen]
    return Issues(exports, sets, Fragment([row[:-1] for row in copy]), guilty)


def row_finders(keyed: Keyed, index: int) -> list[bytes]:
    """By what a row is known again."""
    row = plain_row(index)
    return finders(keyed, numbers=row[:1], phones=row[4:5], amounts=row[5:6], days=row[6])


def figures(keyed: Keyed, rounds: int, exports: int = 10_000) -> list[Figure]:
    """Measure tracing over so many exports, beside a tenth of them, and marking beside copying the cells."""
    known = MemoryRegistry()
    for index in range(ROWS):
        known.add_row(f"account{index}", row_finders(keyed, index))
    given = issues(keyed, exports)
    fragment, guilty, sets = given.fragment, given.guilty, given.sets
    clocks: list[float] = []

    def trace(count: int) -> float:
        start, clock = time.process_time(), time.perf_counter()
        found = Tracer({1: keyed}, _Many(known, sets, count)).trace(fragment)
        taken = time.process_time() - start
        if count == exports:
            clocks.append(time.perf_counter() - clock)
        if count == exports and found.candidates[0].serial != guilty:
            raise AssertionError
        return taken

    times = interleave(rounds, {"many": lambda: trace(exports), "tenth": lambda: trace(exports // 10)})
    peaks = {count: _peak(partial(trace, count)) for count in (exports // 10, exports)}
    traced = Figure(
        name=f"trace {FRAGMENT:,} rows over {exports:,} exports of {EACH:,} rows",
        unit="s",
        value=times["many"],
        floor=PROMISED,
        ratio=times["many"] / PROMISED,
        floored_by="what is promised, at most",
        peers={"by the clock, at best": min(clocks), f"over {exports // 10:,} exports": times["tenth"]},
        rounds=rounds,
    )
    memory = Figure(
        name=f"memory at its highest while tracing over {exports:,} exports",
        unit="MB",
        value=peaks[exports],
        floor=peaks[exports // 10],
        ratio=peaks[exports] / peaks[exports // 10],
        floored_by=f"the same over {exports // 10:,}",
        rounds=1,
    )
    return [traced, memory, _marking(keyed, rounds)]


def _peak(work: Callable[[], float]) -> float:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _marking(keyed: Keyed, rounds: int) -> Figure:
    ids = [f"account{index}" for index in range(MARKED)]
    plain = [plain_row(index % ROWS) for index in range(MARKED)]

    def marks() -> float:
        start = time.process_time()
        marker = Marker(keyed, 1)
        for at in range(0, MARKED, BATCH):
            marker.marks(ids[at : at + BATCH])
        return time.process_time() - start

    def table() -> float:
        start = time.process_time()
        mark_table(Marker(keyed, 1), plain, ids, COLUMNS)
        return time.process_time() - start

    def copied() -> float:
        start = time.process_time()
        _ = [[*row, ""] for row in plain]
        return time.process_time() - start

    times = interleave(rounds, {"marks": marks, "table": table, "copied": copied})
    return Figure(
        name=f"draw the marks of {MARKED:,} rows",
        unit="s",
        value=times["marks"],
        floor=times["copied"],
        ratio=times["marks"] / times["copied"],
        floored_by="copying the rows",
        peers={"marks put into the cells as well": times["table"]},
        rounds=rounds,
    )
