"""What tracing answers: which copies a fragment is of, how sure that is, and what each layer said.

It names the copy and who asked for it, never who let it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import exp
from typing import Final

FLOOR: Final = 1e-12
"""The smallest p that is ever claimed: below it, errors other than chance are likelier."""
ACCUSE: Final = 1e-9
SUSPECT: Final = 1e-4


class Finding(StrEnum):
    """How far the evidence goes."""

    COPY = "copy"  # p(false) at most 1e-9
    SUSPECT = "suspect"  # at most 1e-4
    UNDETERMINED = "undetermined"


class Layer(StrEnum):
    """The kinds of marks."""

    FILE = "file"  # the whole file, byte for byte
    RUNS = "runs"
    CHECK = "check"
    LINES = "lines"  # of a printed page: higher or lower than their places
    VISIBLE = "visible"
    PROPERTIES = "properties"  # of the document: title, subject, XMP, custom properties
    NAMES = "names"  # defined in a workbook
    HEADER = "header"  # printed headers and footers, and the picture in them
    FONTS = "fonts"  # near-black colours of a workbook's letters
    HELD = "held"


class Said(StrEnum):
    """What a layer contributes."""

    NAMES = "names"
    SUSPECTS = "suspects"
    SILENT = "silent"  # there, and says nothing about this export
    ABSENT = "absent"  # not in the fragment, or not in the export
    FITS = "fits"  # agrees, and is no evidence by itself
    DIFFERS = "differs"  # speaks of another export


@dataclass(frozen=True, slots=True)
class LayerSays:
    """One layer about one export.

    Attributes:
        layer: which.
        said: what.
        p: bound on the chance that any innocent copy looks as guilty by this layer; 1 where it says nothing.
    """

    layer: Layer
    said: Said
    p: float = 1.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """One export as a possible origin.

    Attributes:
        serial: the export's serial number.
        asker: who asked for it.
        asked_at: when, microseconds since 1970.
        recipient: for whom it was made.
        finding: how far the evidence goes.
        p: p(false) over all exports, at least `FLOOR`.
        held: how many of the recognised rows the export holds.
        rows: places in the fragment, from 1, of the rows that show exactly what this export shows.
        layers: what each layer said.
    """

    serial: int
    asker: str
    asked_at: int
    recipient: str
    finding: Finding
    p: float
    held: int
    rows: tuple[int, ...]
    layers: tuple[LayerSays, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer to one fragment.

    Attributes:
        finding: the furthest that any candidate goes.
        candidates: all copies and suspects, surest first; else the exports that hold most of the rows.
        rows: rows read.
        recognised: different rows of exports among them.
        repeated: rows that said again what another one said.
        scored: rows that evidence was taken from.
        exports: how many exports were compared; every p is corrected for that many.
        holding: how many exports hold all recognised rows.
        levelled: carriers whose runs all have one length, as after normalisation.
    """

    finding: Finding
    candidates: tuple[Candidate, ...]
    rows: int
    recognised: int
    repeated: int
    scored: int
    exports: int
    holding: int
    levelled: tuple[str, ...]


def p_false(ln_e: float, exports: int) -> float:
    """Return the bound on accusing any innocent copy out of so many: exports / E, between `FLOOR` and 1."""
    return min(1.0, max(FLOOR, exports * exp(-min(max(ln_e, 0.0), 700.0))))


def finding_of(p: float) -> Finding:
    """Return how far a p goes."""
    if p <= ACCUSE:
        return Finding.COPY
    return Finding.SUSPECT if p <= SUSPECT else Finding.UNDETERMINED
