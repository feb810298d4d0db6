"""What the marks of a screen cost: bytes of a whole frame as SSH compresses it, and time of a page.

The floor is the same frame or page scrubbed but without any mark; the visible mark alone stands beside.
"""

from __future__ import annotations

import secrets
import statistics
import time
import zlib
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Final

from textual.pilot import Pilot

from console.bench import emulators, marks_page, strangers, traced
from console.bench.measure import Figure, figure
from console.bench.screens import Frame, MeasuredApp, captured, demo_desk, opened
from console.tui.shading import Shader
from watermark import Tile
from watermark.screen_mark import SessionCodes, ShadePlan, pack

SIZE: Final = (120, 40)
BUDGET_KIB: Final = 3.0
BUDGET_RATIO: Final = 1.25
_PAGES: Final = ("pagedown", "pagedown", "pageup", "pageup")
_KIB: Final = 1024
_FLOOR: Final = "scrubbed, no mark"
_BOTH: Final = "both marks"
_VISIBLE: Final = "the visible mark alone"

Told = Callable[[str], object]


def packed_size(frame: str) -> int:
    """Bytes of a frame after zlib as SSH uses it: level 6, flushed so that it can be shown."""
    packer = zlib.compressobj(6)
    return len(packer.compress(frame.encode()) + packer.flush(zlib.Z_SYNC_FLUSH))


def wear(app: MeasuredApp, what: str, word: int) -> None:
    """Put on no mark, the visible one, or both."""
    app.marker.show(None if what == _FLOOR else Tile(app.mark_text()), keep=True)
    app.marker.shade(Shader(ShadePlan(pack(word))) if what == _BOTH else None)


def whole_frame(app: MeasuredApp) -> str:
    """The whole screen as it would be written."""
    update = app.marker.frame(app.screen._compositor.render_full_update())  # noqa: SLF001 - as in `screens`
    written: str = update.render_segments(app.console)
    return written


async def run(*, rounds: int = 15, told: Told = print) -> list[Figure]:
    """Measure a head's queue at 120×40.

    Args:
        rounds: of paging through it.
        told: what goes on.
    """
    async with demo_desk(600) as desk, opened(desk, "lina", SIZE) as (app, pilot):
        told("a head's queue of 50 rows, 120x40")
        words = [SessionCodes(lambda _: secrets.token_bytes(32)).word("") for _ in range(25)]
        return [*_sizes(app, words), await _pages(app, pilot, words[0], rounds)]


async def full(
    *,
    rounds: int = 15,
    pictures: int = 0,
    foreign: int = 0,
    captures: Path | None = None,
    document: Path | None = None,
    told: Told = print,
) -> list[Figure]:
    """Measure what marks cost, and what pictures of them tell.

    Args:
        rounds: of paging.
        pictures: a condition; none when 0.
        foreign: pictures that must name nobody.
        captures: folder of captures of real emulators; what is missing there is captured. Without it, or where there
            are no emulators, screens are drawn.
        document: where to write the tables, as Markdown: again and again, with what there is by then.
        told: what goes on.
    """
    costs = await run(rounds=rounds, told=told)
    if not pictures and not foreign:
        _written(document, costs, [], None)
        return costs
    frames = await captured(told)
    table: list[traced.Traced] = []
    met: strangers.Kept | None = None
    with ProcessPoolExecutor(1, get_context("spawn"), strangers.prepare, (frames,)) as beside:
        batches = beside.map(strangers.numbered, range(-(-foreign // strangers.BATCH)))
        if pictures:
            issued = traced.Issued()
            for table in traced.named(_sources(frames, pictures, captures, issued, told), issued, told):
                _written(document, costs, table, met)
        for kept in batches:
            met = kept if met is None else met.and_(kept)
            told(f"{sum(met.pictures.values())} that must name nobody: {met.wrong} named, least {met.least:.1e}")
            _written(document, costs, table, met)
    return [*costs, *traced.shares(table), *_wrong(met)]


def _sources(
    frames: list[Frame], pictures: int, captures: Path | None, issued: traced.Issued, told: Told
) -> Iterator[traced.Source]:
    """The screens that pictures are made of."""
    found = emulators.there()
    if captures is None or not found:
        return traced.drawn(frames, pictures, issued)
    emulators.fill(captures, frames, issued.packed[: -(-pictures // len(found))], told)
    return traced.captured_sources(emulators.filled(captures), issued)


def _written(
    document: Path | None, costs: list[Figure], table: list[traced.Traced], met: strangers.Kept | None
) -> None:
    if document is not None:
        marks_page.write(document, marks_page.page(costs, table, met))


def _wrong(met: strangers.Kept | None) -> list[Figure]:
    if met is None:
        return []
    count = sum(met.pictures.values())
    return [
        Figure(
            name=f"of {count} unmarked or foreign pictures, named",
            unit="",
            value=float(met.wrong),
            floor=0.0,
            ratio=float(met.wrong > 0),
            floored_by="nobody",
            rounds=count,
        )
    ]


def _sizes(app: MeasuredApp, words: list[int]) -> list[Figure]:
    plain: dict[str, float] = {}
    small: dict[str, float] = {}
    for what in (_FLOOR, _VISIBLE, _BOTH):
        frames = []
        for word in words if what == _BOTH else words[:1]:
            wear(app, what, word)
            frames.append(whole_frame(app))
        # The dearest of many sessions' words, not the usual one.
        plain[what] = max(len(frame.encode()) for frame in frames) / _KIB
        small[what] = max(packed_size(frame) for frame in frames) / _KIB
    return [
        figure("a whole frame with both marks, compressed", "KiB", small, value=_BOTH, floor=_FLOOR, rounds=len(words)),
        figure("a whole frame with both marks, written", "KiB", plain, value=_BOTH, floor=_FLOOR, rounds=len(words)),
    ]


async def _pages(app: MeasuredApp, pilot: Pilot[int], word: int, rounds: int) -> Figure:
    async def paged(what: str) -> float:
        wear(app, what, word)
        await pilot.press(*_PAGES)
        start = time.process_time()
        await pilot.press(*_PAGES, *_PAGES)
        return (time.process_time() - start) / (2 * len(_PAGES)) * 1000

    taken: dict[str, list[float]] = {name: [] for name in (_FLOOR, _VISIBLE, _BOTH)}
    for number in range(rounds):
        names = list(taken)
        for name in names[number % 3 :] + names[: number % 3]:
            taken[name].append(await paged(name))
    medians = {name: statistics.median(values) for name, values in taken.items()}
    return figure("a page, in time of the processor", "ms", medians, value=_BOTH, floor=_FLOOR, rounds=rounds)
