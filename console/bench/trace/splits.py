"""Whose symbols a carrier shows: the export's, or in part those of who asked for it. Measured side by side.

With a split each layer is judged by what it can say: the asker by the asker's carriers among all askers, the copy by
the export's carriers among all exports. Judged together, every export of one asker would look half guilty.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from console.bench.trace.chance import EXPORTS, MERGES
from watermark import evidence, positions
from watermark.evidence import Shown
from watermark.keyed import Keyed
from watermark.positions import Bytes
from watermark.runs import Carrier
from watermark.verdict import ACCUSE

ASKERS: Final = 50
_OWN: Final = 100_001


@dataclass(frozen=True, slots=True)
class SplitShare:
    """In which share of the trials the right copy, and the right asker, was named."""

    copy: float
    asker: float


def split(keyed: Keyed, rows: int, trials: int, *, by_asker: Sequence[Carrier], merged: int = 1) -> SplitShare:
    """Compare splits: fifty people asked for twenty exports each.

    Args:
        keyed: the secret.
        rows: rows of the fragment.
        trials: how many.
        by_asker: carriers whose run is the same in all exports of one asker; none: all belong to the export.
        merged: how many exports of the one asker are merged by majority.
    """
    rng = np.random.default_rng(11)
    asker_of = np.arange(EXPORTS) % ASKERS
    by_export = tuple(carrier for carrier in Carrier if carrier not in by_asker)
    copy = asker = 0
    for trial in range(trials):
        digests = positions.row_digests(keyed, [f"split{trial}-{index}" for index in range(rows)])
        thresholds = positions.biases(digests)
        symbols = positions.symbols(keyed, digests, thresholds, range(1, EXPORTS + 1))
        guilty = int(rng.integers(ASKERS))
        who = np.flatnonzero(asker_of == guilty)[:merged]
        shows = MERGES["majority"](symbols[who], rng)
        of_export = _totals(shows, thresholds, symbols, by_export)
        copy += bool((of_export[who] >= log(EXPORTS / ACCUSE)).any())
        if by_asker:
            own = positions.symbols(keyed, digests, thresholds, range(_OWN, _OWN + ASKERS))
            of_asker = float(_totals(own[guilty], thresholds, own, by_asker)[guilty])
        else:
            mine = of_export[asker_of == guilty]
            of_asker = float(np.logaddexp.reduce(mine) - log(len(mine)))
        asker += of_asker >= log(ASKERS / ACCUSE)
    return SplitShare(copy / trials, asker / trials)


def _totals(shows: Bytes, thresholds: Bytes, symbols: Bytes, carriers: Sequence[Carrier]) -> NDArray[np.float64]:
    rows = len(shows)
    shown = Shown(shows, thresholds, np.zeros(rows, np.uint32), np.zeros(rows, np.bool_))
    return evidence.score(shown, symbols, None, np.ones((len(symbols), rows), np.bool_), carriers).total
