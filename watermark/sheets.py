"""A fragment's rows laid out for scoring: recognised, repeated ones set apart, levelled carriers left out.

A row that appears once more with other symbols, as when two copies were pasted one below the other, goes onto another
sheet: one sheet never shows a row twice, which is what makes products of its ratios fair.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from watermark.evidence import ERASED, Shown
from watermark.finders import guesses
from watermark.fragment import Observed
from watermark.keyed import Keyed
from watermark.positions import SLOTS, Bytes
from watermark.registry import Registry
from watermark.runs import SLOTS_OF, Carrier, bits_of

MOST_SHEETS: Final = 6
_ASK: Final = 500
_LEVEL_ROWS: Final = 12
_Sign = tuple[tuple[tuple[Carrier, int], ...], int | None, int | None]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows that appear once: row numbers, and the observation of each."""

    rows: tuple[int, ...]
    seen: tuple[Observed, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """All sheets, the first one the fullest.

    Attributes:
        sheets: at most `MOST_SHEETS`; none when no row was recognised.
        repeated: rows left out because they say again what another one said.
        again: the place of a row that is kept, and the places where it is said again.
        levelled: carriers whose runs all have one length.
    """

    sheets: tuple[Sheet, ...]
    repeated: int
    again: Mapping[int, Sequence[int]]
    levelled: frozenset[Carrier]


def recognise(keyed: Keyed, registry: Registry, seen: Sequence[Observed]) -> dict[int, int]:
    """Return which row each place of the fragment is: by a number, else by what all pairs agree on.

    Surer hashes are looked up first, and the others only for places that need them.
    """
    waiting = {one.place: guesses(keyed, one.cells) for one in seen}
    left: dict[int, set[int]] = {}
    found: dict[int, int] = {}
    while waiting:
        asked = {place: step for place, steps in waiting.items() if (step := next(steps, None)) is not None}
        known = _known(registry, dict.fromkeys(finder for step in asked.values() for finder in step))
        for place, step in asked.items():
            for finder in step:
                rows = set(known.get(finder, ()))
                left[place] = (left[place] & rows or left[place]) if left.get(place) else rows
                if len(left[place]) == 1:
                    found[place] = next(iter(left[place]))
                    break
        waiting = {place: waiting[place] for place in asked if place not in found}
    return found


def _known(registry: Registry, finders: Iterable[bytes]) -> Mapping[bytes, Sequence[int]]:
    asked = list(finders)
    known: dict[bytes, Sequence[int]] = {}
    for start in range(0, len(asked), _ASK):
        known |= registry.rows_of(asked[start : start + _ASK])
    return known


def lay_out(seen: Iterable[Observed], rows: Mapping[int, int]) -> Layout:
    """Return the recognised rows as sheets."""
    given = [(rows[one.place], one) for one in seen if one.place in rows]
    levelled = _levelled(one for _, one in given)
    kinds: dict[int, dict[_Sign, int]] = defaultdict(dict)
    again: dict[int, list[int]] = defaultdict(list)
    sheets: list[list[tuple[int, Observed]]] = []
    repeated = 0
    for row, one in given:
        sign = (tuple(sorted(one.runs.items())), one.check, one.height)
        depth = len(kinds[row])
        if sign in kinds[row] or depth == MOST_SHEETS:
            repeated += 1
            if sign in kinds[row]:
                again[kinds[row][sign]].append(one.place)
            continue
        kinds[row][sign] = one.place
        if depth == len(sheets):
            sheets.append([])
        sheets[depth].append((row, one))
    return Layout(
        tuple(Sheet(tuple(row for row, _ in sheet), tuple(one for _, one in sheet)) for sheet in sheets),
        repeated,
        again,
        levelled,
    )


def _levelled(seen: Iterable[Observed]) -> frozenset[Carrier]:
    runs: dict[Carrier, Counter[int]] = defaultdict(Counter)
    for one in seen:
        for carrier, run in one.runs.items():
            runs[carrier][run] += 1
    return frozenset(
        carrier for carrier, counter in runs.items() if len(counter) == 1 and counter.total() >= _LEVEL_ROWS
    )


def shown(sheet: Sheet, thresholds: Bytes, levelled: frozenset[Carrier]) -> Shown:
    """Return what a sheet shows, in its order."""
    symbols = np.full((len(sheet.rows), SLOTS), ERASED, np.uint8)
    for index, one in enumerate(sheet.seen):
        for carrier, run in one.runs.items():
            bits = bits_of(run, carrier)
            if bits is not None and carrier not in levelled:
                symbols[index, SLOTS_OF[carrier]] = bits
    values = np.array([one.check or 0 for one in sheet.seen], np.uint32)
    checked = np.array([one.check is not None for one in sheet.seen], np.bool_)
    heights = np.array([ERASED if one.height is None else one.height for one in sheet.seen], np.uint8)
    return Shown(symbols, thresholds, values, checked, heights)
