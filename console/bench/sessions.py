"""How long staff wait at the served desk, and what a session weighs, beside a bare Textual application over OpenSSH.

Front door, sessions and desk run as `veildesk serve` runs them, on the same machine as the clients. At each size all
sign in, a few at a time; then one presses keys while the others are idle, up to ten page at once, and at last what a
supervisor decides is pushed to one of them. The floor is the same with sshd and a table without anything behind it,
which has neither second and third factor nor mark nor desk; there nobody decides anything, so a push stands beside the
desk's answer to whoever decided.
"""

from __future__ import annotations

import asyncio
import secrets
import statistics
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from console.bench.bare_host import BareHost
from console.bench.hosts import Host
from console.bench.measure import Figure
from console.bench.pushed import Pushed
from console.bench.served_desk import ServedDesk
from console.bench.visitors import Visitor

SIZES: Final = (1, 10, 50, 100)
_TOGETHER: Final = 4  # people who sign in at the same time
_PAGING: Final = 10
_EVERY: Final = 1.0  # seconds between two pages of somebody who pages
_KEYS: Final = 20
_PAGES: Final = 8
_PUSHES: Final = 20
_DOWN, _PAGE_DOWN, _PAGE_UP = b"\x1b[B", b"\x1b[6~", b"\x1b[5~"
_TITLE, _ROWS = b"VEILDESK", b"C-20"

Told = Callable[[str], None]


@dataclass(slots=True)
class Taken:
    """Seconds and bytes of one size at one host."""

    first: list[float] = field(default_factory=list)
    rows: list[float] = field(default_factory=list)
    key: list[float] = field(default_factory=list)
    page: list[float] = field(default_factory=list)
    memory: float = 0.0
    work: float = 0.0
    approved: Pushed = field(default_factory=Pushed)
    revoked: Pushed = field(default_factory=Pushed)


async def run(folder: Path, *, sizes: Sequence[int] = SIZES, pushes: int = _PUSHES, told: Told = print) -> list[Figure]:
    """Measure.

    Args:
        folder: where desk and peer have their files.
        sizes: how many sessions at once.
        pushes: how many approvals, and grants taken back, at each size.
        told: what goes on.

    Raises:
        PeerMissing: there is no sshd to compare with.
    """
    hosts: dict[str, AbstractAsyncContextManager[Host]] = {
        "bare Textual over OpenSSH": BareHost(folder / "bare"),
        "desk": ServedDesk(folder / "desk", max(sizes), told),
    }
    taken: dict[str, dict[int, Taken]] = {}
    for name, opening in hosts.items():
        async with opening as host:
            taken[name] = {}
            for size in sizes:
                told(f"{name}: {size} sessions")
                taken[name][size] = await _measure(host, size, pushes)
    floor, value = taken.values()
    return [one for size in sizes for one in _figures(size, value[size], floor[size])]


async def _measure(host: Host, size: int, pushes: int) -> Taken:
    taken = Taken()
    room = asyncio.Semaphore(_TOGETHER)
    await host.fresh()

    async def come(number: int) -> Visitor:
        async with room:
            visitor = await Visitor.come(host.port, host.account(number), f"127.0.1.{number % 200 + 1}")
            first, rows = await visitor.painted(_TITLE, _ROWS)
        taken.first.append(first)
        taken.rows.append(rows)
        return visitor

    visitors = await asyncio.gather(*(come(number) for number in range(size)))
    try:
        await _press(visitors, taken, host)
        if isinstance(host, ServedDesk):
            taken.approved, taken.revoked = await host.push(visitors[0], pushes)
    finally:
        await asyncio.gather(*(visitor.go() for visitor in visitors))
    await host.empty()
    return taken


async def _press(visitors: Sequence[Visitor], taken: Taken, host: Host) -> None:
    await asyncio.sleep(_EVERY)
    for _ in range(_KEYS):
        taken.key.append(await visitors[0].press(_DOWN))
    before = host.work()

    async def page(visitor: Visitor) -> None:
        await asyncio.sleep(secrets.randbelow(1000) / 1000 * _EVERY)
        for number in range(_PAGES):
            waited = await visitor.press(_PAGE_UP if number % 4 > 1 else _PAGE_DOWN)
            taken.page.append(waited)
            await asyncio.sleep(max(0.0, _EVERY - waited))

    paging: list[Awaitable[None]] = [page(visitor) for visitor in visitors[:_PAGING]]
    await asyncio.gather(*paging)
    taken.work = (host.work() - before) / len(taken.page)
    taken.memory = host.memory()


def _figures(size: int, value: Taken, floor: Taken) -> list[Figure]:
    paging = min(size, _PAGING)
    said = [
        (f"first frame after the last factor, p95, {size} sessions", "ms", 1e3, "first", _p95),
        (f"frame with the queue's rows after the last factor, p95, {size} sessions", "ms", 1e3, "rows", _p95),
        (f"key to repaint, p95, {size} sessions, others idle", "ms", 1e3, "key", _p95),
        (f"page to repaint, p95, {size} sessions, {paging} paging", "ms", 1e3, "page", _p95),
    ]
    figures = []
    for name, unit, scale, of, how in said:
        mine, bare = getattr(value, of), getattr(floor, of)
        peers = {"p50": statistics.median(mine) * scale, "p50 of the floor": statistics.median(bare) * scale}
        figures.append(_figure(name, unit, (how(mine) * scale, how(bare) * scale), len(mine), peers))
    work = f"processor time a page, all processes, {size} sessions"
    figures.append(_figure(work, "ms", (value.work * 1e3, floor.work * 1e3), len(value.page)))
    if value.memory and floor.memory:
        name = f"memory a session (PSS) after paging, {size} sessions"
        weights = (value.memory / size / 2**20, floor.memory / size / 2**20)
        figures.append(_figure(name, "MiB", weights, size))
    figures.append(_push_figure(f"approval to the asker's screen, p95, {size} sessions, others idle", value.approved))
    figures.append(_push_figure(f"grant taken back to masked again, p95, {size} sessions, others idle", value.revoked))
    return figures


def _push_figure(name: str, taken: Pushed) -> Figure:
    shown, answered = taken.shown, taken.answered
    # What a push takes by itself: whoever decided has the answer once it is committed, and so has who is told.
    after = [one - other for one, other in zip(shown, answered, strict=True)]
    peers = {
        "p50": statistics.median(shown) * 1e3,
        "p50 of the floor": statistics.median(answered) * 1e3,
        "p50 from the answer on": statistics.median(after) * 1e3,
        "p95 from the answer on": _p95(after) * 1e3,
    }
    both = (_p95(shown) * 1e3, _p95(answered) * 1e3)
    return _figure(name, "ms", both, len(shown), peers, floored_by="the desk's answer to whoever decided")


def _figure(
    name: str,
    unit: str,
    both: tuple[float, float],
    rounds: int,
    peers: Mapping[str, float] | None = None,
    *,
    floored_by: str = "bare Textual over OpenSSH",
) -> Figure:
    value, floor = both
    return Figure(
        name=name,
        unit=unit,
        value=value,
        floor=floor,
        ratio=value / floor if floor else 0.0,
        floored_by=floored_by,
        peers=peers or {},
        rounds=rounds,
    )


def _p95(values: Sequence[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * 0.95))]
