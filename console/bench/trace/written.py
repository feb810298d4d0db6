"""What marks cost the writers of files: the desk's own, with and without marks in one run, and their memory.

Time is the processor's, so that a busy neighbour changes nothing; the clock's stands beside.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Final

from access.roles import Role
from console.bench.measure import Figure, interleave, most_memory
from console.desk.exports import writers
from console.desk.exports.chain import Reach
from console.desk.exports.columns import columns
from console.desk.exports.gather import Line
from console.desk.exports.sheet import Sheet
from console.package import locking
from console.texts import Texts
from masking.catalogue import Catalogue
from masking.imprint import Imprint
from watermark.keyed import Keyed

COLUMNS: Final = (
    "full_name",
    "id_number",
    "mobile",
    "home_address",
    "principal",
    "due_amount",
    "days_past_due",
    "due_date",
)
ROWS: Final = {"csv": 50_000, "xlsx": 10_000, "pdf": 2_000}
PROMISED: Final = {"csv": 1.5, "xlsx": 1.4, "pdf": 1.4}
SIZES: Final = (10_000, 100_000, 1_000_000)
_PAGE: Final = 500
_MARK: Final = "VX-000007 · S0021 李 · 2026-11-23 03:00 · recipient"
_LOCKED: Final = {"xlsx": (5_000, 50_000), "pdf": (2_000, 20_000)}


def sheet(keyed: Keyed | None) -> Sheet:
    """Return a sheet of eight columns, three of them with marks where there is a key."""
    found = columns(Catalogue.load(), COLUMNS, Role.SUPERVISOR, Reach.INTERNAL, "display")
    if found is None:
        raise AssertionError
    return Sheet(found, Texts("zh_CN"), _MARK, keyed, 7)


def pages(rows: int) -> Iterator[list[Line]]:
    """Return masked rows as the desk gathers them, made as they are asked for."""
    for start in range(0, rows, _PAGE):
        yield [_line(index) for index in range(start, min(rows, start + _PAGE))]


def _line(index: int) -> Line:
    money = 86_000 + index * 7919 % 9_000_000
    values = (
        "王李张刘陈杨黄赵"[index % 8] + "*",
        f"{1 + index % 6}****************{index % 10}",
        f"138****{index * 7 % 10000:04d}",
        ("浙江省杭州市西湖区****", "北京市朝阳区****", "四川省成都市****")[index % 3],
        money,
        money + 4_200,
        index % 400,
        f"2026-{1 + index % 12:02d}-{1 + index % 28:02d}",
    )
    return Line(f"{index:032x}", f"C-2026-{index:07d}", values)


def write(kind: str, keyed: Keyed | None, rows: int, folder: Path) -> tuple[float, float]:
    """Write a file and remove it; returns seconds of the processor and of the clock."""
    ready = list(pages(rows))
    path = folder / f"file.{kind}"
    path.touch()
    made = sheet(keyed)
    start, clock = time.process_time(), time.perf_counter()
    writers.write(kind, path, made, ready)
    taken = time.process_time() - start, time.perf_counter() - clock
    path.unlink()
    return taken


def figures(keyed: Keyed, rounds: int) -> list[Figure]:
    """Measure every format that this desk writes, marked beside unmarked."""
    with tempfile.TemporaryDirectory(prefix="veildesk-written-") as folder:
        return [_cost(kind, keyed, rounds, Path(folder)) for kind in writers.FORMATS]


def _cost(kind: str, keyed: Keyed, rounds: int, folder: Path) -> Figure:
    rows = ROWS[kind]
    clocks: dict[str, list[float]] = {"marked": [], "unmarked": []}

    def go(name: str, key: Keyed | None) -> float:
        spent, clock = write(kind, key, rows, folder)
        clocks[name].append(clock)
        return spent

    times = interleave(rounds, {"marked": partial(go, "marked", keyed), "unmarked": partial(go, "unmarked", None)})
    ratio = times["marked"] / times["unmarked"]
    return Figure(
        name=f"write {rows:,} rows as {kind.upper()}: {ratio:.2f}× the unmarked file, {PROMISED[kind]}× at most",
        unit="s",
        value=times["marked"],
        floor=times["unmarked"],
        ratio=ratio,
        floored_by="the same file without marks",
        peers={f"{name}, by the clock": min(taken) for name, taken in clocks.items()},
        rounds=rounds,
    )


def memory(sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """Measure the most memory that writing takes, each file in a process of its own."""
    out = []
    for kind in writers.FORMATS:
        peaks = {size: _peak(kind, size) for size in sizes}
        least, most = peaks[sizes[0]], peaks[sizes[-1]]
        out.append(
            Figure(
                name=f"memory at its highest while writing {sizes[-1]:,} rows as {kind.upper()}",
                unit="MB",
                value=most,
                floor=least,
                ratio=most / least,
                floored_by=f"{sizes[0]:,} rows",
                peers={f"{size:,} rows": peaks[size] for size in sizes[1:-1]},
                rounds=1,
            )
        )
    return out


def locking_memory(keyed: Keyed) -> list[Figure]:
    """Measure the most memory that locking with a password takes, each file in a process of its own."""
    out = []
    with tempfile.TemporaryDirectory(prefix="veildesk-locked-") as folder:
        for kind, sizes in _LOCKED.items():
            peaks = []
            for rows in sizes:
                path = Path(folder, f"{rows}.{kind}")
                path.touch()
                writers.write(kind, path, sheet(keyed), pages(rows))
                peaks.append((_peak(kind, str(path)), path.stat().st_size / 1e6))
            (least, small), (most, large) = peaks
            out.append(
                Figure(
                    name=f"memory at its highest while locking {sizes[1]:,} rows as {kind.upper()}, {large:.1f} MB",
                    unit="MB",
                    value=most,
                    floor=least,
                    ratio=most / least,
                    floored_by=f"{sizes[0]:,} rows, {small:.1f} MB",
                    rounds=1,
                )
            )
    return out


def _peak(kind: str, what: int | str) -> float:
    command = [sys.executable, "-m", __name__, kind, str(what)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - our own interpreter
    return float(done.stdout)


def _alone(kind: str, rows: int) -> float:
    """Write in this process, and return the most memory that it ever held, in MB."""
    with tempfile.TemporaryDirectory(prefix="veildesk-written-") as folder:
        path = Path(folder, f"file.{kind}")
        path.touch()
        writers.write(kind, path, sheet(Imprint(bytes(32), "bench")), pages(rows))
    return most_memory()


def _lock(kind: str, path: Path) -> float:
    """Lock a file in this process, and return the most memory that it ever held, in MB."""
    target = path.with_suffix(".locked")
    target.touch()
    locking.lock(kind, path, target, path.name, locking.draw())
    return most_memory()


if __name__ == "__main__":
    wanted = sys.argv[2]
    found = _alone(sys.argv[1], int(wanted)) if wanted.isdigit() else _lock(sys.argv[1], Path(wanted))
    sys.stdout.write(f"{found:.1f}")
