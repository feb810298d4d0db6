"""Personal data in notes: recall and precision by kind on labelled sentences, and how long a sentence takes.

The floor of a share is what is required of it; of names and addresses nothing is required, so it is everything.
Presidio is measured on the same sentences in the same run where it is installed.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Final

from console.bench import presidio
from console.bench.labelled import COUNT, Sentence, sentences
from console.bench.measure import Figure, interleave
from console.bench.scores import GUESSED, NUMBERS, Score, ours, score
from masking.detect import find, find_loose

REQUIRED: Final = {"recall": 0.99, "precision": 0.98}
Told = Callable[[str], object]
_PERCENT: Final = 100
_DIGIT: Final = re.compile(r"\d")
_FEW: Final = 300


def run(*, rounds: int = 5, count: int = COUNT, told: Told = print) -> list[Figure]:
    """Measure detection.

    Args:
        rounds: rounds of the timing.
        count: generated sentences; those written by hand come on top.
        told: what goes on.
    """
    labelled = sentences(count)
    told(f"{len(labelled)} labelled sentences")
    scores = {"": score(ours, labelled)}
    peer = presidio.installed()
    if peer:
        told(f"the same with {presidio.PACKAGE} {peer}, on a blank language model: the package index has none for it")
        scores[f"presidio {peer}"] = score(presidio.detector(), labelled)
    else:
        told(f"{presidio.PACKAGE} is not installed, so nothing stands beside: pip install {presidio.PACKAGE}")
    figures = [
        _share(kind, what, {name: each[kind] for name, each in scores.items()})
        for kind in ("numbers", *NUMBERS, *GUESSED)
        for what in REQUIRED
    ]
    return [*figures, *_times(labelled, rounds, peer)]


def _share(kind: str, what: str, scores: dict[str, Score]) -> Figure:
    value = float(getattr(scores[""], what)) * _PERCENT
    floor = 100.0 if kind in GUESSED else REQUIRED[what] * _PERCENT
    return Figure(
        name=f"{what} of {kind}, {scores[''].labels} labels",
        unit="%",
        value=value,
        floor=floor,
        ratio=value / floor,
        floored_by="everything; nothing is required" if kind in GUESSED else "required",
        peers={
            name: float(getattr(one, what)) * _PERCENT
            for name, one in scores.items()
            if name and (what == "recall" or one.findings)  # of nothing found nothing is right or wrong
        },
    )


def _times(labelled: list[Sentence], rounds: int, peer: str) -> list[Figure]:
    few = [one.text for one in labelled[:: max(1, len(labelled) // _FEW)]]

    def each(work: Callable[[str], object]) -> Callable[[], float]:
        def go() -> float:
            start = time.process_time()
            for text in few:
                work(text)
            return (time.process_time() - start) / len(few) * 1e6

        return go

    contenders = {"numbers": each(find), "all": each(find_loose), "floor": each(_DIGIT.findall)}
    if peer:
        contenders[f"presidio {peer}"] = each(presidio.detector())
    for work in (find, find_loose):
        for text in few:
            work(text)
    medians = interleave(rounds, contenders)
    peers = {name: value for name, value in medians.items() if name.startswith("presidio")}
    return [
        Figure(
            name=name,
            unit="us",
            value=medians[key],
            floor=medians["floor"],
            ratio=medians[key] / medians["floor"],
            floored_by="every digit of it listed by one regular expression",
            peers=peers,
            rounds=rounds,
        )
        for name, key in (("numbers found in a sentence", "numbers"), ("names and addresses as well", "all"))
    ]
