"""Scoring a batch of exports that carry alike against all sheets of a fragment, under one key."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watermark import evidence, positions, rowset
from watermark.judge import Score
from watermark.keyed import Keyed
from watermark.registry import Issued
from watermark.rowset import Rows, Wanted
from watermark.runs import Carrier
from watermark.sheets import Layout, Sheet, shown

MOST_ROWS: Final = 2_000
"""Rows of a sheet that evidence is taken from: more would say nothing new. Which ones, the key decides."""
FEW_ROWS: Final = 256
"""Rows that every export is looked at on first."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """One sheet under one key, its rows in one order throughout.

    Attributes:
        digests: shape (n, 12).
        shown: what it shows.
        rows: row numbers.
        places: positions in the fragment.
    """

    digests: positions.Bytes
    shown: evidence.Shown
    rows: Rows
    places: NDArray[np.int64]

    def first(self, count: int) -> Prepared:
        """Return its first rows, which are as good as drawn by lot."""
        given = self.shown
        heights = None if given.heights is None else given.heights[:count]
        part = evidence.Shown(
            given.symbols[:count], given.thresholds[:count], given.checks[:count], given.checked[:count], heights
        )
        return Prepared(self.digests[:count], part, self.rows[:count], self.places[:count])


def prepare(keyed: Keyed, sheet: Sheet, ids: Mapping[int, str], layout: Layout) -> Prepared:
    """Return a sheet ready to be scored; rows whose id is not known any more are left out."""
    pairs = [(row, one) for row, one in zip(sheet.rows, sheet.seen, strict=True) if row in ids]
    digests = positions.row_digests(keyed, [ids[row] for row, _ in pairs])
    if len(pairs) > FEW_ROWS:
        order = np.lexsort(digests[:, :4].T)[:MOST_ROWS]
        pairs = [pairs[index] for index in order.tolist()]
        digests = digests[order]
    kept = Sheet(tuple(row for row, _ in pairs), tuple(one for _, one in pairs))
    return Prepared(
        digests,
        shown(kept, positions.biases(digests), layout.levelled),
        np.array(kept.rows, np.uint32),
        np.array([one.place for one in kept.seen], np.int64),
    )


def score_batch(
    batch: Sequence[Issued], keyed: Keyed | None, sheets: Sequence[Prepared], wanted: Wanted, rows: Rows
) -> list[Score]:
    """Score exports that carry alike; several sheets count as ways, so their evidence is averaged.

    Args:
        batch: the exports.
        keyed: their key; None scores nothing and still counts what they hold.
        sheets: the fragment under that key.
        wanted: all recognised rows, to be searched for.
        rows: the same, ascending.
    """
    held = np.zeros((len(batch), len(rows)), np.bool_)
    for index, one in enumerate(batch):
        held[index] = wanted.held_by(one.rows)
    runs, checks, heights, total = (np.zeros(len(batch)) for _ in range(4))
    touched = np.flatnonzero(held.any(axis=1))
    if keyed is not None and len(touched):
        some = [batch[index] for index in touched.tolist()]
        parts = [_on_sheet(some, keyed, one, held[touched][:, np.searchsorted(rows, one.rows)]) for one in sheets]
        rest = 0.5 / max(1, len(parts) - 1)
        weights = np.log([0.5 if len(parts) > 1 else 1.0, *[rest] * (len(parts) - 1)])
        for whole, name in ((runs, "runs"), (checks, "checks"), (heights, "heights"), (total, "total")):
            each = np.stack([getattr(part, name) for part in parts])
            whole[touched] = np.logaddexp.reduce(each + weights[:, None], axis=0)
    figures = zip(held.sum(axis=1).tolist(), *(one.tolist() for one in (runs, checks, heights, total)), strict=True)
    return [Score(one, *figure) for one, figure in zip(batch, figures, strict=True)]


def agreeing(issued: Issued, keyed: Keyed, sheets: Sequence[Prepared]) -> tuple[int, ...]:
    """Return the places whose rows an export holds and shows exactly so."""
    held = rowset.unpack(issued.rows)
    places: set[int] = set()
    for sheet in sheets:
        shows = positions.symbols(keyed, sheet.digests, sheet.shown.thresholds, (issued.serial,))[0]
        value = positions.checks(keyed, sheet.digests, (issued.serial,))[0]
        known = sheet.shown.symbols != evidence.ERASED
        same = ((shows == sheet.shown.symbols) | ~known).all(axis=1)
        same &= (value == sheet.shown.checks) | ~sheet.shown.checked
        lifted = _lifted(sheet)
        if sheet.shown.heights is not None:
            same &= (value & 1 == sheet.shown.heights) | ~lifted
        same &= (known.any(axis=1) | sheet.shown.checked | lifted) & np.isin(sheet.rows, held)
        places.update(sheet.places[same].tolist())
    return tuple(sorted(places))


def _lifted(sheet: Prepared) -> NDArray[np.bool_]:
    """Which rows' heights are known."""
    heights = sheet.shown.heights
    return np.zeros(len(sheet.rows), np.bool_) if heights is None else heights != evidence.ERASED


def _on_sheet(batch: Sequence[Issued], keyed: Keyed, sheet: Prepared, held: NDArray[np.bool_]) -> evidence.Scores:
    serials = [one.serial for one in batch]
    carriers = [carrier for carrier in Carrier if carrier in batch[0].carriers]
    symbols = positions.symbols(keyed, sheet.digests, sheet.shown.thresholds, serials) if carriers else None
    asked = sheet.shown.checked.any() or _lifted(sheet).any()
    checks = positions.checks(keyed, sheet.digests, serials) if batch[0].checked and asked else None
    return evidence.score(sheet.shown, symbols, checks, held, carriers)
