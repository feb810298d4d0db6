"""Exports by the hundred, kept in memory, and what becomes of their rows when several copies are merged."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from watermark.finders import finders
from watermark.keyed import Keyed
from watermark.marker import Marker, mark_table
from watermark.registry import MemoryRegistry
from watermark.runs import Carrier
from watermark.trace import Tracer

COLUMNS = {1: Carrier.NAME, 2: Carrier.ID_NUMBER, 3: Carrier.ADDRESS}
Table = list[list[str]]
_SURNAMES = "张王李赵刘陈杨黄吴周"
_PLACES = ("浙江省杭州市西湖区", "北京市朝阳区", "四川省成都市", "广东省深圳市南山区", "新疆维吾尔自治区")


def plain_row(index: int) -> list[str]:
    """A row of stored masks: case number, name, ID number, address, phone, principal, days past due."""
    return [
        f"C-2026-{index:07d}",
        f"{_SURNAMES[index % 10]}*",
        f"{1 + index % 6}****************{index % 10}",
        f"{_PLACES[index % 5]}****",
        f"138****{index * 7 % 10000:04d}",
        f"{(index * 7919 + 100000) / 100:.2f}",
        str(index % 400),
    ]


@dataclass(frozen=True)
class House:
    """Exports of a desk: serials 1 to `exports`, each of `each` rows out of `rows`."""

    registry: MemoryRegistry
    tracer: Tracer
    held: dict[int, list[int]]
    keyed: Keyed

    def copy(self, serial: int, rows: Sequence[int]) -> Table:
        """What an export shows at rows, check column last."""
        plain = [plain_row(index) for index in rows]
        return mark_table(Marker(self.keyed, serial), plain, [f"account{index}" for index in rows], COLUMNS)


def house(exports: int, rows: int, each: int, keyed: Keyed) -> House:
    """Issue exports of random rows."""
    rng = np.random.default_rng(20261123)
    registry = MemoryRegistry()
    numbers = []
    for index in range(rows):
        row = plain_row(index)
        found = finders(keyed, numbers=row[:1], phones=row[4:5], amounts=row[5:6], days=row[6])
        numbers.append(registry.add_row(f"account{index}", found))
    held: dict[int, list[int]] = {}
    for serial in range(1, exports + 1):
        held[serial] = sorted(rng.choice(rows, each, replace=False).tolist())
        registry.issue(serial, f"S{serial % 40:04d}", 1_000_000 * serial, [numbers[index] for index in held[serial]])
    return House(registry, Tracer({1: keyed}, registry), held, keyed)


def merged(copies: Sequence[Table], strategy: str, seed: int) -> Table:
    """Several copies of the same rows as one, cell by cell; the check column is cut off."""
    rng = np.random.default_rng(seed)
    choose = STRATEGIES[strategy]
    out: Table = []
    for rows in zip(*copies, strict=True):
        if strategy == "row":
            out.append(list(rows[int(rng.integers(len(rows)))][:-1]))
            continue
        out.append([choose([row[column] for row in rows], rng) for column in range(len(rows[0]) - 1)])
    return out


def _by_count(cells: Sequence[str], rng: np.random.Generator, sign: int) -> str:
    counts = {cell: cells.count(cell) for cell in dict.fromkeys(cells)}
    most = max(sign * count for count in counts.values())
    ties = [cell for cell, count in counts.items() if sign * count == most]
    return ties[int(rng.integers(len(ties)))]


STRATEGIES: dict[str, Callable[[Sequence[str], np.random.Generator], str]] = {
    "row": lambda cells, _rng: cells[0],
    "interleave": lambda cells, rng: cells[int(rng.integers(len(cells)))],
    "majority": lambda cells, rng: _by_count(cells, rng, 1),
    "minority": lambda cells, rng: _by_count(cells, rng, -1),
    "longest": lambda cells, _rng: max(cells, key=len),
    "shortest": lambda cells, _rng: min(cells, key=len),
    "coin": lambda cells, rng: (options := list(dict.fromkeys(cells)))[int(rng.integers(len(options)))],
}
"""Seven ways to merge copies cell by cell."""
