"""From scores to an answer: who is named, who is suspected, and what remains when nobody is.

The correction for many exports is the union bound: an export is named when exports / E is small. Two copies that were
merged are both named, each on its own evidence.

A digest is what somebody said who had the file, or only its manifest. It names an export when all of its rows are
there, each with this copy's marks, which only the file says: whoever knows digest and case numbers names nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from watermark import rowset
from watermark.fragment import Fragment
from watermark.registry import Issued
from watermark.sheets import Layout
from watermark.verdict import FLOOR, Candidate, Finding, Layer, LayerSays, Said, Verdict, finding_of, p_false

MOST_CANDIDATES: Final = 10
_ALONE: Final = 1e-7
"""How surely the marks must speak for the one export whose digest was said: the check of one row does."""
_BESIDE: Final = (Layer.PROPERTIES, Layer.NAMES, Layer.HEADER, Layer.FONTS)
_SAID: Final = {Finding.COPY: Said.NAMES, Finding.SUSPECT: Said.SUSPECTS, Finding.UNDETERMINED: Said.SILENT}


@dataclass(frozen=True, slots=True)
class Score:
    """One export: the recognised rows it holds, and ln of its e-values: runs, check column, heights, together."""

    issued: Issued
    held: int
    runs: float
    checks: float
    heights: float
    total: float


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged.

    Attributes:
        fragment: what was found.
        rows: rows read.
        recognised: different rows recognised.
        layout: how they were laid out.
        visible: serials that the fragment's lines say of themselves; told: the file beside its cells, by layer.
        agreeing: gives the places that show exactly what an export shows.
        bearing: tells whether every row that evidence is taken from does so.
    """

    fragment: Fragment
    rows: int
    recognised: int
    layout: Layout
    visible: Sequence[int]
    told: Mapping[str, Sequence[int]]
    agreeing: Callable[[Score], tuple[int, ...]]
    bearing: Callable[[Score], bool]


def judge(case: Case, scores: Sequence[Score], best: Sequence[Score]) -> Verdict:
    """Return the answer.

    Args:
        case: what is judged.
        scores: of every export, on some rows.
        best: of those that may be named, on all rows.
    """
    exports = len(scores)
    claimed = {one.issued.serial for one in scores if is_claimed(case.fragment, one.issued)}
    whole = [one for one in scores if one.issued.serial in claimed and _is_whole(case, one)]
    exact = {one.issued.serial for one in whole}
    closer = {one.issued.serial for one in best}
    named = [
        _candidate(case, one, exports, exact)
        for one in sorted(
            [*best, *(one for one in whole if one.issued.serial not in closer)],
            key=lambda one: (one.issued.serial not in exact, -one.total, one.issued.serial),
        )
        if one.issued.serial in exact or finding_of(p_false(one.total, exports)) is not Finding.UNDETERMINED
    ]
    if not named:
        # Anybody can write a number into a file: it makes a candidate, never a finding.
        told = {*claimed, *case.visible, *(serial for serials in case.told.values() for serial in serials)}
        likely = sorted(
            (one for one in scores if one.held or one.issued.serial in told),
            key=lambda one: (-one.held, one.issued.serial not in told, -one.total, one.issued.serial),
        )
        named = [_candidate(case, one, exports, exact) for one in likely[:MOST_CANDIDATES]]
    named.sort(key=lambda one: list(Finding).index(one.finding))
    return Verdict(
        finding=named[0].finding if named else Finding.UNDETERMINED,
        candidates=tuple(named),
        rows=case.rows,
        recognised=case.recognised,
        repeated=case.layout.repeated,
        scored=sum(len(sheet.rows) for sheet in case.layout.sheets),
        exports=exports,
        holding=sum(one.held == case.recognised for one in scores) if case.recognised else 0,
        levelled=tuple(sorted(case.layout.levelled)),
    )


def is_claimed(fragment: Fragment, issued: Issued) -> bool:
    """Whether a fragment is said to be this very file."""
    return bool(fragment.digest) and issued.digest == fragment.digest


def _is_whole(case: Case, score: Score) -> bool:
    """Whether every row of the export was recognised, and no other one, and each bears this copy's marks."""
    every = 0 < score.held == case.recognised == rowset.size(score.issued.rows)
    return every and p_false(score.total, 1) <= _ALONE and case.bearing(score)


def _file(case: Case, issued: Issued, *, whole: bool) -> LayerSays:
    if whole:
        return LayerSays(Layer.FILE, Said.NAMES, FLOOR)
    return LayerSays(Layer.FILE, Said.FITS if is_claimed(case.fragment, issued) else Said.ABSENT)


def _candidate(case: Case, score: Score, exports: int, exact: set[int]) -> Candidate:
    issued = score.issued
    whole = issued.serial in exact
    p = FLOOR if whole else p_false(score.total, exports)
    finding = finding_of(p)
    seen = [one for sheet in case.layout.sheets for one in sheet.seen]
    return Candidate(
        serial=issued.serial,
        asker=issued.asker,
        asked_at=issued.asked_at,
        recipient=issued.recipient,
        finding=finding,
        p=p,
        held=score.held,
        rows=() if finding is Finding.UNDETERMINED or not issued.rows else case.agreeing(score),
        layers=(
            _file(case, issued, whole=whole),
            _spoken(Layer.RUNS, score.runs, exports, there=bool(issued.carriers) and any(one.runs for one in seen)),
            _spoken(
                Layer.CHECK, score.checks, exports, there=issued.checked and any(one.check is not None for one in seen)
            ),
            _spoken(
                Layer.LINES,
                score.heights,
                exports,
                there=issued.checked and any(one.height is not None for one in seen),
            ),
            LayerSays(Layer.VISIBLE, _visible(issued.serial, case.visible)),
            *(LayerSays(layer, _visible(issued.serial, case.told.get(layer, ()))) for layer in _BESIDE),
            LayerSays(Layer.HELD, Said.FITS if case.recognised and score.held == case.recognised else Said.SILENT),
        ),
    )


def _spoken(layer: Layer, ln_e: float, exports: int, *, there: bool) -> LayerSays:
    if not there:
        return LayerSays(layer, Said.ABSENT)
    p = p_false(ln_e, exports)
    return LayerSays(layer, _SAID[finding_of(p)], p)


def _visible(serial: int, visible: Sequence[int]) -> Said:
    if not visible:
        return Said.ABSENT
    return Said.FITS if serial in visible else Said.DIFFERS
