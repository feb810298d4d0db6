"""Every table of the benchmark, at a size that is asked for, and the figures that requirements name."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from console.bench.measure import Figure
from console.bench.trace import attacks, roads, speed
from console.bench.trace.chance import EXPORTS, MERGES, Field, Trial, tried
from console.bench.trace.copies import house
from console.bench.trace.prints import printed
from console.bench.trace.splits import split
from console.bench.trace.tables import Tables
from masking.imprint import Imprint
from watermark.runs import Carrier

Told = Callable[[str], object]
TRIALS: Final = 10_000
_NAMED: Final = 99.9
_FEW: Final = 60
PRINTS: Final = 200
_SLOW_GOES: Final = 5
_KEPT_FROM: Final = 500
"""Trials from which on it pays to draw all symbols beforehand."""

SINGLE: Final = {
    "250 of 5,000 rows (5 %)": Trial(250),
    "50 rows (1 %)": Trial(50),
    "25 rows": Trial(25),
    "20 rows": Trial(20),
    "15 rows": Trial(15),
    "12 rows": Trial(12),
    "10 rows": Trial(10),
    "5 rows": Trial(5),
    "60 rows, a tenth of the symbols misread": Trial(60, misread=0.1),
    "50 rows, the address column alone": Trial(50, carriers=(Carrier.ADDRESS,)),
    "50 rows, the ID column alone": Trial(50, carriers=(Carrier.ID_NUMBER,)),
    "50 rows, the name column alone": Trial(50, carriers=(Carrier.NAME,)),
    "1 row with its check": Trial(1, checked=True),
    "2 rows with their checks": Trial(2, checked=True),
    "a full page of a PDF (37 rows), its lines' heights alone": Trial(37, carriers=(), heights=True),
    "60 rows of a PDF, their lines' heights alone": Trial(60, carriers=(), heights=True),
    "15 rows of a PDF, run lengths and heights": Trial(15, heights=True),
}
COLLUDERS: Final = ((2, 150), (3, 250), (4, 400), (5, 600))
SPLITS: Final = (
    ("1 copy, 20 rows", 20, 1),
    ("1 copy, 50 rows", 50, 1),
    ("10 of one asker's copies, 250 rows", 250, 10),
)
BY_ASKER: Final[dict[str, tuple[Carrier, ...]]] = {
    "all five symbols the export's": (),
    "name and ID the asker's, address the export's": (Carrier.NAME, Carrier.ID_NUMBER),
    "name the asker's, ID and address the export's": (Carrier.NAME,),
}


def run(*, trials: int = TRIALS, rounds: int = 5, told: Told = print, document: Path | None = None) -> list[Figure]:
    """Measure, and write the tables as Markdown where a document is asked for.

    Args:
        trials: of each line with few rows; those with many take two fifths, each merge a tenth.
        rounds: of the timings.
        told: what goes on.
        document: where the tables go.
    """
    keyed = Imprint(secrets.token_bytes(32), "bench")
    tables = Tables()

    def keep() -> None:
        if document is not None:
            from console.bench.trace.document import markdown  # noqa: PLC0415 - only where it is wanted

            document.write_text(markdown(tables, trials), encoding="utf-8")

    try:
        for part in (_chances, _ways_out, _costs):
            part(keyed, tables, trials, rounds, told)
            keep()
        tables.whole = True
    finally:
        # What was measured until somebody lost patience is kept, and the document says that it is not all.
        keep()
    return _figures(tables)


def _chances(keyed: Imprint, tables: Tables, trials: int, _rounds: int, told: Told) -> None:
    field = Field(keyed, keep=trials >= _KEPT_FROM)
    for name, trial in SINGLE.items():
        told(name)
        tables.single[name] = tried(field, trial, trials if trial.rows <= _FEW else max(4, trials * 2 // 5))
    for colluders, rows in COLLUDERS:
        told(f"{colluders} colluders, {rows} rows")
        for merge in MERGES:
            tables.colluders[colluders, rows, merge] = tried(field, Trial(rows, colluders, merge), max(4, trials // 10))
    told("prints of single cases")
    tables.prints = printed(keyed, min(PRINTS, max(10, trials)))
    for line, rows, merged in SPLITS:
        told(line)
        for name, by_asker in BY_ASKER.items():
            count = max(10, trials // 20)
            tables.splits[line, name] = split(keyed, rows, count, by_asker=by_asker, merged=merged)


def _ways_out(keyed: Imprint, tables: Tables, trials: int, _rounds: int, told: Told) -> None:
    told("roads and attacks")
    few = house(exports=EXPORTS, rows=900, each=600, keyed=keyed)
    for road in roads.ROADS:
        slow = road in roads.CHECKED or " by LibreOffice" in road
        goes = min(_SLOW_GOES, max(2, trials // 500)) if slow else max(2, trials // 500)
        try:
            tables.roads[road] = (*roads.travelled(few, road, goes), goes)
        except roads.RoadClosed as closed:
            tables.roads[road] = str(closed)
    for attack in attacks.ATTACKS:
        tables.attacks[attack] = attacks.attacked(few, attack)


def _costs(keyed: Imprint, tables: Tables, trials: int, rounds: int, told: Told) -> None:
    from console.bench.trace import reading, stored, written  # noqa: PLC0415 - loaded when their turn comes

    told("time of tracing")
    tables.speed += speed.figures(keyed, rounds)
    tables.speed += stored.figures(keyed, rounds)
    told("time of writing")
    tables.speed += written.figures(keyed, rounds)
    told("memory of writing")
    tables.speed += written.memory(written.SIZES if trials >= TRIALS else written.SIZES[:1])
    tables.speed += written.locking_memory(keyed)
    told("memory of reading")
    tables.speed += reading.figures(reading.SIZES if trials >= TRIALS else reading.SIZES[:2])


def _figures(tables: Tables) -> list[Figure]:
    accused, innocent = tables.innocent
    twenty = tables.single["20 rows"]
    three = [share for (colluders, _, _), share in tables.colluders.items() if colluders == 3]  # noqa: PLR2004
    trials = sum(one.trials for one in three)
    return [
        _percent("copies named from 20 rows, p(false) <= 1e-9", 100 * twenty.named / twenty.trials),
        _percent("one of 3 named from 250 rows, seven merges", 100 * sum(one.named for one in three) / trials),
        Figure(
            name=f"innocent copies named, out of {innocent:,}",
            unit="copies",
            value=accused,
            floor=0,
            ratio=0.0 if not accused else float("inf"),
            floored_by="none may be",
        ),
        *tables.speed,
    ]


def _percent(name: str, value: float) -> Figure:
    return Figure(name=name, unit="%", value=value, floor=_NAMED, ratio=value / _NAMED, floored_by="required")
