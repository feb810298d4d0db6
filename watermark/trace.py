"""Tracing: a fragment in, the copies that it is of out, with the probability that the answer is wrong.

Reads only what a `Registry` keeps; decrypts nobody. Memory stays flat: exports are scored in batches and forgotten.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from heapq import nlargest
from typing import Final

import numpy as np

from watermark.fragment import Fragment, observe
from watermark.judge import Case, Score, is_claimed, judge
from watermark.keyed import Keyed
from watermark.registry import Issued, Registry
from watermark.rowset import Wanted
from watermark.runs import Carrier
from watermark.scoring import FEW_ROWS, Prepared, agreeing, prepare, score_batch
from watermark.sheets import lay_out, recognise
from watermark.verdict import Verdict
from watermark.visible import serials_in

BATCH: Final = 240
"""Exports scored at a time; a multiple of what shares a cipher block."""
CLOSER: Final = 64
"""Exports that are looked at on all rows after all were looked at on a few; nobody else is ever named."""


class Tracer:
    """Traces fragments against a registry.

    Args:
        keys: the keyed functions of the marks, by key version.
        registry: what was issued.
    """

    def __init__(self, keys: Mapping[int, Keyed], registry: Registry) -> None:
        self._keys = dict(keys)
        self._registry = registry

    def trace(self, fragment: Fragment) -> Verdict:
        """Return which copies a fragment is of.

        Exports under a key version that is not handed in are counted and not scored.
        """
        seen = list(observe(fragment))
        found: dict[int, int] = {}
        for keyed in self._keys.values():
            found = recognise(keyed, self._registry, seen) | found
        layout = lay_out(seen, found)
        numbers = sorted(set(found.values()))
        ids = self._registry.ids_of(numbers)
        sheets = {
            version: [prepare(keyed, sheet, ids, layout) for sheet in layout.sheets]
            for version, keyed in self._keys.items()
        }
        first = {version: [one.first(FEW_ROWS) for one in some] for version, some in sheets.items()}
        whole = all(len(one.rows) <= FEW_ROWS for some in sheets.values() for one in some)
        rows = np.array(numbers, np.uint32)
        wanted = Wanted(rows)

        def scored(batch: list[Issued], on: Mapping[int, list[Prepared]]) -> list[Score]:
            version = batch[0].key_version
            return score_batch(batch, self._keys.get(version), on.get(version, []), wanted, rows)

        scores: list[Score] = []
        best: list[Score] = []
        for batch in self._batches(self._registry.issued()):
            some = scored(batch, first)
            best = nlargest(CLOSER, [*best, *some], key=lambda one: one.total)
            scores += [one if is_claimed(fragment, one.issued) else _light(one) for one in some]
        if not whole:
            best = [one for batch in self._batches(one.issued for one in best) for one in scored(batch, sheets)]

        def showing(score: Score) -> tuple[int, ...]:
            one = score.issued
            if one.key_version not in self._keys:
                return ()
            places = agreeing(one, self._keys[one.key_version], sheets[one.key_version])
            return tuple(sorted({*places, *(more for place in places for more in layout.again.get(place, ()))}))

        def bearing(score: Score) -> bool:
            one = score.issued
            if one.key_version not in self._keys:
                return False
            places = agreeing(one, self._keys[one.key_version], sheets[one.key_version])
            return len(places) == sum(len(sheet.rows) for sheet in sheets[one.key_version])

        case = Case(
            fragment=fragment,
            rows=len(seen),
            recognised=len(numbers),
            layout=layout,
            visible=serials_in([*fragment.texts, *(" ".join(one.cells) for one in seen)]),
            told={layer: serials_in(texts) for layer, texts in fragment.told.items()},
            agreeing=showing,
            bearing=bearing,
        )
        return judge(case, scores, best)

    @staticmethod
    def _batches(issued: Iterable[Issued]) -> Iterator[list[Issued]]:
        """Exports that carry alike under one key, so many at a time."""
        waiting: dict[tuple[int, frozenset[Carrier], bool], list[Issued]] = defaultdict(list)
        for one in issued:
            kind = (one.key_version, one.carriers, one.checked)
            waiting[kind].append(one)
            if len(waiting[kind]) == BATCH:
                yield waiting.pop(kind)
        yield from waiting.values()


def _light(score: Score) -> Score:
    """Without its rows, which are many."""
    return replace(score, issued=replace(score.issued, rows=b""))
