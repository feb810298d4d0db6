"""Loading a lender's file: cases a second from the call to published, beside writing the same finished rows bare.

The floor takes the rows that the import left (sealed, indexed, proven) and inserts them with `executemany` into an
empty database of the same schema, one transaction. What stands between the two is reading, checking, sealing, staging.
Beside them: what memory it took, at that many cases and at a quarter of them, and how long another writer waited.
"""

from __future__ import annotations

import sqlite3
import statistics
import time
from pathlib import Path
from typing import Final

from access.store.engine import open_engine
from access.store.migrations import migrate
from console.bench import import_watched
from console.bench.desks import Told, empty_desk, import_into, lenders_file
from console.bench.measure import Figure

_FEWER: Final = 4
_TABLES: Final = ("case_file", "account", "case_seals", "blind_entry")


async def run(folder: Path, *, rounds: int = 3, cases: int = 50_000, told: Told = print) -> list[Figure]:
    """Measure an import.

    Args:
        folder: an empty directory, on the disk that matters.
        rounds: rounds of each contender.
        cases: debtors in the file.
        told: what goes on.
    """
    told(f"writing a lender's file of {cases} debtors")
    file = lenders_file(folder, cases)
    rates: dict[str, list[float]] = {"desk": [], "the same rows bare": [], "pause": []}
    for number in range(rounds):
        told(f"round {number + 1} of {rounds}")
        desk = await empty_desk(folder / f"home-{number}")
        try:
            report, took = await import_into(desk, file)
        finally:
            await desk.stop()
        rates["desk"].append(report.new_cases / took)
        rates["pause"].append(report.longest_pause / 1000)
        rates["the same rows bare"].append(report.new_cases / _bare(desk.home.database, folder / f"bare-{number}.db"))
    told("watching its memory")
    watched = import_watched.watch(file)
    fewer = max(cases // _FEWER, 1)
    smaller = import_watched.watch(lenders_file(folder, fewer))
    file.unlink()
    medians = {name: statistics.median(values) for name, values in rates.items()}
    return [
        Figure(
            name=f"import of {cases} cases",
            unit="cases/s",
            value=medians["desk"],
            floor=medians["the same rows bare"],
            ratio=medians["desk"] / medians["the same rows bare"],
            floored_by="the same rows bare",
            peers={
                "longest pause of other writers, ms, as reported": medians["pause"],
                "longest wait of another writer, ms, as it was": watched.wait,
                "peak memory of the desk and its workers, MB": watched.memory,
                f"peak memory of the desk and its workers at {fewer} cases, MB": smaller.memory,
            },
            rounds=rounds,
        )
    ]


def _bare(source: Path, target: Path) -> float:
    """Seconds to insert the import's rows into an empty database of the same schema."""
    engine = open_engine(f"sqlite:///{target}")
    migrate(engine)
    engine.dispose()
    reader = sqlite3.connect(f"file:{source}?mode=ro", uri=True)
    rows = {table: reader.execute(f"SELECT * FROM {table}").fetchall() for table in _TABLES}  # noqa: S608 - our tables
    reader.close()
    writer = sqlite3.connect(target, isolation_level=None)
    writer.execute("PRAGMA journal_mode=WAL")
    writer.execute("PRAGMA synchronous=FULL")
    writer.execute("PRAGMA cache_size=-131072")
    start = time.perf_counter()
    writer.execute("BEGIN IMMEDIATE")
    for table, found in rows.items():
        if found:
            marks = ",".join("?" * len(found[0]))
            writer.executemany(f"INSERT INTO {table} VALUES ({marks})", found)  # noqa: S608 - our tables
    writer.execute("COMMIT")
    took = time.perf_counter() - start
    writer.close()
    return took
