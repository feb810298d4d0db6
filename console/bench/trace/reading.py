"""How much memory reading a leaked file takes: each file in a process of its own, small ones beside large ones."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from console.bench.measure import Figure, most_memory
from console.fragments.packing import pack
from console.fragments.pieces import opened
from console.fragments.read import read_fragment

SIZES: Final = (10_000, 100_000, 1_000_000)
_BLOCK: Final = 10_000


def figures(sizes: tuple[int, ...] = SIZES) -> list[Figure]:
    """Measure the most memory that reading and packing a CSV takes."""
    with tempfile.TemporaryDirectory(prefix="veildesk-read-") as folder:
        path = Path(folder, "leak.csv")
        peaks = {}
        for size in sizes:
            write(path, size)
            peaks[size] = peak(path)
    least, most = peaks[sizes[0]], peaks[sizes[-1]]
    return [
        Figure(
            name=f"memory at its highest while reading {sizes[-1]:,} leaked rows",
            unit="MB",
            value=most,
            floor=least,
            ratio=most / least,
            floored_by=f"{sizes[0]:,} rows",
            peers={f"{size:,} rows": peaks[size] for size in sizes[1:-1]},
            rounds=1,
        )
    ]


def write(path: Path, rows: int) -> None:
    """Write a CSV as it might have leaked; no block of it is like another."""
    with path.open("w", encoding="utf-8") as out:
        for start in range(0, rows, _BLOCK):
            out.writelines(map(_line, range(start, min(rows, start + _BLOCK))))


def peak(path: Path) -> float:
    """Return the most memory that reading a file takes, in MB."""
    done = subprocess.run([sys.executable, "-m", __name__, path], check=True, capture_output=True, text=True)  # noqa: S603 - our own interpreter
    return float(done.stdout)


def _line(row: int) -> str:
    stars = "*" * (2 + row % 4)
    return (
        f"C-2026-{row:07d},王{stars[3:]}*,{1 + row % 6}***********{stars}{row % 10},138****{row * 7 % 10000:04d},"
        f"浙江省杭州市西湖区{stars},{row * 7919 % 9_000_000 / 100:.2f},{row % 400},2026-01-{1 + row % 28:02d}\n"
    )


if __name__ == "__main__":
    with opened(Path(sys.argv[1])) as leaked:
        pack(read_fragment(leaked))
    sys.stdout.write(f"{most_memory():.1f}")
